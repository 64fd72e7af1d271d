"""Suspected thefts: what the [[thefts]] of a case name, before anybody has said that they are thefts."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.run import work
from tracer.dataset.data_set_of_case import read_excerpt
from tracer.errors import CaseError
from tracer.ingest.chain_and_asset_of_case import asset_of
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.ingest.node.live import read_thefts
from tracer.ledger import assemble
from tracer.model import Asset, Progress, Theft, quiet
from tracer.plan.how_sources_are_read import sought_of
from tracer.plan.preconditions import require_chain
from tracer.plan.thefts import Window, candidates, thefts_of


class Candidates(NamedTuple):
    """Payments of an asset that may be thefts, and what to know before saying which of them are."""

    asset: Asset
    payments: list[Theft]
    hints: tuple[str, ...] = ()


def candidate_thefts(
    question: CaseFile, folder: Path, patience: float = 1.0, progress: Progress = quiet, *, offline: bool = False
) -> Candidates:
    """The payments that the [[thefts]] of a case name, before anybody has said that they are thefts.

    What nodes answer on the way is kept in `folder` for the run that follows; `offline`, none is asked.
    """
    require_chain(question)
    asset = asset_of(question)
    if question.column_source is not None:
        return Candidates(asset, thefts_of(question, read_excerpt(question, sought_of(question))))
    if not question.nodes:
        return Candidates(asset, thefts_of(question, read_ledger(question, progress)))
    with work(folder, question) as run:
        live = run.reading(offline=offline, patience=patience)
        readings = [read_thefts(question, source, asset, live, progress) for source in question.nodes if live]
    hints = tuple(hint for reading in readings for hint in reading.hints)
    try:
        return Candidates(asset, thefts_of(question, assemble(asset, readings)), hints)
    except CaseError as error:
        raise CaseError("; ".join((str(error), *hints))) from error


def suspected_of(case: CaseFolder) -> list[Theft]:
    """What drained wallets of a traced case paid from their first theft on and nobody accepted as a theft, the largest first."""
    first: dict[str, int] = {}
    for theft in case.outcome.thefts:
        first[theft.sender] = min(first.get(theft.sender, theft.row), theft.row)
    accepted = {theft.row for theft in case.outcome.thefts}
    paid = (each for wallet in first for each in candidates(case.ledger, Window(wallet), "theft"))
    return sorted((each for each in paid if each.row > first[each.sender] and each.row not in accepted), key=lambda each: -each.amount)
