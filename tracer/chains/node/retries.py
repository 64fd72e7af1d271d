"""Asking again after no answer or a 429: how often, and how long is waited before the next try."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from tracer.chains import Nodes

NO = (400, 401, 404)  # the node has understood and says no
TOO_MANY_QUESTIONS = 429
SILENCE = 2.0  # seconds without a question after a 429: hammering never ends it
LONGEST_SILENCE = 60.0
"""Seconds that a node may ask to be left alone (`Retry-After`); one that asks for more is given up."""

Found = TypeVar("Found")


class Patience(NamedTuple):
    """How often a node is asked again, and after how many seconds.

    `tries` per question and node, with pauses of `pause`, twice that, and so on up to `longest`, each with up to half of it at random on
    top. `scale`: of the seconds that a node is left alone.
    """

    tries: int = 5
    pause: float = 0.5
    longest: float = 30.0
    scale: float = 1.0

    @classmethod
    def of(cls, nodes: Nodes) -> Patience:
        """All waiting scaled by the patience of a run."""
        calm = cls()
        return calm._replace(pause=calm.pause * nodes.patience, scale=nodes.patience)


def tried(patience: Patience, wait: Callable[[float], object], once: Callable[[], tuple[Found | None, str]]) -> tuple[Found | None, str]:
    """What the first try brings that brings anything, with "". None where no try does, with why the last one did not, and their number."""
    why = ""
    for pause in pauses(patience):
        wait(pause)
        found, why = once()
        if found is not None:
            return found, ""
    return None, f"{why}, {patience.tries} times"


def pauses(patience: Patience) -> Iterator[float]:
    """Seconds to wait before each try: none before the first, then doubled each time, with up to half of it at random on top."""
    yield 0
    for again in range(patience.tries - 1):
        yield min(patience.pause * 2**again, patience.longest) * (1 + random.random() / 2)  # noqa: S311


def silence(status: int, retry_after: float, patience: Patience) -> float:
    """Seconds without a question after an answer that was no good, scaled by patience: those that the node asked for (RFC 9110,
    `Retry-After`), and after a 429, where refused questions count too, at least SILENCE.

    >>> silence(429, 0, Patience()), silence(429, 7, Patience()), silence(503, 7, Patience()), silence(500, 0, Patience())
    (2.0, 7.0, 7.0, 0.0)
    """
    return max(SILENCE if status == TOO_MANY_QUESTIONS else 0.0, retry_after) * patience.scale
