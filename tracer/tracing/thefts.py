"""Which rows are the thefts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from tracer.errors import LedgerError
from tracer.ledger import Ledger
from tracer.model import Theft, Transfer


class Window(NamedTuple):
    """All that `wallet` paid between two moments (UNIX seconds, both included, None open), to `to` if it names anybody."""

    wallet: str
    first: int | None = None
    last: int | None = None
    to: Collection[str] = ()
    min_amount: int = 0
    exclude: Collection[str] = ()


def thefts_by_hash(ledger: Ledger, tx_hash: str, label: str, form: Callable[[str], str] = str) -> list[Theft]:
    """The payments of a transaction, by its hash (outer or inner); `form` gives a hash its one form.

    Raises LedgerError if it is not there or pays nobody else.
    """
    rows = ledger.rows_of_hash(tx_hash, form)
    if not rows:
        hint = "check the hash, and that the source reaches its height"
        if not any(ledger.columns.tx_hash):
            hint = "the source names no hashes at all; of a table, name their column: columns = {tx_hash = ...}"
        raise LedgerError(f"transaction {tx_hash} is not in the ledger: {hint}")
    thefts = [theft_of(t, label) for t in map(ledger.transfer, rows) if _moves(t)]
    if not thefts:
        raise LedgerError(f"transaction {tx_hash} moves no {ledger.asset.symbol} to another account, so it is no theft of it")
    return thefts


def candidates(ledger: Ledger, window: Window, label: str) -> list[Theft]:
    """The payments a wallet made in a window: thefts only if whoever asks says so. Raises LedgerError if there are none."""
    number = ledger.index.get(window.wallet)
    if number is None:
        raise LedgerError(f"wallet {window.wallet} is not in the ledger: check the address, and that the source covers it")
    rows = (row for row, sender in enumerate(ledger.columns.sender) if sender == number)
    thefts = [theft_of(t, label) for t in map(ledger.transfer, rows) if _moves(t) and _inside(t, window)]
    if not thefts:
        raise LedgerError(f"wallet {window.wallet} pays nobody in that window: widen from and until, or lower min_amount")
    return thefts


def _moves(transfer: Transfer) -> bool:
    return bool(transfer.kind == "transfer" and transfer.amount and transfer.sender != transfer.recipient and transfer.recipient)


def _inside(transfer: Transfer, window: Window) -> bool:
    return (
        (window.first is None or transfer.time >= window.first)
        and (window.last is None or transfer.time <= window.last)
        and (not window.to or transfer.recipient in window.to)
        and transfer.amount >= window.min_amount
        and transfer.tx_hash not in window.exclude
        and transfer.recipient not in window.exclude
    )


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
