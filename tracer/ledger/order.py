"""The order of rows: by their place on the chain, or by time and then by file; and what only a file orders.

A row's key is its height and its position in the block (`model/ledger_nouns.py`). Several sources come into one order in `merging.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import accumulate, groupby, islice, pairwise
from operator import le, lt
from typing import Any

from tracer.errors import LedgerError
from tracer.ledger.inconsistent_sources import require_one_place
from tracer.ledger.ledger_columns import NOBODY, Columns
from tracer.ledger.merging import each_row_once, merged
from tracer.model import Reading
from tracer.wording import counted


def put_in_order(
    columns: Columns, readings: Sequence[Reading], lengths: Sequence[int], by_chain: bool, form: Callable[[str], str]
) -> tuple[Columns, list[str]]:
    """The rows in the order that counts, each once; and a sentence, where some stood in several sources that do not place them."""
    placed = [reading.placed for reading in readings]
    if len(readings) > 1:
        require_one_place(columns, spans_of(lengths), placed, form)
    if by_chain and (len(readings) < 2 or all(placed)):
        return _by_row_key(columns, form), []
    if len(readings) < 2:
        return _by_time(columns), []
    if not by_chain:
        _require_times(columns)
    ordered, shared = merged(columns, spans_of(lengths), placed, readings[0].terms.position_bits if by_chain else None, form)
    return ordered, [f"{counted(shared, 'row')} that several sources hold: counted once."] if shared else []


def _require_times(columns: Columns) -> None:
    """Raises LedgerError at a row without a time, among sources that only their times can put into one order."""
    row = next((row for row, time in enumerate(columns.time) if time is None), None)
    if row is not None:
        raise LedgerError(
            f"{columns.source[row]} states no time of transaction {columns.tx_hash[row] or 'without a hash'}, and "
            f"{columns.source[columns.height.index(None)]} no heights: nothing puts their rows into one order: give both heights, or times"
        )


def _by_row_key(columns: Columns, form: Callable[[str], str]) -> Columns:
    """Each row once, whoever held it first."""
    keys = columns.row_key
    if all(map(lt, keys, islice(keys, 1, None))):
        return columns
    return _picked(columns, list(each_row_once(columns, sorted(range(len(keys)), key=keys.__getitem__), form)))


def _by_time(columns: Columns) -> Columns:
    """Stable: the order of the file decides within one second. Rows that already know their place keep it."""
    times: Sequence[Any] = columns.time
    keys = columns.row_key
    if keys and keys[0] >= 0 and all(map(lt, keys, islice(keys, 1, None))):
        return columns
    if not all(map(le, times, islice(times, 1, None))):
        columns = _picked(columns, sorted(range(len(times)), key=times.__getitem__))
    return columns._replace(row_key=list(range(len(times))))


def _picked(columns: Columns, rows: Sequence[int]) -> Columns:
    picked: Any = (list(map(column.__getitem__, rows)) for column in columns)
    return Columns(*picked)


def spans_of(lengths: Sequence[int]) -> list[range]:
    """The rows of each source among all of them."""
    return [range(first, last) for first, last in pairwise(accumulate(lengths, initial=0))]


def unordered_of(columns: Columns, by_chain: bool, loose: set[str]) -> tuple[int, int]:
    """Pairs of rows in one block, or one second, that only a file orders; and how many of them share an account."""
    if by_chain and not loose:
        return 0, 0
    places, sides, rows = columns.height if by_chain else columns.time, (columns.sender, columns.recipient), range(len(columns.row_key))
    several, unordered = unordered_pairs(places, sides, rows, NOBODY)
    placed = [row for row in rows if columns.source[row] not in loose] if by_chain else []
    apart = unordered_pairs(places, sides, placed, NOBODY)
    return several - apart[0], unordered - apart[1]


def loose_sources(readings: Sequence[Reading], lengths: Sequence[int], columns: Columns) -> set[str]:
    """What rows state as their source where it does not say in which place of its block a row stands."""
    spans = zip(readings, spans_of(lengths), strict=True)
    return {columns.source[row] for reading, rows in spans if not reading.placed for row in rows}


def unordered_pairs(places: Sequence[Any], sides: tuple[Sequence[Any], Sequence[Any]], rows: Iterable[int], nobody: Any) -> tuple[int, int]:
    """Of the rows, which stand by place: how many pairs have one place, and how many of those share an account.

    Only the order of the latter can change a result: the others move money that never meets.

    >>> unordered_pairs([7, 7, 7, 8], (["ann", "bob", "dan", "ann"], ["bob", "cat", "eve", "bob"]), range(4), None)
    (3, 1)
    """
    several = shared = 0
    for _, group in groupby(rows, key=places.__getitem__):
        together = list(group)
        if len(together) > 1:
            several += _pairs(len(together))
            shared += _sharing([{sides[0][row], sides[1][row]} - {nobody} for row in together])
    return several, shared


def _sharing(ends: Iterable[Collection[Any]]) -> int:
    """Pairs with an account in common: those of each account, less those counted twice because both accounts are common."""
    ends = list(ends)
    one = Counter(account for accounts in ends for account in accounts)
    both = Counter(frozenset(accounts) for accounts in ends if len(accounts) == 2)
    return sum(map(_pairs, one.values())) - sum(map(_pairs, both.values()))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
