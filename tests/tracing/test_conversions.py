"""Conversions on ledgers one can check by hand: 100 coins are taken from the victim, and swapped for shells at a pool."""

from __future__ import annotations

import pytest
from support.shells import COINS, OPENS, SHELLS, Story

from tracer.errors import LedgerError
from tracer.model import Recognised
from tracer.tracing import RULES


@pytest.mark.parametrize("rule", RULES)
def test_stolen_coins_become_the_shells_that_were_got_for_them(rule):
    story = Story(("victim", "bob", 100, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 7, SHELLS), ("bob", "carol", 3, SHELLS))
    assert story.ends(rule, story.swap([1], [2])) == {"bob shells unspent": 4, "carol shells unspent": 3}


@pytest.mark.parametrize("rule", RULES)
def test_followed_the_trail_ends_in_the_pool(rule):
    story = Story(("victim", "bob", 100, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 7, SHELLS))
    assert story.ends(rule, story.swap([1], [2]), through=False) == {"pool coins converted": 100}


def test_a_loan_is_named_and_ends_the_trail():
    story = Story(("victim", "bob", 100, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 7, SHELLS))
    loan = Recognised("loan", "bob", None, (story.leg([1]),), (story.leg([2]),))
    assert story.ends("haircut", recognised=[loan]) == {"pool coins converted": 100}


@pytest.mark.parametrize("rule", RULES)
def test_a_pool_that_pays_first_is_no_other_swap(rule):
    story = Story(("victim", "bob", 100, COINS), ("pool", "bob", 7, SHELLS), ("bob", "pool", 100, COINS))
    assert story.ends(rule, story.swap([2], [1])) == {"bob shells unspent": 7}


def test_the_stolen_part_stays_the_same_part_rounded_down():
    story = Story(("victim", "bob", 50, COINS), ("bob", "pool", 60, COINS), ("pool", "bob", 7, SHELLS), opens={**OPENS, ("bob", COINS): 10})
    assert story.ends("haircut", story.swap([1], [2])) == {"bob shells unspent": 5}  # 50 of 60 coins: 5.83 of 7 shells


def test_a_unit_left_over_is_of_the_earliest_theft():
    opens = {**OPENS, ("carol", COINS): 50, ("victim", COINS): 50}
    rows = ("victim", "bob", 50, COINS), ("carol", "bob", 50, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 7, SHELLS)
    story = Story(*rows, opens=opens, thefts=(0, 1))
    assert story.ends("haircut", story.swap([2], [3])) == {"bob shells unspent": (4, 3)}


@pytest.mark.parametrize(("rule", "first"), [("fifo", {"carol shells unspent": 2}), ("lifo", {"carol shells unspent": 5})])
def test_lots_keep_their_order_through_a_swap(rule, first):
    opens = {**OPENS, ("bob", COINS): 50, ("victim", COINS): 50}  # 50 clean coins, then 50 stolen: 5 shells and 5
    rows = ("victim", "bob", 50, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 10, SHELLS), ("bob", "carol", 7, SHELLS)
    story = Story(*rows, opens=opens)
    assert {name: units for name, units in story.ends(rule, story.swap([1], [2])).items() if name.startswith("carol")} == first


def test_what_several_rows_give_is_what_several_rows_receive():
    rows = ("bob", "pool", 60, COINS), ("bob", "router", 40, COINS), ("pool", "bob", 4, SHELLS), ("router", "erin", 6, SHELLS)
    story = Story(("victim", "bob", 100, COINS), *rows, opens={**OPENS, ("router", SHELLS): 6})
    assert story.ends("fifo", story.swap([1, 2], [3, 4])) == {"bob shells unspent": 4, "erin shells unspent": 6}


def test_stolen_money_that_the_pool_itself_held_ends_there_when_it_is_paid_for_something():
    rows = ("bob", "pool", 50, COINS), ("dora", "pool", 9, SHELLS), ("pool", "dora", 1050, COINS)
    story = Story(("victim", "bob", 100, COINS), *rows, opens={**OPENS, ("dora", SHELLS): 9})
    found = story.ends("fifo", story.swap([2], [3], owner="dora"))
    assert found == {"bob coins unspent": 50, "pool coins converted": 50}


def test_coins_go_to_shells_and_back():
    rows = ("bob", "pool", 100, COINS), ("pool", "bob", 9, SHELLS), ("bob", "pool", 9, SHELLS), ("pool", "bob", 98, COINS)
    story = Story(("victim", "bob", 100, COINS), *rows)
    assert story.ends("clean_first", story.swap([1], [2]), story.swap([3], [4])) == {"bob coins unspent": 98}


def test_a_conversion_that_does_not_say_what_its_rows_move_is_refused():
    story = Story(("victim", "bob", 100, COINS), ("bob", "pool", 100, COINS), ("pool", "bob", 7, SHELLS))
    swap = story.swap([1], [2])
    with pytest.raises(LedgerError, match=r"says that 8 of asset 1 move in rows \[2\], where 7 move"):
        story.ends("fifo", swap._replace(received=swap.received._replace(amount=8)))
    with pytest.raises(LedgerError, match="a conversion of carol is paid by bob"):
        story.ends("fifo", swap._replace(owner="carol"))


def test_a_theft_is_no_conversion():
    story = Story(("bob", "victim", 5, SHELLS), ("victim", "bob", 100, COINS), opens={**OPENS, ("bob", SHELLS): 5}, thefts=(1,))
    with pytest.raises(LedgerError, match="is a theft: it is no conversion"):
        story.ends("fifo", story.swap([0], [1]))
