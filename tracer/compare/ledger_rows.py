"""Two ledgers held against each other, row by row: which rows differ, in what, and how much money that is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from tracer.compare.row_causes import Reached, cause_of_pair, cause_of_single
from tracer.ledger import Ledger
from tracer.model import Transfer

Key: TypeAlias = tuple[object, ...]


class RowDifference(NamedTuple):
    """A row that only one of two ledgers has, or that they state differently: None where the one has no such row. `value` is the amount
    that differs, in smallest units, or that of the whole row where it is not the amount that differs."""

    a: Transfer | None
    b: Transfer | None
    cause: str
    value: int


class RowComparison(NamedTuple):
    """The rows that differ, in ledger order, and how many both have alike."""

    differences: list[RowDifference]
    alike: int

    def by_cause(self) -> dict[str, list[RowDifference]]:
        """The differences of each cause, those of most value first."""
        found: dict[str, list[RowDifference]] = {}
        for each in self.differences:
            found.setdefault(each.cause, []).append(each)
        return dict(sorted(found.items(), key=lambda item: -sum(each.value for each in item[1])))


def compare_rows(a: Ledger, b: Ledger) -> RowComparison:
    """The rows of two ledgers of one asset that are not the same, each with its cause where it is a known one.

    Rows are the same where hash, sides, amount, fee, block and time are. What is left is paired by what it has in common, the hash first.
    """
    ours, theirs = list(a), list(b)
    left_a, left_b = _left(ours, theirs), _left(theirs, ours)
    alike = len(ours) - len(left_a)
    pairs, left_a, left_b = _paired(left_a, left_b)
    differences = [RowDifference(*pair, *cause_of_pair(*pair)) for pair in pairs]
    for side, rows, here, there in (("B", left_a, ours, theirs), ("A", left_b, theirs, ours)):
        if not rows:
            continue
        scope = Reached.of(there, here)
        for row in rows:
            cause = cause_of_single(side, row, scope)
            differences.append(RowDifference(row if side == "B" else None, row if side == "A" else None, cause, row.amount))
    if not differences:
        differences = list(_turned(ours, theirs))
    return RowComparison(sorted(differences, key=_place), alike)


def _place(difference: RowDifference) -> tuple[int, int, int]:
    row = difference.a or difference.b
    return (0, 0, 0) if row is None else (row.height or 0, row.time or 0, row.row)


def _stated(row: Transfer) -> Key:
    return row.tx_hash, row.sender, row.recipient, row.amount, row.fee, row.height, row.time


def _left(rows: Sequence[Transfer], others: Sequence[Transfer]) -> list[Transfer]:
    """The rows that have no equal among the others, each of which counts once."""
    there, left = Counter(map(_stated, others)), []
    for row in rows:
        key = _stated(row)
        if there[key]:
            there[key] -= 1
        else:
            left.append(row)
    return left


def _of_hash(row: Transfer, *more: object) -> Key | None:
    return (row.tx_hash, *more) if row.tx_hash else None


def _of_sides(row: Transfer, *more: object) -> Key | None:
    return None if None in more else (row.sender, row.recipient, *more)


COMMON: tuple[Callable[[Transfer], Key | None], ...] = (
    lambda row: _of_hash(row, row.sender, row.recipient, row.amount),
    lambda row: _of_hash(row, row.sender, row.recipient),
    lambda row: _of_hash(row, row.kind),
    lambda row: _of_sides(row, row.amount, row.time),
    lambda row: _of_sides(row, row.amount, row.height),
    lambda row: _of_sides(row, row.amount),
    lambda row: _of_sides(row, row.height),
    lambda row: _of_sides(row, row.time),
)
"""What two rows that mean one payment have in common, the surest first; None where a row does not state it."""


def _paired(a: list[Transfer], b: list[Transfer]) -> tuple[list[tuple[Transfer, Transfer]], list[Transfer], list[Transfer]]:
    """Rows of both that mean one payment, and those that are left of each."""
    pairs: list[tuple[Transfer, Transfer]] = []
    for common in COMMON:
        there: dict[Key, list[Transfer]] = {}
        for row in b:
            if key := common(row):
                there.setdefault(key, []).append(row)
        kept, used = [], set[int]()
        for row in a:
            key = common(row)
            if key and there.get(key):
                other = there[key].pop(0)
                pairs.append((row, other))
                used.add(other.row)
            else:
                kept.append(row)
        a, b = kept, [row for row in b if row.row not in used]
    return pairs, a, b


def _turned(a: Sequence[Transfer], b: Sequence[Transfer]) -> Iterator[RowDifference]:
    """Rows that both have, in another order."""
    for one, other in zip(a, b, strict=True):
        if _stated(one) != _stated(other):
            place = "block" if one.height is not None else "second"
            yield RowDifference(one, other, f"the rows of one {place} stand in another order", one.amount)
