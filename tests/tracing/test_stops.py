"""Where the trail stops, why, and in which order the reasons count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.ledgers import by_theft, ends, traced, written

from tracer.errors import LedgerError
from tracer.tracing import RULES, Stops, follow

EXCHANGE = {"exchange": "Exchange"}


@pytest.mark.parametrize("rule", RULES)
def test_a_service_absorbs_and_pays_out_clean_money(rule):
    trace = traced("opens victim 10, exchange 5\n victim -> bob 10 theft\n bob -> exchange 7\n exchange -> carol 12", services=EXCHANGE)
    assert ends(trace, rule) == {"exchange service": 7, "bob unspent": 3}
    assert trace.endpoints[0].service == "Exchange"


@pytest.mark.parametrize("rule", RULES)
def test_money_back_at_the_victim_is_returned_and_what_it_pays_later_is_clean(rule):
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> victim 4\n victim -> carol 4")
    assert ends(trace, rule) == {"victim returned": 4, "bob unspent": 6}


@pytest.mark.parametrize("rule", RULES)
def test_returned_money_that_is_stolen_again_counts_again(rule):
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> victim 4\n victim -> carol 4 theft")
    assert trace.rules[rule].taken == (10, 4)
    assert by_theft(trace, rule) == {"victim returned": (4, 0), "bob unspent": (6, 0), "carol unspent": (0, 4)}


def test_a_victim_absorbs_only_from_its_first_theft_on():
    trace = traced("opens victim 10, other 5\n victim -> bob 10 theft\n bob -> other 4\n other -> carol 9 theft")
    assert by_theft(trace, "fifo") == {"bob unspent": (6, 0), "carol unspent": (4, 5)}


def test_a_drained_service_is_a_victim_first():
    trace = traced("opens exchange 10\n exchange -> bob 10 theft\n bob -> exchange 4", services=EXCHANGE)
    assert ends(trace, "fifo") == {"exchange returned": 4, "bob unspent": 6}


def test_a_transfer_below_the_dust_limit_is_not_followed():
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> carol 2\n carol -> dave 2\n bob -> erin 3", dust=3)
    assert ends(trace, "fifo") == {"carol dust": 2, "erin unspent": 3, "bob unspent": 5}
    assert "carol" in trace.touched
    assert "dave" not in trace.touched


def test_a_declared_theft_is_followed_however_small():
    assert ends(traced("opens victim 2\n victim -> bob 2 theft", dust=5), "fifo") == {"bob unspent": 2}


def test_dust_that_reaches_a_service_is_at_the_service():
    assert ends(traced("opens victim 9\n victim -> bob 9 theft\n bob -> exchange 1", services=EXCHANGE, dust=5), "fifo") == {
        "bob unspent": 8,
        "exchange service": 1,
    }


def test_an_account_that_was_not_read_is_where_the_trail_ends():
    trace = traced("boundary dave\n opens victim 10\n victim -> dave 10 theft\n dave -> erin 10")
    assert ends(trace, "fifo") == {"dave not_fetched": 10}


def test_nothing_after_the_last_moment_is_followed():
    text = "opens victim 10\n victim -> bob 10 theft\n bob -> carol 4\n bob -> dave 6"
    assert ends(traced(text, until=1001), "fifo") == {"bob unspent": 6, "carol unspent": 4}


@pytest.mark.parametrize(("times", "until"), [([1000, 1300, 1150, 1400], 1200), ([1300, 1000, 1150, 1400], 1150)])
def test_times_that_go_back_across_the_last_moment_are_refused_and_named(times, until):
    ledger, thefts = written("opens victim 10\n victim -> bob 10 theft\n bob -> carol 4\n bob -> dave 6\n dave -> erin 6")
    ledger = replace(ledger, columns=ledger.columns._replace(time=times))
    with pytest.raises(LedgerError, match=r"row \d .* stands after row \d .* no row divides before and after"):
        follow(ledger, thefts, Stops(until=until), RULES)


def test_times_that_go_back_elsewhere_do_not_matter():
    ledger, thefts = written("opens victim 10\n victim -> bob 10 theft\n bob -> carol 4\n bob -> dave 6\n dave -> erin 6")
    ledger = replace(ledger, columns=ledger.columns._replace(time=[1000, 1300, 1150, 1400]))
    assert ends(follow(ledger, thefts, Stops(until=1350), RULES), "fifo") == {"carol unspent": 4, "dave unspent": 6}


def test_rows_without_times_cannot_be_cut_at_a_moment():
    ledger, thefts = written("opens victim 10\n victim -> bob 10 theft")
    ledger = replace(ledger, columns=ledger.columns._replace(time=[None]))
    with pytest.raises(LedgerError, match="states no times"):
        follow(ledger, thefts, Stops(until=1000), RULES)


def test_a_row_without_a_time_where_a_moment_divides_is_refused_and_elsewhere_does_not_matter():
    ledger, thefts = written("opens victim 10\n victim -> bob 10 theft\n bob -> carol 4\n bob -> dave 6")
    timed = [replace(ledger, columns=ledger.columns._replace(time=times)) for times in ([1000, None, 1400], [None, 1200, 1400])]
    with pytest.raises(LedgerError, match="row 1 states no time and stands where"):
        follow(timed[0], thefts, Stops(until=1300), RULES)
    assert ends(follow(timed[1], thefts, Stops(until=1300), RULES), "fifo") == {"bob unspent": 6, "carol unspent": 4}


def test_an_account_that_pays_more_than_it_holds_is_topped_up_with_clean_money_and_the_top_up_is_kept():
    trace = traced("boundary dave\n opens victim 5\n victim -> bob 5 theft\n bob -> carol 9")
    assert ends(trace, "fifo") == {"carol unspent": 5}
    assert trace.rules["fifo"].topped_up == {"bob": 4}


def test_an_endpoint_rests_on_the_weakest_row_that_led_to_it():
    trace = traced("opens victim 10\n victim -> bob 10 theft\n bob -> carol 4 reported\n carol -> dave 4\n bob -> erin 6")
    assert {e.address: e.basis for e in trace.endpoints} == {"dave": "reported", "erin": "chain"}


def test_touched_is_what_money_could_reach_forward_in_time():
    trace = traced(
        """
        opens victim 9, carol 9, frank 1
        carol -> dave 1             # before the theft
        victim -> bob 9 theft
        bob -> carol 1
        carol -> erin 1
        frank -> bob 1
        """
    )
    assert set(trace.touched) == {"bob", "carol", "erin"}


def test_a_theft_sender_is_not_touched_by_its_own_theft():
    assert "victim" not in traced("opens victim 9\n victim -> bob 9 theft").touched
