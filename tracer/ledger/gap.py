"""An amount that the ledger cannot explain, as the audit tells it."""

from __future__ import annotations

from typing import NamedTuple

from tracer.model import Account


class Gap(NamedTuple):
    """An amount the ledger cannot explain.

    `short_by` is what is missing at the account: at the worst moment if it went below zero (`row` is the first such
    row), else the balance served less the balance computed, of the asset of that number. `address` is None where the ledger as a
    whole is meant; then it may also count rows or records.
    """

    address: str | None
    short_by: int
    row: int | None
    likely: str
    asset: int = 0


def gap_at(account: Account, by: int, row: int | None, likely: str) -> Gap:
    """What is missing at an account."""
    return Gap(account.address, by, row, likely, account.asset)
