"""Namespaces that were not paid for: nodes hide their mosaics, and give them back if they are paid for again in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from tracer.chains.nem.markers import LIFETIME


def expired(mosaic: str, rented: Mapping[str, Sequence[int]], held: Mapping[str, int], tip: int) -> str | None:
    """Why the ledger of a mosaic crosses a time in which its namespace was not paid for; None if it does not, as far as was read.

    `rented`: the heights at which each namespace was paid for; `held`: what accounts hold of the mosaic at `tip`.

    >>> expired("shop:coin", {"shop": [10, 500_000]}, {"alice": 5}, 600_000)
    >>> expired("shop:coin", {"shop": [10]}, {"alice": 5}, 600_000)[:82]
    'namespace shop expired at block 525610: it was paid for at block 10, and from then'
    """
    root = mosaic.partition(":")[0].partition(".")[0]
    paid = rented.get(root, [])
    for since, until in pairwise([*paid, tip]):
        if until >= since + LIFETIME and any(amount > 0 for amount in held.values()):
            return (
                f"namespace {root} expired at block {since + LIFETIME}: it was paid for at block {since}, and from then on nodes hide what "
                f"accounts hold of {mosaic}. No transaction says so, and no row: past that block this ledger is not what nodes state"
            )
    return None
