"""How many blocks stand on a row, of how many after which the chain is final; and which rows lie too near the tip for that.

No row is held back until its block is deep enough: every row that was read is in the ledger, and those near the tip are marked
provisional.
"""

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


def last_final_height(tip: int | None, finality: int) -> int | None:
    """The last block that the chain rewrites no more; negative where it is shorter than its finality; None where no tip is known."""
    return None if tip is None else tip - finality


def is_provisional(height: int | None, last_final: int | None) -> bool:
    """Whether a row lay so near the tip, when it was read, that the chain could still be rewritten there.

    >>> [is_provisional(height, last_final_height(200, 360)) for height in (1, 200)]
    [True, True]
    """
    return height is not None and last_final is not None and height > last_final
