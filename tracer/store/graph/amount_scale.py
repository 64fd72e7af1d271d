"""Amounts that pass 64 bits in the graph: divided by one power of ten, rounded down, with the exact amount as a text beside each.

Sums and balances over a record are made as text here, which SQLite keeps whatever its size.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from tracer.evidence import Compared
from tracer.store.record.amounts_as_stored import INT64_ROOM


def scale_of(db: sqlite3.Connection, claims: Sequence[Compared], more: int) -> int:
    """The least power of ten that brings the sum of all amounts, fees, openings and claims, and of `more`, below INT64_ROOM.

    `db` has `ExactSum` as `exact_sum`.
    """
    sums = db.execute("SELECT exact_sum(amount), exact_sum(fee), (SELECT exact_sum(opening) FROM accounts) FROM transfers")
    claimed = [amount for each in claims for amount in (each.claim.least, each.claim.most)]
    total, scale = sum(int(each or 0) for each in (*sums.fetchone(), *claimed, more)), 0
    while total // 10**scale >= INT64_ROOM:
        scale += 1
    return scale


def scaled_and_exact(units: int, scale: int) -> tuple[int, str]:
    """An amount as it stands in a scaled graph: divided, and the whole of it as a text."""
    return units // 10**scale, str(units)


def exact_balance(opening: Any, received: Any, sent: Any, fees: Any) -> str:
    """What is left of an opening, each an integer, decimal text or None for none."""
    return str(int(opening) + int(received or 0) - int(sent or 0) - int(fees or 0))


class ExactSum:
    """A sum without bounds, of integers or decimal text."""

    def __init__(self) -> None:
        self.total: int | None = None

    def step(self, amount: int | str | None) -> None:
        if amount is not None:
            self.total = (self.total or 0) + int(amount)

    def finalize(self) -> str | None:
        return None if self.total is None else str(self.total)
