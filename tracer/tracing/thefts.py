"""Which rows are the thefts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from tracer.errors import LedgerError
from tracer.ledger import Ledger
from tracer.model import Theft, Transfer

SHOWN = 8  # addresses in a message


class Window(NamedTuple):
    """All that `wallet` paid between two moments (UNIX seconds, both included, None open), to `to` if it names anybody."""

    wallet: str
    first: int | None = None
    last: int | None = None
    to: Collection[str] = ()
    min_amount: int = 0
    exclude: Collection[str] = ()


def thefts_by_hash(
    ledger: Ledger, tx_hash: str, label: str, form: Callable[[str], str] = str, victims: Collection[str] = ()
) -> list[Theft]:
    """What left the drained account in a transaction, by its hash (outer or inner); `form` gives a hash its one form.

    Drained are the `victims`, or where none are named the one account that only loses in that transaction: routers, pools and forwarders
    pay on what came to them. Raises LedgerError if the transaction is not there or pays nobody else, a victim pays nothing in it, or
    it does not name the victim.
    """
    rows = ledger.rows_of_hash(tx_hash, form)
    if not rows:
        hint = "check the hash, and that the source reaches its height"
        if not any(ledger.columns.tx_hash):
            hint = "the source names no hashes at all; of a table, name their column: columns = {tx_hash = ...}"
        raise LedgerError(f"transaction {tx_hash} is not in the ledger: {hint}")
    transaction = [transfer for row in rows if not (transfer := ledger.transfer(row)).asset]  # a theft is of the first asset
    moved = [t for t in transaction if _moves(t)]
    if not moved:
        raise LedgerError(f"transaction {tx_hash} moves no {ledger.asset.symbol} to another account, so it is no theft of it")
    paying = {str(t.sender) for t in moved}
    if strangers := sorted(set(victims) - paying):
        raise LedgerError(f"{strangers[0]} pays nothing in transaction {tx_hash}, so it was not drained there: {_listed(paying)} pay in it")
    drained = set(victims) or _drained(ledger, tx_hash, transaction, paying)
    return [theft_of(t, label) for t in moved if t.sender in drained]


def _drained(ledger: Ledger, tx_hash: str, transaction: Sequence[Transfer], paying: set[str]) -> set[str]:
    """The one account that only loses. Raises LedgerError where there is none, or several, or where one lent what came back."""
    if len(paying) == 1:
        return paying
    net: Counter[str] = Counter()
    advanced: set[str] = set()
    for t in transaction:
        if t.recipient:
            net[t.recipient] += t.amount
        if t.sender:
            net[t.sender] -= t.amount
            if net[t.sender] < 0:
                advanced.add(t.sender)
    losers = {address: -units for address, units in net.items() if units < 0}
    lenders = advanced - losers.keys()
    if len(losers) == 1 and not lenders:
        return set(losers)
    said = ", ".join(
        f"{each} loses {ledger.asset.stated(units)}" for each, units in sorted(losers.items(), key=lambda item: -item[1])[:SHOWN]
    )
    said = said or "nobody loses anything"
    lent = f", and {_listed(lenders)} paid before being paid, as a lender does" if lenders else ""
    raise LedgerError(f'transaction {tx_hash} does not name the victim: {said}{lent}: write victims = ["ADDRESS"] beside transfer')


def _listed(addresses: Iterable[str]) -> str:
    """Some addresses for a message."""
    found = sorted(addresses)
    return ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else "")


def candidates(ledger: Ledger, window: Window, label: str) -> list[Theft]:
    """The payments a wallet made in a window: thefts only if whoever asks says so. Raises LedgerError if there are none."""
    number = ledger.index.get(window.wallet)  # what it holds of the first asset: a theft is of that
    if number is None:
        raise LedgerError(f"wallet {window.wallet} is not in the ledger: check the address, and that the source covers it")
    rows = (row for row, sender in enumerate(ledger.columns.sender) if sender == number)
    meant = [t for t in map(ledger.transfer, rows) if _moves(t) and _meant(t, window)]
    if (window.first, window.last) != (None, None) and (untimed := next((t for t in meant if t.time is None), None)):
        raise LedgerError(
            f"{untimed.source} states no time of the payment at row {untimed.row} (hash {untimed.tx_hash or 'not stated'}), so nobody "
            "knows whether it lies in that window: name the thefts by transfer = hash, or leave from and until out"
        )
    thefts = [theft_of(t, label) for t in meant if _inside(t, window)]
    if not thefts:
        raise LedgerError(f"wallet {window.wallet} pays nobody in that window: widen from and until, or lower min_amount")
    return thefts


def _moves(transfer: Transfer) -> bool:
    return bool(transfer.kind == "transfer" and transfer.amount and transfer.sender != transfer.recipient and transfer.recipient)


def _inside(transfer: Transfer, window: Window) -> bool:
    time = transfer.time
    return time is None or ((window.first is None or time >= window.first) and (window.last is None or time <= window.last))


def _meant(transfer: Transfer, window: Window) -> bool:
    """Whether the window means such a payment, whenever it was made."""
    return (
        (not window.to or transfer.recipient in window.to)
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
