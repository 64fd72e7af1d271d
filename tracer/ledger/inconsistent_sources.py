"""What several sources show of each other: a transaction in two places, two fees or times of one, an export that is not whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from tracer.errors import LedgerError
from tracer.ledger.ledger_columns import Columns


def require_one_place(columns: Columns, sources: Sequence[range], placed: Sequence[bool], form: Callable[[str], str]) -> None:
    """Raises LedgerError where two sources have the same payment of one transaction in different places: it would count twice.

    The place is the block, or the second where a row of any source has no height; among sources that state it, the place in the block too.
    """
    times = None in columns.height
    _require(columns, sources, columns.time if times else columns.height, form, "time" if times else "height")
    if not times:
        tight = [rows for rows, known_place in zip(sources, placed, strict=True) if known_place]
        _require(columns, tight, columns.row_key, form, "position")


def _require(columns: Columns, sources: Sequence[range], places: Sequence[Any], form: Callable[[str], str], name: str) -> None:
    held: dict[Any, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, rows in enumerate(sources if len(sources) > 1 else ()):
        for row in rows:
            if columns.tx_hash[row]:
                held[known(columns, row, form)][number].add(row)
    for by_source in held.values():
        for one, other in combinations(by_source.values(), 2):
            mine, theirs = ({places[row]: row for row in rows} for rows in (one, other))
            if (mine.keys() - theirs.keys()) and (theirs.keys() - mine.keys()):
                raise _two_places(columns, mine[min(mine.keys() - theirs.keys())], theirs[min(theirs.keys() - mine.keys())], name)


def _two_places(columns: Columns, one: int, other: int, name: str) -> LedgerError:
    c, column = columns, getattr(columns, name)
    return LedgerError(
        f"{c.source[one]} and {c.source[other]} both hold transaction {c.tx_hash[one]}, one at {name} {column[one]} and the other at "
        f"{name} {column[other]}: it would count twice; correct one of them, or leave one out"
    )


def lacking(columns: Columns, sources: Sequence[range], owners: Sequence[int | None], form: Callable[[str], str]) -> set[int]:
    """The owners of exports, by number, of whom another source has a row that their exports lack.

    `owners`: whose export each of the `sources` was taken for, None where it is nobody's. A wallet may have several exports.
    """
    held: dict[int | None, Counter[Any]] = defaultdict(Counter)
    for rows, owner in zip(sources, owners, strict=True):
        if owner is not None:
            held[owner].update(_keys(columns, rows, form))
    partners: set[int] = set()
    for rows, owner in zip(sources, owners, strict=True):
        for other in held.keys() - {owner}:
            naming = [row for row in rows if other in (columns.sender[row], columns.recipient[row])]
            if other is not None and Counter(_keys(columns, naming, form)) - held[other]:
                partners.add(other)
    return partners


def _keys(columns: Columns, rows: Sequence[int], form: Callable[[str], str]) -> list[tuple[object, ...]]:
    """What rows are known by in every source, and in which block, or second, they stand."""
    heights, times = columns.height, columns.time
    return [(times[row] if heights[row] is None else heights[row], known(columns, row, form)) for row in rows]


def stated_once(columns: Columns, rows: Sequence[int], name: str, nothing: Any) -> Any:
    """What equal rows state of one thing, `nothing` where none does. Raises LedgerError where two state different things."""
    column = getattr(columns, name)
    stated = {column[row]: row for row in reversed(rows) if column[row] != nothing}
    if len(stated) > 1:
        (first, one), (second, other), *_ = reversed(stated.items())
        raise LedgerError(
            f"{columns.source[one]} and {columns.source[other]} contradict each other: transaction "
            f"{columns.tx_hash[one] or 'without a hash'} has {name} {first} in one and {second} in the other: leave one of them out"
        )
    return next(iter(stated), nothing)


def known(columns: Columns, row: int, form: Callable[[str], str]) -> tuple[object, ...]:
    """What makes two rows in one place the same, but for their fee, which a source may not state."""
    tx_hash = columns.tx_hash[row]
    return tx_hash and form(tx_hash), columns.sender[row], columns.recipient[row], columns.amount[row]
