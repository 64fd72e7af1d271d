"""Several sources make one ledger: each row once, in an order that every source has."""

from __future__ import annotations

import pytest
from support.ledgers import COIN, transfer

from tracer.errors import LedgerError
from tracer.ledger import assemble
from tracer.model import Reading


def row(height, sender, recipient, amount, tx_hash=None, **said):
    return transfer(0, sender, recipient, amount)._replace(height=height, tx_hash=tx_hash or f"{sender}{amount}", **said)


def export(*rows, source="test", placed=False):
    """A source that names no places: its rows of one block stand as in the file."""
    counts = {}
    made = []
    for each in rows:
        position = each.position if placed else counts.get(each.height, 0)
        counts[each.height] = position + 1
        key = -1 if each.height is None else each.height << 20 | position
        made.append(each._replace(position=position, row_key=key, source=source))
    return Reading(made, [], [], [], None, complete=False, placed=placed)


def paid(*readings, form=str):
    ledger = assemble(COIN, readings, form)
    return [f"{t.sender} {t.amount}" for t in ledger]


ANN, BOB, CAT, DAN = row(7, "ann", "bob", 1), row(7, "bob", "cat", 2), row(7, "cat", "dan", 3), row(7, "dan", "ann", 4)


def test_a_row_that_two_exports_hold_is_one_row_and_the_others_of_its_block_stay():
    assert paid(export(ANN, BOB), export(BOB, CAT)) == ["ann 1", "bob 2", "cat 3"]


def test_rows_of_one_block_keep_the_order_of_every_export():
    assert paid(export(BOB, DAN), export(ANN, BOB, CAT)) == ["ann 1", "bob 2", "dan 4", "cat 3"]


def test_where_no_export_orders_two_rows_the_source_named_first_comes_first():
    assert paid(export(ANN, CAT), export(BOB, DAN)) == ["ann 1", "cat 3", "bob 2", "dan 4"]
    assert paid(export(BOB, DAN), export(ANN, CAT)) == ["bob 2", "dan 4", "ann 1", "cat 3"]


def test_of_equal_rows_the_larger_count_stands():
    assert paid(export(ANN, ANN), export(ANN, ANN, ANN), export(ANN)) == ["ann 1"] * 3


def test_exports_that_order_the_rows_of_a_block_otherwise_are_refused():
    with pytest.raises(LedgerError, match=r"a.csv and b.csv have the rows of block 7 in contradicting orders"):
        assemble(COIN, [export(ANN, BOB, source="a.csv"), export(BOB, ANN, source="b.csv")])


def test_an_export_that_states_no_fee_learns_it_from_one_that_does():
    with_fee = ANN._replace(fee=5)
    assert [t.fee for t in assemble(COIN, [export(ANN), export(with_fee)])] == [5]
    assert [t.fee for t in assemble(COIN, [export(with_fee), export(ANN)])] == [5]


@pytest.mark.parametrize(("name", "one", "other"), [("fee", 5, 6), ("time", 1000, 1001)])
def test_two_exports_that_state_another_fee_or_time_contradict_each_other(name, one, other):
    sources = [export(ANN._replace(**{name: one}), source="a.csv"), export(ANN._replace(**{name: other}), source="b.csv")]
    with pytest.raises(LedgerError, match=rf"a.csv and b.csv contradict each other: transaction ann1 has {name} {one} in one and {other}"):
        assemble(COIN, sources)


def test_a_row_that_states_its_place_keeps_it_and_one_that_does_not_stands_behind():
    """A recording has ann's and cat's payment at places 64 and 128; an export has ann's, then bob's."""
    placed = export(ANN._replace(position=64), CAT._replace(position=128), placed=True)
    ledger = assemble(COIN, [export(ANN, BOB, CAT), placed])
    assert [(t.sender, t.position) for t in ledger] == [("ann", 64), ("bob", 65), ("cat", 128)]


def test_a_row_without_a_place_between_two_neighbours_is_refused():
    placed = export(ANN._replace(position=1), CAT._replace(position=2), placed=True)
    with pytest.raises(LedgerError, match="no room for a row that states none: give it a column position"):
        assemble(COIN, [placed, export(ANN, BOB, CAT)])


def test_a_hash_in_another_spelling_is_the_same():
    assert paid(export(ANN._replace(tx_hash="0xAB")), export(ANN._replace(tx_hash="0xab")), form=str.lower) == ["ann 1"]


def test_exports_without_heights_are_merged_by_their_times():
    timed = [each._replace(height=None, time=time) for each, time in ((ANN, 5), (BOB, 5), (CAT, 6))]
    assert paid(export(*timed[:2]), export(*timed[1:])) == ["ann 1", "bob 2", "cat 3"]


def test_how_many_rows_several_sources_hold_is_said():
    assert assemble(COIN, [export(ANN, BOB), export(BOB, CAT)]).notes == ("1 row that several sources hold: counted once.",)


def test_the_order_of_a_merged_block_rests_on_files_and_its_pairs_are_counted():
    ledger = assemble(COIN, [export(ANN, BOB), export(BOB, CAT)])
    assert (ledger.order_basis, ledger.unordered) == ("file", 2)


def test_the_outer_and_the_inner_payment_of_one_transaction_are_two_rows():
    """An explorer lists what a wallet sent to a router, and in another file what the router passed on: one hash, one block."""
    outer, inner = row(7, "ann", "router", 5, "t1"), row(7, "router", "bob", 5, "t1")
    assert paid(export(outer), export(inner)) == ["ann 5", "router 5"]


@pytest.mark.parametrize(
    ("one", "other", "places"),
    [
        (ANN, ANN._replace(height=8), "height 7 and the other at height 8"),
        (ANN._replace(height=None, time=60), ANN._replace(height=None, time=65), "time 60 and the other at time 65"),
    ],
)
def test_one_transaction_in_two_blocks_or_seconds_would_count_twice_and_is_refused(one, other, places):
    with pytest.raises(LedgerError, match=rf"a.csv and b.csv both hold transaction ann1, one at {places}"):
        assemble(COIN, [export(one, source="a.csv"), export(other, source="b.csv")])


def test_two_sources_that_number_the_rows_of_a_block_differently_are_refused():
    sources = [export(ANN._replace(position=position), source=name, placed=True) for name, position in (("a.csv", 1), ("b.csv", 40))]
    with pytest.raises(LedgerError, match="both hold transaction ann1, one at position 1 and the other at position 40"):
        assemble(COIN, sources)


def test_two_equal_payments_of_one_transaction_may_stand_in_one_source_only_once():
    """A wallet's export has the first of two equal payments, which a block scan has at two places."""
    scan = export(ANN._replace(position=1), ANN._replace(position=2), placed=True)
    assert paid(export(ANN._replace(position=1), placed=True), scan) == ["ann 1", "ann 1"]
