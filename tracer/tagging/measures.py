"""How a heuristic says what it saw: findings of measures, and the small exact arithmetic they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import isqrt
from operator import attrgetter
from typing import Literal, NamedTuple

from tracer.model import MOST_ROWS, Measure
from tracer.tagging.payments_by_account import Move, View

Status = Literal["fact", "pattern", "lead"]
HOUR, DAY = 3600, 86_400  # seconds
WHOLE = 1_000_000  # a share of one, in parts per million


def nothing() -> tuple[Measure, ...]:
    return ()


class Finding(NamedTuple):
    """What a heuristic saw at one account under one set of thresholds, whether it holds or not.

    `against` checks the look-alikes when it is called: only where the measures hold, or somebody asks. Most accounts do nothing.
    """

    status: Status
    measures: tuple[Measure, ...]
    against: Callable[[], tuple[Measure, ...]] = nothing
    rows: tuple[int, ...] = ()
    row: int | None = None

    @property
    def holds(self) -> bool:
        return all([measure.holds for measure in self.measures])  # noqa: C419 - a list: asked millions of times


def at_least(name: str, value: int | None, threshold: int, unit: str, rows: tuple[int, ...] = (), note: str = "") -> Measure:
    """A measure that holds from its threshold on; an unknown value never holds."""
    return Measure(name, value, unit, _limit("at least", threshold), value is not None and value >= threshold, rows, note)


def at_most(name: str, value: int | None, threshold: int, unit: str, rows: tuple[int, ...] = (), note: str = "") -> Measure:
    """A measure that holds up to its threshold; an unknown value never holds."""
    return Measure(name, value, unit, _limit("at most", threshold), value is not None and value <= threshold, rows, note)


@cache
def _limit(sense: str, threshold: int) -> str:
    """A threshold in words; kept, as there are few of them and millions of measures."""
    return f"{sense} {threshold:,}"


def measured(name: str, text: int | str | None, unit: str = "", rows: tuple[int, ...] = (), note: str = "") -> Measure:
    """A figure printed with the measures, which has no threshold and cannot fail."""
    return Measure(name, text, unit, None, True, rows, note)


def a_label(view: View, account: int) -> Measure:
    """The look-alike that every tag has: somebody whose business it is."""
    name = view.labelled(account)
    return Measure("labelled, so who it is explains what it does", name or "no label", "", "a label", name is not None)


def fits(name: str, value: int | str | None, unit: str, condition: str, holds: bool) -> Measure:
    """A look-alike that was checked: `holds` means that it explains the same rows."""
    return Measure(name, value, unit, condition, holds)


def half(name: str, part: int, whole: int, unit: str) -> Measure:
    """A look-alike that fits where it explains at least half of what was seen."""
    return fits(name, part, unit, "at least half", part > 0 and 2 * part >= whole)


def some(rows: Iterable[int]) -> tuple[int, ...]:
    """The first MOST_ROWS rows, in ledger order, each once."""
    return tuple(sorted(set(rows))[:MOST_ROWS])


def rows_moved(*sides: Sequence[Move]) -> tuple[int, ...]:
    """The first MOST_ROWS rows of moves, each side of which is in ledger order."""
    rows = [move.row for side in sides for move in side[:MOST_ROWS]]
    return tuple(rows if len(sides) == 1 else sorted(rows)[:MOST_ROWS])


def ppm(part: int, whole: int) -> int | None:
    """A share in parts per million, rounded down; None of nothing.

    >>> ppm(1, 3), ppm(0, 0)
    (333333, None)
    """
    return part * WHOLE // whole if whole else None


def variation_ppm(values: list[int]) -> int | None:
    """The coefficient of variation (standard deviation over mean) in ppm, rounded down; None of fewer than two, or a mean of 0.

    >>> variation_ppm([60, 60, 60]), variation_ppm([1, 3])
    (0, 500000)
    """
    total = sum(values)
    if len(values) < 2 or total <= 0:
        return None
    spread = len(values) * sum(value * value for value in values) - total * total
    return isqrt(WHOLE * WHOLE * spread) // total


def median(values: list[int]) -> int | None:
    """The lower median."""
    return sorted(values)[(len(values) - 1) // 2] if values else None


def span(moves: list[Move]) -> int:
    """Seconds from the first to the last move."""
    return moves[-1].time - moves[0].time if moves else 0


def densest(moves: list[Move], seconds: int, side: Literal["sender", "recipient", "row"]) -> list[Move]:
    """The stretch of at most `seconds` with the most distinct accounts on one side ("row": the most moves); the first of equals.

    `moves` in ledger order. One pass with two pointers: work is proportional to the moves.
    """
    best = (0, 0)
    if len(moves) < 2:
        return list(moves)
    keys, times = list(map(attrgetter(side), moves)), list(map(attrgetter("time"), moves))
    held: dict[int, int] = {}
    start = most = 0
    for end, key in enumerate(keys):
        held[key] = held.get(key, 0) + 1
        while times[end] - times[start] > seconds:
            gone = keys[start]
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
            start += 1
        if len(held) > most:
            most = len(held)
            best = (start, end + 1)
    return moves[slice(*best)]


def busiest(view: View, account: int, way: Literal["ins", "outs", "life_outs"], seconds: int) -> list[Move]:
    """The stretch in which most others pay the account, or are paid by it; of all that it paid in its life, that with most payments."""
    return view.of(account, _busiest, way, seconds)


def _busiest(view: View, account: int, way: Literal["ins", "outs", "life_outs"], seconds: int) -> list[Move]:
    if way == "life_outs":
        return densest(view.life_outs(account), seconds, "row")
    return densest(view.ins(account), seconds, "sender") if way == "ins" else densest(view.outs(account), seconds, "recipient")
