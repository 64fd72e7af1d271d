"""Whether what was taken for a wallet's whole export is whole, as far as other sources show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from tracer.ledger.columns import Columns
from tracer.ledger.merging import known


def lacking(columns: Columns, sources: Sequence[range], owners: Sequence[int | None], form: Callable[[str], str]) -> set[int]:
    """The owners of exports, by number, of whom another source has a row that their exports lack.

    `owners`: whose export each of the `sources` was taken for, None where it is nobody's. A wallet may have several exports.
    """
    held: dict[int | None, Counter[Any]] = defaultdict(Counter)
    for rows, owner in zip(sources, owners, strict=True):
        if owner is not None:
            held[owner].update(_keys(columns, rows, form))
    found: set[int] = set()
    for rows, owner in zip(sources, owners, strict=True):
        for other in held.keys() - {owner}:
            naming = [row for row in rows if other in (columns.sender[row], columns.recipient[row])]
            if other is not None and Counter(_keys(columns, naming, form)) - held[other]:
                found.add(other)
    return found


def _keys(columns: Columns, rows: Sequence[int], form: Callable[[str], str]) -> list[tuple[object, ...]]:
    """What rows are known by in every source, and in which block, or second, they stand."""
    heights, times = columns.height, columns.time
    return [(times[row] if heights[row] is None else heights[row], known(columns, row, form)) for row in rows]
