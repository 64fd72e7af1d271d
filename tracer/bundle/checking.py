"""Everything that can be checked of an evidence package: what a bare Python checks, and the token of time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import is_zipfile

from tracer.bundle.bag import TAG_MANIFEST, files_of
from tracer.bundle.timestamps import token_said
from tracer.errors import InputError, RecordError
from tracer.verify_package import TOKEN, Hostile, NoPackage, Verdict, check


def is_package(path: Path) -> bool:
    """Whether a path is to be checked as a package: an archive, or a folder that one unpacks to."""
    return (path / "bagit.txt").is_file() or (path.is_file() and (path.suffix == ".zip" or is_zipfile(path)))


def package_verdict(package: Path, key: str | None, anchors: Mapping[int, str], root: Path | None) -> Verdict:
    """What is wrong with a package, and what can be said of it. `key`: the fingerprint that is expected; `root`: certificates of the
    authority whose token lies in it. Raises InputError where it is no package, RecordError where it would harm whoever opens it.
    """
    try:
        verdict = check(package, key, anchors)
    except Hostile as error:
        raise RecordError(f"{package}: {error}") from error
    except NoPackage as error:
        raise InputError(str(error)) from error
    if verdict.stamped:
        token, manifest = _stamped(package)
        try:
            verdict.said.append(token_said(token, manifest, root))
        except ValueError as error:
            verdict.holds(False, f"{TOKEN}: {error}")
    return verdict


def _stamped(package: Path) -> tuple[bytes, bytes]:
    if package.is_dir():
        return (package / TOKEN).read_bytes(), (package / TAG_MANIFEST).read_bytes()
    _, files = files_of(package)
    return files[TOKEN], files[TAG_MANIFEST]
