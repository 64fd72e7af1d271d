"""The rows of a ledger in the form they are followed: conversions that are substituted carry the trail on in what was got for it.

A substituted conversion has an account of its own, which nobody else uses. What is given comes there instead of to the pool, which gets
as much clean money; there it becomes what is received, the stolen part the same part (`kernels/exchange.py`); and from there it is paid
to whoever is paid, while what the pool itself pays goes outside. Rows received stand behind the last row given, whatever their place in
the transaction: a pool may pay first and be paid then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from tracer.errors import LedgerError
from tracer.ledger import NOBODY, Columns, Ledger
from tracer.model import Conversion, Leg, Reason, Theft
from tracer.tracing.flows import Becomes, Flows, flows_of


class InOrder(NamedTuple):
    """The rows as they are followed. `rows`: the row of the ledger that each of them is, or is a part of; `exchanged`: those by which
    a pool pays in a substituted conversion, so that what it holds of stolen value ends there."""

    flows: Flows
    rows: Sequence[int]
    exchanged: Collection[int] = ()


class Substituted(NamedTuple):
    """A conversion by rows of the ledger."""

    given: tuple[int, ...]
    received: tuple[int, ...]
    amount_given: int
    amount_received: int


def substituted(ledger: Ledger, thefts: Sequence[Theft], conversions: Sequence[Conversion], rows: int) -> list[Substituted]:
    """The conversions by rows of the ledger, those within its first `rows` rows.

    Raises LedgerError for one whose rows are not in the ledger, do not move what it says, are not paid by its owner, are of another
    conversion too, or receive what is itself a theft: that was got for nothing.
    """
    place = {key: row for row, key in enumerate(ledger.columns.row_key)} if conversions else {}
    taken: set[int] = set()
    found = []
    for each in conversions:
        given, received = (_rows(ledger, place, leg) for leg in (each.given, each.received))
        if stranger := {ledger.transfer(row).sender for row in given} - {each.owner}:
            raise LedgerError(f"a conversion of {each.owner} is paid by {stranger.pop()} in transaction {each.tx_hash or 'without a hash'}")
        if {theft.row for theft in thefts} & {*received}:
            raise LedgerError(f"what is received in transaction {each.tx_hash or 'without a hash'} is a theft: it is no conversion")
        if both := taken & {*given, *received}:
            raise LedgerError(f"row {min(both)} is of two conversions, the second in transaction {each.tx_hash or 'without a hash'}")
        taken |= {*given, *received}
        if max(*given, *received) < rows:
            found.append(Substituted(given, received, each.given.amount, each.received.amount))
    return found


def _rows(ledger: Ledger, place: Mapping[int, int], leg: Leg) -> tuple[int, ...]:
    """The rows of a side, ascending."""
    if strangers := [key for key in leg.rows if key not in place]:
        raise LedgerError(f"a conversion names row key {strangers[0]}, which is not in the ledger")
    rows = tuple(sorted({place[key] for key in leg.rows}))
    c = ledger.columns
    moved = sum(c.amount[row] for row in rows if c.sender[row] != c.recipient[row])
    if moved != leg.amount or not moved or any(ledger.asset_of(row) != leg.asset for row in rows):
        raise LedgerError(f"a conversion says that {leg.amount} of asset {leg.asset} move in rows {list(rows)}, where {moved} move")
    return rows


def played(
    ledger: Ledger, thefts: Sequence[Theft], rows: int, cut: Mapping[int, Reason], conversions: Sequence[Substituted] = ()
) -> InOrder:
    """The first `rows` rows as they are followed; of a ledger without substituted conversions, its rows as they stand."""
    plain = flows_of(ledger, thefts, rows, cut)
    if not conversions:
        return InOrder(plain, range(rows))
    order = _in_order(rows, conversions)
    passing = {row: number for number, each in enumerate(conversions) for row in (*each.given, *each.received)}
    given = {row for each in conversions for row in each.given}
    parts = [part for row in order for part in _parts(ledger.columns, row, row in given, passing.get(row), len(ledger.accounts))]
    at = [part.row for part in parts]
    counted = {part.row: place for place, part in enumerate(parts) if not part.apart}
    flows = Flows(
        sender=[part.sender for part in parts],
        recipient=[part.recipient for part in parts],
        amount=[plain.amount[part.row] for part in parts],
        fee=[0 if part.paid else plain.fee[part.row] for part in parts],
        cut=[bool(plain.cut[part.row]) and part.cut for part in parts],
        thefts=sorted(counted.get(theft.row, len(parts)) for theft in thefts),
        openings=plain.openings + [0] * len(conversions),
        exchanges=_exchanges(conversions, parts, len(ledger.accounts)),
    )
    return InOrder(flows, at, {place for place, part in enumerate(parts) if part.apart and not part.paid})


class _Part(NamedTuple):
    """A part of a row. `apart`: not the one that carries the trail; `paid`: the fee stands in another one; `cut`: the row's cut is its."""

    row: int
    sender: int
    recipient: int
    apart: bool = False
    paid: bool = False
    cut: bool = True


def _parts(c: Columns, row: int, given: bool, conversion: int | None, accounts: int) -> Iterator[_Part]:
    sender, recipient = c.sender[row], c.recipient[row]
    if conversion is None or sender == recipient:
        yield _Part(row, sender, recipient)
    elif given:
        yield _Part(row, sender, accounts + conversion, cut=False)
        yield _Part(row, NOBODY, recipient, apart=True, paid=True)
    else:
        yield _Part(row, sender, NOBODY, apart=True, cut=False)
        yield _Part(row, accounts + conversion, recipient, paid=True)


def _in_order(rows: int, conversions: Sequence[Substituted]) -> list[int]:
    """The rows in the order they are followed: those received behind the last that is given."""
    behind: dict[int, list[int]] = {}
    for each in conversions:
        if early := [row for row in each.received if row < each.given[-1]]:
            behind[each.given[-1]] = early
    moved = {row for early in behind.values() for row in early}
    return [each for row in range(rows) if row not in moved for each in (row, *behind.get(row, ()))]


def _exchanges(conversions: Sequence[Substituted], parts: Sequence[_Part], accounts: int) -> list[Becomes]:
    """The exchanges by the place before which they happen: behind the last part of the last row given."""
    last = {each.given[-1]: number for number, each in enumerate(conversions)}
    found = []
    for place, part in enumerate(parts):
        if part.row in last and not part.apart:
            number = last[part.row]
            each = conversions[number]
            found.append(Becomes(place + 1, accounts + number, each.amount_given, each.amount_received))
    return found
