"""The lines of freeze lists, numbered: a list goes on from the one that was sent, and says which deposits are withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tracer.pipeline.stoppable.listing import uncelled
from tracer.pipeline.stoppable.numbering import Numbered, Sent, Unnumbered, number_lines
from tracer.plan.deposits_to_freeze import known_by
from tracer.report.tables import text_or_empty
from tracer.terminal_and_csv_escaping import cell

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Transfer

SERVICE = "service"
"""The column of a freeze list that says whose it is."""

KEPT = (SERVICE, "deposit_address", "memo_text", "memo_hex", "tx_hash", "inner_hash", "amount", "amount_readable")
"""What a withdrawn line still says of its deposit."""


def numbered_deposits(
    case: CaseFolder, deposits: Mapping[str, Sequence[Transfer]], sent: Sequence[Sent] | None
) -> dict[str, tuple[Numbered, ...]]:
    """The numbered lines of each service's list: of its deposits in their order, then of what was sent and is withdrawn."""
    found: dict[str, tuple[Numbered, ...]] = {}
    theirs: dict[str, list[Sent]] = {}
    for line in sent or ():
        theirs.setdefault(line.addressee, []).append(line)
    names = {str(cell(service)): service for service in deposits}
    for whose in dict.fromkeys((*names, *theirs)):
        service = names.get(whose, uncelled(whose))
        entries = list(_entries(case, service, deposits.get(service, ())))
        found[service] = tuple(number_lines(entries, None if sent is None else theirs.get(whose, ())))
    return found


def _entries(case: CaseFolder, service: str, deposits: Sequence[Transfer]) -> Iterator[Unnumbered]:
    for t, about in zip(deposits, known_by(deposits), strict=True):
        cells = {"height": text_or_empty(t.height), **{r: str(a) for r, a in case.trace.carried(t.row).items()}}
        yield Unnumbered(service, about, cells)


def withdrawn_cells(case: CaseFolder, line: Sent) -> dict[str, Any]:
    """What a withdrawn line says."""
    return {**{name: uncelled(line.cells.get(name, "")) for name in KEPT}, "why_withdrawn": why_deposit_withdrawn(case, line)}


def withdrawn_said(case: CaseFolder, line: Sent) -> str:
    """That a deposit that was sent is withdrawn, and why."""
    return f"WITHDRAWN line {line.number}, {line.cells.get('tx_hash') or 'no hash'}: {why_deposit_withdrawn(case, line)}"


def why_deposit_withdrawn(case: CaseFolder, line: Sent) -> str:
    """Why a deposit that was sent is on no list now."""
    tx_hash = line.cells.get("tx_hash", "")
    if tx_hash and not case.ledger.rows_of_hash(tx_hash):
        return "no block that was read holds the transaction now: the chain was rewritten, or the account is read no more"
    return "nothing of it is traced there now: labels, stops, thefts or the rule changed, or its block stands elsewhere"
