"""Balances, row by row: fee and amount leave together, and before anything arrives. Which of the two leaves first decides nothing
about balances; where it decides what is stolen, it is in `tracing/kernels/fee_before_amount.py`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from tracer.ledger.ledger_columns import NOBODY, Columns


def replay(columns: Columns, held: list[int], first: int = 0, last: int | None = None) -> Iterator[int]:
    """Plays the rows from `first` to before `last` on `held`, the balances by account number; gives each row's sender after its row.

    What the sender holds then is the least it holds within the row, since a payment to oneself moves only its fee.
    Balances may go below zero: what that means is for the audit to say.
    """
    sides = zip(columns.sender, columns.recipient, columns.amount, columns.fee, strict=True)
    for sender, recipient, amount, fee in islice(sides, first, last):
        if sender != NOBODY:
            held[sender] -= fee if sender == recipient else fee + amount
        if recipient not in (NOBODY, sender):
            held[recipient] += amount
        yield sender


def play(columns: Columns, held: list[int], first: int = 0, last: int | None = None) -> None:
    """Plays the rows as `replay` does, to the end."""
    deque(replay(columns, held, first, last), maxlen=0)
