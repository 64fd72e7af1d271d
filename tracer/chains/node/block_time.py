"""Whether a block can be where it says: its time compared with the clock, with its height, and with another block's."""

from __future__ import annotations

from typing import NamedTuple

from tracer.wording import utc

AHEAD = 7200  # seconds: nodes refuse a block a few seconds ahead of them; the rest is for a clock that is set wrong here


class Tempo(NamedTuple):
    """How fast a chain can grow. `since`: its first moment (UNIX seconds); `least`: seconds that each of more than `over` blocks in a
    row takes at least, on average."""

    since: int
    least: int
    over: int


class UnbelievableError(Exception):
    """An answer of the right shape that cannot be true; the text says why."""


def require_possible(height: int, time: int, tempo: Tempo, now: int) -> None:
    """Raises UnbelievableError for a block of a time that has not come, or of a height that the chain cannot have at its time.

    >>> require_possible(1_000_000_000, 1_700_000_000, Tempo(1_400_000_000, 15, 360), 1_700_000_000)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    tracer.chains.node.block_time.UnbelievableError: block 1000000000 of 2023-11-14T22:13:20Z: so many take until 2489-...
    """
    if time > now + AHEAD:
        raise UnbelievableError(f"block {height} of {_moment(time)}, and the clock of this computer says {_moment(now)}")
    if height > tempo.over and time - tempo.since < tempo.least * height:
        least = tempo.since + tempo.least * height
        raise UnbelievableError(f"block {height} of {_moment(time)}: so many take until {_moment(least)} at least")


def contradiction(lower: tuple[int, int], upper: tuple[int, int], tempo: Tempo) -> str:
    """Why two blocks, each by height and time, cannot be of one chain; "" where they can.

    >>> contradiction((10, 1_500_000_060), (12, 1_500_000_000), Tempo(0, 15, 360))
    'block 12 is of 2017-07-14T02:40:00Z, before block 10 of 2017-07-14T02:41:00Z'
    >>> contradiction((10, 1_500_000_000), (12, 1_500_000_060), Tempo(0, 15, 360))
    ''
    """
    (low, before), (high, time) = lower, upper
    if time < before:
        return f"block {high} is of {_moment(time)}, before block {low} of {_moment(before)}"
    if high - low > tempo.over and time - before < tempo.least * (high - low):
        return f"block {high} is of {_moment(time)}, {high - low} blocks and only {time - before} seconds after block {low}"
    return ""


def _moment(time: int) -> str:
    """The moment, or the number where no calendar has it."""
    try:
        return utc(time)
    except (ValueError, OverflowError, OSError):
        return f"second {time}"
