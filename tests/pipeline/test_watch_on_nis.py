"""A watch on simulated NIS nodes, one of which is lost, over a reorganisation, killed in mid-write: nothing is missed."""

from __future__ import annotations

import json
import os
import random

import pytest
from conftest import ROOT
from support.live_cases import FAST, RECORDING, LiveCase
from support.nis_server import NisServer
from support.watched_world import Killed, Killer, Receiver

from tracer.casefolder import CaseFolder
from tracer.casefolder.run import put_right
from tracer.pipeline.watch.delivery import Outbox
from tracer.pipeline.watch.journal import Journal
from tracer.pipeline.watch.target import CaseTarget
from tracer.pipeline.watch.watch import Clock, Watch

SHORT, LONG = (ROOT / "fixtures" / "nem" / f"reorg_{branch}.jsonl.gz" for branch in ("short", "long"))
TRUTH = json.loads((ROOT / "fixtures" / "nem" / "reorg.json").read_text())
SEEDS = range(min(int(os.environ.get("TRACER_WATCHES", "1")), 20))


class Story:
    """Anna's and Bert's nodes: block by block to 484, then the short branch, then the long one."""

    def __init__(self, place, monkeypatch, seed, anna, bert):
        self.nodes, self.draw = (anna, bert), random.Random(seed)
        self.live, self.notes, self.turn = LiveCase(place, max_accounts=14), [], 0
        self.turns = [(None, 482), (None, 484), (SHORT, 486), (SHORT, 489), (LONG, 491), (LONG, 494), (LONG, 494)]
        self.live.trace(anna, bert)
        self.killer, self.receiver = Killer(self.draw, monkeypatch), Receiver(self.draw, once=True)
        Outbox("webhook", Journal(self.live.out), self.receiver)

    def sleep(self, _seconds):
        """The chain goes on; one node may fail for a while, the other may be behind."""
        branch, tip = self.turns[self.turn]
        self.turn += 1
        for node in self.nodes:
            node.switch(branch, tip)
        if self.turn < len(self.turns) - 1:
            self.draw.choice(self.nodes).inject("error_500", times=self.draw.randint(5, 30))

    def run(self):
        while self.turn < len(self.turns):
            self.killer.arm()
            try:
                self._watch(len(self.turns) - self.turn + 1)
            except Killed:
                continue
        self.killer.spare()
        for node in self.nodes:
            node.faults.clear()  # the last poll, and whoever reads the nodes afterwards, find them well
        self._watch(1)
        return self

    def _watch(self, polls):
        put_right(self.live.out)
        question = CaseFolder.open(self.live.out).question
        watch = Watch(CaseTarget(self.live.out, question, FAST), clock=Clock(sleep=self.sleep))
        watch.outboxes.append(Outbox("webhook", watch.journal, self.receiver))
        for _ in watch.alerts(polls, 0, self.notes.append):
            watch.outboxes[0].push()
        while not self.killer.left and watch.outboxes[0].push():
            pass


@pytest.fixture(scope="module", params=SEEDS)
def story(request, tmp_path_factory):
    with NisServer(RECORDING, tip=470) as anna, NisServer(RECORDING, tip=470) as bert, pytest.MonkeyPatch.context() as patch:
        yield Story(tmp_path_factory.mktemp("nis"), patch, request.param, anna, bert).run()


def standing(story):
    last = {alert.key: alert for alert in Journal(story.live.out).alerts}
    return {(alert.tx_hash, alert.height) for alert in last.values() if alert.status == "confirmed"}


def test_no_hop_is_missed_on_nis_nodes(story, tmp_path):
    found = CaseFolder.open(story.live.out)
    fresh = LiveCase(tmp_path, max_accounts=14).trace(story.nodes[0], accepted=found.question.options["accepted"])
    assert story.killer.kills
    assert found.ledger.tip == 494
    assert {(e.address, e.reason): e.amounts for e in found.trace.endpoints} == {
        (e.address, e.reason): e.amounts for e in fresh.trace.endpoints
    }
    hops = {(t.tx_hash, t.height) for t in map(fresh.ledger.transfer, fresh.trace.carrying) if t.height > 470}
    assert hops <= standing(story)


def test_what_the_longer_branch_undid_does_not_stand(story):
    assert TRUTH["only_short"] not in {tx_hash for tx_hash, _ in standing(story)}
    assert TRUTH["common"] in {tx_hash for tx_hash, _ in standing(story)}


def test_a_webhook_that_drops_known_ids_has_each_alert_of_nis_nodes_once(story):
    assert story.receiver.ids == [alert.id for alert in Journal(story.live.out).alerts]
