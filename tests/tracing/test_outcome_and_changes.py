"""The figures of a trace, and what changes from one to another."""

from __future__ import annotations

from support.ledgers import traced, written

from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import load_asset, save_ledger
from tracer.store.record.trace import load_outcome, save_trace
from tracer.tracing import outcome_of
from tracer.tracing.outcome_and_changes import changes

STORY = """
    opens victim 100, carol 10
    victim -> bob 100 theft
    bob -> exchange 60 fee 1
    exchange -> carol 20
    bob -> carol 9
"""


def test_an_outcome_read_from_the_record_is_that_of_the_trace(rehearsal):
    assert rehearsal.outcome == outcome_of(rehearsal.trace)
    assert {type(amount) for taken in rehearsal.outcome.taken.values() for amount in taken} == {int}


def test_an_outcome_of_amounts_beyond_64_bits_is_read_exactly(tmp_path):
    huge = 10**30
    text = f"opens victim {huge + 1}, bob 5\n victim -> bob {huge} fee 1 theft\n bob -> carol {huge - 3} fee 2"
    ledger, _ = written(text)
    trace = traced(text)
    with CaseDb(tmp_path / "case.db", create=True) as db:
        save_ledger(db, ledger)
        save_trace(db, ledger, [], trace)
        assert load_outcome(db) == outcome_of(trace)
        assert load_asset(db) == ledger.asset


def test_nothing_changes_between_an_outcome_and_itself():
    outcome = outcome_of(traced(STORY))
    assert changes(outcome, outcome) == []


def test_without_a_service_its_value_goes_where_the_trail_leads_then():
    before = outcome_of(traced(STORY, ["fifo"], services={"exchange": "Exchange"}))
    after = outcome_of(traced(STORY, ["fifo"]))
    found = {(c.address, c.reason): (c.before["fifo"], c.after["fifo"], c.service) for c in changes(before, after)}
    assert found == {
        ("exchange", "service"): (60, 0, ("Exchange", None)),
        ("exchange", "unspent"): (0, 40, (None, None)),
        ("carol", "unspent"): (9, 29, (None, None)),
    }
    assert changes(before, after)[0].address == "exchange"


def test_a_service_by_another_name_is_a_change():
    before, after = (outcome_of(traced(STORY, services={"exchange": name})) for name in ("Zaif", "Binance"))
    assert [(c.address, c.service) for c in changes(before, after)] == [("exchange", ("Zaif", "Binance"))]


def test_the_differences_add_up_to_nothing():
    before, after = outcome_of(traced(STORY, services={"exchange": "Exchange"})), outcome_of(traced(STORY))
    for rule in before.rules:
        moved = sum(c.after[rule] - c.before[rule] for c in changes(before, after))
        assert moved + after.fees[rule] - before.fees[rule] == after.stolen[rule] - before.stolen[rule]
