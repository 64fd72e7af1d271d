"""The same result made again from an evidence package alone, and compared digest by digest with what the package states."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tracer.casefile import CaseFile
from tracer.casefile.paths_in_and_out_of_case_folder import inside
from tracer.casefolder import CaseFolder, working_folder
from tracer.errors import BoundsError, InputError, RecordError, StoreError
from tracer.ingest.node import RECORDING
from tracer.model import Endpoint, Progress, Reason, quiet
from tracer.pipeline.bounds import bounded_at
from tracer.pipeline.trace import trace
from tracer.store.record.database import CONTEXT
from tracer.terminal_and_csv_escaping import plain
from tracer.verify_package import Hostile, NoPackage, Verdict, bag, fields, part, sources_of, unpacked

DIGESTS = ("results_digest", "bounds_digest", "tags_digest")


class SecondRun(NamedTuple):
    """A result made again. `same` and `other`: the digests that agree with the package's and those that do not; `masked`: tables that
    cannot agree, as the package has no more than the masked case file."""

    case: CaseFolder
    same: tuple[str, ...]
    other: tuple[str, ...]
    masked: tuple[str, ...]


def made_again(
    package: Path, folder: Path | None, *, allow_gaps: bool = False, progress: Progress = quiet, by: str | None = None
) -> SecondRun:
    """Traces the case of a package, unpacked beside the case folder, without asking any node.

    Raises RecordError where the package was altered, InputError where it is none or lacks a source, StoreError where a folder is there.
    """
    with TemporaryDirectory() as place:
        try:
            root = unpacked(package, Path(place)) if package.is_file() else package
            verdict = Verdict()
            bag(root, verdict)
            info = fields(root / "bag-info.txt")
            case_file = part(root, info["Case-File"])
        except Hostile as error:
            raise RecordError(str(error)) from error
        except (NoPackage, OSError, ValueError, KeyError) as error:
            raise InputError(f"{package}: cannot be read as a package ({error})") from error
        if verdict.wrong:
            raise RecordError(f"{package}: {verdict.wrong[0]}: nothing was traced")
        name = CaseFile.load(case_file).name
        folder = folder or Path(name)
        if (folder / "manifest.json").exists():
            raise StoreError(f"{folder}: holds a case already: name another folder with -o, so that the two can be compared")
        kept = folder.with_name(f"{folder.name}.package")
        if kept.exists():
            raise StoreError(f"{kept}: is in the way of what the package holds: move it away, or name another folder with -o")
        shutil.copytree(root, kept)
    return _traced(kept, kept / info["Case-File"], folder, allow_gaps, progress, by)


def _traced(root: Path, case_file: Path, folder: Path, allow_gaps: bool, progress: Progress, by: str | None) -> SecondRun:
    stated = json.loads((root / "data/manifest.json").read_bytes())
    question = _confined(CaseFile.load(case_file), root, stated["options"])
    _put_recording(root, folder)
    case = trace(question, folder, allow_gaps=allow_gaps, offline=True, progress=progress, by=by)
    if asked := _bounds_asked(root, case.trace.endpoints):
        with suppress(BoundsError, InputError):  # figures that cannot be bounded here are others, and the comparison says so
            case = bounded_at(case, asked.endpoints, asked.unions, progress, by, alone=asked.alone)
    return _compared(case, stated, fields(root / "bag-info.txt")["Case-File-Is"] == "masked")


def _confined(question: CaseFile, root: Path, options: Mapping[str, Any]) -> CaseFile:
    """The question, whose files may lie anywhere in the package and nowhere else. Raises InputError for one that leads out of it."""
    named = [name for source in question.sources for name in (source.path, source.balances) if name]
    named += [priced.prices.file for priced in question.priced]
    named += [*question.labels.files, *(link.file for link in question.links if link.file)]
    for name in named:
        if not inside(root, question.folder / name):
            raise InputError(f"{question.path}: {name!r} leads out of the package, and is not read")
    left_out = [each for each in sources_of(root) if each["file"] is None]
    if left_out:
        raise InputError(f"{root}: {left_out[0]['name']} is not in the package ({left_out[0]['why']}), so the case cannot be made again")
    return question.with_options({**options, "allow_outside": True})


def _put_recording(root: Path, folder: Path) -> None:
    """Puts what nodes answered where a run goes on from it."""
    for each in sources_of(root):
        if each["kind"] == "node":
            working_folder.make(folder / ".partial")
            with gzip.open(part(root, each["file"])) as packed, (folder / ".partial" / RECORDING).open("wb") as plain:
                shutil.copyfileobj(packed, plain)


class _Asked(NamedTuple):
    """What a package bounds beside services and their customers; `alone`: also what each of several thefts can have brought there."""

    endpoints: list[tuple[str, Reason]]
    unions: list[tuple[str, ...]]
    alone: bool


def _bounds_asked(root: Path, ends: Iterable[Endpoint]) -> _Asked | None:
    """What the package bounds, in its order, as its digest is over that too; None where it bounds nothing. Endpoints that are not among
    `ends` are left out: the comparison then says that the figures are others. Raises InputError for a table that is none of bounds."""
    path = root / "data/tables/bounds.csv"
    if not path.exists():
        return None
    had: dict[tuple[str, str], tuple[str, Reason]] = {(plain(end.address), end.reason): (end.address, end.reason) for end in ends}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = [{name: cell.removeprefix("'") for name, cell in line.items()} for line in csv.DictReader(file)]
        together = [line for line in lines if not line["theft"]]
        named = [(line["address"], line["reason"]) for line in together if line["kind"] == "endpoint"]
        unions = [tuple(map(str, json.loads(line["names"]))) for line in together if line["kind"] == "union"]
    except (KeyError, ValueError, TypeError, AttributeError, csv.Error) as error:
        raise InputError(f"{path}: is no table of bounds as tracer export writes it ({error})") from error
    return _Asked([had[each] for each in named if each in had], unions, len(together) < len(lines))


def _compared(case: CaseFolder, stated: Mapping[str, Any], masked: bool) -> SecondRun:
    other = tuple(name for name in DIGESTS if case.manifest[name] != stated[name])
    tables = tuple(_other_tables(case, stated))
    excused = tables if masked and other == ("results_digest",) and set(tables) <= set(CONTEXT) else ()
    kept = tuple(name for name in DIGESTS if name not in other)
    return SecondRun(case, kept, () if excused else other, excused)


def _other_tables(case: CaseFolder, stated: Mapping[str, Any]) -> Iterator[str]:
    """The tables under the digests that are not as in the package; `meta` is about the run."""
    now = case.manifest["record"]["tables"]
    yield from (name for name, digest in stated["record"]["tables"].items() if now.get(name) != digest and name != "meta")
