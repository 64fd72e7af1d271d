"""Places for boxes, so that no line between two of them runs behind a third one: it would show a flow that does not exist."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple


class Spot(NamedTuple):
    """The middle of a box."""

    x: int
    y: int


class Grid(NamedTuple):
    """Where boxes may be: `between` columns, `line` between rows; half the size of a box, with room around it; `bands` in a column."""

    between: int
    line: int
    half_width: int
    half_height: int
    bands: int = 3
    rows: int = 60


class Layout(NamedTuple):
    """Where the boxes are, and which lines are drawn between them."""

    places: Mapping[str, Spot]
    lines: frozenset[tuple[str, str]]


TRIES = 12
"""Orders of the boxes that are tried: on the rehearsal the second is the first that draws all 60 flows."""


def spread(columns: Sequence[Sequence[str]], lines: Sequence[tuple[str, str]], grid: Grid) -> Layout:
    """A place for each box: its column from left to right, near those it is joined to, and no line behind a box it does not touch.

    The boxes of a column are placed in the order given, and if that leaves lines out, in some others: the order that draws most
    lines counts. The same input always gives the same layout.
    """
    best = _placed_in_turn(columns, lines, grid)
    for seed in range(1, TRIES):
        if len(best.lines) == len(lines):
            break
        chance, orders = random.Random(seed), [list(column) for column in columns]  # noqa: S311 - no secret
        for order in orders:
            chance.shuffle(order)
        another = _placed_in_turn(orders, lines, grid)
        best = max(best, another, key=lambda layout: len(layout.lines))
    return best


def _placed_in_turn(columns: Sequence[Sequence[str]], lines: Sequence[tuple[str, str]], grid: Grid) -> Layout:
    """Each box at the best place that is left. Where none will do for all its lines, its last ones of `lines` are left out; and a
    box with no line left."""
    joined: dict[str, dict[str, None]] = {}
    for one, other in lines:
        joined.setdefault(one, {})[other] = None
        joined.setdefault(other, {})[one] = None
    placed: dict[str, Spot] = {}
    drawn: dict[tuple[str, str], tuple[Spot, Spot]] = {}
    left = 0
    for column in columns:
        for box in column:
            ends = [other for other in joined.get(box, ()) if other in placed and other != box]
            for number in range(len(ends), -1 if not ends else 0, -1):
                if place := _place(left, [placed[end] for end in ends[:number]], placed.values(), drawn.values(), grid):
                    drawn |= {(box, end): (place, placed[end]) for end in ends[:number]}
                    placed[box] = place
                    break
        left = max((placed[box].x for box in column if box in placed), default=left) + grid.between
    both = drawn.keys() | {(other, one) for one, other in drawn}
    return Layout(placed, frozenset(line for line in lines if line in both))


def _place(left: int, ends: Sequence[Spot], placed: Collection[Spot], drawn: Collection[tuple[Spot, Spot]], grid: Grid) -> Spot | None:
    """The first place of a column that lies on no box and behind no line, and from which no line to these ends runs behind a box."""
    return next((place for place in _candidates(left, ends, grid) if _free(place, ends, placed, drawn, grid)), None)


def _candidates(left: int, ends: Sequence[Spot], grid: Grid) -> list[Spot]:
    """Places of a column, nearest first to where the box would like to be: at the height of those that it is joined to."""
    height = sum(end.y for end in ends) // len(ends) if ends else 0
    middle = height // grid.line * grid.line
    places = [
        Spot(left + band * 2 * grid.half_width, middle + sign * row * grid.line // 2)
        for row in range(grid.rows)
        for sign in (1, -1)[: 1 + (row > 0)]
        for band in range(grid.bands)
    ]
    return sorted(places, key=lambda place: (abs(place.y - height) + 2 * (place.x - left), place))


def _free(place: Spot, ends: Sequence[Spot], placed: Collection[Spot], drawn: Collection[tuple[Spot, Spot]], grid: Grid) -> bool:
    for other in placed:
        if abs(other.x - place.x) < 2 * grid.half_width and abs(other.y - place.y) < 2 * grid.half_height:
            return False
        if any(crosses(place, end, other, grid) for end in ends if end != other):
            return False
    return not any(crosses(one, other, place, grid) for one, other in drawn)


def crosses(one: Spot, other: Spot, box: Spot, grid: Grid) -> bool:
    """Whether the straight line between two middles touches a box."""
    begun, ended = 0.0, 1.0
    for start, step, middle, half in (
        (one.x, other.x - one.x, box.x, grid.half_width),
        (one.y, other.y - one.y, box.y, grid.half_height),
    ):
        if not step:
            if abs(start - middle) >= half:
                return False
            continue
        near, far = sorted(((middle - half - start) / step, (middle + half - start) / step))
        begun, ended = max(begun, near), min(ended, far)
    return begun < ended
