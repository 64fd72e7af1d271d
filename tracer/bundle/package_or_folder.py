"""Whether a path is an evidence package, and its folder, unpacked as long as it is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import is_zipfile

from tracer.errors import InputError, RecordError
from tracer.verify_package import Hostile, NoPackage, unpacked


def is_package(path: Path) -> bool:
    """Whether a path is to be checked as a package: an archive, or a folder that one unpacks to."""
    return (path / "bagit.txt").is_file() or (path.is_file() and (path.suffix == ".zip" or is_zipfile(path)))


@contextmanager
def tables_of(given: Path) -> Iterator[Path]:
    """The folder of tables in an export or in a package, which is unpacked as long as it is looked at.

    Raises InputError where it is no package, RecordError where it would harm whoever opens it.
    """
    with package_folder(given) as folder:
        yield folder / "data/tables" if is_package(given) else folder


@contextmanager
def package_folder(package: Path) -> Iterator[Path]:
    """The folder of a package, unpacked as long as it is looked at where it is an archive. Raises as `tables_of` does."""
    try:
        with TemporaryDirectory() as place:
            yield package if package.is_dir() else unpacked(package, Path(place))
    except Hostile as error:
        raise RecordError(f"{package}: {error}") from error
    except NoPackage as error:
        raise InputError(str(error)) from error
