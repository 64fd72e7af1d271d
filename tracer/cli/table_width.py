"""A table made to fit a terminal: long words shortened, then columns left out; what was done is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LONG = 20
"""Characters from which a word, such as an address or a hash, is shortened where room is short."""

HEAD, TAIL = 8, 4
"""Characters that stay of a shortened word; of two words that would look alike more stay."""

BETWEEN = 3
"""Characters between two columns of a table."""


class Fitted(NamedTuple):
    """A table that fits. `columns`: those that stay, by number; `shortened`: whether words were."""

    columns: list[int]
    lines: list[list[str]]
    shortened: bool


class Narrowing(NamedTuple):
    """In which order columns are left out: `first` ones in that order, then others from the right; those to `keep` never."""

    first: Sequence[int] = ()
    keep: Sequence[int] = (0,)


def fitted(names: Sequence[str], lines: list[list[str]], width: int, order: Narrowing, uncut: Iterable[int] = ()) -> Fitted:
    """The table in `width` characters: long words shortened, but in `uncut` columns; then columns left out."""
    kept = list(range(len(names)))
    if _width(names, lines, kept) <= width:
        return Fitted(kept, lines, shortened=False)
    whole = {*uncut}
    columns = [[line[n] for line in lines] for n in kept]
    short = [column if n in whole else shortened_words(column) for n, column in enumerate(columns)]
    lines = [list(line) for line in zip(*short, strict=True)] if lines else []
    leaving = [*order.first, *(n for n in reversed(kept) if n not in {*order.first, *order.keep})]
    for n in leaving:
        if _width(names, lines, kept) > width:
            kept.remove(n)
    return Fitted(kept, lines, short != columns)


def shortened_words(column: Sequence[str]) -> list[str]:
    """The cells of a column with long words shortened in the middle, so that no two different cells become alike.

    >>> shortened_words(["TBI3MWR7SXHQKVOWVPDSBGLJBYM54KA67LOONWQM", "exchange1"])
    ['TBI3MWR7…NWQM', 'exchange1']
    """
    longest = max(map(len, column), default=0)
    head = HEAD
    while head + TAIL + 1 < longest:
        short = {cell: _shortened(cell, head) for cell in column}
        if len({*short.values()}) == len(short):
            return [short[cell] for cell in column]
        head += 4
    return list(column)


def _shortened(cell: str, head: int) -> str:
    return cell if " " in cell or len(cell) < max(LONG, head + TAIL + 2) else f"{cell[:head]}…{cell[-TAIL:]}"


def _width(names: Sequence[str], lines: Sequence[Sequence[str]], kept: Sequence[int]) -> int:
    widest = (max([len(names[n]), *(len(line[n]) for line in lines)]) for n in kept)
    return 1 + sum(widest) + BETWEEN * (len(kept) - 1)
