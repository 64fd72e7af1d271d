"""Whatever a node does wrong, the ledger is the one without the fault, or the run ends with the cause: no silent gap."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tracemalloc

import pytest
from conftest import ROOT
from support.live_cases import FAST, RECORDING, T0, VICTIM, LiveCase
from support.nis_server import NisServer, packed_blanks

import tracer
from tracer.casefile import CaseFile
from tracer.chains import Nodes, chain
from tracer.errors import AuditError, CaseError, NodeError
from tracer.ingest.node.recording import exchanges
from tracer.ledger import assemble, audit
from tracer.model import Asset, Exchange

XEM = Asset("nem", "xem", 6)

PAID = "dc153a5f87e04bded29090209e6321b96227e295de1f3ca5b4c537410a81da01"
"""A payment of 80 million by the theft's recipient, which every run reads."""

PASSING = [
    ("error_500", {"times": 3}),
    ("storm_429", {"times": 4}),
    ("cut_body", {"times": 2}),
    ("wrong_type", {"times": 2}),
    ("wrong_type", {"times": 2, "value": "text"}),
    ("not_json", {"times": 2}),
    ("empty_body", {"times": 2}),
    ("duplicate_page", {}),
    ("missing_page", {}),
    ("lying_amount", {"times": 1, "transaction": PAID}),
    ("lying_balance", {"times": 1}),
    ("false_signature", {"times": 1, "transaction": PAID}),
    ("missing_transaction", {"times": 1, "transaction": PAID}),
    ("foreign_transaction", {"times": 1}),
    ("refuses", {"times": 2}),
    ("refuses", {"times": 2, "status": 400}),
    ("refuses", {"times": 2, "status": 401}),
    ("another_account", {"times": 2, "instead": VICTIM}),
]


EVERYWHERE = ("/account/transfers/all", "/account/harvests", "/account/get", "/block/at/public", "/chain/height")
ONLY = {
    "duplicate_page": ["/account/transfers/all"],
    "missing_page": ["/account/transfers/all"],
    "missing_transaction": ["/account/transfers/all"],
    "foreign_transaction": ["/account/transfers/all"],
    "lying_amount": ["/block/at/public"],
    "false_signature": ["/block/at/public"],
    "lying_balance": ["/account/get"],
    "another_account": ["/account/get"],
}
SHAPES = [
    "zipped",
    "bomb",
    "endless",
    "too_large",
    "deep",
    "deep_object",
    "unclosed",
    "half_zipped",
    "no_zip",
    "unasked_coding",
    "no_text",
    "redirect",
    "unavailable",
    "forbidden",
    "no_content",
    "null",
    "number",
    "text",
    "not_a_number",
    "empty_object",
    "two_answers",
    "cut_json",
]
"""What no answer of any chain has, but for the one that is packed; test_fault_kinds.py has how a run ends that meets it for good."""

CASES = [(fault, how, path) for fault, how in PASSING for path in ONLY.get(fault, EVERYWHERE)]


@pytest.mark.parametrize(("fault", "how", "path"), CASES, ids=[f"{fault}{path}" for fault, _, path in CASES])
def test_a_passing_fault_leaves_no_trace_in_the_ledger(live, node, undisturbed, fault, how, path):
    node.inject(fault, match=path, after=0 if "transaction" in how else 3, **how)
    assert live.trace(node).manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_a_hanging_node_is_given_up_waiting_for(live, node, undisturbed):
    node.inject("hang", match="/block/at/public", after=3, seconds=5)
    assert live.trace(node).manifest["results_digest"] == undisturbed.manifest["results_digest"]


@pytest.mark.parametrize("place", range(len(SHAPES)), ids=SHAPES)
def test_an_answer_that_no_chain_gives_is_asked_for_again(live, node, undisturbed, place):
    node.inject(SHAPES[place], match=EVERYWHERE[place % len(EVERYWHERE)], after=1, times=2)
    assert live.trace(node).manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_a_node_that_wants_no_question_for_a_day_is_given_up(live, node):
    """An allowance that is used up: whoever waits is told so, and the node is asked no more."""
    node.inject("storm_429", match="/block/at/public", after=3, times=10**6, retry_after="86400")
    with pytest.raises(NodeError, match="it wants no question for 86,400 seconds"):
        live.trace(node)
    assert sum(path == "/block/at/public" for _, path in node.requests) == 4


@pytest.mark.parametrize("fault", ["drip", "slow_headers"])
def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(live, node, undisturbed, fault):
    """Each byte comes within the time allowed for one; the whole answer does not."""
    node.inject(fault, match="/block/at/public", after=3)
    assert live.trace(node).manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_what_a_node_packs_or_never_ends_takes_no_memory_and_no_place_on_the_disk(node):
    """Half a GiB of blanks in half a MiB, and a body without end: what is held is the limit, a chunk and what unpacks it."""
    kept: list[Exchange] = []
    reader = chain("nem").reader([], XEM, "r", Nodes((node.url,), lambda e, _: kept.append(e), patience=FAST))
    packed_blanks(512)
    node.inject("bomb", times=2, mebibytes=512)
    node.inject("endless", times=10**6)
    tracemalloc.start()
    with pytest.raises(NodeError, match="larger than 16 MiB"):
        reader.begin()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20
    assert [each for each in kept if each.method != "NOTE"] == []


@pytest.mark.parametrize("fault", ["missing_page", "missing_transaction"])
def test_what_a_node_always_leaves_out_is_known_from_others_blocks_or_a_gap(live, node, undisturbed, fault):
    about = {"transaction": PAID} if fault == "missing_transaction" else {}
    node.inject(fault, match="/account/transfers/all", times=10**6, **about)
    refused, found = None, None
    try:
        found = live.trace(node)
    except (AuditError, NodeError) as error:
        refused = str(error)
    if found is None:
        assert "does not add up" in refused or "is not in the ledger" in refused
    else:
        assert found.manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_payments_that_a_killed_run_read_in_part_are_read_again(live, node, undisturbed):
    """With pages of five a wallet's list has several: a run that dies between them must not take the first for all."""
    kept: list[Exchange] = []
    first = chain("nem").reader([], Asset("nem", "xem", 6), "r", Nodes((node.url,), lambda e, _: kept.append(e), patience=FAST))
    first.begin()
    first.questions.ask("GET", f"/account/transfers/outgoing?address={VICTIM}&pageSize=5")
    again = chain("nem").reader(kept, Asset("nem", "xem", 6), "r", Nodes((node.url,), lambda *_: None, patience=FAST))
    again.begin()
    again.payments(VICTIM, None)
    assert len(again.answers.payments[VICTIM].entries) == 16


def test_a_node_that_falls_behind_ends_the_run_with_its_cause(live, node):
    node.inject("behind", match="/account/get", after=3, tip=100)
    with pytest.raises(NodeError, match="is behind: height 100 after 484"):
        live.trace(node)


@pytest.mark.parametrize("path", ["/chain/height", "/block/at/public", "/account/get", "/account/transfers", "/account/harvests"])
def test_a_node_that_says_no_to_what_every_node_can_answer_is_left_for_the_next(live, node, undisturbed, path):
    node.inject("refuses", match=path, after=1, times=10**6)
    with NisServer(RECORDING, id_offset=5000) as other:
        assert live.trace(node, other).manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_an_account_that_a_node_tells_another_accounts_balance_for_is_asked_of_the_next(live, node, undisturbed):
    node.inject("another_account", match="/account/get", times=10**6, instead=VICTIM)
    with NisServer(RECORDING) as other:
        assert live.trace(node, other).manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_a_balance_that_a_recording_does_not_state_is_not_said_to_be_reached():
    """A node that answers 404 for an account, recorded: what the account holds was compared with nothing."""
    told = [e._replace(status=404, answer="{}") if e.path == f"/account/get?address={T0}" else e for e in exchanges(RECORDING)]
    ledger = assemble(XEM, [chain("nem").scan(told, XEM, "r")])
    verdict = audit(ledger)
    assert ledger.accounts[ledger.index[T0]].served is None
    assert (verdict.reconciled, verdict.contradicted, verdict.unstated) == (191, 0, 1)


@pytest.mark.parametrize("fault", ["dead", "error_500", "behind"])
def test_another_node_takes_over_from_its_own_first_page(live, node, undisturbed, fault):
    how = {"tip": 100} if fault == "behind" else {"times": 10**6} if fault == "error_500" else {}
    node.inject(fault, match="/account/transfers/all", after=6, **how)
    with NisServer(RECORDING, id_offset=5000) as other:
        assert live.trace(node, other).manifest["results_digest"] == undisturbed.manifest["results_digest"]
        first = next(path for _, path in other.requests if path.startswith("/account/transfers"))
        assert "id=" not in first


def test_a_second_node_that_lies_is_no_way_out(live, node):
    node.inject("dead", match="/block/at/public", after=1)
    with NisServer(RECORDING) as other:
        other.inject("lying_amount", match="/block/at/public", times=10**6, transaction=PAID)
        with pytest.raises(NodeError, match="an answer that cannot be"):
            live.trace(node, other)


SHORT, LONG = (ROOT / "fixtures" / "nem" / f"reorg_{branch}.jsonl.gz" for branch in ("short", "long"))


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """What the small case comes to on the branch that won."""
    with NisServer(RECORDING) as node:
        node.switch(LONG)
        return LiveCase(tmp_path_factory.mktemp("calm"), max_accounts=3).trace(node)


@pytest.mark.parametrize("path", ["/account/get", "/block/at/public", "/account/transfers/all"])
def test_a_reorganisation_in_mid_read_is_noticed_undone_and_read_again(live, node, calm, path):
    node.switch(SHORT)
    node.inject("switch", match=path, after=3, recording=LONG)
    torn = live.trace(node)
    assert calm.ledger.tip == torn.ledger.tip == 494
    assert torn.manifest["results_digest"] == calm.manifest["results_digest"]


KILLED = """
import sys
sys.path[:0] = [{tests!r}]
from pathlib import Path
from support.live_cases import LiveCase, FAST
import tracer
from tracer.casefile import CaseFile
tracer.trace(CaseFile.load({case!r}), {out!r}, patience=FAST)
"""


@pytest.mark.parametrize("moment", range(int(os.environ.get("TRACER_KILLS", "6"))))
def test_a_run_killed_at_any_moment_goes_on_to_the_same_digest(live, node, undisturbed, moment):
    live.write(node.url)
    script = KILLED.format(tests=str(ROOT / "tests"), case=str(live.place / "case.toml"), out=str(live.out))
    answers = random.Random(moment).randrange(1, 150)
    node.inject("error_500", match=lambda asked: kill_after(node, answers, running), times=1)
    running = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE)
    _, _ = running.communicate()
    assert running.returncode in (-signal.SIGKILL, 0)
    found = live.trace(node)
    assert found.manifest["results_digest"] == undisturbed.manifest["results_digest"]


def kill_after(node, answers, running):
    """Kills the reading process at its n-th question, in the middle of whatever it does then."""
    if node.count >= answers and running.poll() is None:
        os.kill(running.pid, signal.SIGKILL)
    return False


def test_every_answer_is_recorded_before_it_is_read(live, node):
    node.inject("not_json", match="/account/get", after=1, times=10**6)
    with pytest.raises(NodeError):
        live.trace(node)
    lines = [json.loads(line) for line in (live.out / ".partial" / "recording.jsonl").read_text().splitlines()]
    assert sum(line["method"] != "NOTE" for line in lines) == node.count  # the note of the tip is no answer
    assert any(line["path"] == f"/account/get?address={T0}" for line in lines)
    assert FAST < 1


HASH = "58c238d39e55b3128715bb19a445ff2149b7724fb41eb24e75cd3c5018be7063"

POISON = [
    ("tall", "/chain/height", {}, NodeError),
    ("refuses", "/block/at/public", {}, NodeError),
    ("empty_list", "/account/transfers", {}, CaseError),
    ("tall", "/chain/height", {"height": 100}, NodeError),
]


@pytest.mark.parametrize(("fault", "path", "how", "error"), POISON[:3], ids=["tall", "refuses", "empty_list"])
def test_a_folder_that_a_lying_node_began_is_healed_by_the_same_command(live, undisturbed, fault, path, how, error):
    with NisServer(RECORDING) as liar:
        liar.inject(fault, match=path, times=10**6, **how)
        with pytest.raises(error):
            live.trace(liar)
    with NisServer(RECORDING) as honest:
        assert live.trace(honest).manifest["results_digest"] == undisturbed.manifest["results_digest"]


@pytest.mark.parametrize(("fault", "path", "how", "error"), POISON, ids=["tall", "refuses", "empty_list", "short"])
def test_what_the_first_node_says_at_the_start_is_not_believed_against_the_second(live, node, undisturbed, fault, path, how, error):
    node.inject(fault, match=path, times=10**6, **how)
    with NisServer(RECORDING, id_offset=5000) as other:
        assert live.trace(node, other).manifest["results_digest"] == undisturbed.manifest["results_digest"]


@pytest.mark.parametrize(("fault", "how"), [("refuses", {}), ("wrong_place", {}), ("wrong_place", {"height": 10**9})])
def test_a_theft_hash_that_one_node_hides_or_misplaces_is_asked_of_the_next_and_of_the_same_tomorrow(tmp_path, fault, how):
    live = LiveCase(tmp_path, max_accounts=2)

    def trace(*nodes):
        text = live.write(*(each.url for each in nodes)).text
        text = text.replace(f'wallet = "{VICTIM}"\nto = ["{T0}"]\nfrom = 2018-01-25T12:00:00Z', f'transfer = "{HASH}"')
        return tracer.trace(CaseFile.parse(text, tmp_path / "case.toml"), live.out, patience=FAST)

    with NisServer(RECORDING, hash_cache=True) as liar, NisServer(RECORDING, hash_cache=True) as honest:
        liar.inject(fault, match="/transaction/get", times=10**6, **how)
        with pytest.raises(NodeError, match=f"transaction {HASH}.*name the wallet that paid it"):
            trace(liar)
        assert trace(liar, honest).trace.rules["fifo"].total == 100_000_000_000_000


def test_a_block_that_the_first_node_keeps_back_comes_from_the_second(live, node, undisturbed):
    node.inject("refuses", match=lambda asked: asked.path == "/block/at/public" and "484" not in asked.body, times=10**6)
    with NisServer(RECORDING) as other:
        assert live.trace(node, other).manifest["results_digest"] == undisturbed.manifest["results_digest"]
