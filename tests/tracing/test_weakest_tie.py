"""An end of the trail is tied to its chain as weakly as the weakest row that led there."""

from __future__ import annotations

from support.ledgers import written

from tracer.ledger import assemble
from tracer.model import Account, Reading
from tracer.tracing import RULES, Stops, follow, stolen_by_tie, ties_of
from tracer.tracing.theft_of_row import theft_of

TEXT = """
opens victim 10, zoe 9
victim -> bob 10 theft
bob -> carol 4
carol -> kasse 4
zoe -> bob 2
bob -> dave 6
"""


def traced(*ties):
    """The ledger with these ties, a row each."""
    ledger, _ = written(TEXT)
    rows = [t._replace(attributes={"tie": tie} if tie else {}) for t, tie in zip(ledger, ties, strict=True)]
    accounts = [Account(a.address, a.opening, "chain", "full") for a in ledger.accounts]
    tied = assemble(ledger.asset, [Reading(rows, [], accounts, [], len(rows), False)])
    return tied, follow(tied, [theft_of(tied.transfer(0), "theft")], Stops({"kasse": "Kasse"}), RULES)


def test_the_weakest_row_on_the_way_decides():
    found = ties_of(*traced("signed", "balanced", "signed", "signed", "signed"))
    assert found == {("kasse", "service"): "balanced", ("dave", "unspent"): "signed", ("bob", "unspent"): "signed"}


def test_a_theft_that_is_stated_makes_all_that_follows_stated():
    assert set(ties_of(*traced("stated", "signed", "signed", "signed", "signed")).values()) == {"stated"}


def test_a_clean_row_of_a_weaker_tie_does_not_count():
    assert "stated" not in ties_of(*traced("signed", "signed", "signed", "stated", "signed")).values()


def test_the_sums_by_tie_are_what_lies_at_the_endpoints():
    ledger, trace = traced("signed", "balanced", "signed", "signed", "signed")
    assert stolen_by_tie(ledger, trace)["dirty_first"] == {"signed": 6, "balanced": 4, "stated": 0}


def test_where_rows_state_no_ties_nothing_is_said():
    ledger, trace = traced(None, None, None, None, None)
    assert (ties_of(ledger, trace), stolen_by_tie(ledger, trace)) == ({}, {})
