"""What a trace comes to, place by place: services, their customers, what was taken from each victim, with floors and ceilings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from tracer.errors import BoundsError
from tracer.ledger import Ledger, audit
from tracer.model import Bound, Customer, Endpoint, Place, Reason
from tracer.plan.grounds import Asked
from tracer.tracing import Trace, outcome_of
from tracer.tracing.any_order import network_in_any_order
from tracer.tracing.bounds import held_reasons, memos_of, network_of, places_of, rows_followed, services_of
from tracer.tracing.extremes import bound
from tracer.tracing.network import Ending, Network, network

Key: TypeAlias = tuple[str, str, Customer | None, str | None]
"""The name of a service, or an address; the reason; of which customer, or of which victim, if of one only."""

End: TypeAlias = tuple[str, Reason]
"""An endpoint, by its address and reason."""


class Ends(NamedTuple):
    """A bound, in the order of the ledger and in any order of a block: None where the latter is not known."""

    bound: Bound
    any_order: Bound | None


class Figures(NamedTuple):
    """What a trace comes to, by place, and its bounds there; `no_bounds` says why there are none."""

    amounts: Mapping[Key, Mapping[str, int]]
    bounds: Mapping[Key, Ends]
    no_bounds: str = ""

    def place(self, key: Key, amounts: Mapping[str, int], ends: Ends | None) -> Place:
        return Place(key[0], key[1], amounts, ends and ends.bound, ends and ends.any_order, *key[2:])


def figures_by_place(trace: Trace, asked: Asked, ends: Sequence[End], victims: Collection[str], *, bounded: bool) -> Figures:
    """The figures of a trace at every place. Of `ends`, services and their customers come floors and ceilings, where `bounded`; of each
    of several `victims` what was taken from it, at each service."""
    amounts = {**_by_place(trace), **_by_customer(trace, asked.ledger), **_by_victim(trace, victims)}
    if not bounded:
        return Figures(amounts, {})
    try:
        return Figures(amounts, _bounds(asked, ends, victims))
    except BoundsError as error:
        return Figures(amounts, {}, str(error))


def victims_of(trace: Trace) -> tuple[str, ...]:
    """Who was robbed, where it was more than one."""
    robbed = tuple(dict.fromkeys(theft.sender for theft in trace.thefts))
    return robbed if len(robbed) > 1 else ()


def _by_place(trace: Trace) -> dict[Key, dict[str, int]]:
    amounts: dict[Key, dict[str, int]] = {}
    for end in trace.endpoints:
        at = amounts.setdefault((end.service or end.address, end.reason, None, None), dict.fromkeys(trace.rules, 0))
        for rule, amount in end.amounts.items():
            at[rule] += amount
    amounts["", "fees", None, None] = outcome_of(trace).fees
    return amounts


def _by_customer(trace: Trace, ledger: Ledger) -> dict[Key, dict[str, int]]:
    amounts: dict[Key, dict[str, int]] = {}
    c, services = ledger.columns, trace.stops.services
    for row in sorted(trace.carrying):
        if trace.cuts.get(row) == "service":
            address = ledger.accounts[c.recipient[row]].address
            key: Key = (services[address], "service", Customer(address, c.memo[row]), None)
            at = amounts.setdefault(key, dict.fromkeys(trace.rules, 0))
            for rule, amount in trace.carried(row).items():
                at[rule] += amount
    return amounts


def _by_victim(trace: Trace, victims: Collection[str]) -> dict[Key, dict[str, int]]:
    amounts: dict[Key, dict[str, int]] = {}

    def add(end: Endpoint) -> None:
        for rule, parts in end.by_theft.items():
            for theft, part in zip(trace.thefts, parts, strict=True):
                if theft.sender in victims:
                    key: Key = (str(end.service), "service", None, theft.sender)
                    amounts.setdefault(key, dict.fromkeys(trace.rules, 0))[rule] += part

    for end in trace.endpoints:
        if end.reason == "service":
            add(end)
    return {key: by_rule for key, by_rule in amounts.items() if any(by_rule.values())}


def _bounds(asked: Asked, ends: Sequence[End], victims: Collection[str]) -> dict[Key, Ends]:
    """Of every service and customer that stolen value can have reached, of what was taken from each victim there, and of the `ends`."""
    ledger, thefts, stops = asked
    made = network_of(ledger, audit(ledger), thefts, stops)
    flows, reasons = rows_followed(ledger, thefts, stops)
    held_as = held_reasons(ledger, stops)
    free = network_in_any_order(ledger, flows, reasons, held_as)
    bounds: dict[Key, Ends] = {}
    for service, places in _services(made, free, asked).items():
        bounds[service, "service", None, None] = _ends(made, free, places)
        for place in places:
            customer = Customer(ledger.accounts[place.account].address, place.memo)
            bounds[service, "service", customer, None] = _ends(made, free, [place])
    for address, reason in ends:
        number = ledger.index[address]
        there = {*places_of(made, number, reason), *(places_of(free, number, reason) if free else ())}
        bounds[address, reason, None, None] = _ends(made, free, there)
    for victim in victims:
        one = flows._replace(thefts=[theft.row for theft in thefts if theft.sender == victim])
        made = network(one, reasons, memos_of(ledger, reasons), held_as)
        free = network_in_any_order(ledger, one, reasons, held_as)
        for service, places in _services(made, free, asked).items():
            bounds[service, "service", None, victim] = _ends(made, free, places)
    return bounds


def _services(made: Network, free: Network | None, asked: Asked) -> dict[str, list[Ending]]:
    """The places of each service that stolen value can have reached; there may be more of them where a block has no order."""
    found = services_of(made, asked.ledger, asked.stops)
    for service, places in services_of(free, asked.ledger, asked.stops).items() if free else ():
        known = found.setdefault(service, [])
        known += [place for place in places if place not in known]
    return found


def _ends(made: Network, free: Network | None, places: Collection[Ending]) -> Ends:
    return Ends(bound(made, places), None if free is None else bound(free, places))
