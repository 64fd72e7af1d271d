"""Watching the tip: what is told, when, once, and what a reorganisation takes back."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from pytest_httpserver import HTTPServer
from support.live_cases import FAST, RECORDING, LiveCase
from support.nis_server import NisServer

from tracer.casefolder import CaseFolder
from tracer.errors import StoreError
from tracer.pipeline.watch.journal import ALERTS, FOLDER
from tracer.pipeline.watch.target import CaseTarget
from tracer.pipeline.watch.watch import Watch
from tracer.pipeline.watch.watched_accounts import holders

SHORT, LONG = (ROOT / "fixtures" / "nem" / f"reorg_{branch}.jsonl.gz" for branch in ("short", "long"))


class Watched:
    """A case traced at an earlier tip, and what a watch on it says."""

    def __init__(self, place, node, tip, max_accounts=9):
        node.tip = tip
        self.live = LiveCase(place, max_accounts)
        self.live.trace(node)
        self.notes = []

    def poll(self, times=1):
        """What is said of payments."""
        case = CaseFolder.open(self.live.out).question
        watch = Watch(CaseTarget(self.live.out, case, FAST))
        return [alert for alert in watch.alerts(times, 0, self.notes.append) if alert.kind != "list"]


@pytest.fixture
def watched(tmp_path, node):
    return Watched(tmp_path, node, tip=30)


def test_nothing_is_told_while_nothing_moves(watched):
    assert watched.poll(3) == []


def test_a_move_of_traced_value_is_told_at_the_poll_after_it_appears(watched, node):
    node.tip = 35
    told = watched.poll()
    assert told
    assert {alert.status for alert in told} == {"confirmed"}
    assert {alert.height for alert in told} <= set(range(31, 36))
    assert all(max(alert.held.values()) > 0 for alert in told if alert.kind == "hop")


def test_what_a_watch_traces_is_in_the_log_under_the_name_that_was_given(watched, node):
    node.tip = 35
    case = CaseFolder.open(watched.live.out).question
    list(Watch(CaseTarget(watched.live.out, case, FAST, by="Ann")).alerts(1, 0, print))
    acts = [(entry.act, entry.by) for entry in CaseFolder.open(watched.live.out).log_entries]
    assert acts == [("trace", None), ("watch", "Ann")]


def test_several_hops_between_two_polls_are_all_told(tmp_path, node):
    watched = Watched(tmp_path, node, tip=35, max_accounts=100)
    node.tip = 45
    told = {alert.tx_hash for alert in watched.poll()}
    flow = CaseFolder.open(watched.live.out).flow
    new = [edge for *_, edge in flow.edges(data=True) if edge["height"] > 35 and any(edge[rule] for rule in flow.rules)]
    paid = {recipient for _, recipient, edge in flow.edges(data=True) if edge in new}
    paid_on = {sender for sender, _, edge in flow.edges(data=True) if edge in new and sender in paid}
    assert paid_on
    assert {edge["tx_hash"] for edge in new} <= told


def test_the_case_is_traced_up_to_the_last_block_after_a_move(watched, node, tmp_path):
    node.tip = 35
    watched.poll()
    found = CaseFolder.open(watched.live.out)
    assert found.ledger.tip == 35
    assert found.audit.adds_up
    with NisServer(RECORDING) as other:
        other.tip = 35
        (tmp_path / "fresh").mkdir()
        fresh = LiveCase(tmp_path / "fresh", 9).trace(other, accepted=found.question.options["accepted"])
    told = {(e.address, e.reason): e.amounts for e in fresh.trace.endpoints}
    assert {(e.address, e.reason): e.amounts for e in found.trace.endpoints} == told
    assert any("is traced up to the last block" in note for note in watched.notes)


def test_every_alert_is_given_once_even_by_a_watch_that_is_started_again(watched, node):
    node.tip = 35
    told = watched.poll()
    assert watched.poll(2) == []
    lines = (watched.live.out / FOLDER / ALERTS).read_text().splitlines()
    kept = [json.loads(line) for line in lines]
    assert [each["tx_hash"] for each in kept if each["kind"] != "list"] == [alert.tx_hash for alert in told]


def test_an_unconfirmed_move_is_told_before_any_block_has_it(watched, node):
    holder = next(iter(holders(CaseFolder.open(watched.live.out))))
    block = json.loads(node_block(35))
    pending = next(t for t in block["transactions"] if t["type"] == 257)
    payer = tracer_address(pending)
    node.unconfirmed[payer] = [pending]
    told = watched.poll()
    assert holder
    assert [(alert.status, alert.sender, alert.height) for alert in told] == [("unconfirmed", payer, None)]
    assert watched.poll() == []
    node.unconfirmed.clear()
    node.tip = 35
    assert ("confirmed", told[0].tx_hash) in {(alert.status, alert.tx_hash) for alert in watched.poll()}


def node_block(height):
    from tracer.ingest.node.recording import exchanges

    return next(e.answer for e in exchanges(RECORDING) if e.path == "/block/at/public" and json.loads(e.body)["height"] == height)


def tracer_address(transaction):
    from tracer.chains.nem.addresses import address_of

    return address_of(transaction["signer"], transaction["version"])


def test_a_node_that_is_lost_is_a_note_and_asked_again(watched, node):
    node.inject("error_500", match="/chain/last-block", times=5)
    node.tip = 35
    told = watched.poll(2)
    assert told
    assert any("no node answers" in note for note in watched.notes)


def test_a_reorganisation_takes_back_what_it_undid_and_tells_what_came_instead(tmp_path):
    with NisServer(RECORDING) as node:
        watched = Watched(tmp_path, node, tip=484, max_accounts=14)
        node.switch(SHORT)
        before = watched.poll()
        node.switch(LONG)
        after = watched.poll()
        found = CaseFolder.open(watched.live.out)
    assert found.ledger.tip == 494
    assert found.audit.adds_up
    truth = json.loads((ROOT / "fixtures" / "nem" / "reorg.json").read_text())
    assert truth["only_short"] in {alert.tx_hash for alert in before}
    assert ("withdrawn", truth["only_short"]) in {(alert.status, alert.tx_hash) for alert in after}
    assert ("confirmed", truth["common"]) in {(alert.status, alert.tx_hash) for alert in (*before, *after)}


def test_a_case_without_nodes_has_no_tip_to_follow(rehearsal_dir):
    case = CaseFolder.open(rehearsal_dir).question
    with pytest.raises(StoreError, match="was not traced from a node"):
        list(Watch(CaseTarget(rehearsal_dir, case)).alerts(1, 0, print))


def test_the_command_prints_and_posts(watched, node, tracer_cli):
    node.tip = 35
    with HTTPServer() as hook:
        hook.expect_request("/alert", method="POST").respond_with_data("")
        code, out, err = tracer_cli("watch", watched.live.out, "--polls", 1, "--every", 0, "--webhook", hook.url_for("/alert"))
        posted = [json.loads(request.get_data()) for request, _ in hook.log]
    assert code == 0
    assert out.count("CONFIRMED") == sum(each["kind"] != "list" for each in posted) > 0
    assert out.count("LIST OF WHAT CAN BE STOPPED CHANGED") == sum(each["kind"] == "list" for each in posted) == 1
    assert posted[-1]["held"]["fifo"].isdigit()
    assert "is traced up to the last block" in err
