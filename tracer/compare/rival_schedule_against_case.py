"""A schedule held against a case: which lines cannot be, which money it counts twice, and which rule it comes nearest to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from tracer.casefolder import CaseFolder
from tracer.compare.rival_schedule_file import Scheduled
from tracer.model import Bound, Bounds, Memo, Reason
from tracer.tracing import received_by, stop_of

POISON = "poison"
"""No rule that loses nothing: all that an account pays that stolen money touched counts as stolen, each row whole."""

ENDS: tuple[Reason, ...] = ("service", "not_fetched", "returned")
"""Where the trail stops, so that whatever came is there, and floor and ceiling are of all that a schedule can mean."""

Verdict = Literal["closes", "possible", "does not close"]


class CheckedLine(NamedTuple):
    """A line and what the case says of it: the rows that it means, its figure under each rule (and as `poison`), why it cannot be.

    It `closes` where it is a rule's figure to the unit; is `possible` where nothing speaks against it.
    """

    scheduled: Scheduled
    rows: tuple[int, ...]
    by_rule: Mapping[str, int]
    against: tuple[str, ...]

    @property
    def equal(self) -> tuple[str, ...]:
        """The rules whose figure it is, to the unit."""
        return tuple(rule for rule, figure in self.by_rule.items() if figure == self.scheduled.amount)

    @property
    def verdict(self) -> Verdict:
        if self.against:
            return "does not close"
        return "closes" if any(rule != POISON for rule in self.equal) else "possible"


class Twice(NamedTuple):
    """Money that a schedule counts twice, at least so much; `lines` of it say so, and why."""

    amount: int
    lines: tuple[int, ...]
    why: str


class Together(NamedTuple):
    """Lines each of which can be, and all of which together cannot, and why."""

    lines: tuple[int, ...]
    why: str


class Fit(NamedTuple):
    """How near a schedule comes to a rule: so many lines equal to the unit, and how much the others are apart, added up."""

    rule: str
    equal: int
    apart: int


class CheckedSchedule(NamedTuple):
    """A schedule against a case. `claimed` is its sum, of `stolen` in all; `fits` has the nearest rule first."""

    lines: list[CheckedLine]
    together: list[Together]
    twice: list[Twice]
    fits: list[Fit]
    claimed: int
    stolen: int
    no_bounds: str

    @property
    def closes(self) -> bool:
        """Whether no line contradicts the case, alone or with others, and nothing is counted twice."""
        return not self.twice and not self.together and all(line.verdict != "does not close" for line in self.lines)

    @property
    def best(self) -> tuple[str, ...]:
        """The rules that it comes nearest to."""
        return tuple(fit.rule for fit in self.fits if (fit.apart, fit.equal) == (self.fits[0].apart, self.fits[0].equal))


def checked(case: CaseFolder, schedule: Sequence[Scheduled], bounds: Bounds, no_bounds: str) -> CheckedSchedule:
    """A schedule held against a case, line by line. `bounds` are its floors and ceilings, as far as they are known."""
    against = _Case(case, bounds)
    listed = Counter(each.address for each in schedule)
    lines = [against.line(each, alone=listed[each.address] == 1) for each in schedule]
    stolen = max((told.total for told in case.trace.rules.values()), default=0)
    twice = list(_twice(against, lines, stolen))
    together = list(_together(against, lines))
    return CheckedSchedule(lines, together, twice, _fits(against, lines), sum(each.amount for each in schedule), stolen, no_bounds)


def _together(case: _Case, lines: Sequence[CheckedLine]) -> Iterator[Together]:
    """The addresses of which several lines are more than any rule can put there, or less than every rule does."""
    by_address: dict[str, list[CheckedLine]] = {}
    for line in lines:
        if not line.against:
            by_address.setdefault(line.scheduled.address, []).append(line)
    for address, of_it in by_address.items():
        if len(of_it) > 1:
            whole = all(line.scheduled.tx_hash is None and line.scheduled.memo is None for line in of_it)
            for why in case.beyond(address, sum(line.scheduled.amount for line in of_it), whole=whole):
                yield Together(tuple(line.scheduled.line for line in of_it), f"at {address} {why}")


def _fits(case: _Case, lines: Sequence[CheckedLine]) -> list[Fit]:
    known = [line for line in lines if line.rows]
    fits = [
        Fit(
            rule,
            sum(rule in line.equal for line in known),
            sum(abs(line.by_rule[rule] - line.scheduled.amount) for line in known),
        )
        for rule in (*case.case.trace.rules, POISON)
    ]
    return sorted(fits, key=lambda fit: (fit.apart, -fit.equal))


def _twice(case: _Case, lines: Sequence[CheckedLine], stolen: int) -> Iterator[Twice]:
    """Lines that repeat another, money that is listed where it came and again where it went, and more in all than was stolen."""
    told: dict[tuple[str, str | None, str | None, int], list[CheckedLine]] = {}
    for line in lines:
        each = line.scheduled
        told.setdefault((each.address, each.tx_hash, each.memo, each.amount if each.tx_hash is None else 0), []).append(line)
    for (address, tx_hash, _, amount), same in told.items():
        payments = len(same[0].rows) if tx_hash else case.payments_of(amount, same[0].rows)
        rest = sum(sorted(line.scheduled.amount for line in same)[: -max(1, payments)])
        if rest:
            yield Twice(rest, tuple(line.scheduled.line for line in same), f"one payment to {address} stands in {len(same)} lines")
    for address in dict.fromkeys(line.scheduled.address for line in lines):
        if found := case.passed_on(address, lines):
            yield found
    if (claimed := sum(line.scheduled.amount for line in lines)) > stolen:
        yield Twice(claimed - stolen, (), "all lines together are more than was stolen")


@dataclass(frozen=True)
class _Case:
    """What a line is held against."""

    case: CaseFolder
    bounds: Bounds

    @cached_property
    def received(self) -> dict[str, dict[str, int]]:
        return received_by(self.case.ledger, self.case.trace)

    @cached_property
    def ended(self) -> dict[str, dict[str, int]]:
        return self.case.trace.ended()

    @cached_property
    def rows_of(self) -> dict[str, list[int]]:
        """The rows of each transaction, by its hash and by that of a transaction inside it."""
        found: dict[str, list[int]] = {}
        for transfer in self.case.ledger:
            for tx_hash in {transfer.tx_hash, transfer.attributes.get("inner_hash")} - {None}:
                found.setdefault(str(tx_hash), []).append(transfer.row)
        return found

    @cached_property
    def arrivals(self) -> dict[str, list[int]]:
        """The rows that stolen money can have arrived by, by recipient."""
        c, accounts, found = self.case.ledger.columns, self.case.ledger.accounts, dict[str, list[int]]()
        for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True)):
            if recipient >= 0 and sender != recipient and c.amount[row] and self.can_carry(row, sender):
                found.setdefault(accounts[recipient].address, []).append(row)
        return found

    @cached_property
    def thefts(self) -> frozenset[int]:
        return frozenset(theft.row for theft in self.case.trace.thefts)

    def can_carry(self, row: int, sender: int) -> bool:
        """Whether stolen money can have been in what the row moved, by the order of payments alone."""
        touched = self.case.trace.touched.get(self.case.ledger.accounts[sender].address) if sender >= 0 else None
        return row in self.thefts or (touched is not None and touched < row)

    def payments_of(self, amount: int, rows: Sequence[int]) -> int:
        """How many of the rows move just this amount."""
        return sum(self.case.ledger.columns.amount[row] == amount for row in rows)

    def line(self, scheduled: Scheduled, *, alone: bool) -> CheckedLine:
        """The line, looked at; `alone`: no other is of its address."""
        rows, against = self._rows(scheduled)
        if not against:
            against = [*self._against(scheduled, rows)]
        if not against and alone:
            whole = scheduled.tx_hash is None and scheduled.memo is None
            against = [f"it is {why}" for why in self.beyond(scheduled.address, scheduled.amount, whole=whole)]
        return CheckedLine(scheduled, tuple(rows), self._by_rule(scheduled, rows), tuple(against))

    def _rows(self, scheduled: Scheduled) -> tuple[list[int], list[str]]:
        """The rows that a line means; or why there are none."""
        ledger, address = self.case.ledger, scheduled.address
        if address not in ledger.index:
            return [], ["the address is in no row of the ledger"]
        if scheduled.tx_hash is None:
            rows = [row for row in self.arrivals.get(address, ()) if self._has_memo(row, scheduled.memo)]
            return rows, [] if rows else ["no stolen money could have come there, by the order of payments"]
        of_hash = self.rows_of.get(scheduled.tx_hash)
        if of_hash is None:
            return [], ["no transaction of the ledger has this hash"]
        recipients = {ledger.transfer(row).recipient for row in of_hash}
        rows = [row for row in of_hash if ledger.transfer(row).recipient == address]
        if not rows:
            others = ", ".join(sorted(filter(None, recipients))) or "nobody"
            return [], [f"the transaction does not pay this address, but {others}"]
        return rows, []

    def _has_memo(self, row: int, memo: str | None) -> bool:
        stated: Memo | None = self.case.ledger.columns.memo[row]
        return memo is None or (stated is not None and memo in (stated.text, stated.content.hex()))

    def _against(self, scheduled: Scheduled, rows: Sequence[int]) -> Iterator[str]:
        """What speaks against a line whose rows are there."""
        c, asset = self.case.ledger.columns, self.case.asset
        face = sum(c.amount[row] for row in rows)
        if scheduled.amount > face:
            what = "the transaction moved" if scheduled.tx_hash else "ever arrived there from where stolen money was"
            yield f"it is more than {what}: {asset.stated(face)}"
        if not any(self.can_carry(row, c.sender[row]) for row in rows):
            yield "who paid could not hold stolen money then, by the order of payments"

    def beyond(self, address: str, amount: int, *, whole: bool) -> Iterator[str]:
        """Why so much cannot be at an address; `whole`: it is said to be all that is there."""
        bound, stated = self._bound(address), self.case.asset.stated
        if bound and amount > bound.most:
            yield f"more than any rule can put there: at most {stated(bound.most)}"
        if bound and whole and amount < bound.least:
            yield f"less than every rule puts there: at least {stated(bound.least)}"

    def _bound(self, address: str) -> Bound | None:
        """The floor and the ceiling of an address at which the trail stops; None elsewhere, and where they are not known."""
        stop = stop_of(address, self.case.ledger, self.case.trace)
        return next((self.bounds.endpoints.get((address, reason)) for reason in ENDS if reason == stop), None)

    def _by_rule(self, scheduled: Scheduled, rows: Sequence[int]) -> dict[str, int]:
        """The figure of a line under each rule: what its transaction or its customer's deposits carried, else what ended at the
        address, else what arrived there; and the whole of its rows."""
        trace, c = self.case.trace, self.case.ledger.columns
        if scheduled.tx_hash or scheduled.memo:
            figures = {rule: sum(stolen.by_row.get(row, 0) for row in rows) for rule, stolen in trace.rules.items()}
        else:
            nothing = dict.fromkeys(trace.rules, 0)
            there = self.ended.get(scheduled.address) or self.received.get(scheduled.address) or nothing
            figures = {rule: there.get(rule, 0) for rule in trace.rules}
        return {**figures, POISON: sum(c.amount[row] for row in rows)}

    def passed_on(self, address: str, lines: Sequence[CheckedLine]) -> Twice | None:
        """What is listed at an address and again where the address paid it to. All that came there can be listed once."""
        ledger = self.case.ledger
        here = [line for line in lines if line.scheduled.address == address and not line.against]
        if not here or stop_of(address, ledger, self.case.trace) in ENDS:
            return None
        number, c = ledger.index[address], ledger.columns
        onward = [
            (line, min(line.scheduled.amount, sum(c.amount[row] for row in line.rows if c.sender[row] == number)))
            for line in lines
            if line.scheduled.address != address and not line.against
        ]
        onward = [(line, amount) for line, amount in onward if amount]
        listed = sum(line.scheduled.amount for line in here)
        came = sum(c.amount[row] for row in self.arrivals.get(address, ()))
        twice = min(listed, listed + sum(amount for _, amount in onward) - came)
        if not onward or twice <= 0:
            return None
        numbers = tuple(line.scheduled.line for line in (*here, *(line for line, _ in onward)))
        return Twice(twice, numbers, f"it is listed at {address}, and again where {address} paid it to")
