"""Openings that no source states: what an account pays and did not have is taken for money it opened with, marked modelled."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.ledger.balances import replay
from tracer.ledger.ledger_columns import NOBODY, Columns
from tracer.model import Account


def with_openings(accounts: Sequence[Account], columns: Columns) -> list[Account]:
    """The same, where an opening is not stated with the least that keeps the balance from going below zero at any row."""
    if all(account.opening is not None for account in accounts):
        return list(accounts)
    lowest = [0] * len(accounts)
    held = [0] * len(accounts)
    for sender in replay(columns, held):
        if sender != NOBODY and held[sender] < lowest[sender]:
            lowest[sender] = held[sender]
    return [
        account if account.opening is not None else account._replace(opening=-least, opening_basis="modelled")
        for account, least in zip(accounts, lowest, strict=True)
    ]
