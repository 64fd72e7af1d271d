"""Accounts read whole from EVM nodes: what they lack is said, what they lie about is found, keys stand in no file."""

from __future__ import annotations

import gzip

import pytest
from conftest import EVM_REHEARSAL
from support.evm_node import Rehearsal, serving
from support.evm_recording import ETHER, EVM, address_of, answers_to, read, recorded, truth

import tracer
from tracer.casefile import CaseFile
from tracer.chains import Nodes
from tracer.errors import NodeError
from tracer.ledger import assemble, audit

TIP = 110
NO_LISTS = {"trace_filter", "ots_searchTransactionsBefore", "ots_getApiLevel"}
VICTIM, TAKER = address_of("company1"), next(row["taker"] for row in truth("thefts") if row["asset"] == "ETH")
INSIDE = next(row["taker"] for row in truth("thefts") if row["how"] == "nested calls")
THEFT = next(row["hash"] for row in truth("thefts") if row["asset"] == "ETH")


def reader(urls, kept=None, said=(), chain_id=None):
    """A reader of nodes that waits for nothing; answers go to `kept`, those in `said` are known already."""
    record = (lambda exchange, node: kept.append(exchange)) if kept is not None else (lambda exchange, node: None)
    nodes = Nodes(tuple(urls), record, 10_000, None, 0, chain_id) if urls else None
    return EVM.reader(said, ETHER, "recording", nodes)


def rows_of(account, transfers):
    return [t[:13] for t in transfers if account in (t.sender, t.recipient)]


@pytest.fixture(scope="module")
def scanned():
    return read(recorded())[0].transfers


def whole(found, *accounts):
    found.begin()
    assert all(found.fetch(account) for account in accounts)
    return found.reading(set(accounts))


def test_an_account_read_from_a_node_has_the_rows_of_a_scan_of_all_blocks(scanned):
    with serving(Rehearsal()) as url:
        reading = whole(reader([url]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)
    account = next(each for each in reading.accounts if each.address == TAKER)
    assert (account.opening, account.served_height, account.coverage) == (0, TIP, "full")


def test_a_node_that_takes_short_ranges_only_is_asked_by_halves(scanned):
    rehearsal = Rehearsal(longest=20)
    with serving(rehearsal) as url:
        reading = whole(reader([url]), TAKER)
    assert rehearsal.asked["trace_filter"] > 8
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def test_without_any_list_every_block_is_read(scanned):
    rehearsal = Rehearsal(lacks=NO_LISTS)
    with serving(rehearsal) as url:
        reading = whole(reader([url]), TAKER)
    assert rehearsal.asked["eth_getBlockReceipts"] == TIP + 1
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def test_without_trace_filter_the_pages_of_otterscan_list_an_account(scanned):
    rehearsal = Rehearsal(lacks={"trace_filter"})
    with serving(rehearsal) as url:
        reading = whole(reader([url]), TAKER)
    assert rehearsal.asked["eth_getBlockReceipts"] < TIP / 2
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)
    assert any("rests on ots_searchTransactionsBefore for 1 account" in note for note in reading.notes)


def test_the_coverage_says_what_a_node_can_and_what_it_lacks_with_the_remedy():
    with serving(Rehearsal(lacks={"trace_filter", "debug_traceBlockByNumber"})) as url:
        notes = whole(reader([url]), TAKER).notes
    assert f"{url} lists accounts (ots_*), traces (trace_block), proves balances (eth_getProof)." in notes
    assert any(note.startswith(f"{url} lacks trace_filter (Erigon, Nethermind, Reth: the module trace)") for note in notes)


def test_whoever_proposes_blocks_is_read_by_all_of_them():
    proposer = address_of("proposer")
    with serving(Rehearsal()) as url:
        found = reader([url])
        reading = whole(found, TAKER, proposer)
    assert {TAKER, proposer} <= found.whole
    assert sum(t.kind == "tip" for t in reading.transfers) > 900


@pytest.mark.parametrize("lacks", [{"trace_block"}, {"debug_traceBlockByNumber"}])
def test_one_tracer_is_enough_and_a_question_it_lacks_is_put_once(lacks, scanned):
    rehearsal = Rehearsal(lacks=lacks)
    with serving(rehearsal) as url:
        reading = whole(reader([url]), TAKER)
    assert rehearsal.asked[next(iter(lacks))] == 1
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def test_a_node_without_traces_is_refused_with_the_remedy():
    with serving(Rehearsal(lacks={"trace_block", "debug_traceBlockByNumber"})) as url, pytest.raises(NodeError, match="debug with geth"):
        whole(reader([url]), TAKER)


def test_what_is_recorded_is_not_asked_again_and_suffices_offline(scanned):
    kept = []
    with serving(Rehearsal()) as url:
        whole(reader([url], kept), TAKER)
    reading = whole(reader((), said=kept), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def test_a_theft_is_found_by_its_hash_and_paid_by_the_victim():
    with serving(Rehearsal()) as url:
        found = reader([url])
        found.begin()
        assert found.find(THEFT) == VICTIM


def test_a_hash_of_another_chain_is_refused():
    with serving(Rehearsal()) as url:
        found = reader([url])
        found.begin()
        with pytest.raises(NodeError, match="is it of another chain"):
            found.find("0x" + "11" * 32)


def spoil_one(method, change):
    """Changes what a node answers to one question."""
    return lambda asked, params, result: change(result) if asked == method and result else result


LIES = {
    "a lying balance": (spoil_one("eth_getProof", lambda p: {**p, "balance": "0x1"}), "says balance 1"),
    "a proof of another account": (spoil_one("eth_getProof", lambda p: {**p, "address": VICTIM}), "eth_getProof"),
    "a forged header": (spoil_one("eth_getBlockByNumber", lambda b: {**b, "gasUsed": "0x1"}), "do not have the hash"),
    "another block than asked for": (spoil_one("eth_getBlockByNumber", lambda b: {**b, "number": "0x7"}), "it is block 7"),
    "receipts left out": (spoil_one("eth_getBlockReceipts", lambda r: r[1:]), "receipts for"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_node_that_lies_is_given_up_with_the_cause_named(name):
    spoil, cause = LIES[name]
    with serving(Rehearsal(spoil=spoil)) as url, pytest.raises(NodeError, match=cause):
        whole(reader([url]), TAKER)


@pytest.mark.parametrize("name", LIES)
def test_where_one_node_lies_another_one_answers(name, scanned):
    with serving(Rehearsal(spoil=LIES[name][0])) as liar, serving(Rehearsal()) as honest:
        reading = whole(reader([liar, honest]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def test_a_list_that_leaves_out_a_block_does_not_close_and_is_read_on_another_node(scanned):
    with serving(Rehearsal(spoil=spoil_one("trace_filter", lambda frames: frames[1:]))) as liar, serving(Rehearsal()) as honest:
        reading = whole(reader([liar, honest]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def cut_first_frame(frames):
    """An inner payment left out, and the count of what is below its parent with it."""
    gone = next((each for each in frames if each["traceAddress"] and int(each["action"].get("value", "0x0"), 16)), None)
    return [each for each in frames if each is not gone]


def nodes_of(proof, some):
    return {**proof, "accountProof": proof["accountProof"][some]}


def first_status(receipts):
    return [{**receipts[0], "status": "0x0" if receipts[0]["status"] == "0x1" else "0x1"}, *receipts[1:]]


def unsigned(block):
    return {**block, "transactions": [{**block["transactions"][0], "r": "0x1"}, *block["transactions"][1:]]}


PROOF, BLOCK, RECEIPTS, FRAMES = "eth_getProof", "eth_getBlockByNumber", "eth_getBlockReceipts", "trace_block"
ENDS = {
    "a proof past the node's window": ({"refuses": {PROOF: "distance to target block exceeds maximum proof window"}}, "proof window"),
    "a node without proofs": ({"lacks": {PROOF}}, "eth_getProof"),
    "a node without receipts": ({"lacks": {RECEIPTS}}, "eth_getBlockReceipts"),
    "a key revoked in mid-run": ({"revoked": 20}, "status 401"),
    "a proof out of order": ({"spoil": spoil_one(PROOF, lambda p: nodes_of(p, slice(None, None, -1)))}, "hash that its parent"),
    "a proof that ends early": ({"spoil": spoil_one(PROOF, lambda p: nodes_of(p, slice(1)))}, "ends before its leaf"),
    "a raised nonce": ({"spoil": spoil_one(PROOF, lambda p: {**p, "nonce": "0xff"})}, "nonce 255"),
    "a transaction that nobody signed": ({"spoil": spoil_one(BLOCK, lambda b: unsigned(b) if b["transactions"] else b)}, "transaction 0"),
    "a receipt that says the contrary": ({"spoil": spoil_one(RECEIPTS, first_status)}, "receipts do not have the root"),
    "receipts of another block": ({"spoil": spoil_one(RECEIPTS, lambda _: answers_to(RECEIPTS)[33])}, "receipt"),
    "a block with a field of another shape": ({"spoil": spoil_one(BLOCK, lambda b: {**b, "gasLimit": 30_000_000})}, "another shape"),
    "a block without an end": ({"spoil": spoil_one(BLOCK, lambda b: {k: v for k, v in b.items() if k != "stateRoot"})}, "another shape"),
    "no result at all": ({"spoil": spoil_one(RECEIPTS, lambda _: None)}, "no result"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_whatever_the_only_node_does_wrong_ends_with_its_cause(name):
    how, cause = ENDS[name]
    with serving(Rehearsal(**how)) as url, pytest.raises(NodeError) as ended:
        whole(reader([url]), TAKER)
    assert cause in str(ended.value), ended.value


@pytest.mark.parametrize("name", ENDS)
def test_whatever_one_node_does_wrong_another_one_mends(name, scanned):
    with serving(Rehearsal(**ENDS[name][0])) as faulty, serving(Rehearsal()) as honest:
        reading = whole(reader([faulty, honest]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def test_a_cap_on_results_is_met_by_shorter_ranges(scanned):
    rehearsal = Rehearsal(most=6)
    with serving(rehearsal) as url:
        reading = whole(reader([url]), TAKER)
    assert rehearsal.asked["trace_filter"] > 3
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned)


def test_an_inner_payment_that_the_only_tracer_leaves_out_is_missed_by_the_proof():
    """The recipient of nested calls is paid within a transaction; the one node that there is leaves that payment out."""
    spoil = spoil_one(FRAMES, cut_first_frame)
    with serving(Rehearsal(lacks={"debug_traceBlockByNumber"}, spoil=spoil)) as url:
        found = reader([url])
        found.begin()
        found.fetch(INSIDE)
        reading = found.reading({INSIDE})
    verdict = audit(assemble(ETHER, [reading], EVM.tx_hash))
    assert not verdict.adds_up


def test_nodes_of_two_networks_are_not_mixed():
    kept = []
    with serving(Rehearsal()) as url:
        whole(reader([url], kept), TAKER)
    with serving(Rehearsal(spoil=spoil_one("eth_chainId", lambda _: "0x1"))) as other, pytest.raises(NodeError, match="another network"):
        whole(reader([other], said=kept), VICTIM)


def test_a_node_of_another_chain_than_the_case_names_is_given_up():
    with serving(Rehearsal()) as url, pytest.raises(NodeError, match="and the case is of chain 1 "):
        whole(reader([url], chain_id=1), TAKER)


def final_at(height):
    """A node that says which block is final, and that five more are safe."""
    blocks = answers_to("eth_getBlockByNumber")
    said = {"finalized": blocks[height], "safe": blocks[height + 5]}
    return lambda asked, params, result: said.get(params[0], result) if asked == "eth_getBlockByNumber" else result


def test_what_lies_above_the_block_that_a_node_calls_final_is_provisional():
    kept = []
    with serving(Rehearsal(spoil=final_at(100))) as url:
        online = whole(reader([url], kept), TAKER)
    offline = whole(reader((), said=kept), TAKER)
    assert (online.terms.finality, offline.terms.finality) == (TIP - 100, TIP - 100)
    said = "what lies above is provisional, and safe is block 105: validators stand by what is up to there."
    assert f"Final is block 100, as a node says: {said}" in offline.notes


def test_where_no_node_calls_a_block_final_two_epochs_below_the_tip_are_provisional():
    with serving(Rehearsal()) as url:
        assert whole(reader([url]), TAKER).terms.finality == 64


def test_a_key_is_filled_in_when_asking_and_stands_in_no_answer(monkeypatch):
    monkeypatch.setenv("RPC_KEY", "s3cret-of-alice")
    kept = []
    with serving(Rehearsal()) as url:
        whole(reader([url + "/v2/${RPC_KEY}"], kept), TAKER)
    assert {each.node for each in kept} == {url + "/v2/${RPC_KEY}"}
    assert not any("s3cret-of-alice" in str(each) for each in kept)


FAST = 0.0005


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """The ether case, traced from a node whose address has a key; its folder."""
    folder = tmp_path_factory.mktemp("live")
    text = (EVM_REHEARSAL / "case.toml").read_text()
    with serving(Rehearsal()) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RPC_KEY", "s3cret-of-alice")
        node = f'kind = "node"\nurls = ["{url}/v2/${{RPC_KEY}}"]\nrate = 100'
        (folder / "case.toml").write_text(text.replace('kind = "recording"\npath = "recording.jsonl.gz"', node))
        (folder / "labels.yaml").write_text((EVM_REHEARSAL / "labels.yaml").read_text())
        return tracer.trace(CaseFile.load(folder / "case.toml"), folder / "out", patience=FAST)


def test_no_file_of_a_finished_case_holds_the_key(traced):
    files = [path for path in traced.folder.parent.rglob("*") if path.is_file()]
    opened = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
    assert any(b"${RPC_KEY}" in content for content in opened)
    assert not any(b"s3cret-of-alice" in content for content in opened)


def test_a_case_read_from_a_node_ends_as_one_that_scans_every_block(traced, tmp_path):
    scanned = tracer.trace(CaseFile.load(EVM_REHEARSAL / "case.toml"), tmp_path / "out")
    assert traced.audit.adds_up
    assert traced.audit.served == traced.audit.full
    assert ends(traced) == ends(scanned)


def ends(case):
    return {(end.address, end.reason): dict(end.amounts) for end in case.trace.endpoints if any(end.amounts.values())}


def test_a_key_that_a_node_repeats_in_its_refusal_is_hidden(monkeypatch):
    monkeypatch.setenv("RPC_KEY", "s3cret-of-alice")
    kept = []
    with serving(Rehearsal(echo=True)) as url, pytest.raises(NodeError) as refused:
        whole(reader([url + "/v2/${RPC_KEY}"], kept), TAKER)
    assert "no access for /v2/${RPC_KEY}" in str(refused.value)
    assert not any("s3cret-of-alice" in text for text in (str(refused.value), *map(str, kept)))


def test_a_key_that_the_environment_lacks_is_named(monkeypatch):
    monkeypatch.delenv("RPC_KEY", raising=False)
    with pytest.raises(NodeError, match="set RPC_KEY in the environment"):
        whole(reader(["http://127.0.0.1:1/${RPC_KEY}"]), TAKER)


def test_only_names_of_keys_are_filled_in(monkeypatch):
    monkeypatch.setenv("AWS_SECRET", "s3cret-of-alice")
    kept = []
    with serving(Rehearsal(echo=True)) as url, pytest.raises(NodeError) as refused:
        whole(reader([url + "/v2/${AWS_SECRET}"], kept), TAKER)
    assert "s3cret-of-alice" not in str(refused.value)
