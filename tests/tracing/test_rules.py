"""Each rule on ledgers one can check by hand."""

from __future__ import annotations

import pytest
from support.ledgers import by_theft, ends, traced

from tracer.errors import LedgerError
from tracer.tracing import RULES

MIXED = """
    opens victim 100, bob 50
    victim -> bob 50 theft      # bob: 50 clean, then 50 stolen
    carol -> bob 20             # and 20 clean
    opens carol 20
    bob -> dave 60              # what leaves first?
    bob -> erin 30
"""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("fifo", {"dave unspent": 10, "erin unspent": 30, "bob unspent": 10}),
        ("lifo", {"dave unspent": 40, "erin unspent": 10}),
        ("haircut", {"dave unspent": 25, "erin unspent": 12, "bob unspent": 13}),
        ("clean_first", {"erin unspent": 20, "bob unspent": 30}),
        ("dirty_first", {"dave unspent": 50}),
    ],
)
def test_each_rule_says_in_its_own_way_what_leaves_a_mixed_account_first(rule, expected):
    assert ends(traced(MIXED), rule) == expected


def test_haircut_rounds_each_withdrawal_down_and_leaves_the_rest_with_the_sender():
    trace = traced("opens victim 1, bob 2\n victim -> bob 1 theft\n bob -> carol 1\n bob -> dave 1\n bob -> erin 1")
    assert ends(trace, "haircut") == {"erin unspent": 1}


def test_clean_first_keeps_the_lowest_intermediate_balance():
    trace = traced(
        """
        opens victim 100, frank 100
        victim -> bob 100 theft
        bob -> carol 70           # the balance falls to 30: no more than 30 can still be stolen money here
        frank -> bob 100
        bob -> dave 100
        """
    )
    assert ends(trace, "clean_first") == {"carol unspent": 70, "bob unspent": 30}


def test_under_lifo_the_first_lot_taken_lies_on_top_at_the_recipient():
    trace = traced(
        """
        opens victim 10, bob 5
        victim -> bob 10 theft
        bob -> carol 15           # taken: 10 stolen, then 5 clean; at carol the stolen ones are on top
        carol -> dave 10
        """
    )
    assert ends(trace, "lifo") == {"dave unspent": 10}


def test_under_fifo_lots_arrive_in_the_order_they_were_taken():
    trace = traced("opens victim 10, bob 5\n victim -> bob 10 theft\n bob -> carol 15\n carol -> dave 10")
    assert ends(trace, "fifo") == {"dave unspent": 5, "carol unspent": 5}


def test_the_fee_is_withdrawn_before_the_amount():
    trace = traced("opens victim 10\n victim -> bob 10 theft\n erin -> bob 5\n opens erin 5\n bob -> dave 10 fee 3")
    assert ends(trace, "fifo") == {"fees": 3, "dave unspent": 7}
    assert ends(trace, "lifo") == {"dave unspent": 8, "bob unspent": 2}
    assert ends(trace, "clean_first") == {"dave unspent": 8, "bob unspent": 2}


@pytest.mark.parametrize("rule", RULES)
def test_a_payment_to_oneself_only_pays_its_fee(rule):
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> bob 6 fee 2\n bob -> carol 3")
    assert ends(trace, rule) == {"fees": 2, "carol unspent": 3, "bob unspent": 5}


@pytest.mark.parametrize("rule", RULES)
def test_the_fee_of_the_theft_itself_is_the_victims_and_not_stolen(rule):
    trace = traced("opens victim 12\n victim -> bob 10 fee 2 theft")
    assert trace.rules[rule].total == 10
    assert ends(trace, rule) == {"bob unspent": 10}


@pytest.mark.parametrize("rule", RULES)
def test_a_harvester_earns_stolen_fees_as_clean_money(rule):
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> carol 5 fee 5\n mint -> harvester 5\n harvester -> dave 5")
    assert ends(trace, rule) == {"fees": 5, "carol unspent": 5}


def test_units_left_over_in_a_split_go_to_the_earliest_theft_that_still_has_some():
    trace = traced(
        """
        opens victim 3, other 3
        victim -> bob 3 theft
        other -> bob 3 theft
        bob -> carol 1            # 1 * 3 // 6 = 0 of each: the unit left over is of the first theft
        bob -> dave 3             # of the 2 and 3 left: 1 and 1, and one more of the first
        """
    )
    assert by_theft(trace, "haircut") == {"carol unspent": (1, 0), "dave unspent": (2, 1), "bob unspent": (0, 2)}


@pytest.mark.parametrize("rule", RULES)
def test_stolen_money_stolen_again_keeps_its_first_origin(rule):
    trace = traced("opens victim 10, thief 5\n victim -> thief 10 theft\n thief -> robber 15 theft")
    assert trace.rules[rule].taken == (10, 5)
    assert by_theft(trace, rule) == {"robber unspent": (10, 5)}


def test_what_a_second_theft_makes_stolen_depends_on_the_rule():
    trace = traced("opens victim 10, thief 5\n victim -> thief 10 theft\n thief -> robber 5 theft")
    assert trace.rules["fifo"].taken == (10, 5)
    assert trace.rules["lifo"].taken == (10, 0)
    assert trace.rules["haircut"].taken == (10, 2)


def test_coins_that_are_burnt_end_as_destroyed_where_they_were():
    assert ends(traced("opens victim 10\n victim -> bob 10 theft\n bob -> burn 4"), "fifo") == {"bob destroyed": 4, "bob unspent": 6}


@pytest.mark.parametrize("rule", RULES)
def test_a_transfer_of_nothing_carries_nothing(rule):
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> carol 0 fee 1\n carol -> dave 0")
    assert ends(trace, rule) == {"fees": 1, "bob unspent": 9}
    assert "carol" not in trace.touched


@pytest.mark.parametrize("rule", RULES)
def test_of_coins_that_are_burnt_only_the_fee_is_a_fee(rule):
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> burn 4 fee 2")
    assert trace.rules[rule].fees == ((1, 0, 2),)
    assert ends(trace, rule) == {"fees": 2, "bob destroyed": 4, "bob unspent": 4}


def test_only_where_it_can_change_a_figure_is_a_top_up_counted():
    trace = traced("opens victim 5\n victim -> bob 5 theft\n bob -> carol 9\n frank -> erin 7\n erin -> grace 8")
    assert trace.rules["fifo"].topped_up == {"bob": 4}


def test_a_balance_that_comes_to_two_to_the_127_is_refused_with_the_row_that_makes_it():
    half = 1 << 126
    with pytest.raises(LedgerError, match=r"row 1 \(hash 0+1\): with it a sum at dave or bob comes to 2\^127 or more"):
        traced(f"opens vera {half}, dave {half}\n vera -> bob {half} theft\n dave -> bob {half}")


def test_ether_is_followed_to_the_wei():
    wei = 33066915805160912602
    trace = traced(f"opens vera {wei}, bob 7\n vera -> bob {wei} theft\n bob -> kasse {wei - 1} fee 3", services={"kasse": "Kasse"})
    assert ends(trace, "haircut") == {"kasse service": wei - 7, "bob unspent": 5, "fees": 2}
    assert ends(trace, "clean_first") == {"kasse service": wei - 5, "bob unspent": 5}
