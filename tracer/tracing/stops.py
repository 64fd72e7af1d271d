"""The stops in force: at whom, below what and when the trail stops; and the rows they cut: services, robbed accounts, unread histories,
dust, the last moment.

A cut depends on the row alone, never on a rule: every rule is cut at the same places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracer.errors import LedgerError
from tracer.ledger import NOBODY, Ledger
from tracer.model import Reason, Theft
from tracer.wording import utc


class Stops(NamedTuple):
    """The stops in force, part of the method and printed with it.

    `services`: address -> name of the service, they absorb. `dust`: a transfer of less (face amount, smallest units)
    is not followed; a declared theft always is. `until`: nothing after that moment (UNIX seconds) is followed.
    """

    services: Mapping[str, str] = {}
    dust: int = 0
    until: int | None = None


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

    In this order: to a theft's sender, from its first theft on (returned); to a service; to an account whose history
    was not read (not_fetched); too small to follow (dust).
    """
    robbed: dict[int, int] = {}
    for theft in thefts:
        number = ledger.index[theft.sender]
        robbed[number] = min(theft.row, robbed.get(number, theft.row))
    services = {ledger.index[address] for address in stops.services if address in ledger.index}
    unread = {number for number, account in enumerate(ledger.accounts) if account.coverage == "boundary"}
    declared = {theft.row for theft in thefts}
    reasons: dict[int, Reason] = {}
    for row, (recipient, amount) in enumerate(zip(ledger.columns.recipient[:rows], ledger.columns.amount[:rows], strict=True)):
        if recipient == NOBODY:
            continue
        if row >= robbed.get(recipient, rows):
            reasons[row] = "returned"
        elif recipient in services:
            reasons[row] = "service"
        elif recipient in unread:
            reasons[row] = "not_fetched"
        elif amount < stops.dust and row not in declared:
            reasons[row] = "dust"
    return reasons
