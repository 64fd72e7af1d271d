"""What a run says it is doing, and how much of it is left: on files and on nodes."""

from __future__ import annotations

import shutil
from itertools import groupby

import pytest
from conftest import REHEARSAL
from support.live_cases import RECORDING, LiveCase
from support.nis_server import NisServer

import tracer
import tracer.store.record.trace
from tracer.casefile import CaseFile
from tracer.store.record.hops import KeptHops

TABLE = REHEARSAL.parent / "table"


def stages(told):
    """What was done, in order, each once."""
    return [what for what, _ in groupby(advance.what for advance in told)]


def test_a_run_on_files_says_which_stage_it_is_in(tmp_path):
    told = []
    tracer.trace(CaseFile.load(REHEARSAL / "case.toml"), tmp_path / "out", progress=told.append)
    assert stages(told) == [
        "reading",
        "reading recording.jsonl.gz",
        "auditing",
        "tracing 1,289 rows under 5 rules",
        "tagging",
        "writing the page",
    ]


def test_hops_that_are_left_in_the_record_are_those_that_were_found(tmp_path, monkeypatch):
    question = CaseFile.load(TABLE / "case.toml")
    held = tracer.trace(question, tmp_path / "few").trace.rules
    monkeypatch.setattr(tracer.store.record.trace, "MANY", 0)
    left = tracer.trace(question, tmp_path / "many").trace.rules
    assert all(isinstance(stolen.hops, KeptHops) for stolen in left.values())
    assert left == held
    assert {rule: stolen.by_row for rule, stolen in left.items()} == {rule: stolen.by_row for rule, stolen in held.items()}


@pytest.fixture(scope="module")
def node():
    with NisServer(RECORDING) as server:
        yield server


@pytest.fixture(scope="module")
def on_a_node(tmp_path_factory, node):
    """A case that was traced on a node, and all that the run said."""
    live, told = LiveCase(tmp_path_factory.mktemp("on_a_node"), max_accounts=1000), []
    live.trace(node, progress=told.append)
    return live, tuple(told)


@pytest.fixture
def said(on_a_node):
    return on_a_node[1]


def test_a_run_on_a_node_says_which_stage_it_is_in(said):
    assert [what.split(" under")[0] for what in stages(said)] == [
        "reading",
        "reading the thefts from nodes",
        "reading nodes",
        "auditing",
        "tracing 1,050 rows",
        "tagging",
        "writing the page",
    ]


def test_questions_left_are_never_more_than_were_asked_in_the_end(said):
    read = [advance for advance in said if advance.what == "reading nodes"]
    asked = read[-1].done
    assert max(advance.total for advance in read) <= asked
    assert all(advance.at_least for advance in read)
    assert (read[-1].total, read[-1].besides.split("; ")[1]) == (asked, "0 xem left to follow")


def test_progress_is_told_of_every_answer_of_a_node(said):
    questions = [advance.done for advance in said if advance.unit == "questions"]
    assert questions == sorted(questions)
    assert set(range(2, questions[-1] - 1)) <= set(questions)


def test_what_the_budget_does_not_allow_is_not_left(tmp_path, node):
    told = []
    LiveCase(tmp_path, max_accounts=9).trace(node, progress=told.append)
    read = [advance for advance in told if advance.what == "reading nodes"]
    assert "9 accounts read, at least 0 to read" in read[-1].besides
    assert max(advance.total for advance in read) <= read[-1].done


def test_a_run_that_goes_on_does_not_count_what_is_recorded_as_left(tmp_path, node, on_a_node):
    live = LiveCase(tmp_path, max_accounts=1000)
    shutil.copytree(on_a_node[0].out, live.out)
    (live.out / "case.db").unlink()
    told = []
    live.trace(node, progress=told.append)
    read = [advance for advance in told if advance.what == "reading nodes"]
    assert {advance.total - advance.done for advance in read} == {0}
