"""A watch of thirty days: nodes are lost, the chain is rewritten, the watch is killed in mid-write, and nothing is missed."""

from __future__ import annotations

import os
from functools import lru_cache

import pytest
from support.fake_node import SHOP, VICTIM
from support.watched_world import DAYS, HOUR, NODES, Killed, Killer, Receiver, World

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.run import put_right
from tracer.chains import plugins
from tracer.pipeline.watch.delivery import Outbox
from tracer.pipeline.watch.journal import Journal
from tracer.pipeline.watch.target import CaseTarget
from tracer.pipeline.watch.watch import Clock, Watch

FAST = 0.0
SEEDS = range(int(os.environ.get("TRACER_WATCHES", "1")))
EVERY = 6 * HOUR
POLLS = DAYS * 24 * HOUR // EVERY
CASE = f"""name = "pea"
chain = "pea"
asset = "pea"
[[sources]]
kind = "node"
urls = ["{NODES[0]}", "{NODES[1]}"]
rate = 1000
[[thefts]]
wallet = "{VICTIM}"
[trace]
primary = "fifo"
reason = "test"
[labels]
files = ["labels.yaml"]
"""
LABELS = f"""title: Services
creator: tests
currency: pea
tags:
  - address: "{SHOP}"
    label: Shop
    category: exchange
    source: https://example.org
    lastmod: 2023-11-15
    confidence: ownership
"""


class Watched:
    """A case on the fake chain, and a watch that is started again whenever it was killed."""

    def __init__(self, place, monkeypatch, seed):
        self.world = World(seed)
        self.folder, self.notes, self.shown = place / "out", [], []
        monkeypatch.setattr("tracer.chains.node.client.put_question", self.world.put_question)
        monkeypatch.setattr("time.sleep", lambda _: None)
        (place / "labels.yaml").write_text(LABELS)
        (place / "case.toml").write_text(CASE)
        self.question = CaseFile.load(place / "case.toml")
        tracer.trace(self.question, self.folder, patience=FAST)
        self.killer = Killer(self.world.draw, monkeypatch)
        self.receivers = {"webhook": Receiver(self.world.draw), "hook": Receiver(self.world.draw, once=True)}
        Outbox("webhook", Journal(self.folder), self.receivers["webhook"])
        self.polled = 0

    def sleep(self, seconds):
        self.polled += 1
        self.world.pass_time(seconds)

    def run(self):
        while self.polled < POLLS:
            self.killer.arm()
            try:
                self._watch(POLLS - self.polled + 1)  # before the first poll nobody sleeps
            except Killed:
                continue
        self.killer.spare()
        self.world.calm = True
        self.world.pass_time(3 * HOUR)
        self._watch(3)
        return self

    def _watch(self, polls):
        put_right(self.folder)
        question = CaseFolder.open(self.folder).question
        watch = Watch(CaseTarget(self.folder, question, FAST), clock=Clock(lambda: self.world.now, self.sleep))
        watch.outboxes += [Outbox(name, watch.journal, send) for name, send in self.receivers.items()]
        for alert in watch.alerts(polls, EVERY, self.notes.append):
            self.shown.append(alert.id)
            for outbox in watch.outboxes:
                outbox.push()
        for outbox in watch.outboxes:
            while self.world.calm and outbox.push():
                pass

    @property
    def alerts(self):
        return Journal(self.folder).alerts


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory):
    """A distribution that brings the fake chain, as pip would have installed it."""
    site = tmp_path_factory.mktemp("site")
    about = site / "pea_chain-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pea-chain\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text("[tracer.chains]\npea = support.fake_chain:CHAIN\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(site))
        patch.setattr(plugins, "_entry_point", lru_cache(plugins._entry_point))  # looked up in every installed distribution each time
        yield


@pytest.fixture(scope="module", params=SEEDS)
def thirty_days(request, tmp_path_factory, installed):
    with pytest.MonkeyPatch.context() as patch:
        yield Watched(tmp_path_factory.mktemp("watched"), patch, request.param).run()


def test_the_days_were_not_quiet(thirty_days):
    assert thirty_days.killer.kills > 3
    assert thirty_days.world.rewritten > 10
    assert thirty_days.world.silences > 30


def standing(watched):
    """What was told and not withdrawn: by transaction, the last word."""
    last = {alert.key: alert for alert in watched.alerts}
    return [alert for alert in last.values() if alert.status == "confirmed"]


def test_no_hop_is_missed_and_none_is_told_that_did_not_happen(thirty_days, tmp_path):
    found = CaseFolder.open(thirty_days.folder)
    truth = tracer.trace(thirty_days.question.with_options(found.question.options), tmp_path / "truth", patience=FAST)
    thefts = {theft.row for theft in truth.trace.thefts}
    since = Journal(thirty_days.folder).state.since
    hops = {
        (t.tx_hash, t.height) for t in map(truth.ledger.transfer, truth.trace.carrying) if t.row not in thefts and (t.height or 0) > since
    }
    told = {(alert.tx_hash, alert.height) for alert in standing(thirty_days)}
    assert hops
    assert hops <= told
    assert told <= {(tx["hash"], block["height"]) for block in thirty_days.world.blocks for tx in block["txs"]}


def test_every_later_payment_of_the_drained_wallet_is_a_suspected_theft_and_none_counts(thirty_days):
    blocks, since = thirty_days.world.blocks, Journal(thirty_days.folder).state.since
    paid = {tx["hash"] for block in blocks for tx in block["txs"] if tx["from"] == VICTIM and block["height"] > since}
    assert {alert.tx_hash for alert in standing(thirty_days) if alert.kind == "suspected_theft"} == paid
    found = CaseFolder.open(thirty_days.folder)
    assert sum(theft.amount for theft in found.trace.thefts) == 30_000


def test_the_case_is_the_one_that_a_fresh_trace_gives(thirty_days, tmp_path):
    found = CaseFolder.open(thirty_days.folder)
    truth = tracer.trace(thirty_days.question.with_options(found.question.options), tmp_path / "truth", patience=FAST)
    assert {(e.address, e.reason): e.amounts for e in found.trace.endpoints} == {
        (e.address, e.reason): e.amounts for e in truth.trace.endpoints
    }


def test_a_webhook_that_fails_half_the_time_has_each_alert_at_least_once_and_in_order(thirty_days):
    ids = [alert.id for alert in thirty_days.alerts]
    assert list(dict.fromkeys(thirty_days.receivers["webhook"].ids)) == ids
    assert len(set(ids)) == len(ids)


def test_one_that_drops_ids_it_knows_has_each_exactly_once(thirty_days):
    assert thirty_days.receivers["hook"].ids == [alert.id for alert in thirty_days.alerts]


def test_the_terminal_shows_each_alert(thirty_days):
    assert list(dict.fromkeys(thirty_days.shown)) == [alert.id for alert in thirty_days.alerts]
