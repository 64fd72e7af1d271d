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
from support import oracle, swapped

from tracer import verify
from tracer.model import holding_of
from tracer.tracing import RULES, follow, runs
from tracer.tracing.stops import horizon


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
    """The telling of verify.py, which imports nothing of ours; where conversions carry the trail on, of `swapped.py`, by its rules."""
    followed = list(ledger)[: horizon(ledger, stops)]
    accounts = {a.holding: verify.Account(a.opening) for a in ledger.accounts}
    people = {a.address: verify.Account(0, a.coverage, stops.services.get(a.address, "")) for a in ledger.accounts}
    sides = [[(who and holding_of(who, t.asset)) or "" for who in (t.sender, t.recipient)] for t in followed]
    rows = [verify.Row(t.time, *each, t.amount, t.fee) for t, each in zip(followed, sides, strict=True)]
    named = [  # a trail stops at addresses, and dust is of the first asset alone
        row._replace(sender=t.sender or "", recipient=t.recipient or "", amount=max(t.amount, stops.dust) if t.asset else t.amount)
        for t, row in zip(followed, rows, strict=True)
    ]
    place = {key: row for row, key in enumerate(ledger.columns.row_key)}
    swaps = [swapped.Swap(*([place[key] for key in leg.rows] for leg in (each.given, each.received))) for each in stops.exchanges.through]
    swaps = [swap for swap in swaps if max(*swap.given, *swap.received) < len(rows)]
    declared = {t.row: n for n, t in enumerate(thefts)}
    stopped = verify.stops_at(people, named, declared, stops.dust, {place[key] for key in stops.exchanges.ends})
    found = {}
    for rule in RULES:
        if swaps:
            found[rule] = swapped.told(accounts, rows, declared, stopped, rule, swaps)
        else:
            found[rule] = verify.recompute(accounts, rows, declared, stopped, rule)._asdict() | {"exchanged": Counter()}
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
        patch.setattr(runs, "COMPILED_FROM", compiled_from)
        patch.setattr(runs, "NARROW", narrow)
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
