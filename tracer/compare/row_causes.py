"""Why a row of one ledger is not in the other, or is there with something else in it: the known ways in which sources differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tracer.model import Transfer

QUARTER = 15 * 60  # seconds: clocks of the world differ by quarters of an hour
FURTHEST = 14 * 3600  # seconds that a local time is from UTC at most
UNITS = 30  # decimals that a unit may have more than another


class Reached(NamedTuple):
    """What a ledger has in general: where it begins and ends, who is in it, what it has of each kind, its least amount. `doubled` are the
    rows it has more than once."""

    first: tuple[int, int]
    last: tuple[int, int]
    addresses: frozenset[str | None]
    kinds: frozenset[str]
    least: int
    rows: int
    doubled: frozenset[tuple[object, ...]]
    known: frozenset[tuple[object, ...]]

    @staticmethod
    def of(rows: Sequence[Transfer], others: Sequence[Transfer]) -> Reached:
        """That of a ledger, whose missing rows are looked at; `others` has those that it is held against."""
        places = [_at(row) for row in rows]
        times = Counter(map(_payment, others))
        return Reached(
            first=min(places, default=(0, 0)),
            last=max(places, default=(0, 0)),
            addresses=frozenset(side for row in rows for side in (row.sender, row.recipient)),
            kinds=frozenset(row.kind for row in rows),
            least=min((row.amount for row in rows if row.amount), default=0),
            rows=len(rows),
            doubled=frozenset(payment for payment, often in times.items() if often > 1),
            known=frozenset(map(_payment, rows)),
        )


def _at(row: Transfer) -> tuple[int, int]:
    return (row.height, 0) if row.height is not None else (0, row.time or 0)


def _payment(row: Transfer) -> tuple[object, ...]:
    return row.tx_hash, row.sender, row.recipient, row.amount, row.height, row.time


def cause_of_single(side: str, row: Transfer, scope: Reached) -> str:
    """Why `side`, which has this scope, has no such row."""
    other = "A" if side == "B" else "B"
    if not scope.rows:
        return f"{side} has no rows at all"
    if _payment(row) in scope.doubled and _payment(row) in scope.known:
        return f"{other} has the row twice"
    if row.sender is None or row.recipient is None:
        made = "income of blocks and coins that are made" if row.sender is None else "coins that are destroyed"
        if row.kind not in scope.kinds:
            return f"{side} has no {made}"
    if row.kind not in scope.kinds and row.kind != "transfer":
        return f"{side} has no rows of kind {row.kind}"
    if (row.height is None) == (scope.last[0] == 0):
        if _at(row) > scope.last:
            return f"{side} ends before it"
        if _at(row) < scope.first:
            return f"{side} begins after it"
    if not row.amount or row.sender == row.recipient:
        return f"{side} leaves out transactions that move nothing"
    if row.sender not in scope.addresses and row.recipient not in scope.addresses:
        return f"{side} has no rows of either account"
    if row.amount < scope.least:
        return f"{side} leaves small amounts out"
    return f"{side} leaves the row out"


def cause_of_pair(a: Transfer, b: Transfer) -> tuple[str, int]:
    """In what two rows that mean one payment differ, and the amount that is about."""
    if a.amount != b.amount:
        return _amounts(a, b), abs(a.amount - b.amount)
    if (a.sender, a.recipient) == (b.recipient, b.sender):
        return "sender and recipient are the other way round", a.amount
    if a.sender != b.sender or a.recipient != b.recipient:
        return f"another {'sender' if a.sender != b.sender else 'recipient'}", a.amount
    if a.fee != b.fee:
        return _missing("the fee", a.fee or None, b.fee or None) or "another fee", abs(a.fee - b.fee)
    if a.height != b.height:
        return _missing("the block", a.height, b.height) or "another block", a.amount
    if a.time != b.time:
        return _missing("the time", a.time, b.time) or _times(a.time or 0, b.time or 0), a.amount
    return _missing("the hash", a.tx_hash, b.tx_hash) or "another hash", a.amount


def _missing(what: str, a: object, b: object) -> str:
    """That the one does not state it; "" where both do."""
    return f"{'A' if a is None else 'B'} does not state {what}" if (a is None) != (b is None) else ""


def _amounts(a: Transfer, b: Transfer) -> str:
    for side, less, more in (("B", a, b), ("A", b, a)):
        if less.amount and more.amount == less.amount + (less.fee or more.fee):
            return f"{side} adds the fee to the amount"
        for decimals in range(1, UNITS):
            if less.amount and more.amount == less.amount * 10**decimals:
                return f"the amounts of {side} are 10^{decimals} times larger: another unit"
    return "another amount"


def _times(a: int, b: int) -> str:
    apart = b - a
    if apart % QUARTER == 0 and abs(apart) <= FURTHEST:
        side, hours = ("B", apart / 3600) if apart else ("A", 0)
        return f"the time of {side} is {hours:+g} h from that of the other: a local time is taken for UTC"
    return "another time"
