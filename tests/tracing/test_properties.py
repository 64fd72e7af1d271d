"""Random ledgers: every rule conserves, stays within balances, and says what a second, slow telling of it says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ledgers import COIN, theft, transfer

from tracer.ledger import assemble
from tracer.model import CLEAN, Account, Reading
from tracer.tracing import RULES, Stops, follow
from tracer.tracing.outcome_and_changes import outcome_of
from tracer.tracing.reconciliation import certify

PEOPLE = "abcdef"
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@st.composite
def cases(draw, largest=12):
    """A ledger of up to 24 rows with overdrafts, zero amounts and payments to oneself, one to three thefts, and stops."""
    openings = [draw(st.integers(0, largest)) for _ in PEOPLE]
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.integers(0, largest), st.integers(0, 3)),
            min_size=1,
            max_size=24,
        )
    )
    transfers = [transfer(n, s, r, amount, fee) for n, (s, r, amount, fee) in enumerate(rows)]
    accounts = [
        Account(name, opening, "chain", "boundary" if draw(st.integers(0, 9)) == 0 else "full")
        for name, opening in zip(PEOPLE, openings, strict=True)
    ]
    ledger = assemble(COIN, [Reading(transfers, [], accounts, [], tip=len(rows), complete=False)])
    possible = [n for n, (s, r, amount, _) in enumerate(rows) if s != r and amount]
    declared = draw(st.lists(st.sampled_from(possible), min_size=1, max_size=3, unique=True)) if possible else []
    stops = Stops(
        services=dict.fromkeys(draw(st.sets(st.sampled_from(PEOPLE), max_size=2)), "service"),
        dust=draw(st.integers(0, 3)),
        until=draw(st.none() | st.integers(1000, 1024)),
    )
    return ledger, [theft(ledger, n, f"theft {n}") for n in sorted(declared)], stops


@given(cases(largest=1 << 52))
def test_what_was_stolen_is_at_the_endpoints_or_left_as_fees_to_the_unit(case):
    ledger, thefts, stops = case
    certify(outcome_of(follow(ledger, thefts, stops, RULES)))


@given(cases())
def test_every_rule_says_what_the_slow_telling_of_it_says(case):
    ledger, thefts, stops = case
    trace = follow(ledger, thefts, stops, RULES)
    for rule in RULES:
        assert _as_sets(trace, rule) == slow_telling(ledger, thefts, stops, rule), rule


@given(cases())
def test_no_hop_carries_more_than_its_transfer(case):
    ledger, thefts, stops = case
    trace = follow(ledger, thefts, stops, RULES)
    for stolen in trace.rules.values():
        assert all(amount <= ledger.columns.amount[row] for row, amount in stolen.by_row.items())
        assert all(amount <= ledger.columns.fee[row] for row, amount in stolen.fees_by_row.items())


@given(cases())
def test_whoever_received_stolen_value_was_touched(case):
    ledger, thefts, stops = case
    trace = follow(ledger, thefts, stops, RULES)
    for stolen in trace.rules.values():
        for hop in stolen.hops:
            assert trace.touched[ledger.transfer(hop.row).recipient] <= hop.row


@settings(max_examples=40)
@given(cases(largest=1 << 70))
def test_amounts_wider_than_64_bits_are_as_exact(case):
    ledger, thefts, stops = case
    certify(outcome_of(follow(ledger, thefts, stops, RULES)))


def test_a_lost_unit_is_reported_and_nothing_else_is(monkeypatch):
    from support.ledgers import traced

    from tracer.errors import CertificateError
    from tracer.tracing import rules, runs

    def leaky(flows):
        run = runs.run_lots(flows, newest_first=False)
        return run._replace(parts=[max(0, units - 1) for units in run.parts])

    monkeypatch.setitem(rules.RULES, "fifo", leaky)
    with pytest.raises(CertificateError, match="1 units are not accounted for"):
        traced("opens victim 10\n victim -> bob 10 theft", ["fifo"])


def _as_sets(trace, rule):
    stolen = trace.rules[rule]
    return {
        "taken": list(stolen.taken),
        "hops": sorted(stolen.hops),
        "fees": sorted(stolen.fees),
        "held": sorted(stolen.held),
    }


def slow_telling(ledger, thefts, stops, rule):
    """A rule told coin by coin: an account is a list of coins, oldest first; a coin is the number of its theft, or CLEAN.

    Written apart from the kernels, to be compared with them; only for small amounts.
    """
    coins = {account.address: [CLEAN] * account.opening for account in ledger.accounts}
    unread = {account.address for account in ledger.accounts if account.coverage == "boundary"}
    declared = {each.row: number for number, each in enumerate(thefts)}
    drained = {}
    for each in thefts:
        drained.setdefault(each.sender, each.row)
    taken, hops, fees = [0] * len(thefts), [], []
    for row, t in enumerate(ledger):
        if stops.until is not None and t.time > stops.until:
            break
        amount = 0 if t.sender == t.recipient else t.amount
        if rule in ("haircut", "clean_first", "dirty_first"):
            coins[t.sender] += [CLEAN] * (amount + t.fee - len(coins[t.sender]))  # a pool is topped up before it pays
        burnt = spend(coins[t.sender], t.fee, rule)
        moved = spend(coins[t.sender], amount, rule)
        fees += counted(row, burnt)
        if row in declared:
            taken[declared[row]] += moved.count(CLEAN)
            moved = [declared[row] if coin == CLEAN else coin for coin in moved]
        hops += counted(row, moved)
        small = t.amount < stops.dust and row not in declared
        absorbed = row >= drained.get(t.recipient, 1 << 60) or t.recipient in stops.services or t.recipient in unread or small
        arriving = [CLEAN] * len(moved) if absorbed else moved
        coins[t.recipient] += reversed(arriving) if rule == "lifo" else arriving
    held = [(address, theft, amount) for address, inventory in coins.items() for _, theft, amount in counted(0, inventory)]
    return {"taken": taken, "hops": sorted(hops), "fees": sorted(fees), "held": sorted(held)}


def spend(coins, amount, rule):
    """Takes `amount` coins out, in the order they are taken; what is missing is clean."""
    if rule == "fifo":
        taken, coins[:] = coins[:amount], coins[amount:]
    elif rule == "lifo":
        cut = max(0, len(coins) - amount)
        taken, coins[:] = coins[cut:][::-1], coins[:cut]
    else:
        taken = chosen(coins, amount, rule)
        for coin in taken:
            coins.remove(coin)
    return taken + [CLEAN] * (amount - len(taken))


def chosen(coins, amount, rule):
    """The coins of a pool that leave: so many stolen ones, of each theft in proportion, leftovers to the earliest."""
    stolen = [coin for coin in coins if coin != CLEAN]
    clean = len(coins) - len(stolen)
    if rule == "haircut":
        leaving = len(stolen) * amount // len(coins) if amount else 0
    elif rule == "clean_first":
        leaving = max(0, amount - clean)
    else:
        leaving = min(len(stolen), amount)
    origins = sorted(set(stolen))
    parts = {origin: leaving * stolen.count(origin) // len(stolen) for origin in origins}
    while sum(parts.values()) < leaving:
        first = next(origin for origin in origins if parts[origin] < stolen.count(origin))
        parts[first] += 1
    return [CLEAN] * (amount - leaving) + [origin for origin, count in parts.items() for _ in range(count)]


def counted(row, coins):
    return [(row, origin, coins.count(origin)) for origin in sorted(set(coins)) if origin != CLEAN]
