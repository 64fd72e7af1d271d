"""The theft that a row of the ledger is, once a case calls it one (`plan/thefts.py`)."""

from __future__ import annotations

from tracer.errors import LedgerError
from tracer.model import Theft, Transfer


def theft_of(transfer: Transfer, label: str) -> Theft:
    """The theft that a transfer is. Raises LedgerError where nobody pays, or nobody is paid."""
    if transfer.sender is None or transfer.recipient is None:
        raise LedgerError(f"row {transfer.row} has no sender or no recipient, so it is no theft")
    return Theft(
        label=label,
        row=transfer.row,
        row_key=transfer.row_key,
        tx_hash=transfer.tx_hash,
        time=transfer.time,
        sender=transfer.sender,
        recipient=transfer.recipient,
        amount=transfer.amount,
        basis=transfer.basis,
    )
