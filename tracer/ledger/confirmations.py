"""How many blocks stand on a row, of how many after which the chain is final."""

from __future__ import annotations

from typing import NamedTuple


class Confirmations(NamedTuple):
    """Blocks on top of a row's, counted up to the number after which the chain rewrites it no more.

    >>> str(Confirmations(37, 360))
    '37 of 360'
    """

    blocks: int
    final: int

    def __str__(self) -> str:
        return f"{self.blocks:,} of {self.final:,}"


def confirmations_of(height: int | None, tip: int | None, final: int) -> Confirmations | None:
    """Those of a block at a height under a tip; None where one of the two is not known, or no block is ever rewritten."""
    if tip is None or height is None or not final:
        return None
    return Confirmations(min(max(0, tip - height), final), final)
