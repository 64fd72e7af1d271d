"""A case traced under another assumption, as far as it is otherwise than the case as it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracer.flow.build import AddressSums, sums_of
from tracer.ledger import Ledger
from tracer.model import Reason
from tracer.tracing import Outcome, Trace, outcome_of, role_of, stop_of


class Carried(NamedTuple):
    """What a row carries then, by rule, and why the trail stops with it."""

    stolen: Mapping[str, int]
    cut: Reason | None


class StandingThen(NamedTuple):
    """What an address is then. `touched_only`: stolen value may have come there, and none did under any rule."""

    role: str
    service: str | None
    touched_only: bool
    fees: Mapping[str, int]


class WhatIf(NamedTuple):
    """What the case comes to under another assumption; `says` completes "what if there were ...".

    `rows` and `addresses` are those that are otherwise, as they are then. Nothing is known of bounds, tags or worth then.
    """

    says: str
    outcome: Outcome
    rows: Mapping[int, Carried]
    addresses: Mapping[str, StandingThen]


def what_if(says: str, ledger: Ledger, asked: Trace, changed: Trace) -> WhatIf:
    """The difference between two traces of one ledger."""
    rows = {}
    for row in sorted(asked.carrying | changed.carrying | asked.cuts.keys() | changed.cuts.keys()):
        carried = Carried(changed.carried(row), changed.cuts.get(row))
        if carried != Carried(asked.carried(row), asked.cuts.get(row)):
            rows[row] = carried
    before, after = sums_of(ledger, asked), sums_of(ledger, changed)
    services = asked.stops.services.items() ^ changed.stops.services.items()
    addresses = {address for address, _ in services if address in changed.touched or address in asked.touched}
    addresses |= {*before.arrived, *after.arrived, *before.fees, *after.fees}
    return WhatIf(says, outcome_of(changed), rows, _moved(addresses, ledger, (asked, before), (changed, after)))


def _moved(
    addresses: Iterable[str], ledger: Ledger, before: tuple[Trace, AddressSums], after: tuple[Trace, AddressSums]
) -> dict[str, StandingThen]:
    """The addresses that stand otherwise."""
    found = ((address, _standing(address, ledger, *before), _standing(address, ledger, *after)) for address in sorted(addresses))
    return {address: then for address, now, then in found if now != then}


def _standing(address: str, ledger: Ledger, trace: Trace, sums: AddressSums) -> StandingThen:
    nothing = dict.fromkeys(trace.rules, 0)
    role = role_of(address, stop_of(address, ledger, trace), trace)
    arrived = any(sums.arrived.get(address, nothing).values())
    touched_only = address in trace.touched and not arrived and role != "victim"
    return StandingThen(role, trace.stops.services.get(address), touched_only, sums.fees.get(address, nothing))
