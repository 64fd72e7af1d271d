"""Holders of a token read whole from EVM nodes, by logs of its contract, receipts under their roots and proofs of its storage."""

from __future__ import annotations

import pytest
from conftest import EVM_REHEARSAL
from support.evm_node import Rehearsal, serving
from support.evm_recording import EVM, dollar, read, recorded, truth

import tracer
from tracer.casefile import CaseFile
from tracer.chains import Nodes
from tracer.errors import NodeError
from tracer.ledger import assemble, audit
from tracer.model import quiet
from tracer.pipeline.bounds import with_proofs

TIP = 110
TAKER = next(row["taker"] for row in truth("thefts") if row["asset"] != "ETH")
FAST = 0.0005


def reader(urls, kept=None, said=()):
    """A reader of nodes that waits for nothing; answers go to `kept`, those in `said` are known already."""
    record = (lambda exchange, node: kept.append(exchange)) if kept is not None else (lambda exchange, node: None)
    nodes = Nodes(tuple(urls), record, 10_000, None, 0) if urls else None
    return EVM.reader(said, dollar(), "recording", nodes)


def whole(found, *accounts):
    found.begin()
    assert all(found.fetch(account) for account in accounts)
    return found.reading(set(accounts))


def rows_of(account, transfers):
    return [t._replace(row=-1) for t in transfers if account in (t.sender, t.recipient)]


@pytest.fixture(scope="module")
def scanned():
    return read(recorded(), dollar())[0]


def test_a_holder_read_from_a_node_has_the_rows_of_a_scan_of_all_blocks(scanned):
    rehearsal = Rehearsal()
    with serving(rehearsal) as url:
        reading = whole(reader([url]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned.transfers)
    account = next(each for each in reading.accounts if each.address == TAKER)
    assert (account.opening, account.served_height, account.coverage) == (0, TIP, "full")
    assert rehearsal.asked["trace_block"] == 0


def test_every_holder_that_is_read_closes_against_a_proof_of_the_contract_s_storage(scanned):
    holders = sorted({address for t in scanned.transfers for address in (t.sender, t.recipient) if address})
    with serving(Rehearsal()) as url:
        reading = whole(reader([url]), *holders)
    assert audit(assemble(dollar(), [reading], EVM.tx_hash)).adds_up
    assert [t._replace(row=-1) for t in reading.transfers] == [t._replace(row=-1) for t in scanned.transfers]
    assert [event for event in reading.events if event.kind != "can_freeze"] == scanned.events
    assert any(f"{len(holders)} balances proven by eth_getProof" in note for note in reading.notes)


def test_a_node_that_takes_short_ranges_only_is_asked_by_halves(scanned):
    rehearsal = Rehearsal(longest=20)
    with serving(rehearsal) as url:
        reading = whole(reader([url]), TAKER)
    assert rehearsal.asked["eth_getLogs"] > 8
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned.transfers)


@pytest.mark.parametrize("how", ["most", "cut"])
def test_a_cap_on_results_is_met_by_shorter_ranges_said_or_not(how, scanned, monkeypatch):
    monkeypatch.setattr("tracer.chains.evm.token_questions.CAP", 5)
    with serving(Rehearsal(**{how: 5})) as url:
        reading = whole(reader([url]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned.transfers)


def test_what_is_recorded_is_not_asked_again_and_suffices_offline(scanned):
    kept = []
    with serving(Rehearsal()) as url:
        whole(reader([url], kept), TAKER)
    reading = whole(reader((), said=kept), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned.transfers)


@pytest.mark.parametrize("lacks", [{"trace_block", "debug_traceBlockByNumber", "trace_filter"}, {"eth_getCode"}])
def test_a_token_needs_neither_traces_nor_states_of_the_past(lacks, scanned):
    with serving(Rehearsal(lacks=lacks)) as url:
        reading = whole(reader([url]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned.transfers)


def test_where_no_place_of_the_storage_is_known_the_balance_is_the_node_s_word():
    with serving(Rehearsal(lacks={"eth_getStorageAt"})) as url:
        reading = whole(reader([url]), TAKER)
    assert audit(assemble(dollar(), [reading], EVM.tx_hash)).adds_up
    assert any("1 balance of the token on the word of a node (balanceOf)" in note for note in reading.notes)


def spoil_one(method, change):
    """Changes what a node answers to one question."""
    return lambda asked, params, result: change(result) if asked == method and result else result


def moved_to(log, height):
    return {**log, "transactionHash": "0x" + "11" * 32, "blockNumber": hex(height)}


LIES = {
    "a log of another contract": (spoil_one("eth_getLogs", lambda logs: [{**logs[0], "address": TAKER}]), "not among those"),
    "a log that no block holds": (spoil_one("eth_getLogs", lambda logs: [moved_to(logs[0], 33), *logs]), "does not hold it"),
    "storage that another proof shows": (
        spoil_one("eth_getProof", lambda p: {**p, "storageProof": [{**each, "value": "0x1"} for each in p["storageProof"]]}),
        "says 1, and its proof shows",
    ),
    "receipts left out": (spoil_one("eth_getBlockReceipts", lambda r: r[1:]), "receipts for"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_node_that_lies_is_given_up_with_the_cause_named(name):
    spoil, cause = LIES[name]
    with serving(Rehearsal(spoil=spoil)) as url, pytest.raises(NodeError, match=cause):
        whole(reader([url]), TAKER)


MISSED = {"a log left out": spoil_one("eth_getLogs", lambda logs: logs[1:])}


@pytest.mark.parametrize("spoil", [*(each[0] for each in LIES.values()), *MISSED.values()], ids=[*LIES, *MISSED])
def test_where_one_node_lies_another_one_answers(spoil, scanned):
    with serving(Rehearsal(spoil=spoil)) as liar, serving(Rehearsal()) as honest:
        reading = whole(reader([liar, honest]), TAKER)
    assert rows_of(TAKER, reading.transfers) == rows_of(TAKER, scanned.transfers)


def test_a_log_left_out_by_the_only_node_is_missed_by_the_proof():
    with serving(Rehearsal(spoil=MISSED["a log left out"])) as url:
        found = reader([url])
        found.begin()
        found.fetch(TAKER)
        reading = found.reading({TAKER})
    assert not audit(assemble(dollar(), [reading], EVM.tx_hash)).adds_up


def case_on(url, folder):
    """The token's case with a node in place of the recording."""
    text = (EVM_REHEARSAL / "case_dollar.toml").read_text()
    node = f'kind = "node"\nurls = ["{url}"]\nrate = 100'
    (folder / "case.toml").write_text(text.replace('kind = "recording"\npath = "recording.jsonl.gz"', node))
    (folder / "labels.yaml").write_text((EVM_REHEARSAL / "labels.yaml").read_text())
    return CaseFile.load(folder / "case.toml")


def test_a_token_case_read_from_a_node_has_the_thefts_hops_ends_and_bounds_of_one_that_scans_every_block(tmp_path):
    with serving(Rehearsal()) as url:
        traced = tracer.trace(case_on(url, tmp_path), tmp_path / "out", patience=FAST)
    scanned = tracer.trace(CaseFile.load(EVM_REHEARSAL / "case_dollar.toml"), tmp_path / "scanned")
    assert traced.audit.adds_up
    assert traced.audit.served == traced.audit.full
    assert ends(traced) == ends(scanned)
    assert carried(traced) == carried(scanned)
    traced, scanned = with_proofs(traced, quiet)[0], with_proofs(scanned, quiet)[0]
    assert {a: bound[:2] for a, bound in traced.bounds.endpoints.items()} == {a: bound[:2] for a, bound in scanned.bounds.endpoints.items()}


def carried(case):
    """What was stolen, and what each transfer carried of it, by rule."""
    keys = [t.row_key for t in case.ledger]
    return {rule: {keys[row]: amount for row, amount in stolen.by_row.items()} for rule, stolen in case.trace.rules.items()}


def ends(case):
    return {(end.address, end.reason): dict(end.amounts) for end in case.trace.endpoints if any(end.amounts.values())}


def test_code_with_a_function_that_freezes_shows_that_its_issuer_can():
    with serving(Rehearsal()) as url:
        reading = whole(reader([url]), TAKER)
    said = [(event.subject, event.attributes["functions"]) for event in reading.events if event.kind == "can_freeze"]
    assert said == [(dollar().symbol, "addBlackList(address)")]
    assert any("The contract's code has addBlackList(address): from that name it is inferred" in note for note in reading.notes)


def test_code_that_does_not_have_the_hash_that_the_proof_shows_shows_nothing():
    with serving(Rehearsal(spoil=spoil_one("eth_getCode", lambda code: code + "00"))) as url:
        reading = whole(reader([url]), TAKER)
    assert not any(event.kind == "can_freeze" for event in reading.events)
