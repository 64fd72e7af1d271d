"""Floors and ceilings of what was got in exchange: on ledgers one can check by hand, and against every rule on random ones."""

from __future__ import annotations

import pytest
from support.exchanging import ledger_of
from support.shells import COINS, OPENS, SHELLS, Story

from tracer.errors import BoundsError, LedgerError
from tracer.ledger import audit
from tracer.model import Bound, Exchanges
from tracer.tracing import RULES, Stops, follow
from tracer.tracing.bounds_through_conversions import figures_through

pytest.importorskip("ortools", reason="NOT RUN, no ortools: pip install ortools")


def bounds(story, *swaps):
    """The least and the most at each endpoint of a story in which every swap is substituted."""
    stops = Stops(exchanges=Exchanges(swaps, (), tuple(range(len(swaps)))))
    trace = follow(story.ledger, story.thefts, stops, RULES)
    ends = [(end.asset, end.address, end.reason) for end in trace.endpoints]
    found = figures_through(story.ledger, audit(story.ledger), trace, ends)
    return {(address, asset): found[asset].endpoints[address, reason] for asset, address, reason in ends}


def test_a_floor_goes_on_in_what_was_got_for_the_stolen_part():
    """Bob has 20 coins of his own; of the 60 that he gives at least 40 are stolen, and at most all: of 30 shells at least 20."""
    opens = {**OPENS, ("bob", COINS): 20}
    story = Story(("victim", "bob", 100, COINS), ("bob", "pool", 60, COINS), ("pool", "bob", 30, SHELLS), opens=opens)
    found = bounds(story, story.swap([1], [2]))
    assert found == {("bob", COINS): Bound(40, 60), ("bob", SHELLS): Bound(20, 30)}


def test_a_floor_after_two_swaps_rests_on_both():
    opens = {**OPENS, ("bob", COINS): 20, ("bob", SHELLS): 10}
    rows = ("victim", "bob", 100, COINS), ("bob", "pool", 60, COINS), ("pool", "bob", 30, SHELLS)
    back = ("bob", "pool", 40, SHELLS), ("pool", "carol", 80, COINS)
    story = Story(*rows, *back, opens=opens)
    found = bounds(story, story.swap([1], [2]), story.swap([3], [4]))
    assert found["carol", COINS] == Bound(40, 60)  # of 40 shells at least 20 are stolen, and at most 30: of 80 coins at least 40


def test_what_the_pool_held_itself_and_pays_out_is_no_part_of_what_came_of_a_swap():
    story = Story(
        ("victim", "bob", 100, COINS), ("bob", "carol", 50, COINS), ("carol", "pool", 50, COINS),
        ("bob", "pool", 50, COINS), ("pool", "bob", 5, SHELLS), ("dave", "pool", 9, SHELLS), ("pool", "dave", 1000, COINS),
        opens={**OPENS, ("dave", SHELLS): 9},
    )  # fmt: skip
    found = bounds(story, story.swap([3], [4]), story.swap([5], [6], "dave"))
    assert found["bob", SHELLS] == Bound(5, 5)
    assert found["pool", COINS].most == 50


def test_no_rule_puts_less_than_the_floor_or_more_than_the_ceiling_anywhere():
    bounded = 0
    for number in (*range(260), 567):  # 567: shells that a swap brings are spent before what is given for them
        ledger, thefts, stops = ledger_of(number, baskets=number % 3 == 1)
        verdict = audit(ledger)
        try:
            trace = follow(ledger, thefts, stops, RULES)
            ends = [(end.asset, end.address, end.reason) for end in trace.endpoints]
            found = figures_through(ledger, verdict, trace, ends)
        except (BoundsError, LedgerError):
            continue
        bounded += any(end.asset for end in trace.endpoints)
        for end in trace.endpoints:
            least, most = found[end.asset].endpoints[end.address, end.reason]
            outside = {rule: amount for rule, amount in end.amounts.items() if not least <= amount <= most}
            assert not outside, (number, end, least, most)
    assert bounded > 5, bounded
