"""Where the rows of the report stand: deposits of services and their customers, cut rows, holders with what came and left, fees.

Each set has the anchor under which its rows are listed, so that a figure can link to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from tracer.casefolder import CaseFolder
from tracer.model import REASONS, STILL_HELD, Bound, Customer, Endpoint, Reason, Transfer
from tracer.report.deposits import customer_of
from tracer.report.highest_floor_first import by_floor
from tracer.tracing import HeldAtTheEnd, end_of_row


class ServiceRows(NamedTuple):
    """A service, the deposits that carried value there under some rule, and by customer."""

    name: str
    anchor: str
    addresses: tuple[str, ...]
    customers: Mapping[Customer, tuple[Transfer, ...]]
    ends: tuple[Endpoint, ...]
    bound: Bound | None

    @property
    def deposits(self) -> list[Transfer]:
        """All deposits, in the order of the ledger."""
        return sorted((t for deposits in self.customers.values() for t in deposits), key=lambda t: t.row)

    def amount(self, rule: str) -> int:
        """What came there under a rule."""
        return sum(end.amounts[rule] for end in self.ends)


class Holder(NamedTuple):
    """An address that value ended at: the rows that brought it, those that took some away, the endpoint they leave."""

    end: Endpoint
    anchor: str
    came: tuple[int, ...]
    left: tuple[int, ...]


class EndRows:
    """The endpoints of a case as the report lists them."""

    def __init__(self, case: CaseFolder) -> None:
        self.case, self.trace, self.ledger = case, case.trace, case.ledger
        self.rules = list(case.trace.rules)

    @cached_property
    def services(self) -> list[ServiceRows]:
        """The services that value reached, in the order they are shown."""
        trace = self.trace
        ends: dict[str, list[Endpoint]] = {}
        for end in trace.endpoints:
            if end.service is not None:
                ends.setdefault(end.service, []).append(end)
        deposits: dict[str, list[Transfer]] = {name: [] for name in ends}
        for row in sorted(trace.carrying):
            if trace.cuts.get(row) == "service":
                deposit = self.ledger.transfer(row)
                deposits[trace.stops.services[str(deposit.recipient)]].append(deposit)
        names = by_floor(self.case, ends, lambda name: self.case.bounds.services.get(name), lambda name: self._totals(ends[name]))
        return [self._service(number, name, deposits[name], ends[name]) for number, name in enumerate(names, 1)]

    def _service(self, number: int, name: str, deposits: Iterable[Transfer], ends: Iterable[Endpoint]) -> ServiceRows:
        customers: dict[Customer, list[Transfer]] = {}
        for deposit in deposits:
            customers.setdefault(customer_of(deposit), []).append(deposit)
        ordered = sorted(customers.items(), key=lambda item: (item[0].address, -self._most(item[1]), item[1][0].row))
        addresses = tuple(sorted({end.address for end in ends}))
        by_customer = {customer: tuple(found) for customer, found in ordered}
        return ServiceRows(name, f"service-{number}", addresses, by_customer, tuple(ends), self.case.bounds.services.get(name))

    def _most(self, deposits: Iterable[Transfer]) -> int:
        rows = [deposit.row for deposit in deposits]
        return max(sum(stolen.by_row.get(row, 0) for row in rows) for stolen in self.trace.rules.values())

    def _totals(self, ends: Iterable[Endpoint]) -> list[int]:
        ends = list(ends)
        return [sum(end.amounts[rule] for end in ends) for rule in self.rules]

    @cached_property
    def holders(self) -> dict[Reason, list[Holder]]:
        """The other endpoints, by reason, those of most value first."""
        came: dict[tuple[str, Reason], list[int]] = {}
        left: dict[str, list[int]] = {}
        at_the_end = HeldAtTheEnd(self.ledger, self.trace.stops.until)
        for row in sorted(self.trace.carrying | self.fee_rows):
            t = self.ledger.transfer(row)
            reason = self.trace.cuts.get(row)
            if row in self.trace.carrying and (reason or t.recipient is not None):
                number = end_of_row(self.ledger, row)
                place = self.ledger.accounts[number].address, reason or at_the_end.reason(number)
                came.setdefault(place, []).append(row)
            if t.sender is not None:
                left.setdefault(t.sender, []).append(row)
        found: dict[Reason, list[Holder]] = {}
        for end in self.trace.endpoints:
            if end.service is None:
                of_reason = found.setdefault(end.reason, [])
                held = end.reason in STILL_HELD and not self._unread(end)
                rows = tuple(came.get((end.address, end.reason), ())), tuple(left.get(end.address, ()) if held else ())
                of_reason.append(Holder(end, f"{end.reason}-{len(of_reason) + 1}", *rows))
        return {reason: found[reason] for reason in REASONS if reason in found}

    def _unread(self, end: Endpoint) -> bool:
        return self.ledger.accounts[self.ledger.index[end.address]].coverage == "boundary"

    @cached_property
    def fee_rows(self) -> frozenset[int]:
        """The rows whose fee, or what they destroy, took value under some rule."""
        return frozenset(row for stolen in self.trace.rules.values() for row in stolen.fees_by_row)

    def ended(self, reason: Reason, rule: str) -> int:
        """What ended for a reason under a rule."""
        return sum(end.amounts[rule] for end in self.trace.endpoints if end.reason == reason)

    @cached_property
    def by_spread(self) -> list[tuple[int, Holder]]:
        """The addresses of no service on which rules differ, each with the largest difference between two rules, that first."""
        found = [(max(totals) - min(totals), each) for each in self.holders.get("unspent", []) if (totals := self._totals([each.end]))]
        return sorted((each for each in found if each[0]), key=lambda each: -each[0])

    def spread(self) -> int:
        """The largest difference that two rules make at one service."""
        return max((max(totals) - min(totals) for each in self.services if (totals := self._totals(each.ends))), default=0)
