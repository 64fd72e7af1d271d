"""Asking again: what an HTTP status asks for, and how long to wait before the next try. How often is in `rate_limit.py`."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tracer.chains.node.rate_limit import Pace

NO = (400, 401, 404)  # the node has understood and says no
TOO_MANY_QUESTIONS = 429


def pauses(pace: Pace) -> Iterator[float]:
    """Seconds to wait before each try: none before the first, then doubled each time, with up to half of it at random on top."""
    yield 0
    for again in range(pace.tries - 1):
        yield min(pace.pause * 2**again, pace.longest) * (1 + random.random() / 2)  # noqa: S311


def silence(status: int, pace: Pace) -> float:
    """Seconds without a question after an answer of this status: none but after 429, where refused questions count too."""
    return pace.silence if status == TOO_MANY_QUESTIONS else 0
