"""Rows beside the trail: what joins the addresses that stolen value reached to others, without any stolen value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.ledgers import drawn, written

from tracer.flow.untraced_neighbours import beside_of
from tracer.labels import LabelBook
from tracer.model import Memo
from tracer.tracing import Stops, follow

LEDGER = """
 opens victim 9
 opens aunt 50
 opens shop 20
 opens stranger 30
 victim -> bob 9 theft
 aunt -> bob 5
 stranger -> shop 3
 bob -> carol 4
 shop -> carol 2
 aunt -> victim 40
"""


def beside(most=20_000, wanted=(), text=LEDGER):
    ledger, thefts = written(text)
    trace = follow(ledger, thefts, Stops(), ["fifo"])
    return beside_of(drawn(ledger, trace), ledger, trace, LabelBook(()), wanted, most)


def pairs(found):
    return list(zip(found.transfers.sender, found.transfers.recipient, found.transfers.amount, strict=True))


def test_rows_without_stolen_value_at_a_traced_address_are_taken_in_ledger_order():
    assert pairs(beside()) == [("aunt", "bob", 5), ("shop", "carol", 2), ("aunt", "victim", 40)]


def test_they_carry_nothing_under_any_rule():
    assert set(beside().transfers.stolen["fifo"]) == {0}


def test_a_row_between_strangers_is_none_of_them():
    assert "stranger" not in beside().addresses.address


def test_the_largest_are_taken_and_the_rest_is_counted():
    found = beside(most=2)
    assert pairs(found) == [("aunt", "bob", 5), ("aunt", "victim", 40)]
    assert found.left_out == 1


def test_a_row_that_is_wanted_is_there_however_small():
    assert ("shop", "carol", 2) in pairs(beside(most=0, wanted=[4]))


def test_only_addresses_that_the_graph_has_not_are_added():
    assert beside().addresses.address == ["aunt", "shop"]


def test_a_third_partys_memo_is_left_out():
    ledger, thefts = written(LEDGER)
    ledger = replace(ledger, columns=ledger.columns._replace(memo=[Memo("plain", b"customer 8812")] * len(ledger)))
    trace = follow(ledger, thefts, Stops(), ["fifo"])
    found = beside_of(drawn(ledger, trace), ledger, trace, LabelBook(()))
    assert set(found.transfers.memo) == {None}


@pytest.mark.parametrize("most", [0, 1, 3])
def test_what_is_taken_and_what_is_left_out_are_all_there_are(most):
    found = beside(most=most)
    assert len(found.transfers.row) + found.left_out == 3
