"""Everything that can say where stolen value went, to be compared with each other.

An engine is a function (ledger, thefts, stops) -> {rule: what it says}. What it says of a rule is

    taken      units each theft made stolen
    hops       (row, theft) -> units that a row carried to somebody, or destroyed
    fees       (row, theft) -> units that left as the row's fee
    exchanged  (row, theft) -> units that a pool itself held and paid in a conversion that is substituted
    held       (holding, theft) -> units there after the last row followed
    topped_up  holding -> clean money assumed at accounts that may hold stolen value
    touched    holding -> the row that first touched it

without zeros. An engine may leave out any of the last two: what it says is compared.
"""

from __future__ import annotations

from collections import Counter

import pytest
from support import oracle

from tracer import verify, verify_swaps
from tracer.tracing import RULES, follow, lists_or_compiled_arrays, runs
from tracer.tracing.stops import horizon

SIDES = ("sender", "recipient")


def interpreted(ledger, thefts, stops):
    return _followed(ledger, thefts, stops, compiled_from=1 << 62)


def compiled(ledger, thefts, stops):
    return _followed(ledger, thefts, stops, compiled_from=0)


def on_two_limbs(ledger, thefts, stops):
    """The kernels compiled for wide amounts, whatever the amounts."""
    return _followed(ledger, thefts, stops, compiled_from=0, narrow=0)


def slow_telling(ledger, thefts, stops):
    return {rule: oracle.told(ledger, thefts, stops, rule) for rule in RULES}


def verified(ledger, thefts, stops):
    """The telling of verify.py, which imports nothing of ours; of several assets, of verify_swaps.py."""
    followed = list(ledger)[: horizon(ledger, stops)]
    accounts = {a.holding: verify.Account(a.opening, a.coverage, stops.services.get(a.address, "")) for a in ledger.accounts}
    named = [
        verify_swaps.verify.Row(t.time, t.sender or "", t.recipient or "", t.amount * (t.sender != t.recipient), t.fee) for t in followed
    ]
    assets, declared = [t.asset for t in followed], {t.row: n for n, t in enumerate(thefts)}
    place = {key: row for row, key in enumerate(ledger.columns.row_key)}
    ends, passed = ({place[key] for key in keys} for keys in (stops.exchanges.ends, stops.exchanges.passed))
    if not ledger.others:
        stopped = verify.stops_at(accounts, named, declared, stops.dust, ends)
        found = {rule: verify.recompute(accounts, named, declared, stopped, rule)._asdict() | {"exchanged": Counter()} for rule in RULES}
        return {rule: said | {"taken": tuple(said["taken"])} for rule, said in found.items()}
    every = verify_swaps.stops_at(accounts, named, assets, declared, stops.dust, ends)
    stopped = {row: why for row, why in every.items() if row not in passed}
    legs = [[tuple(place[key] for key in leg.rows) for leg in (each.given, each.received)] for each in stops.exchanges.through]
    much = [(each.given.amount, each.received.amount) for each in stops.exchanges.through]
    swaps = [verify_swaps.Swap(*each, both) for each, both in zip(legs, much, strict=True) if max(map(max, each)) < len(named)]
    sides = [{side: verify_swaps.holding(getattr(row, side), asset) for side in SIDES} for row, asset in zip(named, assets, strict=True)]
    rows = [row._replace(**each) for row, each in zip(named, sides, strict=True)]
    found = {rule: verify_swaps.recompute(accounts, rows, declared, stopped, rule, swaps)._asdict() for rule in RULES}
    return {rule: said | {"taken": tuple(said["taken"])} for rule, said in found.items()}


ENGINES = {"oracle": slow_telling, "interpreted": interpreted, "compiled": compiled, "on two limbs": on_two_limbs, "verify.py": verified}
"""By name, the reference first."""

OURS = ("interpreted", "compiled", "on two limbs")
"""Those that trace for people; the others only check them."""


def differences(ledger, thefts, stops):
    """Where engines do not agree with the first: lines for people, none if all say the same."""
    told = {name: engine(ledger, thefts, stops) for name, engine in ENGINES.items()}
    reference, *others = told
    return [
        f"{rule} {part}: {name} says {said[part]}, {reference} says {told[reference][rule][part]}"
        for name in others
        for rule, said in told[name].items()
        for part in said
        if said[part] != told[reference][rule][part]
    ]


def _followed(ledger, thefts, stops, compiled_from, narrow=runs.NARROW):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists_or_compiled_arrays, "COMPILED_FROM", compiled_from)
        patch.setattr(runs, "NARROW", narrow)
        patch.setattr(lists_or_compiled_arrays, "NARROW", narrow)
        trace = follow(ledger, thefts, stops, RULES)
    return {
        rule: {
            "taken": stolen.taken,
            "hops": {(hop.row, hop.theft): hop.amount for hop in stolen.hops},
            "fees": {(fee.row, fee.theft): fee.amount for fee in stolen.fees},
            "exchanged": {(hop.row, hop.theft): hop.amount for hop in stolen.exchanged},
            "held": {(address, theft): amount for address, theft, amount in stolen.held},
            "topped_up": dict(stolen.topped_up),
            "touched": dict(trace.touched),
        }
        for rule, stolen in trace.rules.items()
    }
