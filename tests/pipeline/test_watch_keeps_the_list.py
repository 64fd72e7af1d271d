"""The list of what can still be stopped, as a watch keeps it: written when a line changed, and told then."""

from __future__ import annotations

import csv
import json

import pytest
from support.live_cases import FAST, LiveCase

from tracer.casefolder import CaseFolder
from tracer.pipeline.watch import watch as watching
from tracer.pipeline.watch.journal import Journal
from tracer.pipeline.watch.stoppable_list import FILE
from tracer.pipeline.watch.target import CaseTarget
from tracer.pipeline.watch.watch import Watch


class Kept:
    """A case traced up to block 30, its watch, and the list the watch keeps."""

    def __init__(self, place, node, max_accounts=9):
        self.node = node
        node.tip = 30
        self.out = LiveCase(place, max_accounts).trace(node).folder

    def poll(self, tip, least=0):
        self.node.tip = tip
        watch = Watch(CaseTarget(self.out, CaseFolder.open(self.out).question, FAST), least)
        return [alert for alert in watch.alerts(1, 0, lambda _: None) if alert.kind == "list"]

    @property
    def path(self):
        return self.out / "watch" / FILE

    @property
    def rows(self):
        with self.path.open(newline="") as file:
            return {row["line_id"]: row for row in csv.DictReader(file)}

    @property
    def held(self):
        """By address, what the trace leaves at addresses of no service."""
        ends = CaseFolder.open(self.out).trace.endpoints
        return {e.address: e.amounts["fifo"] for e in ends if e.reason in ("unspent", "not_fetched") and e.amounts["fifo"]}


@pytest.fixture
def kept(tmp_path, node):
    return Kept(tmp_path, node)


def test_the_first_list_is_written_and_is_no_news(kept):
    assert kept.poll(30) == []
    assert {row["address"]: int(row["fifo"]) for row in kept.rows.values() if row["kind"] == "nobody"} == kept.held


def test_the_list_is_that_of_the_trace_after_every_move(kept):
    for tip in (31, 33, 35):
        kept.poll(tip)
        standing = [row for row in kept.rows.values() if row["since_last"] != "withdrawn"]
        assert {row["address"]: int(row["fifo"]) for row in standing if row["kind"] == "nobody"} == kept.held


def test_an_alert_names_what_was_added_changed_and_withdrawn(kept):
    kept.poll(30)
    before = kept.rows
    (alert,) = kept.poll(35)
    after = kept.rows
    said = {line["line_id"]: line["since"] for line in alert.lines}
    assert {each for each in said if said[each] == "added"} == after.keys() - before.keys()
    assert {each for each in said if said[each] == "changed"} == {e for e in before if after[e]["fifo"] not in ("", before[e]["fifo"])}
    assert {each for each in said if said[each] == "withdrawn"} == {e for e in before if not after[e]["fifo"]}
    assert alert.status == "changed"
    assert json.loads(json.dumps(alert.as_json()))["lines"][0]["traced"]["fifo"].isdigit()


def test_a_line_keeps_its_number_however_often_the_list_is_written(kept):
    kept.poll(30)
    before = kept.rows
    for tip in (33, 37, 45):
        kept.poll(tip)
    assert len(kept.rows) > len(before)
    assert {each: kept.rows[each]["line"] for each in before} == {each: before[each]["line"] for each in before}


def test_a_list_that_did_not_change_is_not_written_again(kept):
    kept.poll(35)
    before = kept.path.stat()
    assert kept.poll(35) == []
    assert kept.path.stat().st_mtime_ns == before.st_mtime_ns


def test_changes_below_min_are_written_and_not_told(kept):
    kept.poll(30)
    before = kept.rows
    assert kept.poll(35, least=10**18) == []
    assert kept.rows != before


def test_a_watch_killed_between_alert_and_list_tells_it_once_and_writes_it(kept, monkeypatch):
    class Killed(BaseException):
        """Kill -9"""

    def dies(*_):
        raise Killed

    kept.poll(30)
    with monkeypatch.context() as patch:
        patch.setattr(watching, "write_durably", dies)
        with pytest.raises(Killed):
            kept.poll(35)
    (alert,) = [each for each in Journal(kept.out).alerts if each.kind == "list"]
    assert [each.id for each in kept.poll(35)] in ([], [alert.id])
    assert [each.id for each in Journal(kept.out).alerts if each.kind == "list"] == [alert.id]
    assert {row["address"]: int(row["fifo"]) for row in kept.rows.values() if row["fifo"] and row["kind"] == "nobody"} == kept.held


def standing(case, tip):
    """Stolen value at each address after a block, of what came and went."""
    there = {}
    stolen, c = case.trace.rules["fifo"], case.ledger.columns
    thefts = {theft.row for theft in case.trace.thefts}
    for row in sorted(stolen.by_row.keys() | stolen.fees_by_row.keys()):
        if c.height[row] <= tip and case.trace.cuts.get(row) not in ("dust", "returned"):
            t = case.ledger.transfer(row)
            there[t.recipient] = there.get(t.recipient, 0) + stolen.by_row.get(row, 0)
            if row not in thefts:
                there[t.sender] = there.get(t.sender, 0) - stolen.by_row.get(row, 0) - stolen.fees_by_row.get(row, 0)
    return there


def test_what_stood_still_for_two_polls_was_on_the_list_before_it_moved_on(tmp_path, node):
    """Blocks in which much moves; the whole chain, and both questions: bench/stoppable.py."""
    kept, named = Kept(tmp_path, node, max_accounts=100), {}
    for tip in range(30, 41):
        kept.poll(tip)
        named[tip] = {}
        for row in kept.rows.values():
            if row["since_last"] != "withdrawn":
                named[tip][row["address"]] = named[tip].get(row["address"], 0) + int(row["fifo"])
    case = CaseFolder.open(kept.out)
    for tip in range(31, 41):
        before, after = standing(case, tip - 1), standing(case, tip)
        still = {address: min(amount, after.get(address, 0)) for address, amount in before.items()}
        assert sum(still.values()) > 300_000_000_000_000
        assert {address for address, amount in still.items() if named[tip].get(address, 0) < amount} == set()
