"""What a trace comes to, place by place: services, their customers, what was taken from each victim, with floors and ceilings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tracer.errors import BoundsError
from tracer.ledger import Audit, Ledger, audit
from tracer.model import Bound, Customer, Endpoint, Place, PlaceKey, Reason, holding_of
from tracer.plan.assumption_removal import Asked
from tracer.tracing import Trace
from tracer.tracing.bounds_any_order_in_block import network_in_any_order
from tracer.tracing.bounds_by_max_flow import bound
from tracer.tracing.bounds_network import Ending, Network, network
from tracer.tracing.bounds_preconditions import held_reasons, memos_of, network_of, places_of, rows_followed, services_of
from tracer.tracing.bounds_through_conversions import network_through


class End(NamedTuple):
    """An endpoint that is bounded besides the services: where, why the trail ends there, and of which asset, by its number."""

    address: str
    reason: Reason
    asset: int = 0

    @property
    def key(self) -> PlaceKey:
        return PlaceKey(self.address, self.reason, asset=self.asset)


class Ends(NamedTuple):
    """A bound, in the order of the ledger and in any order of a block: None where the latter is not known."""

    bound: Bound
    any_order: Bound | None


class Figures(NamedTuple):
    """What a trace comes to, by place, and its bounds there; `no_bounds` says why there are none."""

    amounts: Mapping[PlaceKey, Mapping[str, int]]
    bounds: Mapping[PlaceKey, Ends]
    no_bounds: str = ""

    @property
    def through_exchanges(self) -> Figures:
        """What of it would be known through exchanges too: no order of rows but the ledger's, nothing of one victim alone."""
        bounds = {key: Ends(ends.bound, None) for key, ends in self.bounds.items() if key.victim is None}
        return self._replace(bounds=bounds)

    def place(self, key: PlaceKey, amounts: Mapping[str, int], ends: Ends | None) -> Place:
        bound, any_order = ends or (None, None)
        return Place(key.name, key.reason, amounts, bound, any_order, key.customer, key.victim, key.asset)


class Auditing:
    """Audits ledgers, the same one once: most assumptions leave the ledger as it is."""

    def __init__(self) -> None:
        self._known: tuple[Ledger, Audit] | None = None

    def __call__(self, ledger: Ledger) -> Audit:
        if self._known is None or self._known[0] is not ledger:
            self._known = ledger, audit(ledger)
        return self._known[1]


def figures_by_place(
    trace: Trace, asked: Asked, ends: Sequence[End], victims: Collection[str], audited: Auditing, *, bounded: bool
) -> Figures:
    """The figures of a trace at every place. Of `ends`, services and their customers come floors and ceilings, where `bounded`; of each
    of several `victims` what was taken from it, at each service."""
    amounts = {**_by_place(trace, asked.ledger), **_by_customer(trace, asked.ledger), **_by_victim(trace, victims)}
    if not bounded:
        return Figures(amounts, {})
    try:
        return Figures(amounts, _bounds_through(asked, ends, audited) if asked.ledger.others else _bounds(asked, ends, victims, audited))
    except BoundsError as error:
        return Figures(amounts, {}, str(error))


def victims_of(trace: Trace) -> tuple[str, ...]:
    """The victim, where it was more than one."""
    drained = tuple(dict.fromkeys(theft.sender for theft in trace.thefts))
    return drained if len(drained) > 1 else ()


def _by_place(trace: Trace, ledger: Ledger) -> dict[PlaceKey, dict[str, int]]:
    amounts: dict[PlaceKey, dict[str, int]] = {}
    for end in trace.endpoints:
        key = PlaceKey(end.service or end.address, end.reason, asset=end.asset)
        at = amounts.setdefault(key, dict.fromkeys(trace.rules, 0))
        for rule, amount in end.amounts.items():
            at[rule] += amount
    amounts |= {PlaceKey("", "fees", asset=number): dict.fromkeys(trace.rules, 0) for number in range(len(ledger.assets))}
    for rule, stolen in trace.rules.items():
        for row, amount in stolen.fees_by_row.items():
            amounts[PlaceKey("", "fees", asset=ledger.asset_of(row))][rule] += amount
    return amounts


def _by_customer(trace: Trace, ledger: Ledger) -> dict[PlaceKey, dict[str, int]]:
    amounts: dict[PlaceKey, dict[str, int]] = {}
    c, services = ledger.columns, trace.stops.services
    for row in sorted(trace.carrying):
        if trace.cuts.get(row) == "service":
            address = ledger.accounts[c.recipient[row]].address
            key = PlaceKey(services[address], "service", Customer(address, c.memo[row]), asset=ledger.asset_of(row))
            at = amounts.setdefault(key, dict.fromkeys(trace.rules, 0))
            for rule, amount in trace.carried(row).items():
                at[rule] += amount
    return amounts


def _by_victim(trace: Trace, victims: Collection[str]) -> dict[PlaceKey, dict[str, int]]:
    amounts: dict[PlaceKey, dict[str, int]] = {}

    def add(end: Endpoint) -> None:
        for rule, parts in end.by_theft.items():
            for theft, part in zip(trace.thefts, parts, strict=True):
                if theft.sender in victims:
                    key = PlaceKey(str(end.service), "service", victim=theft.sender, asset=end.asset)
                    amounts.setdefault(key, dict.fromkeys(trace.rules, 0))[rule] += part

    for end in trace.endpoints:
        if end.reason == "service":
            add(end)
    return {key: by_rule for key, by_rule in amounts.items() if any(by_rule.values())}


def _bounds(asked: Asked, ends: Sequence[End], victims: Collection[str], audited: Auditing) -> dict[PlaceKey, Ends]:
    """Of every service and customer that stolen value could have reached, of what was taken from each victim there, and of the `ends`."""
    ledger, thefts, stops, _ = asked
    made = network_of(ledger, audited(ledger), thefts, stops)
    flows, reasons = rows_followed(ledger, thefts, stops)
    held_as = held_reasons(ledger, stops)
    free = network_in_any_order(ledger, flows, reasons, held_as)
    bounds: dict[PlaceKey, Ends] = {}
    for service, places in _services(made, free, asked).items():
        bounds[PlaceKey(service, "service")] = _ends(made, free, places)
        for place in places:
            customer = Customer(ledger.accounts[place.account].address, place.memo)
            bounds[PlaceKey(service, "service", customer)] = _ends(made, free, [place])
    for end in ends:
        number, reason = ledger.index[end.address], end.reason
        there = {*places_of(made, number, reason), *(places_of(free, number, reason) if free else ())}
        bounds[end.key] = _ends(made, free, there)
    for victim in victims:
        one = flows._replace(thefts=[theft.row for theft in thefts if theft.sender == victim])
        made = network(one, reasons, memos_of(ledger, reasons), held_as)
        free = network_in_any_order(ledger, one, reasons, held_as)
        for service, places in _services(made, free, asked).items():
            bounds[PlaceKey(service, "service", victim=victim)] = _ends(made, free, places)
    return bounds


def _bounds_through(asked: Asked, ends: Sequence[End], audited: Auditing) -> dict[PlaceKey, Ends]:
    """The same over all assets, through the exchanges that are substituted, in the order of the ledger; none of what was taken from one
    of several victims."""
    ledger, thefts, stops, _ = asked
    made, extremes = network_through(ledger, audited(ledger), thefts, stops)
    bounds: dict[PlaceKey, Ends] = {}
    for service, places in services_of(made, ledger, stops).items():
        by_asset: dict[int, list[Ending]] = {}
        for place in places:
            by_asset.setdefault(ledger.accounts[place.account].asset, []).append(place)
        for asset, there in by_asset.items():
            bounds[PlaceKey(service, "service", asset=asset)] = Ends(extremes.bound(there), None)
            for place in there:
                customer = Customer(ledger.accounts[place.account].address, place.memo)
                bounds[PlaceKey(service, "service", customer, asset=asset)] = Ends(extremes.bound([place]), None)
    for end in ends:
        places = places_of(made, ledger.index[holding_of(end.address, end.asset)], end.reason)
        bounds[end.key] = Ends(extremes.bound(places), None)
    return bounds


def _services(made: Network, free: Network | None, asked: Asked) -> dict[str, list[Ending]]:
    """The places of each service that stolen value could have reached; there may be more of them where a block has no order."""
    found = services_of(made, asked.ledger, asked.stops)
    for service, places in services_of(free, asked.ledger, asked.stops).items() if free else ():
        known = found.setdefault(service, [])
        known += [place for place in places if place not in known]
    return found


def _ends(made: Network, free: Network | None, places: Collection[Ending]) -> Ends:
    return Ends(bound(made, places), None if free is None else bound(free, places))
