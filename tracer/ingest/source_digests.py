"""SHA-256 of every file a case reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.casefile.paths_in_and_out_of_case_folder import label_files
from tracer.errors import InputError

PIECE = 1 << 20  # bytes read together


class SourceDigest(NamedTuple):
    """A file the answer rests on, by its name in the case file. Of a file of a data set, `sha256` is what dataset.json states."""

    kind: str
    name: str
    sha256: str
    size: int


def digests(question: CaseFile) -> list[SourceDigest]:
    """SHA-256 of every file the case reads: recordings, tables, openings, prices, statements, label files.

    Nodes have none: their recording is made in the case folder. Raises CaseError where a file is missing.
    """
    named = []
    for number, source in enumerate(question.sources):
        if source.kind in ("node", "columns"):
            continue
        named.append(digest_of(question, source.kind, ("sources", number, "path"), source.path))
        if source.balances is not None:
            named.append(digest_of(question, "balances", ("sources", number, "balances"), source.balances))
    prices = {priced.prices.file: (*priced.where, "file") for priced in reversed(question.priced)}
    named += [digest_of(question, "prices", where, name) for name, where in reversed(prices.items())]
    named += [digest_of(question, "links", ("links", number, "file"), link.file) for number, link in enumerate(question.links) if link.file]
    for name in question.labels.files:
        question.file(name, ("labels", "files"))
    labels = label_files(question.folder, question.labels.files)
    return named + [digest_of(question, "labels", ("labels", "files"), name) for name in labels]


def decisive(question: CaseFile, stated: Iterable[SourceDigest]) -> list[SourceDigest]:
    """Of the files of a case those that decide which rows there are: labels decide it only where nodes or a data set are read by value."""
    chosen = bool(question.nodes or question.column_source)
    return [each for each in stated if chosen or each.kind in ("recording", "table", "balances")]


def begins_as(path: Path, stated: SourceDigest) -> bool:
    """Whether a file begins with all that a file had when it was digested, and goes on."""
    if path.stat().st_size <= stated.size:
        return False
    sha256, left = hashlib.sha256(), stated.size
    with path.open("rb") as file:
        while left and (piece := file.read(min(left, PIECE))):
            sha256.update(piece)
            left -= len(piece)
    return sha256.hexdigest() == stated.sha256


def require_end(path: Path) -> None:
    """Raises InputError for a device or a pipe, which might be read for ever."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(f"{path}: is a device or a pipe: name a file")


def digest_of(question: CaseFile, kind: str, where: tuple[str | int, ...], name: str) -> SourceDigest:
    """The digest of one file. Raises CaseError at `where` in the case file if it cannot be read."""
    path = question.file(name, where)
    require_end(path)
    try:
        with path.open("rb") as file:
            return SourceDigest(kind, name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise question.fault(where, f"{name!r} cannot be read ({why}): paths are relative to the case file") from error
