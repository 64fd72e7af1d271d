"""A ledger with one thing otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.ledgers import written

from tracer.ledger import audit
from tracer.ledger.counterfactual import blocks, in_order, opening_with_nothing, other_way_round, without_rows


def in_one_block(text):
    """The ledger of a text with all its rows in one block."""
    ledger, _ = written(text)
    columns = ledger.columns._replace(height=[7] * len(ledger), position=list(range(len(ledger))))
    return replace(ledger, columns=columns)


def reversed_rows(text):
    ledger = in_one_block(text)
    return other_way_round(ledger, range(len(ledger)), dict(enumerate(ledger.openings)))


def test_the_rows_of_a_block_are_turned_round():
    assert reversed_rows("opens ann 5, bob 5\nann -> cat 5\nbob -> cat 5") == [1, 0]


def test_a_row_waits_until_its_sender_holds_what_it_pays():
    """In reverse dan would pay first, and has nothing before cat has paid him."""
    assert reversed_rows("opens ann 5, cat 2\nann -> bob 5\ncat -> dan 2\ndan -> ann 2") == [1, 2, 0]


def test_an_order_that_is_forced_has_no_other():
    assert reversed_rows("opens ann 5\nann -> bob 5\nbob -> cat 5") is None


def test_what_nobody_sends_stays_where_it_is():
    assert reversed_rows("opens ann 5, bob 5\nann -> cat 5\nmint -> dan 1\nbob -> cat 5") is None


def test_rows_of_one_transaction_stay_together():
    ledger = in_one_block("opens ann 9, bob 5\nann -> cat 5\nann -> dan 4\nbob -> cat 5")
    ledger = replace(ledger, columns=ledger.columns._replace(tx_hash=["a", "a", "b"]))
    assert other_way_round(ledger, range(3), dict(enumerate(ledger.openings))) == [2, 0, 1]


def test_rows_keep_the_places_of_the_block_and_change_what_they_are():
    ledger = in_one_block("opens ann 5, bob 6\nann -> cat 5\nbob -> cat 6")
    turned = in_order(ledger, [1, 0])
    assert turned.columns.amount == [6, 5]
    assert turned.columns.position == ledger.columns.position


@pytest.mark.parametrize(("among", "found"), [({"cat"}, [range(2)]), ({"ann"}, [])])
def test_a_block_counts_where_two_rows_share_one_of_the_accounts(among, found):
    ledger = in_one_block("opens ann 5, bob 5\nann -> cat 5\nbob -> cat 5")
    assert list(blocks(ledger, {ledger.index[name] for name in among})) == found


def test_an_account_that_opens_with_nothing_pays_what_it_does_not_have():
    ledger, _ = written("opens ann 5\nann -> bob 5")
    assert audit(opening_with_nothing(ledger, ledger.index["ann"])).gaps[0].short_by == 5
    assert audit(ledger).adds_up


def test_without_a_row_the_others_stay_in_their_order():
    ledger, _ = written("opens ann 9\nann -> bob 5\nann -> cat 3\nann -> dan 1")
    assert without_rows(ledger, {1}).columns.amount == [5, 1]
