"""Several assets exchanged at once: worth tells how much of each became how much of which. A coin costs 1, a shell 2, a pearl 5."""

from __future__ import annotations

import pytest
from support.ledgers import theft
from support.shells import COINS, PEARLS, SHELLS, Story

from tracer.ledger import audit
from tracer.model import Basket, Bound, Conversion, Exchanges, Price, Recognised, Recognition
from tracer.plan.rates_from_prices import with_worth
from tracer.tracing import RULES, Stops, follow
from tracer.tracing.bounds_through_conversions import figures_through

PRICES = {asset: [Price(0, text, "USD", "a list")] for asset, text in ((COINS, "1"), (SHELLS, "2"), (PEARLS, "5"))}
OPENS = {("victim", COINS): 100, ("bob", SHELLS): 50, ("pool", COINS): 0, ("pool", SHELLS): 90, ("pool", PEARLS): 90, ("bob", PEARLS): 0}


def worth(story, given, received, prices=PRICES, thefts=()):
    """What is made of an exchange of these legs, each a list of rows, by prices; and what is only named."""
    named = Recognised("unmatched", "bob", "0xab", tuple(map(story.leg, given)), tuple(map(story.leg, received)), "pool")
    found = Recognition((), (named,), (), (), (Basket(named),))
    made = with_worth(found, story.ledger, prices, thefts)
    return list(made.conversions), list(made.recognised)


TWO_FOR_ONE = ("victim", "bob", 100, COINS), ("bob", "pool", 100, COINS), ("bob", "pool", 50, SHELLS), ("pool", "bob", 40, PEARLS)
ONE_FOR_TWO = ("victim", "bob", 100, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 20, SHELLS), ("pool", "bob", 12, PEARLS)


@pytest.mark.parametrize("rule", RULES)
def test_of_two_assets_given_for_one_each_buys_its_part_by_worth(rule):
    """100 coins and 50 shells are worth as much, so each buys 20 of the 40 pearls: those for the stolen coins are stolen."""
    story = Story(*TWO_FOR_ONE, opens=OPENS)
    conversions, named = worth(story, [[1], [2]], [[3]])
    assert [(each.given.amount, each.received.amount, each.doubts) for each in conversions] == [(100, 20, ()), (50, 20, ())]
    assert not named
    assert story.ends(rule, *conversions) == {"bob pearls unspent": 20}


@pytest.mark.parametrize("rule", RULES)
def test_one_asset_given_for_two_becomes_each_by_worth(rule):
    story = Story(*ONE_FOR_TWO, opens=OPENS)
    conversions, _ = worth(story, [[1]], [[2], [3]])
    assert [(each.given.amount, each.received.amount) for each in conversions] == [(40, 20), (60, 12)]
    assert story.ends(rule, *conversions) == {"bob shells unspent": 20, "bob pearls unspent": 12}


def test_a_row_that_two_conversions_share_is_two_payments_one_after_the_other():
    """Of the 100 coins that bob gives 60 are stolen, and came first: 40 buy the shells, 20 of 60 are left for the pearls."""
    opens = {**OPENS, ("victim", COINS): 60, ("carol", COINS): 40}
    rows = ("victim", "bob", 60, COINS), ("carol", "bob", 40, COINS), *ONE_FOR_TWO[1:]
    story = Story(*rows, opens=opens)
    conversions, _ = worth(story, [[2]], [[3], [4]])
    assert story.ends("fifo", *conversions) == {"bob shells unspent": 20, "bob pearls unspent": 4}
    assert story.ends("lifo", *conversions) == {"bob pearls unspent": 12}
    assert story.ends("haircut", *conversions) == {"bob shells unspent": 12, "bob pearls unspent": 7}


def test_floor_and_ceiling_go_through_each_pair():
    opens = {**OPENS, ("victim", COINS): 60, ("bob", COINS): 40}
    story = Story(("victim", "bob", 60, COINS), *ONE_FOR_TWO[1:], opens=opens)
    conversions, _ = worth(story, [[1]], [[2], [3]])
    stops = Stops(exchanges=Exchanges(tuple(conversions), (), (0, 1)))
    trace = follow(story.ledger, story.thefts, stops, RULES)
    pytest.importorskip("ortools", reason="NOT RUN, no ortools: pip install ortools")
    found = figures_through(story.ledger, audit(story.ledger), trace, [(end.asset, end.address, end.reason) for end in trace.endpoints])
    assert [found[asset].endpoints["bob", "unspent"] for asset in (SHELLS, PEARLS)] == [Bound(0, 20), Bound(4, 12)]


def test_without_a_price_of_each_asset_it_stays_named():
    story = Story(*TWO_FOR_ONE, opens=OPENS)
    conversions, named = worth(story, [[1], [2]], [[3]], {**PRICES, PEARLS: []})
    assert not conversions
    assert len(named) == 1


def test_a_theft_that_is_given_is_not_split():
    story = Story(*TWO_FOR_ONE, opens=OPENS)
    assert worth(story, [[1], [2]], [[3]], thefts=[theft(story.ledger, 1, "theft")])[0] == []


def test_less_worth_than_was_given_speaks_against_it():
    story = Story(*TWO_FOR_ONE[:3], ("pool", "bob", 20, PEARLS), opens=OPENS)
    conversions, _ = worth(story, [[1], [2]], [[3]])
    assert {each.doubts for each in conversions} == {("off_market",)}
    assert "50.0 % less came than by prices (a list)" in conversions[0].said[0]


def test_prices_say_the_rate_that_no_pool_says():
    story = Story(("victim", "bob", 100, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 20, PEARLS), opens=OPENS)
    swap = Conversion("bob", "0xab", "swap", story.leg([1]), story.leg([2]), "pool", doubts=("no_rate",), said=("No rate.",))
    (rated,) = with_worth(Recognition((swap,)), story.ledger, PRICES).conversions
    assert (rated.doubts, rated.before) == ((), (1, 5))


def test_where_one_pair_is_not_substituted_none_of_the_exchange_is():
    story = Story(*ONE_FOR_TWO, opens=OPENS)
    conversions, _ = worth(story, [[1]], [[2], [3]])
    assert Exchanges(tuple(conversions), (), (0,)).through == ()
    assert Exchanges(tuple(conversions), (), (0, 1)).through == tuple(conversions)
