"""Intervals of rates over cases: accounts of one case are not independent of each other, so whole cases are drawn. No money here."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from tracer.tagging.rates_with_wilson_intervals import wilson

DRAWS = 2_000
SEED = 23
"""Of the draws: the same cases give the same interval."""

TAILS = (0.025, 0.975)


class Rate(NamedTuple):
    """`hits` of `of`, and the 95 % interval of their quotient; no interval of fewer than two cases that have any."""

    hits: int
    of: int
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """The quotient; None of nothing."""
        return self.hits / self.of if self.of else None


def rate(cases: Sequence[tuple[int, int]]) -> Rate:
    """The quotient of what the cases have together, with the percentile interval over cases drawn with replacement.

    Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. Where there is no hit, or nothing but hits, draws know
    no other case: the interval is Wilson's then, as if every account stood for itself.

    >>> rate([(1, 10), (3, 10)])
    Rate(hits=4, of=20, low=0.1, high=0.3)
    """
    import numpy

    counts = numpy.array(cases, dtype=numpy.float64).reshape(-1, 2)
    hits, of = (int(total) for total in counts.sum(axis=0))
    if (counts[:, 1] > 0).sum() < 2:
        return Rate(hits, of, None, None)
    if hits in (0, of):
        ends = wilson(hits, of)
        return Rate(hits, of, *(ends or (None, None)))
    totals = _draws(len(cases)) @ counts
    some = totals[:, 1] > 0
    low, high = numpy.quantile(totals[some, 0] / totals[some, 1], TAILS)
    return Rate(hits, of, round(float(low), 6), round(float(high), 6))


@cache
def _draws(cases: int) -> Any:
    """How often each case is in each draw: a row a draw."""
    import numpy

    dice = random.Random(SEED)  # noqa: S311 - the same draws each time
    drawn = numpy.array([dice.choices(range(cases), k=cases) for _ in range(DRAWS)])
    return numpy.stack([(drawn == case).sum(axis=1) for case in range(cases)], axis=1).astype(numpy.float64)
