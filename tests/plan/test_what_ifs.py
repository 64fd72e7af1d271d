"""Which other assumptions a case is traced under for its page, and that each is what the engine finds on that question."""

from __future__ import annotations

import pytest

from tracer.plan.assumption_removal import Grounds
from tracer.plan.what_ifs import what_ifs
from tracer.tracing import follow, outcome_of

LABELS = "fixtures/cases/rehearsal/truth/accounts.csv"


@pytest.fixture
def grounds(rehearsal):
    return Grounds(rehearsal.question, rehearsal.ledger, rehearsal.trace, rehearsal.labels)


def said(planned):
    return [run.assumption.what for run in planned.runs]


def test_the_dust_limit_tenfold_and_a_tenth_and_each_source_of_labels_is_taken_away(grounds):
    assert said(what_ifs(grounds)) == [
        "a dust limit of 0.1 xem instead of 1 xem",
        "a dust limit of 10 xem instead of 1 xem",
        f"no labels of {LABELS} (9)",
    ]


def test_without_a_dust_limit_there_is_no_other(grounds):
    trace = grounds.trace
    stops = trace.stops._replace(dust=0)
    free = Grounds(grounds.question, grounds.ledger, follow(grounds.ledger, trace.thefts, stops, ["fifo"]), grounds.labels)
    assert said(what_ifs(free)) == [f"no labels of {LABELS} (9)"]


def test_what_is_beyond_the_number_of_runs_is_said(grounds):
    planned = what_ifs(grounds, most_runs=2)
    assert len(planned.runs) == 2
    assert planned.not_run == [f"no labels of {LABELS} (9): not traced for this page; tracer rests and tracer rules --without-labels do it"]


def test_a_large_ledger_is_followed_fewer_times(grounds):
    assert len(what_ifs(grounds, most_rows=2 * len(grounds.ledger)).runs) == 2
    assert what_ifs(grounds, most_rows=100).runs == []


def test_a_run_without_a_source_is_what_tracer_rules_says_without_it(grounds, rehearsal):
    run = what_ifs(grounds).runs[2]
    without, _ = rehearsal.outcome_without([LABELS])
    assert outcome_of(run.asked().traced(grounds.trace.rules)) == without
