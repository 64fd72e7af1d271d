"""Rates with intervals: how much likelier something is here than there. Statistics, not money: floats inside, ppm outside."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import NamedTuple

Z = 1.96  # of a 95 % interval
WHOLE = 1_000_000  # ppm


class Ratio(NamedTuple):
    """One rate over another, in parts per million, with its 95 % interval."""

    value_ppm: int
    low_ppm: int
    high_ppm: int
    text: str


def ratio(here: int, of_here: int, there: int, of_there: int) -> Ratio | None:
    """The rate here over the rate there: log method, half a case added to each count where one is 0. None without cases.

    Source: Simel, Samsa, Matchar, J Clin Epidemiol 44 (1991) 763; the half is Haldane's.

    >>> ratio(8, 10, 20, 100).text
    '8 of 10 here, 20 of 100 elsewhere: 4.00 times (2.43 to 6.59)'
    """
    if not of_here or not of_there:
        return None
    more = 0.0 if here and there else 0.5
    a, n, b, m = here + more, of_here + more, there + more, of_there + more
    value = (a / n) / (b / m)
    spread = Z * sqrt(max(1 / a - 1 / n + 1 / b - 1 / m, 0.0))
    low, high = exp(log(value) - spread), exp(log(value) + spread)
    text = f"{here:,} of {of_here:,} here, {there:,} of {of_there:,} elsewhere: {value:.2f} times ({low:.2f} to {high:.2f})"
    return Ratio(int(value * WHOLE), int(low * WHOLE), int(high * WHOLE), text)


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """The 95 % interval of a share. None of nothing.

    Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209.

    >>> tuple(round(end, 3) for end in wilson(9, 10))
    (0.596, 0.982)
    """
    if not of:
        return None
    share, z2 = hits / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)
