"""What two sources are, by what a path names: a case folder or an earlier result, a case file, a recording, a table."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.casefile.schema import Source
from tracer.casefolder import CaseFolder
from tracer.chains import DEFAULT, chain
from tracer.compare.ledger_rows import RowComparison, compare_rows
from tracer.compare.recordings import AnswerDifference, Recorded, compare_answers, questions_in_common, recorded
from tracer.compare.rival_schedule_file import Unit
from tracer.errors import InputError
from tracer.ingest.node.recording import is_recording
from tracer.ledger import Ledger
from tracer.model import Asset
from tracer.plan.how_sources_are_read import read_sources

COIN = str(chain(DEFAULT).default_asset)
NEUTRAL = "\n".join([
    'name = "compared"', f'chain = "{DEFAULT}"', f'asset = "{COIN}"',
    "[[sources]]", 'kind = "recording"', 'path = "a"', "[[thefts]]", 'transfer = "00"',
])  # fmt: skip
"""The question by which a recording or a table is read where neither side is a case that says of which chain it is."""


class SourcesCompared(NamedTuple):
    """Two sources held against each other: by their answers where both are recordings, else by the rows of their ledgers."""

    asset: Asset
    answers: list[AnswerDifference]
    questions: int
    rows: RowComparison | None


def are_results(a: Path, b: Path) -> bool:
    """Whether both paths name results of tracer: case folders, or earlier results of one."""
    return all(_is_folder(path) for path in (a, b))


def _is_folder(path: Path) -> bool:
    return path.is_dir() or ("@" in path.name and not path.exists())


def compare_sources(a: Path, b: Path, allow_outside: bool | None = None, unit: Unit = "smallest") -> SourcesCompared:
    """Two sources as they stand: question by question where both are recordings, row by row otherwise.

    A table is read as the case on the other side counts: in its asset, in this unit unless a dialect says otherwise; whoever needs more
    says it in a case file, and names that. Raises TracerError where the one cannot be read.
    """
    for path in (a, b):
        if not _is_folder(path) and not path.is_file():
            raise InputError(f"{path}: there is no such file or folder: name a case folder, a case file, a recording or a table")
    if all(path.is_file() and is_recording(path) for path in (a, b)):
        return _by_answers(recorded(a), recorded(b))
    question = next((found for path in (a, b) if (found := _question(path, allow_outside))), None)
    frame = question or CaseFile.parse(NEUTRAL, Path("compared.toml")).with_options({"allow_outside": True})
    first, second = (_ledger(path, frame, allow_outside, unit) for path in (a, b))
    if first.asset != second.asset:
        said = " and ".join(f"{each.asset.symbol} ({each.asset.decimals} decimals)" for each in (first, second))
        raise InputError(f"{a} and {b} count {said}: there is no row to compare")
    return SourcesCompared(first.asset, [], 0, compare_rows(first, second))


def _by_answers(a: Recorded, b: Recorded) -> SourcesCompared:
    return SourcesCompared(chain(DEFAULT).asset(COIN, None), compare_answers(a, b), questions_in_common(a, b), None)


def _question(path: Path, allow_outside: bool | None) -> CaseFile | None:
    """The question of a case folder or file; None of a recording or a table."""
    if _is_folder(path):
        return CaseFolder.open(path).question
    if path.suffix == ".toml":
        return CaseFile.load(path).with_options({"allow_outside": allow_outside})
    return None


def _ledger(path: Path, frame: CaseFile, allow_outside: bool | None, unit: Unit) -> Ledger:
    if _is_folder(path):
        return CaseFolder.open(path).ledger
    asked = _question(path, allow_outside)
    if asked is None:
        kind = "recording" if is_recording(path) else "table"
        source = Source(kind=kind, path=str(path.resolve()), unit=unit)  # type: ignore[arg-type]
        asked = frame._replace(sources=(source,)).with_options({**frame.options, "allow_outside": True, "node": None})
    if asked.nodes:
        raise InputError(f"{path}: asks a node; trace it, and compare the folder (or its recording)")
    return read_sources(asked)
