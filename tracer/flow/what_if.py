"""A case traced under another assumption, as far as it is otherwise than the case as it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tracer.flow.flow_graph_of_trace import paid_as_fees
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
    otherwise = {row for row, _ in asked.cuts.items() ^ changed.cuts.items()}
    for rule, stolen in asked.rules.items():
        otherwise |= {row for row, _ in stolen.by_row.items() ^ changed.rules[rule].by_row.items()}
    rows = {row: Carried(changed.carried(row), changed.cuts.get(row)) for row in sorted(otherwise)}
    before, after = _reached(ledger, asked), _reached(ledger, changed)
    services = asked.stops.services.items() ^ changed.stops.services.items()
    addresses = {address for address, _ in services if address in changed.touched or address in asked.touched}
    addresses |= {*(before.addresses ^ after.addresses), *before.fees, *after.fees}
    standing = (
        (address, _standing(address, ledger, asked, before), _standing(address, ledger, changed, after)) for address in sorted(addresses)
    )
    return WhatIf(says, outcome_of(changed), rows, {address: then for address, now, then in standing if now != then})


class _Reached(NamedTuple):
    """The addresses at which stolen value arrived under some rule, and what of it addresses paid as fees."""

    addresses: set[str]
    fees: Mapping[str, Mapping[str, int]]


def _reached(ledger: Ledger, trace: Trace) -> _Reached:
    recipient = ledger.columns.recipient
    accounts = {recipient[row] for row in trace.carrying}
    return _Reached({ledger.accounts[account].address for account in accounts}, paid_as_fees(ledger, trace))


def _standing(address: str, ledger: Ledger, trace: Trace, reached: _Reached) -> StandingThen:
    role = role_of(address, stop_of(address, ledger, trace), trace)
    touched_only = address in trace.touched and address not in reached.addresses and role != "victim"
    fees = reached.fees.get(address, dict.fromkeys(trace.rules, 0))
    return StandingThen(role, trace.stops.services.get(address), touched_only, fees)
