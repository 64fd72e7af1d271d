"""A case under another assumption: what is otherwise, and nothing else, so that both together are the whole other trace."""

from __future__ import annotations

import pytest
from support.ledgers import written

from tracer.flow.what_if import what_if
from tracer.tracing import RULES, Stops, follow, outcome_of

LEDGER = """
 opens victim 100
 opens dan 30
 victim -> anna 60 theft
 victim -> bob 40 theft
 anna -> shop 50 fee 1
 dan -> shop 20
 shop -> carol 45 fee 1
 bob -> erin 3
 erin -> shop 2
"""


def both(before, after):
    ledger, thefts = written(LEDGER)
    asked, changed = (follow(ledger, thefts, stops, RULES) for stops in (before, after))
    return asked, changed, what_if("no shop", ledger, asked, changed)


CHANGES = [
    (Stops(services={"shop": "Shop"}), Stops()),
    (Stops(), Stops(services={"shop": "Shop"})),
    (Stops(dust=1), Stops(dust=5)),
    (Stops(dust=5), Stops(dust=1)),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_the_rows_as_asked_with_those_that_are_otherwise_are_the_rows_of_the_other_trace(before, after):
    asked, changed, found = both(before, after)
    for row in range(len(written(LEDGER)[0])):
        carried = (found.rows[row].stolen, found.rows[row].cut) if row in found.rows else (asked.carried(row), asked.cuts.get(row))
        assert carried == (changed.carried(row), changed.cuts.get(row))


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_the_outcome_is_that_of_the_other_trace(before, after):
    _, changed, found = both(before, after)
    assert found.outcome == outcome_of(changed)


def test_nothing_is_otherwise_where_nothing_changes():
    _, _, found = both(Stops(), Stops())
    assert (found.rows, found.addresses) == ({}, {})


def test_a_shop_without_its_label_is_an_account_and_pays_fees():
    _, _, found = both(*CHANGES[0])
    shop = found.addresses["shop"]
    assert (shop.role, shop.service) == ("account", None)
    assert shop.fees["dirty_first"] == 1


def test_whom_stolen_value_reaches_only_then_is_touched_no_more_but_reached():
    asked, _, found = both(*CHANGES[0])
    assert "carol" not in asked.touched
    assert not found.addresses.get("carol", found.addresses["shop"]).touched_only
