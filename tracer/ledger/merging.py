"""Several sources in one order, where not all of them say in which place of its block a row stands: each row once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any, NamedTuple

from tracer.errors import LedgerError
from tracer.ledger.inconsistent_sources import known, stated_once
from tracer.ledger.ledger_columns import Columns

Item = tuple[Any, int]
"""A row as it is known in every source: its hash, sides and amount, and which of the equal rows of its block it is, from 0."""


class Merged(NamedTuple):
    """The rows of all sources, each once, in one order; and how many of them stood in more than one source."""

    columns: Columns
    shared: int


def merged(
    columns: Columns, sources: Sequence[range], placed: Sequence[bool], bits: int | None, form: Callable[[str], str] = str
) -> Merged:
    """The rows in the order of their heights (of their times where `bits`, the width of a position, is None), each once.

    `sources` are the rows of each source, in the order of its file; `placed` says which of them state where in its block a row stands.
    `form` gives a hash its one form. Of a row that several sources hold the larger count stands. Rows of one block, or second, keep the
    order of every source; where none orders two of them, the source named first comes first. Raises LedgerError where the sources
    contradict each other: in the order of such rows, or in the fee or time of a row.
    """
    places: Sequence[Any] = columns.time if bits is None else columns.height
    blocks: dict[Any, dict[int, list[int]]] = defaultdict(dict)
    for number, rows in enumerate(_sequences(columns, sources, placed, form, by_height=bits is not None)):
        for row in rows:
            blocks[places[row]].setdefault(number, []).append(row)
    tight = {row for rows, states in zip(sources, placed, strict=True) if states and bits is not None for row in rows}
    picked: list[list[int]] = []
    positions: list[int] = []
    for place in sorted(blocks):
        several = _in_one_order(columns, list(blocks[place].values()), form)
        picked += several
        if bits is not None:
            positions += _positions(columns, several, tight, bits)
    rows_kept = _together(columns, picked)
    if bits is not None:
        keys = [height << bits | position for height, position in zip(rows_kept.height, positions, strict=True) if height is not None]
        rows_kept = rows_kept._replace(position=positions, row_key=keys)
    else:
        rows_kept = rows_kept._replace(row_key=list(range(len(picked))))
    return Merged(rows_kept, sum(len(rows) > 1 for rows in picked))


def each_row_once(columns: Columns, rows: Iterable[int], form: Callable[[str], str] = str) -> Iterator[int]:
    """Those of the rows, which are in the order of their keys, that do not repeat the one before.

    Raises LedgerError where two sources have another transaction in one place.
    """
    before = None
    for row in rows:
        if before is None or columns.row_key[row] != columns.row_key[before]:
            before = row
            yield row
        elif (known(columns, row, form), columns.fee[row]) != (known(columns, before, form), columns.fee[before]):
            c = columns
            raise LedgerError(
                f"{c.source[before]} and {c.source[row]} contradict each other at height {c.height[row]}, position {c.position[row]}: "
                f"{c.tx_hash[before]} pays {c.amount[before]}, {c.tx_hash[row]} pays {c.amount[row]}; "
                "one of them was rolled back or is wrong: leave it out"
            )


def _sequences(
    columns: Columns, sources: Sequence[range], placed: Sequence[bool], form: Callable[[str], str], *, by_height: bool
) -> list[list[int]]:
    """The rows of each source in its own order; those of all sources that state places are one sequence."""
    times: Sequence[Any] = columns.time
    if not by_height:
        return [sorted(rows, key=times.__getitem__) for rows in sources]
    key = columns.row_key.__getitem__
    stated = [row for rows, states in zip(sources, placed, strict=True) if states for row in rows]
    tight = list(each_row_once(columns, sorted(stated, key=key), form))
    first = placed.index(True) if tight else -1
    return [
        tight if number == first else sorted(rows, key=key)
        for number, (rows, states) in enumerate(zip(sources, placed, strict=True))
        if number == first or not states
    ]


def _in_one_order(columns: Columns, sequences: Sequence[Sequence[int]], form: Callable[[str], str]) -> list[list[int]]:
    """The rows of one block: a list for each, with its rows in the sources that hold it, in the order that all of them have."""
    if len(sequences) == 1:
        return [[row] for row in sequences[0]]
    rows_of: dict[Item, list[int]] = {}
    behind: dict[Item, list[Item]] = defaultdict(list)
    waiting: Counter[Item] = Counter()
    rank: dict[Item, int] = {}
    for rows in sequences:
        items = _items(columns, rows, form)
        for row, item in zip(rows, items, strict=True):
            rows_of.setdefault(item, []).append(row)
            rank.setdefault(item, len(rank))
        for one, other in pairwise(items):
            behind[one].append(other)
            waiting[other] += 1
    ready = [(rank[item], item) for item in rank if not waiting[item]]  # the source named first has the lowest ranks: a heap as it is
    ordered: list[list[int]] = []
    while ready:
        _, item = heappop(ready)
        ordered.append(rows_of.pop(item))
        for other in behind[item]:
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, (rank[other], other))
    if rows_of:
        raise _disorder(columns, next(rows for rows in rows_of.values() if len(rows) > 1))
    return ordered


def _items(columns: Columns, rows: Sequence[int], form: Callable[[str], str]) -> list[Item]:
    """What each row of one source is known by in the others."""
    seen: Counter[Any] = Counter()
    items = []
    for row in rows:
        key = known(columns, row, form)
        items.append((key, seen[key]))
        seen[key] += 1
    return items


def _disorder(columns: Columns, rows: Sequence[int]) -> LedgerError:
    one, other = rows[:2]
    where = f"time {columns.time[one]}" if columns.height[one] is None else f"block {columns.height[one]}"
    return LedgerError(
        f"{columns.source[one]} and {columns.source[other]} have the rows of {where} in contradicting orders (one is of transaction "
        f'{columns.tx_hash[one] or "without a hash"}): write order = "newest_first" in the source that stands so, or leave one of them out'
    )


def _positions(columns: Columns, several: Sequence[Sequence[int]], tight: set[int], bits: int) -> Iterator[int]:
    """The places of the rows of one block: as stated, and else behind the row before."""
    free = 0
    for rows in several:
        stated = next((columns.position[row] for row in rows if row in tight), free)
        if stated < free or stated >> bits:
            raise LedgerError(
                f"{columns.source[rows[0]]}: between the places that another source states in block {columns.height[rows[0]]} there is no "
                "room for a row that states none: give it a column position"
            )
        yield stated
        free = stated + 1


def _together(columns: Columns, picked: Sequence[Sequence[int]]) -> Columns:
    """A row for each list of equal ones: the first of them, with the fee and the time that any of them states."""
    rows_kept = Columns(*(list(map(column.__getitem__, [rows[0] for rows in picked])) for column in columns))  # type: ignore[arg-type]
    for place, rows in enumerate(picked):
        if len(rows) > 1:
            rows_kept.fee[place] = stated_once(columns, rows, "fee", nothing=0)
            rows_kept.time[place] = stated_once(columns, rows, "time", nothing=None)
    return rows_kept
