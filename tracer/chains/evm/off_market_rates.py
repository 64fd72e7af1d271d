"""Whether what came in a swap is too far from the rate of the block before."""

from __future__ import annotations

from fractions import Fraction

from tracer.model import OFF_MARKET, Doubt


def rate_doubts(tx_hash: str, rate: Fraction | None, got: Fraction) -> tuple[tuple[Doubt, ...], tuple[str, ...]]:
    """What the rate says against a conversion, with a sentence."""
    if not rate:
        return ("no_rate",), (f"{tx_hash}: no pool says what the rate was at the end of the block before.",)
    off = got / rate - 1
    if abs(off) <= OFF_MARKET:
        return (), ()
    tenths, word = round(abs(off) * 1000), "less" if off < 0 else "more"
    return ("off_market",), (f"{tx_hash}: {tenths // 10}.{tenths % 10} % {word} came than at the rate of the block before.",)
