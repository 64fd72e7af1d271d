"""Two recordings of one case: for every fault of a node, what differs is found and its cause is named."""

from __future__ import annotations

import hashlib
import json
import re
import urllib.request

import pytest
from conftest import ROOT
from support.fault_kinds import ACCOUNTS, KINDS, SLOW, inject
from support.live_cases import RECORDING, T0, LiveCase
from support.nis_server import NisServer

from tracer.compare.recordings import compare_answers, first_of, questions_in_common, recorded
from tracer.errors import TracerError

NAMED = {
    "error_500": "B: status 500: failed inside",
    "refuses": "B: status 404: has no such thing",
    "storm_429": "B: status 429: was asked too often",
    "unavailable": "B: status 503: is not available",
    "forbidden": "B: status 403: refuses",
    "unauthorised": "B: status 401: wants a password",
    "not_implemented": "B: status 501: does not know the question",
    "no_content": "B: status 204: no content",
    "part": "B: status 206: a part of the answer only",
    "redirect": "B: status 302: sends elsewhere",
    "error_as_200": "B: an error served as an answer: Not Found",
    "dead": "B gave the node up: no connection",
    "reset": "B gave the node up: no connection",
    "no_http": "B gave the node up: no connection",
    "header_flood": "B gave the node up: no connection",
    "cut_body": "B gave the node up: an answer that breaks off",
    "cut_chunks": "B gave the node up: an answer that breaks off",
    "too_short": "B: an answer that breaks off",
    "cut_json": "B: an answer that breaks off",
    "half_zipped": "B gave the node up: an answer that breaks off",
    "no_zip": "B gave the node up: an answer that does not unpack",
    "unasked_coding": "B gave the node up: an answer packed as 'br', which nobody asked for",
    "bomb": "B gave the node up: an answer larger than 16 MiB",
    "endless": "B gave the node up: an answer larger than 16 MiB",
    "too_large": "B gave the node up: an answer larger than 16 MiB",
    "padded": "B: more than is asked for: padding",
    "many": "B: more than 250,000 values",
    "deep": "B: nested deeper than 64 levels",
    "deep_object": "B: nested deeper than 64 levels",
    "unclosed": "B: nested deeper than 64 levels",
    "not_json": "B: no JSON: '<html><body>Bad Gateway",
    "empty_body": "B: an empty answer",
    "byte_order_mark": "B: a byte order mark before the answer",
    "no_text": "B gave the node up: an answer that is no text",
    "two_answers": "B: two answers in one",
    "wrong_type": "B: a list where A has an object",
    "null": r"B: nothing \(null\) where A has an object",
    "number": "B: a whole number where A has an object",
    "text": "B: text where A has an object",
    "empty_object": "B: an empty object",
    "not_a_number": "B: NaN, which is no number of JSON",
    "long_number": "B: a number too long to be one",
    "as_floats": "height: a number with a point in B where A has a whole number",
    "as_texts": "account.balance: text in B where A has a whole number",
    "negative": "B: a negative number, height -485",
    "duplicate_page": "B: a page that was served before, once more",
    "missing_page": "B: an empty list where the other has 28 rows",
    "reversed_page": "the rows of a page stand in another order",
    "twice_in_page": "B: 16 rows twice on one page",
    "empty_list": "B: an empty list where the other has 16 rows",
    "missing_transaction": "B: 1 row left out, such as dc153a5f",
    "foreign_transaction": "B: 1 row that the other does not have, such as ",
    "wrong_height": "row 1bc3bce5.* in another block: 93 in A, 94 in B",
    "false_hash": "B: another hash, abab.*, of a transaction that hashes to 1bc3bce5",
    "lying_balance": "another balance of TBXF.*: 13,978,617,369,673 in A, 13,978,618,369,673 in B",
    "another_account": "B: another account: TBXF.*, asked for TCOPF",
    "lying_amount": "another amount in transaction dc153a5f.*; the block's signature does not hold in B",
    "false_signature": "B: a signature that does not hold, of transaction dc153a5f",
    "same_block": "B: another block: 2, asked for 484",
    "emptied_block": "B: 13 transactions of block 16 left out; the block's signature does not hold in B",
    "turned_block": "the transactions of block 16 stand in another order; the block's signature does not hold in B",
    "restamped": "block 484 has another time, signed by somebody else: -3,600 seconds in B",
    "stranger": "A was read earlier or is behind, or B states a height it has no blocks for: 484 in A, 1,000,000,000 in B",
    "tall": "A was read earlier or is behind, or B states a height it has no blocks for: 484 in A, 1,000,000,000 in B",
    "climbing": "A was read earlier or is behind, or B states a height it has no blocks for: 484 in A, 485 in B",
    "behind": "B was read earlier or is behind, or A states a height it has no blocks for: 484 in A, 100 in B",
}
VALUES = {"missing_transaction": 80_000_000_000_000, "lying_balance": 1_000_000, "lying_amount": 1_000_000, "foreign_transaction": 10**9}

ASKED = {"false_income": f"/account/harvests?address={T0}", "wrong_place": "/transaction/get?hash=", "switch": "/block/at/public"}
"""Kinds that change nothing that the smallest case asks: asked by themselves."""

UNSEEN = {"zipped"}
"""What it changes is how an answer is packed, and not the answer."""


def recording_of(place, fault=None):
    """What a run on a node wrote down, whole or not."""
    with NisServer(RECORDING) as node:
        if fault:
            inject(node, fault)
        case = LiveCase(place, ACCOUNTS)
        try:
            case.trace(node, allow_gaps=True)
        except TracerError:
            return case.out / ".partial" / "recording.jsonl"
        return case.out / "recording.jsonl.gz"


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return recorded(recording_of(tmp_path_factory.mktemp("honest")))


def test_every_kind_of_fault_is_looked_at():
    assert {kind.fault for kind in KINDS} == NAMED.keys() | ASKED.keys() | UNSEEN | set(SLOW)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.fault in NAMED], ids=lambda kind: kind.fault)
def test_the_cause_of_a_fault_is_named(honest, tmp_path, kind):
    first = first_of(compare_answers(honest, recorded(recording_of(tmp_path, kind))))
    assert re.match(NAMED[kind.fault], first.cause), first
    assert first.value == VALUES.get(kind.fault, first.value)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.fault in NAMED and kind.fault not in SLOW][::9], ids=lambda kind: kind.fault
)
def test_it_is_named_the_same_where_the_faulty_one_stands_first(honest, tmp_path, kind):
    first = first_of(compare_answers(recorded(recording_of(tmp_path, kind)), honest))
    assert first.cause.startswith("A") == NAMED[kind.fault].startswith("B")


def test_an_answer_that_is_only_packed_differs_in_nothing(honest, tmp_path):
    (kind,) = (kind for kind in KINDS if kind.fault == "zipped")
    other = recorded(recording_of(tmp_path, kind))
    assert compare_answers(honest, other) == []
    assert questions_in_common(honest, other) > 50


def test_a_node_whose_lists_count_otherwise_says_the_same(honest, tmp_path):
    with NisServer(RECORDING, id_offset=5000) as node:
        case = LiveCase(tmp_path, ACCOUNTS)
        case.trace(node)
        assert compare_answers(honest, recorded(case.out / "recording.jsonl.gz")) == []


def written(place, *exchanges):
    """A recording of these answers (path, status, text)."""
    lines = []
    for path, status, text in exchanges:
        digest = hashlib.sha256(text.encode()).hexdigest()
        told = {"method": "GET", "path": path, "body": None, "status": status, "sha256": digest, "answer": text, "node": "http://anna:7890"}
        lines.append(json.dumps(told))
    place.write_text("\n".join(lines) + "\n")
    return recorded(place)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("hang", "silent for too long (ReadTimeout), 5 times"),
        ("drip", "no whole answer within 2 seconds"),
        ("slow_headers", "no whole answer"),
    ],
)
def test_why_a_node_was_given_up_is_told(honest, tmp_path, fault, reason):
    assert fault in SLOW
    why = f"GET /account/get?address={T0}: {reason}"
    other = written(tmp_path / "r.jsonl", ("/tracer/lost", 200, json.dumps({"given_up": why, "given_up_time": 5})))
    (found,) = compare_answers(honest, other)
    assert (found.question, found.cause) == (f"GET /account/get?address={T0}", f"B gave the node up: {reason}")


def asked(place, path, **fault):
    """What an honest node and a faulty one answer to one question."""
    found = []
    for number, faults in enumerate(({}, fault)):
        with NisServer(RECORDING) as node:
            node.hash_cache = True
            for name, how in faults.items():
                node.inject(name, times=99, **how)
            with urllib.request.urlopen(node.url + path) as answer:
                found.append(written(place / f"{number}.jsonl", (path, 200, answer.read().decode())))
    return compare_answers(*found)


def test_a_false_income_of_a_block_is_named(tmp_path):
    with NisServer(RECORDING) as node:
        harvester = next(address for address, rows in node.chain.harvests.items() if rows)
    (found,) = asked(tmp_path, f"/account/harvests?address={harvester}", false_income={})
    assert re.match(r"another income of block [\d,]+: [\d,]+ in A, [\d,]+ in B", found.cause)
    assert found.value == 1_000_000


def test_a_transaction_in_another_place_is_named(tmp_path):
    paid = "dc153a5f87e04bded29090209e6321b96227e295de1f3ca5b4c537410a81da01"
    (found,) = asked(tmp_path, f"/transaction/get?hash={paid}", wrong_place={})
    assert re.match(r"another meta.height: \d+ in A, 3 in B", found.cause)


def test_a_block_of_another_branch_is_named(tmp_path):
    path, branches = "/chain/last-block", []
    for number, branch in enumerate(("short", "long")):
        with NisServer(RECORDING) as node:
            node.switch(ROOT / "fixtures" / "nem" / f"reorg_{branch}.jsonl.gz", 486)
            with urllib.request.urlopen(node.url + path) as answer:
                branches.append(written(tmp_path / f"{number}.jsonl", (path, 200, answer.read().decode())))
    (found,) = compare_answers(*branches)
    assert re.match(r"(block 486 is of another branch|.*transaction|block 486 has another time)", found.cause), found


# What NIS nodes are known to say differently from one another

OWNED = "/account/mosaic/owned?address=TBOB"
GOLD = {"mosaicId": {"namespaceId": "bob", "name": "gold"}, "quantity": 500}
DEFINED = "/mosaic/definition?mosaicId=bob:gold"
WAITING = "/account/unconfirmedTransactions?address=TBOB"
HARVESTS = "/account/harvests?address=TBOB"


def pair(place, path, a, b, *notes):
    first = written(place / "a.jsonl", (path, 200, json.dumps(a)))
    second = written(place / "b.jsonl", *notes, (path, *b) if isinstance(b, tuple) else (path, 200, json.dumps(b)))
    (found,) = compare_answers(first, second)
    return found


def test_the_income_that_an_old_node_credits_wrongly_is_named(tmp_path):
    """NIS before 0.6.102, while a remote link is pending (NemProject/nem #546)."""
    rows = {"data": [{"height": 9, "totalFee": 7_000_000}, {"height": 5, "totalFee": 3}]}
    old = ("/tracer/node", 200, json.dumps({"version": "0.6.100-BETA", "height": 9}))
    found = pair(tmp_path, HARVESTS, rows, {"data": rows["data"][1:]}, old)
    assert "such as block 9; B: NIS before 0.6.102 credits it wrongly while a remote link is pending (#546)" in found.cause
    assert found.value == 7_000_000


def test_a_mosaic_that_an_expired_namespace_took_is_named(tmp_path):
    found = pair(tmp_path, OWNED, {"data": [GOLD]}, {"data": []})
    assert found.cause.startswith("another balance of mosaic bob:gold: 500 in A, 0 in B; a namespace that expires takes the balances")
    assert "until block 1,110,000 a new definition took them too" in found.cause
    assert found.value == 500


def test_a_definition_that_is_404_for_an_expired_namespace_is_named(tmp_path):
    found = pair(tmp_path, DEFINED, {"creator": "aa", "description": "gold"}, (404, "{}"))
    assert found.cause == "B: status 404: has no such thing (a node answers so for the definition of a mosaic whose namespace expired)"


def test_two_definitions_of_one_mosaic_are_named(tmp_path):
    found = pair(tmp_path, DEFINED, {"creator": "aa", "description": "gold"}, {"creator": "aa", "description": "fool's gold"})
    assert found.cause.startswith("another description: gold in A, fool's gold in B; of two definitions of a mosaic in one block the last")
    assert "one inside a multisig counts like any other" in found.cause


@pytest.mark.parametrize("shown", [10, 25])
def test_a_list_of_what_waits_that_is_cut_is_named(tmp_path, shown):
    rows = [{"meta": {"data": None}, "transaction": {"amount": 2, "timeStamp": n}} for n in range(30)]
    found = pair(tmp_path, WAITING, {"data": rows}, {"data": rows[:shown]})
    assert found.cause == f"B: the list of what waits is full: a node cuts it at {shown} rows, the other has 30"
    assert found.value == 2 * (30 - shown)


def test_of_another_chain_the_first_value_that_differs_is_named(tmp_path):
    block = {"jsonrpc": "2.0", "id": 1, "result": {"number": "0x10", "gasUsed": "0x5208"}}
    found = pair(tmp_path, "/", block, {**block, "id": 2, "result": {"number": "0x10", "gasUsed": "0x1"}})
    assert found.cause == "another result.gasUsed: 0x5208 in A, 0x1 in B"


def test_rows_above_the_last_block_of_the_other_are_no_difference(tmp_path):
    row = {"meta": {"id": 3, "height": 9, "hash": {"data": "aa"}}, "transaction": {"amount": 5}}
    path = "/account/transfers/all?address=TBOB"
    early = written(tmp_path / "a.jsonl", ("/chain/height", 200, '{"height": 8}'), (path, 200, '{"data": []}'))
    late = written(tmp_path / "b.jsonl", ("/chain/height", 200, '{"height": 9}'), (path, 200, json.dumps({"data": [row]})))
    assert [each.question for each in compare_answers(early, late)] == ["GET /chain/height"]
