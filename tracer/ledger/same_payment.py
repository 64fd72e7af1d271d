"""By what rows of two sources are told to be the same payment."""

from __future__ import annotations

from collections.abc import Callable

from tracer.ledger.ledger_columns import Columns


def known(columns: Columns, row: int, form: Callable[[str], str]) -> tuple[object, ...]:
    """What makes two rows in one place the same, but for their fee, which a source may not state."""
    tx_hash = columns.tx_hash[row]
    return tx_hash and form(tx_hash), columns.sender[row], columns.recipient[row], columns.amount[row]
