"""A watch on an EVM chain: what waits in a node's pool is told, then that a block holds it, or that it will not come."""

from __future__ import annotations

import pytest
from support.evm_node import Rehearsal, serving
from support.evm_recording import address_of, answers_to, truth
from support.live_cases import FAST

from tracer.casefile import CaseFile
from tracer.pipeline.watch.target import AddressTarget
from tracer.pipeline.watch.watch import Clock, Watch

THEFT = next(row for row in truth("thefts") if row["asset"] == "ETH")
PHISHED = next(row for row in truth("thefts") if row["how"] == "approval phishing")


def height_of(tx_hash):
    return next(at for at, block in answers_to("eth_getBlockByNumber").items() if tx_hash in {t["hash"] for t in block["transactions"]})


class Watched:
    """A watch on one address, on a node whose chain ends before a theft."""

    def __init__(self, place, theft, asset, **how):
        self.place, self.theft, self.asset = place, theft, asset
        self.node = Rehearsal(tip=height_of(theft["hash"]) - 1, **how)

    def poll(self, *before):
        """What is said of the theft at a poll, and at one more after each change."""
        changes = iter(before)
        with serving(self.node) as url:
            text = (
                f'name = "victim"\nchain = "evm"\n{self.asset}\n[[sources]]\nkind = "node"\nurls = ["{url}"]\nrate = 100\n'
                f'[[thefts]]\nwallet = "{self.theft["victim"]}"\n'
            )
            clock = Clock(sleep=lambda _: next(changes)())
            watch = Watch(AddressTarget(self.place, CaseFile.parse(text, self.place / "case.toml"), FAST), clock=clock)
            return [each for each in watch.alerts(1 + len(before), 0, print) if each.tx_hash == self.theft["hash"]]

    def forget(self):
        self.node.waiting, self.node.forgotten = (), (self.theft["hash"],)

    def replace(self):
        self.forget()
        self.node.spoil = lambda method, params, result: "0xffff" if method == "eth_getTransactionCount" else result


@pytest.fixture
def drained(tmp_path):
    """Nothing waits at the first poll, and the theft at the second."""
    watched = Watched(tmp_path, THEFT, 'asset = "eth"')
    assert watched.poll() == []
    watched.node.waiting = (THEFT["hash"],)
    return watched


def test_a_payment_that_waits_is_told_as_unconfirmed_and_then_that_a_block_holds_it(drained):
    (announced,) = drained.poll()
    assert (announced.status, announced.height, announced.amount) == ("unconfirmed", None, int(THEFT["amount"]))
    assert announced.text.startswith("UNCONFIRMED in no block yet: ")
    assert drained.poll() == []
    drained.node.waiting, drained.node.tip = (), drained.node.tip + 1
    (mined,) = drained.poll()
    assert (mined.status, mined.key) == ("confirmed", announced.key)


def test_a_payment_that_the_node_knows_no_longer_was_dropped(drained):
    drained.poll()
    drained.forget()
    (gone,) = drained.poll()
    assert (gone.status, gone.why) == ("dropped", "dropped: the node knows it no longer, and may hear of it again")
    assert drained.poll() == []


def test_a_payment_whose_number_another_transaction_took_was_replaced(drained):
    _, gone = drained.poll(drained.replace)
    assert gone.status == "dropped"
    assert gone.why.startswith("replaced: a block holds another transaction of its sender")


def test_tokens_that_somebody_else_is_to_take_from_the_watched_are_told(tmp_path):
    watched = Watched(tmp_path, PHISHED, f'asset = "{address_of("dollar")}"\ndecimals = 6')
    watched.node.waiting = (PHISHED["hash"],)
    (announced,) = watched.poll()
    assert (announced.sender, announced.recipient, announced.amount) == (PHISHED["victim"], PHISHED["taker"], int(PHISHED["amount"]))


def test_a_waiting_transaction_that_nobody_signed_is_not_told(drained):
    drained.node.spoil = lambda method, params, result: {**result, "s": "0x1"} if method == "eth_getTransactionByHash" else result
    assert drained.poll() == []
