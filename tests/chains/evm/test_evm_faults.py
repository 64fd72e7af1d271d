"""What a node can get wrong, or lie about: each ends with its cause named, and no altered row is traced as if it held."""

from __future__ import annotations

import gzip
import json

import pytest
from conftest import EVM_REHEARSAL
from support.evm_recording import address_of, altered, answers_to, asked, dollar, read, recorded

from tracer.casefile import CaseFile
from tracer.chains.evm.proven_balances import Reconciled, narrowed, partings_said, reconciled
from tracer.errors import CaseError, InputError
from tracer.ingest.ledger_of_sources import read_ledger

BLOCK, RECEIPTS, FRAMES, CALLS = "eth_getBlockByNumber", "eth_getBlockReceipts", "trace_block", "debug_traceBlockByNumber"


def busy(wanted):
    """The first height above that of the first proofs of which a trace shows what is wanted."""
    return next(height for height, frames in answers_to(FRAMES).items() if height > 1 and any(wanted(each) for each in frames))


FAILED = {each["transactionHash"] for frames in answers_to(FRAMES).values() for each in frames if each.get("error")}


def pays(frame):
    """Whether a frame below the first moves ether, and nothing in its transaction failed."""
    moves = frame["traceAddress"] and frame["action"].get("callType") == "call" and int(frame["action"]["value"], 16)
    return moves and frame["transactionHash"] not in FAILED


INNER = busy(pays)
DEAD = busy(lambda each: each.get("error") and not each["traceAddress"] and each["subtraces"])
CAUGHT = busy(lambda each: each.get("error") and each["traceAddress"] and each["subtraces"])
ENDED = busy(lambda each: each["type"] == "suicide" and each["action"]["address"] != each["action"]["refundAddress"])
CROWDED = next(height for height, calls in answers_to(CALLS).items() if height > 1 and len(calls) > 1)
LOGGED = next(h for h, receipts in answers_to(RECEIPTS).items() if any(len(r["logs"]) > 1 for r in receipts))


def change(field, value):
    def set_field(answer):
        return {**answer, field: value}

    return set_field


def of_first(field, value):
    """Changes a field of the first of many."""
    return lambda answer: [{**answer[0], field: value}, *answer[1:]]


def transaction(field, value):
    return lambda block: {**block, "transactions": [{**block["transactions"][0], field: value}, *block["transactions"][1:]]}


def without_first_transaction(block):
    return {**block, "transactions": block["transactions"][1:]}


def log_changed(receipts):
    next(each for each in receipts if each["logs"])["logs"][0]["data"] = "0x" + "00" * 31 + "01"


def logs_reversed(receipts):
    next(each for each in receipts if len(each["logs"]) > 1)["logs"].reverse()


def no_trace_found(calls):
    return [{"error": "not found", "txHash": calls[0]["txHash"]}, *calls[1:]]


def balance_raised(proof):
    return {**proof, "balance": hex(int(proof["balance"], 16) + 10**18)}


def node_altered(proof):
    first = proof["accountProof"][0]
    return {**proof, "accountProof": [first[:-2] + ("00" if first[-2:] != "00" else "01"), *proof["accountProof"][1:]]}


ALICE = address_of("person001")
VERIFIED = {
    "a header forged": (BLOCK, "0x20", change("timestamp", "0x1"), "do not have the hash"),
    "another proposer named": (BLOCK, "0x20", change("miner", ALICE), "do not have the hash"),
    "a lower base fee": (BLOCK, "0x20", change("baseFeePerGas", "0x1"), "do not have the hash"),
    "another state root": (BLOCK, "0x20", change("stateRoot", "0x" + "11" * 32), "do not have the hash"),
    "a transaction left out": (BLOCK, "0x20", without_first_transaction, "transaction 0 names another place"),
    "a transaction of another value": (BLOCK, "0x20", transaction("value", "0x1"), "does not have the hash"),
    "a transaction to somebody else": (BLOCK, "0x20", transaction("to", ALICE), "does not have the hash"),
    "another sender named": (BLOCK, "0x20", transaction("from", ALICE), "is signed by somebody else"),
    "a withdrawal invented": (
        BLOCK, "0x20", change("withdrawals", [{"index": "0x1", "validatorIndex": "0x1", "address": ALICE, "amount": "0x64"}]),
        "withdrawals do not have the root",
    ),
    "a receipt that failed": (RECEIPTS, "0x20", of_first("status", "0x0"), "receipts do not have the root"),
    "another gas used": (RECEIPTS, "0x20", of_first("gasUsed", "0x1"), "another amount of gas"),
    "another price of gas": (RECEIPTS, "0x20", of_first("effectiveGasPrice", "0x1"), "another price of gas"),
    "a contract that was not created": (RECEIPTS, "0x20", of_first("contractAddress", ALICE), "as the contract that it creates"),
    "a receipt of another transaction": (RECEIPTS, "0x20", of_first("transactionHash", "0x" + "11" * 32), "is of another transaction"),
    "a receipt left out": (RECEIPTS, "0x20", lambda receipts: receipts[1:], "receipts for"),
    "a log of another amount": (RECEIPTS, hex(LOGGED), log_changed, "receipts do not have the root"),
    "logs out of order": (RECEIPTS, hex(LOGGED), logs_reversed, "receipts do not have the root"),
    "receipts of another block": (RECEIPTS, "0x20", lambda _: answers_to(RECEIPTS)[0x21], "receipts"),
    "no trace of a transaction": (FRAMES, hex(INNER), lambda frames: [f for f in frames if f["transactionPosition"]], "says nothing of 1"),
    "traces that are silently empty": (FRAMES, hex(INNER), lambda _: [], None),
    "an error inside a good answer": (CALLS, hex(CROWDED), no_trace_found, "callTracer does not"),
    "an unknown type of trace": (FRAMES, hex(INNER), of_first("type", "mystery"), "mystery"),
}  # fmt: skip


@pytest.mark.parametrize("name", VERIFIED)
def test_what_a_hash_covers_cannot_be_altered_unseen(name):
    method, height, spoil, cause = VERIFIED[name]
    if cause is None:
        said = [each for each in recorded() if not (asked(each)[0] == FRAMES and asked(each)[1][0] == height)]
        said = altered(CALLS, height, lambda _: [], said)
        cause = "callTracer does not answer"
    else:
        said = altered(method, height, spoil)
    reading, verdict = read(said)
    assert any(cause in rejection.reason for rejection in reading.rejections), [each.reason for each in reading.rejections]
    assert not verdict.adds_up


def frame_out(frames):
    """One payment within a transaction left out."""
    gone = next(each for each in frames if pays(each) and not each["subtraces"])
    return [each for each in frames if each is not gone]


def test_two_tracers_that_contradict_each_other_are_refused():
    reading, verdict = read(altered(FRAMES, hex(INNER), frame_out))
    assert any("two tracers contradict each other" in rejection.reason for rejection in reading.rejections)
    assert not verdict.adds_up


def alone(height, spoil):
    """Only one tracer answers, and it lies at one height."""
    said = [each for each in recorded() if asked(each)[0] != CALLS]
    return altered(FRAMES, hex(height), spoil, said)


def value_of_inner(frames):
    frame = next(each for each in frames if pays(each))
    frame["action"]["value"] = hex(int(frame["action"]["value"], 16) + 1)


def errors_out(frames):
    for frame in frames:
        if frame["traceAddress"]:
            frame.pop("error", None)


def ends_out(frames):
    return [each for each in frames if each["type"] != "suicide"]


LIES = {
    "an inner payment left out": (INNER, frame_out),
    "an inner payment raised by one wei": (INNER, value_of_inner),
    "an error left out below the first frame": (CAUGHT, errors_out),
    "the end of a contract left out": (ENDED, ends_out),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_of_the_only_tracer_is_found_by_proofs_and_its_accounts_are_named(name):
    reading, verdict = read(alone(*LIES[name]))
    assert not verdict.adds_up
    assert verdict.contradicted
    assert any("agree with its proof at block 1, and not at block 110" in note for note in reading.notes)


def test_a_proof_between_two_others_narrows_the_gap_to_the_blocks_between():
    """Alice holds 50 at block 1, is paid 7 in block 5, and holds 60 by proof at block 8: 3 are missing between 5 and 8."""
    paid = replace_heights(read(recorded())[0].transfers[0], 5, recipient="alice", amount=7)
    found = reconciled([paid], {"alice": {1: 50, 5: 57, 8: 60, 20: 90}})
    assert found == {"alice": Reconciled(opening=50, agrees=5, differs=8, held=60)}


def test_the_gap_is_narrowed_by_halves_to_the_block_where_the_node_gives_older_proofs():
    asked = []

    def agrees(height):
        asked.append(height)
        return height < 42

    assert narrowed(0, 110, agrees, first=100) == (41, 42)
    assert asked[0] == 100
    assert len(asked) < 10


def test_where_the_node_gives_no_older_proofs_the_gap_stays_as_wide_as_they_are():
    assert narrowed(0, 110, lambda height: True if height == 100 else None, first=100) == (100, 110)


def test_a_gap_of_one_block_names_it():
    (said,) = partings_said({"alice": Reconciled(opening=50, agrees=41, differs=42, held=60)})
    assert said == "The rows of alice agree with its proof at block 41, and not at block 42: the gap is in block 42."


def replace_heights(row, height, recipient, amount):
    return row._replace(height=height, sender=None, recipient=recipient, amount=amount, fee=0)


def test_an_error_left_out_of_the_first_frame_contradicts_the_receipt():
    reading, _ = read(alone(DEAD, lambda frames: [{k: v for k, v in f.items() if k != "error"} for f in frames]))
    assert any("its receipt does not" in rejection.reason for rejection in reading.rejections)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [("a lying balance", balance_raised), ("a forged node", node_altered), ("a proof of nothing", change("accountProof", []))],
)
def test_a_proof_that_does_not_hold_proves_nothing(name, spoil):
    reading, _ = read(altered("eth_getProof", ALICE, spoil))
    assert any(r.reason.startswith("proves nothing") and ALICE in r.place for r in reading.rejections)


def test_the_proof_of_another_account_proves_nothing():
    other = answers_to("eth_getProof")[address_of("person002")]
    reading, _ = read(altered("eth_getProof", ALICE, lambda _: other))
    assert any("a proof of" in rejection.reason for rejection in reading.rejections)


def test_a_stored_balance_that_the_proof_does_not_show_proves_nothing():
    contract = dollar()

    def raise_balance(proof):
        if proof["storageProof"]:
            proof["storageProof"][0]["value"] = "0x99"

    said = [
        each._replace(answer=json.dumps({**json.loads(each.answer), "result": spoiled(each, contract.symbol, raise_balance)}))
        for each in recorded()
    ]
    reading, _ = read(said, contract)
    assert any("proves nothing: says 153" in rejection.reason for rejection in reading.rejections)


def spoiled(exchange, contract, spoil):
    result = json.loads(exchange.answer).get("result")
    if asked(exchange)[0] == "eth_getProof" and asked(exchange)[1][0] == contract:
        spoil(result)
    return result


def test_a_block_left_out_is_named():
    said = [each for each in recorded() if not (asked(each)[0] == BLOCK and asked(each)[1][0] == "0x20")]
    with pytest.raises(InputError, match="lacks block 32, and holds block 33"):
        read(said)


def test_a_block_of_another_branch_is_named():
    with pytest.raises(InputError, match="block 32 does not follow block 31"):
        read(altered(BLOCK, "0x20", change("parentHash", "0x" + "11" * 32)))


def test_receipts_left_out_are_named():
    said = [each for each in recorded() if not (asked(each)[0] == RECEIPTS and asked(each)[1][0] == "0x20")]
    with pytest.raises(InputError, match="lacks the receipts of block 32"):
        read(said)


def test_a_tracer_that_no_longer_has_the_state_of_a_block_says_nothing_of_it():
    reading, verdict = read(
        altered(CALLS, hex(CROWDED), lambda calls: [{"error": "state not available", "txHash": c["txHash"]} for c in calls])
    )
    assert verdict.adds_up
    assert reading.rejections == []


def test_no_traces_at_all_are_named_with_the_remedy():
    reading, verdict = read([each for each in recorded() if asked(each)[0] not in (FRAMES, CALLS)])
    assert any("ask a node with trace_block or debug_traceBlockByNumber" in rejection.reason for rejection in reading.rejections)
    assert not verdict.adds_up


def test_a_node_of_another_network_is_named():
    other = next(each for each in recorded() if asked(each)[0] == "eth_chainId")._replace(answer='{"result": "0x1"}')
    reading, _ = read([*recorded(), other])
    assert any("one of the nodes is of another network" in rejection.reason for rejection in reading.rejections)


def test_a_refusal_inside_a_good_status_is_no_answer():
    said = list(recorded())
    refused = next(each for each in said if asked(each)[0] == BLOCK and asked(each)[1][0] == "0x20")
    reading, verdict = read([*said, refused._replace(answer='{"error": {"code": -32000, "message": "header not found"}}')])
    assert verdict.adds_up
    assert reading.rejections == []


FEW_LINES = 53  # of the recording: the first ten blocks, whole


@pytest.mark.parametrize("asked_for_it", [True, False], ids=["as its node says", "as its transactions are signed"])
def test_a_recording_of_another_chain_than_the_case_names_is_refused(tmp_path, asked_for_it):
    with gzip.open(EVM_REHEARSAL / "recording.jsonl.gz", "rt") as file:
        few = [next(file) for _ in range(FEW_LINES)]
    (tmp_path / "few.jsonl").write_text("".join(line for line in few if asked_for_it or "eth_chainId" not in line))
    source = '[[sources]]\nkind = "recording"\npath = "few.jsonl"\n[[thefts]]\ntransfer = "0x' + "11" * 32 + '"\n'
    case = f'name = "c"\nchain = "evm"\nasset = "eth"\nchain_id = 1\n{source}'
    with pytest.raises(CaseError, match=r"chain_id = 1, and few.jsonl is of chain \d+"):
        read_ledger(CaseFile.parse(case, tmp_path / "case.toml"))
