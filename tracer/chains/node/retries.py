"""Asking again: the loop, what an HTTP status asks for, and how long to wait before the next try. How often is in `rate_limit.py`."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TypeVar

from tracer.chains.node.rate_limit import Pace

NO = (400, 401, 404)  # the node has understood and says no
TOO_MANY_QUESTIONS = 429

Found = TypeVar("Found")


def tried(pace: Pace, wait: Callable[[float], object], once: Callable[[], tuple[Found | None, str]]) -> tuple[Found | None, str]:
    """What the first try brings that brings anything, with "". None where no try does, with why the last one did not, and their number."""
    why = ""
    for pause in pauses(pace):
        wait(pause)
        found, why = once()
        if found is not None:
            return found, ""
    return None, f"{why}, {pace.tries} times"


def pauses(pace: Pace) -> Iterator[float]:
    """Seconds to wait before each try: none before the first, then doubled each time, with up to half of it at random on top."""
    yield 0
    for again in range(pace.tries - 1):
        yield min(pace.pause * 2**again, pace.longest) * (1 + random.random() / 2)  # noqa: S311


def silence(status: int, pace: Pace) -> float:
    """Seconds without a question after an answer of this status: none but after 429, where refused questions count too."""
    return pace.silence if status == TOO_MANY_QUESTIONS else 0
