"""What a case must have before it is traced, and before a figure of it leaves the house."""

from __future__ import annotations

from tracer.casefile import CaseFile
from tracer.errors import AuditError, InputError
from tracer.ingest.chain_and_asset_of_case import chain_of
from tracer.ledger import Audit, Ledger, gaps_of
from tracer.wording import shortened


def require_chain(question: CaseFile) -> None:
    """Raises CaseError for what no chain, or not this one, can do: a source it has none of, a rate or a marker it does not bear."""
    chain = chain_of(question)
    if question.chain_id is not None and not chain.numbered:
        raise question.fault(("chain_id",), f'chain_id = {question.chain_id}: nodes of chain = "{question.chain}" name none: leave it out')
    sources = {"node": chain.reader, "recording": chain.scan}
    for number, source in enumerate(question.sources):
        if source.kind in sources and sources[source.kind] is None:
            raise question.fault(("sources", number), f'chain = "{question.chain}" has no {source.kind}: name the chain it is of')
        if source.kind == "node" and source.rate > chain.max_rate:
            why = f"rate = {source.rate}: a node refuses everything above {chain.max_rate} questions a second"
            raise question.fault(("sources", number, "rate"), why)
    for number, marker in enumerate(question.labels.markers):
        try:
            chain.marker(marker)
        except InputError as error:
            raise question.fault(("labels", "markers"), f"markers: {shortened(repr(marker))} (number {number + 1}) {error}") from error


def require_sound(question: CaseFile, ledger: Ledger, verdict: Audit, allow_gaps: bool) -> None:
    """Raises AuditError if the ledger does not add up and gaps were not allowed."""
    if verdict.adds_up or allow_gaps:
        return
    first, *more = gaps_of(ledger, verdict)
    others = f" (and {len(more)} more)" if more else ""
    raise AuditError(
        f"{question.path}: the ledger does not add up: {first}{others}. "
        "Correct the source; or trace with --allow-gaps, and the summary says so"
    )
