"""What nodes say is compared: with their own lists, the clock, the blocks around, another node. Which gave what is told."""

from __future__ import annotations

import json
import re

import pytest
from support.live_cases import FAST, RECORDING, T0, VICTIM, LiveCase
from support.nis_server import NisServer

import tracer
from tracer.chains import Nodes, chain
from tracer.chains.nem.time_stamps import EPOCH
from tracer.errors import NodeError
from tracer.evidence.node_coverage import nodes_said
from tracer.ingest.node.recording import exchanges
from tracer.model import Asset, Exchange, NodeSource

LAST = max(json.loads(e.answer)["timeStamp"] for e in exchanges(RECORDING) if e.path == "/block/at/public" and e.status == 200) + EPOCH
"""When the last block of the recorded chain was made."""

PAYMENT = "58c238d39e55b3128715bb19a445ff2149b7724fb41eb24e75cd3c5018be7063"
"""The first theft: 100 million from the victim to T0."""


@pytest.fixture
def at(monkeypatch):
    """Sets the clock of whoever reads."""

    def at(moment):
        for module in ("choice_of_tip", "client", "questions"):
            monkeypatch.setattr(f"tracer.chains.node.{module}.clock", lambda: moment)

    return at


def digest(case):
    return case.manifest["results_digest"]


@pytest.mark.parametrize("height", [30, 240])
def test_a_lone_node_that_states_a_height_below_its_own_lists_is_refused_and_the_same_command_heals(live, undisturbed, height):
    with NisServer(RECORDING) as liar:
        liar.inject("tall", match="/chain/height", height=height)
        with pytest.raises(NodeError, match=rf"{liar.url}: says that its chain ends with block {height}, and lists .* in block "):
            live.trace(liar)
    with NisServer(RECORDING) as honest:
        assert digest(live.trace(honest)) == digest(undisturbed)


def test_accounts_that_were_read_up_to_such_a_height_are_read_again_on_the_second_node(live, undisturbed):
    """The lie begins after accounts were read: the height of then is kept, and the lists grow past it."""
    with NisServer(RECORDING, tip=300) as liar, NisServer(RECORDING, tip=300, id_offset=5000) as other:

        def grow(asked):
            if f"address={T0}" in asked.url and liar.tip == 300:
                liar.tip = other.tip = 484
            return False

        liar.inject("error_500", match=grow)
        liar.inject("tall", match="/chain/height", height=300)
        assert digest(live.trace(liar, other)) == digest(undisturbed)
        assert any("says that its chain ends with block 300" in node.given_up for node in live_nodes(live))


def live_nodes(live):
    return tracer.CaseFolder.open(live.out).ledger.nodes


def test_a_block_of_a_stranger_at_an_absurd_height_is_refused(live):
    with NisServer(RECORDING) as liar:
        liar.inject("stranger", height=10**9)
        with pytest.raises(NodeError, match=r"block 1000000000 of 2018-01-25T19:13:53Z: so many take until 2\d\d\d-"):
            live.trace(liar)


def test_a_block_of_a_time_that_has_not_come_is_refused(live, at):
    at(LAST + 60)
    with NisServer(RECORDING) as liar:
        liar.inject("stranger", height=500, time=LAST - EPOCH + 86_400)
        with pytest.raises(NodeError, match="and the clock of this computer says 2018-01-25T19:13:53Z"):
            live.trace(liar)


def test_a_height_that_the_blocks_read_leave_no_time_for_is_refused_and_the_second_node_goes_on(live, undisturbed):
    """Three thousand blocks in an evening: the clock and the years since the first block would allow it."""
    with NisServer(RECORDING) as liar, NisServer(RECORDING) as honest:
        liar.inject("stranger", height=3000)
        assert digest(live.trace(liar, honest)) == digest(undisturbed)
        (given_up,) = [node for node in live_nodes(live) if node.given_up]
        assert "gives blocks that cannot be of one chain: block 3000 is of" in given_up.given_up


def test_a_true_block_that_a_stranger_signed_at_another_time_is_refused(live, undisturbed):
    with NisServer(RECORDING) as liar, NisServer(RECORDING) as honest:
        liar.inject("restamped", by=86_400 * 30)
        assert digest(live.trace(liar, honest)) == digest(undisturbed)


def test_coverage_says_which_node_gave_what_with_version_tip_and_age(live, at):
    at(LAST + 60)
    with NisServer(RECORDING) as node:
        found = live.trace(node)
    (told,) = [sentence for sentence in found.flow.about.coverage if sentence.startswith("Node ")]
    host = re.escape(node.url.removeprefix("http://"))
    assert re.fullmatch(
        rf"Node {host} \(version 0.6.102\) ended with block 484 of 2018-01-25T19:12:53Z, 60 seconds old, when it was read at "
        r"2018-01-25T19:13:53Z; it gave 4 balances, \d lists of payments, \d\d blocks\.",
        told,
    )
    read = "The chain was read up to block 484 of 2018-01-25T19:12:53Z. "
    assert any(sentence.startswith(read) for sentence in found.flow.about.coverage)
    assert not any("OLD" in sentence for sentence in found.flow.about.coverage)


@pytest.mark.parametrize(("age", "warned"), [(600, False), (601, True)])
def test_a_tip_older_than_ten_minutes_is_warned_of(age, warned):
    said = list(nodes_said([NodeSource("http://a:7890", "0.6.102", 484, 1_000_000, 1_000_000 + age)]))
    assert any("THE LAST BLOCK WAS 10 MINUTES OLD when it was read from a:7890" in sentence for sentence in said) == warned


@pytest.mark.parametrize(("age", "stuck"), [(1799, False), (1800, True)])
def test_a_node_whose_last_block_is_half_an_hour_old_while_another_is_ahead_is_stuck(age, stuck):
    now = 2_000_000
    said = list(nodes_said([NodeSource("http://a:7890", None, 490, now - 30, now), NodeSource("http://b:7890", None, 484, now - age, now)]))
    assert (
        any(sentence.startswith("Node b:7890 is stuck: its last block was") and "6 blocks ahead" in sentence for sentence in said) == stuck
    )


def test_what_nodes_said_is_the_same_from_the_recording_and_no_part_of_the_results_digest(tmp_path, at, undisturbed):
    live = LiveCase(tmp_path, max_accounts=3)
    at(LAST + 60)
    with NisServer(RECORDING, tip=300) as behind, NisServer(RECORDING, id_offset=5000) as node:
        first = live.trace(behind, node)
        case = live.write(behind.url, node.url)
    (live.out / "case.db").unlink()
    at(LAST + 10**7)
    again = tracer.trace(case, live.out, offline=True)
    assert again.ledger.nodes == first.ledger.nodes
    assert again.manifest["page_digest"] == first.manifest["page_digest"]
    assert digest(again) == digest(first) == digest(undisturbed)


def test_a_password_in_the_address_of_a_node_stands_in_no_recording_and_no_message(node):
    kept = []
    named = node.url.replace("//", "//me:secret@")
    reader = chain("nem").reader([], Asset("nem", "xem", 6), "r", Nodes((named,), lambda e, url: kept.append((e.node, url)), patience=FAST))
    reader.begin()
    assert set(kept) == {(node.url, node.url)}
    node.stop()
    with pytest.raises(NodeError, match=re.escape(f"({node.url}: GET /chain/height")):
        reader.questions.on_one_node(reader.questions.height)


def test_a_list_that_one_node_shortened_is_compared_with_the_second_and_the_node_given_up(live, undisturbed, monkeypatch):
    monkeypatch.setattr("tracer.chains.nem.reader.SMALL", 0)
    with NisServer(RECORDING) as liar, NisServer(RECORDING, id_offset=5000) as honest:
        liar.inject("missing_transaction", match="/account/transfers/outgoing", transaction=PAYMENT)
        found = live.trace(liar, honest)
        assert found.trace.rules["fifo"].total == undisturbed.trace.rules["fifo"].total
        told = "\n".join(found.flow.about.coverage)
        assert (
            f"{liar.url.removeprefix('http://')} left 1 payment by {VICTIM} out of its list, which another node listed: they count." in told
        )
        (given_up,) = [each for each in found.ledger.nodes if each.given_up]
        assert (given_up.url, given_up.given_up) == (liar.url, f"leaves 1 of what {VICTIM} paid out of its list")


def test_a_list_on_one_nodes_word_is_said_to_be(live, node, monkeypatch):
    monkeypatch.setattr("tracer.chains.nem.reader.SMALL", 0)
    told = "\n".join(live.trace(node).flow.about.coverage)
    host = node.url.removeprefix("http://")
    assert f"What {VICTIM} paid, and with it the list of thefts, rests on the word of one node ({host}): add another with --node" in told


def test_lists_that_two_nodes_give_alike_are_said_to_be(live, node, monkeypatch):
    monkeypatch.setattr("tracer.chains.nem.reader.SMALL", 0)
    with NisServer(RECORDING, id_offset=5000) as other:
        told = "\n".join(live.trace(node, other).flow.about.coverage)
    assert f"2 nodes list the same payments by {VICTIM}." in told
    assert "rests on the word of one node" not in told


def test_a_small_wallet_that_was_drained_is_read_whole_and_a_theft_left_out_of_its_list_is_found(live, node, undisturbed):
    node.inject("missing_transaction", match="/account/transfers/outgoing", transaction=PAYMENT)
    found = live.trace(node)
    assert digest(found) == digest(undisturbed)
    assert any(sentence.startswith(f"What {VICTIM} paid is all there: ") for sentence in found.flow.about.coverage)


def test_a_later_run_with_a_second_node_compares_what_the_first_one_listed_alone(live, undisturbed, monkeypatch):
    monkeypatch.setattr("tracer.chains.nem.reader.SMALL", 0)
    with NisServer(RECORDING) as liar, NisServer(RECORDING, id_offset=5000) as honest:
        liar.inject("missing_transaction", match="/account/transfers/outgoing", transaction=PAYMENT)
        liar.inject("missing_transaction", match=lambda asked: T0 in asked.url, transaction=PAYMENT)
        live.trace(liar, allow_gaps=True)
        found = live.trace(liar, honest, allow_gaps=True)
        assert found.trace.rules["fifo"].total == undisturbed.trace.rules["fifo"].total


def test_a_node_that_does_not_explain_an_account_which_another_explains_is_named(live, undisturbed):
    with NisServer(RECORDING) as liar, NisServer(RECORDING, id_offset=5000) as honest:
        liar.inject("lying_balance", address=T0, match="/account/get")
        found = live.trace(liar, honest)
        assert digest(found) == digest(undisturbed)
        assert [node.given_up for node in found.ledger.nodes if node.given_up] == [
            f"states a balance of {T0} that what it lists of it does not explain; {honest.url} explains it"
        ]


@pytest.mark.parametrize(
    "said", ['{"read_time": "now"}', '{"height": 1e9}', '{"read_time": 1' + "0" * 30 + "}", '{"url": "x"}', "[1]", '{"version": 7}']
)
def test_a_note_on_a_node_that_no_run_wrote_is_a_rejection(said):
    note = Exchange(1, "NOTE", "/tracer/node", None, 200, said, "http://a:7890")
    reader = chain("nem").reader([note], Asset("nem", "xem", 6), "r", None)
    assert [each.place for each in reader.answers.rejections] == ["line 1"]
    assert reader.answers.sources == ()
