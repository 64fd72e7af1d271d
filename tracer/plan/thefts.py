"""Which rows of the ledger a case calls its thefts."""

from __future__ import annotations

from tracer.casefile import CaseFile, TheftQuery
from tracer.errors import AddressError, LedgerError
from tracer.ingest.chain_and_asset_of_case import checked_address, hash_form
from tracer.ledger import Ledger
from tracer.model import Theft
from tracer.tracing import Stops, candidates, thefts_by_hash
from tracer.tracing.stops import horizon
from tracer.tracing.thefts import Window
from tracer.wording import seconds


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
