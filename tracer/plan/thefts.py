"""Which rows of the ledger a case calls its thefts: by the hash of a transaction, or all that a wallet paid in a window of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from tracer.casefile import CaseFile, TheftQuery
from tracer.errors import AddressError, LedgerError
from tracer.ingest.chain_and_asset_of_case import checked_address, hash_form
from tracer.ledger import Ledger
from tracer.model import Theft, Transfer
from tracer.tracing import Stops
from tracer.tracing.stops import horizon
from tracer.tracing.theft_of_row import theft_of
from tracer.wording import seconds

SHOWN = 8  # addresses in a message


class Window(NamedTuple):
    """All that `wallet` paid between two moments (UNIX seconds, both included, None open), to `to` if it names anybody."""

    wallet: str
    first: int | None = None
    last: int | None = None
    to: Collection[str] = ()
    min_amount: int = 0
    exclude: Collection[str] = ()


def thefts_of(question: CaseFile, ledger: Ledger) -> list[Theft]:
    """The rows that the [[thefts]] of the case name, each once, in ledger order.

    Raises CaseError naming the line whose theft is not in the ledger, or whose address is mistyped.
    """
    if not len(ledger):
        raise question.fault(("sources",), " ".join(["no source holds a row, so there is nothing to trace:", *ledger.notes]).rstrip(":."))
    found: dict[int, Theft] = {}
    ledger.look_up((text for query in question.thefts for text in (query.transfer, *query.exclude) if text), hash_form(question))
    for number, query in enumerate(question.thefts):
        try:
            named = _thefts(question, ledger, query)
        except (LedgerError, AddressError) as error:
            key = "victims" if query.victims else "transfer" if query.transfer else "wallet"
            raise question.fault(("thefts", number, key), str(error)) from error
        for theft in named:
            if theft.row in found:
                raise question.fault(("thefts", number), f"names {theft.tx_hash or theft.row_key} a second time: leave one out")
            found[theft.row] = theft
    if not found:
        raise question.fault((), 'the case names no theft: add a [[thefts]] table with transfer = "hash"')
    last = seconds(question.stops.until)
    for theft in found.values():
        if last is not None and theft.time is not None and theft.time > last:
            raise question.fault(
                ("stops", "until"), f"nothing after it is followed, and theft {theft.tx_hash or theft.row_key} is after it"
            )
    try:
        horizon(ledger, Stops(until=last))
    except LedgerError as error:
        raise question.fault(("stops", "until"), str(error)) from error
    return [found[row] for row in sorted(found)]


def _thefts(question: CaseFile, ledger: Ledger, query: TheftQuery) -> list[Theft]:
    if query.transfer:
        victims = [checked_address(question, each) for each in query.victims or filter(None, [query.wallet])]
        return thefts_by_hash(ledger, query.transfer, query.label, hash_form(question), victims)
    window = Window(
        wallet=checked_address(question, query.wallet or ""),
        first=seconds(query.from_),
        last=seconds(query.until),
        to=[_in_ledger(question, ledger, each) for each in query.to],
        min_amount=query.min_amount,
        exclude=[excluded for each in query.exclude for excluded in _excluded(question, ledger, each)],
    )
    if (window.first, window.last) != (None, None) and all(time is None for time in ledger.columns.time):
        raise LedgerError("the source states no times, so no window of time can be cut from it: name transfer = hash")
    found = candidates(ledger, window, query.label)
    if query.accepted is None:
        return found
    kept = [theft for theft in found if theft.tx_hash in query.accepted]
    if not kept:
        raise LedgerError(f"the thefts that were accepted when the case was traced are no longer on the chain: {', '.join(query.accepted)}")
    return kept


def _in_ledger(question: CaseFile, ledger: Ledger, text: str) -> str:
    address = checked_address(question, text)
    if address not in ledger.index:
        raise LedgerError(f"{address} is not in the ledger, so nothing was paid to it")
    return address


def _excluded(question: CaseFile, ledger: Ledger, text: str) -> list[str]:
    """What an entry of `exclude` leaves out: a transaction by its hash, or a recipient. Raises LedgerError if it is neither."""
    rows = ledger.rows_of_hash(text, hash_form(question))
    if rows:
        return [str(ledger.columns.tx_hash[row]) for row in rows]
    try:
        return [_in_ledger(question, ledger, text)]
    except (AddressError, LedgerError) as error:
        raise LedgerError(f"exclude: {text!r} is no transaction and no address of the ledger") from error


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
