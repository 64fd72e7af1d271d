"""Which price of a list holds at a moment: the last one at or before it, however old."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from tracer.model import Price


def price_at(prices: Sequence[Price], time: int | None) -> Price | None:
    """The last price at or before a moment; None if all are later, or nobody knows the moment. `prices` in order of time."""
    if time is None:
        return None
    at = bisect_right(prices, time, key=lambda price: price.time)
    return prices[at - 1] if at else None
