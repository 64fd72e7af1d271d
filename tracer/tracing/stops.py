"""The stops in force: at whom, below what and when the trail stops; and the rows they cut: services, drained accounts, unread histories,
coins that are destroyed, dust, the last moment; and why it ends with what is held then.

A cut depends on the row alone, never on a rule: every rule is cut at the same places.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tracer.errors import LedgerError
from tracer.ledger import NOBODY, Ledger
from tracer.model import NO_EXCHANGES, Event, Exchanges, Reason, Theft, holding_of
from tracer.wording import utc


class Stops(NamedTuple):
    """The stops in force, part of the method and printed with it.

    `services`: address -> name of the service, they absorb. `dust`: a transfer of less (face amount, smallest units of the first asset)
    is not followed; a declared theft always is. `until`: nothing after that moment (UNIX seconds) is followed. `exchanges`: what is given
    for another asset ends there, or goes on in what was got for it.
    """

    services: Mapping[str, str] = {}
    dust: int = 0
    until: int | None = None
    exchanges: Exchanges = NO_EXCHANGES


def horizon(ledger: Ledger, stops: Stops) -> int:
    """How many rows are followed: those up to the last moment.

    Raises LedgerError where no row divides before and after: times go back across that moment, or the source states none there.
    """
    times, until = ledger.columns.time, stops.until
    if until is None:
        return len(ledger)
    stated = [(row, time) for row, time in enumerate(times) if time is not None]
    if not stated:
        raise LedgerError("the source states no times, so nothing can be cut off at a moment: leave until out")
    rows, after = next(((row, time) for row, time in stated if time > until), (len(times), until))
    if back := next(((row, time) for row, time in stated if row > rows and time <= until), None):
        raise LedgerError(
            f"row {back[0]} ({utc(back[1])}) stands after row {rows} ({utc(after)}): times go back across {utc(until)}, so no row "
            "divides before and after: choose another moment, or leave until out"
        )
    if rows and times[rows - 1] is None:
        raise LedgerError(
            f"row {rows - 1} states no time and stands where {utc(until)} divides before and after: choose another moment, or leave "
            "until out"
        )
    return rows


def cuts(ledger: Ledger, thefts: Sequence[Theft], stops: Stops, rows: int) -> dict[int, Reason]:
    """The rows whose deposit ends the trail, and why.

    In this order: given for another asset, but to no service (converted); nobody gets the coins (destroyed); to a theft's sender, from its
    first theft on (returned); to a service; to an account whose history was not read (not_fetched); too small to follow (dust). What is
    given in a conversion that the trail goes through has no end there.
    """
    drained: dict[int, int] = {}
    for theft in thefts:
        for number in ledger.holdings_of(theft.sender):
            drained[number] = min(theft.row, drained.get(number, theft.row))
    services = {number for address in stops.services for number in ledger.holdings_of(address)}
    unread = {number for number, account in enumerate(ledger.accounts) if account.coverage == "boundary"}
    declared = {theft.row for theft in thefts}
    given, through = (rows_of_keys(ledger, keys) for keys in (stops.exchanges.ends, stops.exchanges.passed))
    reasons: dict[int, Reason] = {}
    for row, (recipient, amount) in enumerate(zip(ledger.columns.recipient[:rows], ledger.columns.amount[:rows], strict=True)):
        if row in through:
            continue
        if row in given and recipient not in services:
            reasons[row] = "converted"
        elif recipient == NOBODY:
            reasons[row] = "destroyed"
        elif row >= drained.get(recipient, rows):
            reasons[row] = "returned"
        elif recipient in services:
            reasons[row] = "service"
        elif recipient in unread:
            reasons[row] = "not_fetched"
        elif amount < stops.dust and row not in declared and not ledger.asset_of(row):
            reasons[row] = "dust"
    return reasons


def rows_of_keys(ledger: Ledger, keys: Collection[int]) -> Collection[int]:
    """The rows of the ledger that have these row keys."""
    return {row for row, key in enumerate(ledger.columns.row_key) if key in keys} if keys else ()


def end_of_row(ledger: Ledger, row: int) -> int:
    """The number of the account at which a row that is cut ends: who is paid; where nobody is, who had the coins."""
    recipient = ledger.columns.recipient[row]
    return ledger.columns.sender[row] if recipient == NOBODY else recipient


class HeldAtTheEnd:
    """Why the trail ends with what an account still holds at the last moment followed. `frozen`: numbers of accounts -> the event by which
    an issuer froze what is there, and has not let it go since."""

    def __init__(self, ledger: Ledger, until: int | None = None) -> None:
        self._accounts = ledger.accounts
        self.frozen: dict[int, Event] = {}
        contracts = {asset.symbol: number for number, asset in enumerate(ledger.assets)}  # a token is known by its contract
        for event in ledger.events:
            number = ledger.index.get(holding_of(event.subject, contracts.get(event.object or "", 0)))
            if number is None or (until is not None and event.time > until):
                continue
            if event.kind == "frozen":
                self.frozen.setdefault(number, event)
            elif event.kind == "released":
                self.frozen.pop(number, None)

    def reason(self, number: int) -> Reason:
        """Frozen or unspent; nobody knows where not all rows of the account are there."""
        if self._accounts[number].coverage != "full":
            return "not_fetched"
        return "frozen" if number in self.frozen else "unspent"
