"""Everything that can be checked of an evidence package: what a bare Python checks, and the tokens of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import is_zipfile

from tracer.bundle.bagit_archive import TAG_MANIFEST
from tracer.bundle.package import PACKAGE
from tracer.casefolder.log import read_log
from tracer.casefolder.manifest import LOG
from tracer.casefolder.trusted_time_tokens import stamped, tokens_in
from tracer.errors import InputError, RecordError
from tracer.verify_package import TOKEN, Hostile, NoPackage, Verdict, check, unpacked


def is_package(path: Path) -> bool:
    """Whether a path is to be checked as a package: an archive, or a folder that one unpacks to."""
    return (path / "bagit.txt").is_file() or (path.is_file() and (path.suffix == ".zip" or is_zipfile(path)))


@contextmanager
def tables_of(given: Path) -> Iterator[Path]:
    """The folder of tables in an export or in a package, which is unpacked as long as it is looked at.

    Raises InputError where it is no package, RecordError where it would harm whoever opens it.
    """
    with _unpacked(given) as folder:
        yield folder / "data/tables" if is_package(given) else folder


@contextmanager
def _unpacked(package: Path) -> Iterator[Path]:
    try:
        with TemporaryDirectory() as place:
            yield package if package.is_dir() else unpacked(package, Path(place))
    except Hostile as error:
        raise RecordError(f"{package}: {error}") from error
    except NoPackage as error:
        raise InputError(str(error)) from error


def package_verdict(package: Path, key: str | None, anchors: Mapping[int, str], root: Path | None) -> Verdict:
    """What is wrong with a package, and what can be said of it. `key`: the fingerprint that is expected; `root`: certificates of the
    authority whose token lies in it. Raises InputError where it is no package, RecordError where it would harm whoever opens it.
    """
    with _unpacked(package) as folder:
        verdict = check(folder, key, anchors)
        _times(folder, verdict, root)
        return verdict


def _times(folder: Path, verdict: Verdict, root: Path | None) -> None:
    """What the tokens of time say: the one beside the package's manifest, and those in its log."""
    if TOKEN in verdict.stamped:
        try:
            token = stamped((folder / TOKEN).read_bytes(), (folder / TAG_MANIFEST).read_bytes(), root)
            verdict.said.append(token.said(PACKAGE))
        except ValueError as error:
            verdict.holds(False, f"{TOKEN}: {error}")
    try:
        entries = read_log(folder / "data")
    except RecordError:
        return  # `check` has said what is wrong with it
    for kept in tokens_in(entries):
        try:
            verdict.said.append(kept.said(root))
        except ValueError as error:
            verdict.holds(False, f"data/{LOG}:{kept.held.number}: its token {error}")
