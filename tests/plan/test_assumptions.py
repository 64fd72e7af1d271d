"""Where no trace is run, because none could differ: the argument of docs/rests.md, on ledgers of chance."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from support.ledgers import written

from tracer.ledger.counterfactual import blocks, in_order, other_way_round
from tracer.tracing import RULES, Stops, follow
from tracer.tracing.theft_of_row import theft_of

NAMES = ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal"]


def of_chance(seed):
    """Forty rows in blocks of five, one of them a theft; nobody pays what he does not hold."""
    chance = random.Random(seed)
    held = {name: chance.randrange(50) for name in NAMES}
    lines = ["opens " + ", ".join(f"{name} {amount}" for name, amount in held.items())]
    while len(lines) < 41:
        sender, recipient = chance.sample(NAMES, 2)
        if held[sender]:
            amount = chance.randrange(1, held[sender] + 1)
            held[sender] -= amount
            held[recipient] += amount
            lines.append(f"{sender} -> {recipient} {amount}{' theft' if len(lines) == 11 else ''}")
    ledger, thefts = written("\n".join(lines))
    ledger = replace(ledger, columns=ledger.columns._replace(height=[row // 5 for row in range(len(ledger))]))
    return ledger, thefts


def ends(trace):
    return {(end.address, end.reason): dict(end.amounts) for end in trace.endpoints}


@pytest.mark.parametrize("seed", range(60))
def test_rows_that_share_no_touched_account_change_nothing_by_changing_places(seed):
    ledger, thefts = of_chance(seed)
    trace = follow(ledger, thefts, Stops(), RULES)
    touched = {ledger.index[address] for address in trace.touched}
    looked_at = set(blocks(ledger, touched))
    for block in (range(first, first + 5) for first in range(0, len(ledger), 5)):
        held = ledger.openings
        for row in range(block.start):
            t = ledger.columns
            held[t.sender[row]] -= t.amount[row]
            held[t.recipient[row]] += t.amount[row]
        order = other_way_round(ledger, block, dict(enumerate(held)))
        if block in looked_at or order is None:
            continue
        rows = [*range(block.start), *order, *range(block.stop, len(ledger))]
        turned = in_order(ledger, rows)
        again = follow(turned, [theft_of(turned.transfer(rows.index(thefts[0].row)), "theft")], Stops(), RULES)
        assert ends(again) == ends(trace)


@pytest.mark.parametrize("seed", range(60))
def test_a_service_that_no_stolen_value_touches_changes_nothing(seed):
    ledger, thefts = of_chance(seed)
    trace = follow(ledger, thefts, Stops(), RULES)
    strangers = {address: "A service" for address in NAMES if address not in trace.touched and address != thefts[0].sender}
    assert ends(follow(ledger, thefts, Stops(services=strangers), RULES)) == ends(trace)


def in_one_block(text, hashes):
    ledger, _ = written(text)
    columns = ledger.columns._replace(height=[1] * len(ledger), tx_hash=list(hashes))
    return replace(ledger, columns=columns), dict(enumerate(ledger.openings))


def test_what_a_transaction_makes_changes_places_with_it():
    ledger, held = in_one_block("opens ann 5, bob 5\nann -> kiosk 5\nmint -> ann 3\nbob -> kiosk 5", "aab")
    assert other_way_round(ledger, range(3), held) == [2, 0, 1]


def test_what_a_block_pays_out_stays_where_it_is():
    ledger, held = in_one_block("opens ann 5, bob 5\nann -> kiosk 5\nmint -> eve 3\nbob -> kiosk 5\nbob -> ann 0", "aebb")
    assert other_way_round(ledger, range(2, 4), held) is None
    assert other_way_round(ledger, range(4), held) is None
