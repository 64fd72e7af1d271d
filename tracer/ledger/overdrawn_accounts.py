"""Accounts that spend more than they have: the first row at which one does, and what is missing at the worst moment."""

from __future__ import annotations

from tracer.ledger.balances import replay
from tracer.ledger.gap import Gap, gap_at
from tracer.ledger.ledger import Ledger
from tracer.ledger.ledger_columns import NOBODY


def overdrawn_accounts(ledger: Ledger) -> list[Gap]:
    """Full accounts that pay what they do not hold: fee and amount together, as `balances.py` plays them."""
    held = ledger.openings
    worst: dict[int, tuple[int, int]] = {}
    for row, sender in enumerate(replay(ledger.columns, held)):
        if sender != NOBODY and held[sender] < 0:
            first, least = worst.get(sender, (row, 0))
            worst[sender] = first, min(least, held[sender])
    return [
        gap_at(ledger.accounts[number], -least, first, "a payment to it before this row, or part of its opening, was not read")
        for number, (first, least) in worst.items()
        if ledger.accounts[number].coverage == "full"
    ]
