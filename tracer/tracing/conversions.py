"""The rows of a ledger in the form they are followed: conversions that are substituted carry the trail on in what was got for it.

A substituted conversion has an account of its own, which nobody else uses. What is given comes there instead of to the pool, which gets
as much clean money; there it becomes what is received, the stolen part the same part (`kernels/conversion.py`); and from there it is paid
to whoever is paid, while what the pool itself pays goes outside. Rows received stand behind the last row given, whatever their place in
the transaction: a pool may pay first and be paid then. Where several assets were exchanged at once, each pair of them is a conversion,
and a row that several share is as many payments, one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tracer.errors import LedgerError
from tracer.ledger import NOBODY, Columns, Ledger
from tracer.model import Conversion, Leg, Reason, Theft
from tracer.tracing.followed_rows import Becomes, Flows, flows_of


class InOrder(NamedTuple):
    """The rows as they are followed. `rows`: the row of the ledger that each of them is, or is a part of; `exchanged`: those by which
    a pool pays in a substituted conversion, so that what it holds of stolen value ends there."""

    flows: Flows
    rows: Sequence[int]
    exchanged: Collection[int] = ()


class Share(NamedTuple):
    """So much of a row: all of it, or the part of it that is of one of several conversions."""

    row: int
    amount: int


class Substituted(NamedTuple):
    """A conversion by rows of the ledger, ascending."""

    given: tuple[Share, ...]
    received: tuple[Share, ...]

    @property
    def sides(self) -> tuple[int, int]:
        """What is given, and what is received for it."""
        given, received = (sum(share.amount for share in side) for side in (self.given, self.received))
        return given, received


def substituted(ledger: Ledger, thefts: Sequence[Theft], conversions: Sequence[Conversion], rows: int) -> list[Substituted]:
    """The conversions by rows of the ledger, those within its first `rows` rows. Where several assets were exchanged at once, conversions
    share rows: each takes as much of them as it says, in their order.

    Raises LedgerError for one whose rows are not in the ledger, do not move what it says, are not paid by its owner, are of both sides, or
    receive what is itself a theft: that was got for nothing. So does a theft of which only a part is given.
    """
    place = {key: row for row, key in enumerate(ledger.columns.row_key)} if conversions else {}
    stolen, left = {theft.row for theft in thefts}, dict[int, int]()
    found = []
    for each in conversions:
        given, received = (_shares(ledger, place, leg, left) for leg in (each.given, each.received))
        where = f"in transaction {each.tx_hash or 'without a hash'}"
        if stranger := {ledger.transfer(share.row).sender for share in given} - {each.owner}:
            raise LedgerError(f"a conversion of {each.owner} is paid by {stranger.pop()} {where}")
        if stolen & {share.row for share in received}:
            raise LedgerError(f"what is received {where} is a theft: it is no conversion")
        if partly := [share.row for share in given if share.row in stolen and share.amount != ledger.columns.amount[share.row]]:
            raise LedgerError(f"row {partly[0]} is a theft, and several conversions {where} share it")
        found.append(Substituted(given, received))
    if over := [row for row, amount in left.items() if amount]:
        raise LedgerError(f"conversions leave {left[over[0]]} units of row {over[0]} over, which is one of theirs")
    _require_one_side(found)
    return [each for each in found if max(share.row for share in (*each.given, *each.received)) < rows]


def _shares(ledger: Ledger, place: Mapping[int, int], leg: Leg, left: dict[int, int]) -> tuple[Share, ...]:
    """What a side takes of its rows, ascending. `left`: what conversions so far have left of each row."""
    if strangers := [key for key in leg.rows if key not in place]:
        raise LedgerError(f"a conversion names row key {strangers[0]}, which is not in the ledger")
    rows = tuple(sorted({place[key] for key in leg.rows}))
    c, shares, wanted = ledger.columns, [], leg.amount
    for row in rows:
        there = left.get(row, 0 if c.sender[row] == c.recipient[row] else c.amount[row])
        units = min(wanted, there)
        left[row], wanted = there - units, wanted - units
        if units:
            shares.append(Share(row, units))
    if wanted or not shares or any(ledger.asset_of(row) != leg.asset for row in rows):
        moved = leg.amount - wanted
        raise LedgerError(f"a conversion says that {leg.amount} of asset {leg.asset} move in rows {list(rows)}, where {moved} move")
    return tuple(shares)


def _require_one_side(conversions: Sequence[Substituted]) -> None:
    given = {share.row for each in conversions for share in each.given}
    if both := given & {share.row for each in conversions for share in each.received}:
        raise LedgerError(f"row {min(both)} is of two conversions, given in one of them and received in the other")


class _Piece(NamedTuple):
    """A row, or a share of one that is of a conversion, by its number. `paid`: the fee stands in another one."""

    row: int
    amount: int
    conversion: int | None = None
    paid: bool = False


def played(
    ledger: Ledger, thefts: Sequence[Theft], rows: int, cut: Mapping[int, Reason], conversions: Sequence[Substituted] = ()
) -> InOrder:
    """The first `rows` rows as they are followed; of a ledger without substituted conversions, its rows as they stand."""
    plain = flows_of(ledger, thefts, rows, cut)
    if not conversions:
        return InOrder(plain, range(rows))
    order = _in_order(_pieces(plain, rows, conversions), conversions)
    given = {share.row for each in conversions for share in each.given}
    parts = [part for piece in order for part in _parts(ledger.columns, piece, piece.row in given, len(ledger.accounts))]
    at = [part.row for part in parts]
    counted = {part.row: place for place, part in enumerate(parts) if not part.apart}
    flows = Flows(
        sender=[part.sender for part in parts],
        recipient=[part.recipient for part in parts],
        amount=[part.amount for part in parts],
        fee=[0 if part.paid else plain.fee[part.row] for part in parts],
        cut=[bool(plain.cut[part.row]) and part.cut for part in parts],
        thefts=sorted(counted.get(theft.row, len(parts)) for theft in thefts),
        openings=plain.openings + [0] * len(conversions),
        exchanges=_exchanges(conversions, parts, len(ledger.accounts)),
    )
    return InOrder(flows, at, {place for place, part in enumerate(parts) if part.apart and not part.onward})


class _Part(NamedTuple):
    """A part of a row. `apart`: not the one that carries the trail; `paid`: the fee stands in another one; `cut`: the row's cut is its;
    `onward`: it gives a pool clean money for what the trail goes on with."""

    row: int
    sender: int
    recipient: int
    amount: int
    paid: bool
    apart: bool = False
    cut: bool = True
    onward: bool = False


def _pieces(plain: Flows, rows: int, conversions: Sequence[Substituted]) -> Iterator[_Piece]:
    """The rows in their order, those that conversions share a piece for each of them."""
    shares: dict[int, list[_Piece]] = {}
    for number, each in enumerate(conversions):
        for row, amount in (*each.given, *each.received):
            of_row = shares.setdefault(row, [])
            of_row.append(_Piece(row, amount, number, paid=bool(of_row)))
    for row in range(rows):
        yield from shares.get(row) or (_Piece(row, plain.amount[row]),)


def _parts(c: Columns, piece: _Piece, given: bool, accounts: int) -> Iterator[_Part]:
    row, amount, conversion, paid = piece
    sender, recipient = c.sender[row], c.recipient[row]
    if conversion is None:
        yield _Part(row, sender, recipient, amount, paid)
    elif given:
        yield _Part(row, sender, accounts + conversion, amount, paid, cut=False)
        yield _Part(row, NOBODY, recipient, amount, True, apart=True, onward=True)
    else:
        yield _Part(row, sender, NOBODY, amount, paid, apart=True, cut=False)
        yield _Part(row, accounts + conversion, recipient, amount, True)


def _in_order(pieces: Iterable[_Piece], conversions: Sequence[Substituted]) -> list[_Piece]:
    """The pieces in the order they are followed: those received behind the last that is given for them."""
    received = [{share.row for share in each.received} for each in conversions]
    last = [each.given[-1].row for each in conversions]
    stays, behind = [], dict[tuple[int, int], list[_Piece]]()
    for piece in pieces:
        number = piece.conversion
        if number is not None and piece.row in received[number] and piece.row < last[number]:
            behind.setdefault((last[number], number), []).append(piece)
        else:
            stays.append(piece)
    waiting: dict[int, list[_Piece]] = {}
    for (row, _), late in behind.items():
        waiting.setdefault(row, []).extend(late)
    found = []
    for place, piece in enumerate(stays):
        found.append(piece)
        if place + 1 == len(stays) or stays[place + 1].row != piece.row:
            found.extend(waiting.get(piece.row, ()))
    return found


def _exchanges(conversions: Sequence[Substituted], parts: Sequence[_Part], accounts: int) -> list[Becomes]:
    """The exchanges by the place before which they happen: behind the part of the last row given that is the conversion's own."""
    last = {part.recipient: place for place, part in enumerate(parts) if part.recipient >= accounts}
    found = [Becomes(last[accounts + number] + 1, accounts + number, *each.sides) for number, each in enumerate(conversions)]
    return sorted(found, key=lambda becomes: becomes.place)
