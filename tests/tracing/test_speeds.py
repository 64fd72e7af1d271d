"""Which speed a run takes, what it needs for it, and that the result is the same."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import ROOT, missing
from hypothesis import given
from hypothesis import strategies as st
from support.ledgers import written

from tracer.cli.main import run
from tracer.errors import SlowWarning
from tracer.tracing import RULES, Stops, follow, kernels, runs

TEXT = "opens victim 100, bob 50\n victim -> bob 50 theft\n bob -> dave 60\n bob -> erin 30 fee 2\n erin -> burn 5 fee 1"


@pytest.fixture
def every_run_is_large(monkeypatch):
    monkeypatch.setattr(runs, "COMPILED_FROM", 0)


@pytest.fixture(scope="module")
def numba():
    try:
        import numba
    except ImportError:
        missing("numba", "pip install numba")
    return numba


def test_few_rows_are_followed_without_numpy_and_numba():
    script = (
        "import sys; from tracer.tracing.runs import Flows; from tracer.tracing import RULES; "
        "flows = Flows([0, 1], [1, 2], [5, 3], [0, 0], [False, False], [0], [9, 9, 9]); "
        "[rule(flows) for rule in RULES.values()]; print(sorted({'numpy', 'numba'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_many_rows_without_numba_are_followed_by_python_and_one_line_says_so(every_run_is_large, monkeypatch):
    monkeypatch.setattr(runs, "find_spec", lambda name: None)
    ledger, thefts = written(TEXT)
    with pytest.warns(SlowWarning, match="followed by Python alone") as told:
        slow = follow(ledger, thefts, Stops(), RULES)
    assert len(told) == 1
    monkeypatch.setattr(runs, "COMPILED_FROM", 1000)
    assert follow(ledger, thefts, Stops(), RULES) == slow


def test_the_command_line_prints_that_line_as_a_note(every_run_is_large, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(runs, "find_spec", lambda name: None)
    assert run(["trace", str(ROOT / "fixtures" / "cases" / "table" / "case.toml"), "-o", str(tmp_path / "out")]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if "Python alone" in line]
    assert len(notes) == 1
    assert notes[0].startswith("note: ")
    assert 'pip install "chain-tracer[fast]"' in notes[0]


def test_many_rows_are_compiled_and_say_the_same(every_run_is_large, numba, monkeypatch):
    ledger, thefts = written(TEXT)
    seen = []
    monkeypatch.setattr("tracer.tracing.engine.in_form", lambda flows: seen.append(runs.in_form(flows)) or seen[-1])
    fast = follow(ledger, thefts, Stops(), RULES)
    assert not isinstance(seen[0].sender, list)
    monkeypatch.setattr(runs, "COMPILED_FROM", 1000)
    assert follow(ledger, thefts, Stops(), RULES) == fast


@pytest.mark.parametrize("opening", [1 << 55, 1 << 56, 1 << 62, 1 << 80])
def test_a_number_too_wide_for_the_compiled_kernels_is_run_by_python(every_run_is_large, numba, opening):
    flows = runs.Flows([0], [1], [7], [0], [False], [0], [opening, 3])
    assert isinstance(runs.in_form(flows).sender, list) == (opening >= 1 << 56)


def test_a_balance_that_grows_too_wide_is_run_by_python(every_run_is_large, numba):
    half = (1 << 55) + 1
    flows = runs.Flows([0, 1], [2, 2], [half, half], [0, 0], [False, False], [0], [half, half, 0])
    assert isinstance(runs.in_form(flows).sender, list)
    assert not isinstance(runs.in_form(flows._replace(recipient=[2, 0])).sender, list)


BELOW = kernels.WIDEST - 1


@given(st.integers(1, BELOW), st.data())
def test_multiplying_and_dividing_in_64_bits_is_exact(numba, whole, data):
    from tracer.tracing.compiled import multiply_divide

    part, amount = data.draw(st.integers(0, whole)), data.draw(st.integers(0, whole))
    assert multiply_divide()(part, amount, whole) == part * amount // whole


@pytest.mark.parametrize(
    ("part", "amount", "whole"), [(BELOW, BELOW, BELOW), (BELOW - 1, BELOW - 1, BELOW), (1, 1, BELOW), (BELOW - 1, BELOW, BELOW), (0, 5, 5)]
)
def test_multiplying_and_dividing_in_64_bits_is_exact_at_the_edges(numba, part, amount, whole):
    from tracer.tracing.compiled import multiply_divide

    assert multiply_divide()(part, amount, whole) == part * amount // whole


def test_more_lots_than_there_is_room_for_and_more_withdrawals_than_a_chunk(numba, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 4)
    rows = 400
    flows = runs.Flows(
        sender=[0, *([1, 2] * rows)],
        recipient=[2, *([2, 3] * rows)],
        amount=[rows, *([1, 2] * rows)],
        fee=[0] * (2 * rows + 1),
        cut=[False] * (2 * rows + 1),
        thefts=[0],
        openings=[rows, rows, rows, 0],
    )
    for rule in RULES.values():
        slow, fast = rule(runs.plain(flows)), rule(runs.arrays(flows))
        assert slow.carried() == fast.carried()
        assert (slow.taken, slow.held()) == (fast.taken, fast.held())
