"""The simulated node answers as the real one was recorded, and fails as it is told to."""

from __future__ import annotations

import gzip
import http.client
import json
from collections import Counter

import pytest
from conftest import REHEARSAL, ROOT
from support.nis_server import ENDPOINTS, NisServer

from tracer.chains import chain
from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.hashes_and_signatures import hash_of, signature_holds
from tracer.errors import InputError
from tracer.ingest.node.recording import exchanges
from tracer.model import Asset

RECORDING = REHEARSAL / "recording.jsonl.gz"
SHORT, LONG, AFTER = (ROOT / "fixtures" / "nem" / f"reorg_{name}.jsonl.gz" for name in ("short", "long", "short_after_reorg"))
ERRORS = ROOT / "fixtures" / "nem" / "errors.jsonl.gz"
PAYER = "TB7PAVS4PM32X2TEYLH63BSUYTFOUEYI4ON5RMFX"  # an exchange's customer with 37 rows
HARVESTER = "TCQ4I37PUOWVWLL4ZTWRT3L5RGEST7YT7WBQV33J"
FORKED = "TC63VDGL3VMMXYCZIOMYPJZVP46EH542UXLSDF3G"  # pays on both branches of the fork
UNSEEN = "TDWIS6YFBVWJM4XCUYILWAT3P22EMEEA4GOW53DW"
ALL = f"/account/transfers/all?address={PAYER}"
JSON = "application/json"


def ask(node, url, body=None, method=None, content_type=JSON, timeout=10):
    """Status, headers and text of an answer."""
    connection = http.client.HTTPConnection(node.url.removeprefix("http://"), timeout=timeout)
    try:
        headers = {} if body is None else {"Content-Type": content_type}
        connection.request(method or ("GET" if body is None else "POST"), url, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def told(node, url, body=None):
    status, _, text = ask(node, url, body)
    assert status == 200, text
    return json.loads(text)


def refused(node, url, body=None, **how):
    status, _, text = ask(node, url, body, **how)
    return status, json.loads(text)["message"]


def block(node, height):
    return told(node, "/block/at/public", json.dumps({"height": height}))


def balance(node, address):
    return told(node, f"/account/get?address={address}")["account"]["balance"]


def pages(node, url, size=25):
    """All pages, from the newest to the empty one."""
    cursor, found = "", []
    while not found or found[-1]:
        found.append(told(node, f"{url}&pageSize={size}{cursor}")["data"])
        if found[-1]:
            last = found[-1][-1]
            cursor = f"&id={last['meta']['id'] if 'meta' in last else last['id']}"
    return found


def rows(node, url, size=25):
    return [row for page in pages(node, url, size) for row in page]


@pytest.fixture
def node():
    with NisServer(RECORDING) as server:
        yield server


@pytest.fixture(scope="module")
def steady():
    """A node that no test changes."""
    with NisServer(RECORDING) as server:
        yield server


# It answers as recorded


@pytest.mark.parametrize("literal", [True, False], ids=["recorded", "computed"])
def test_every_recorded_question_gets_the_recorded_answer(literal):
    with NisServer(RECORDING, hash_cache=True, literal=literal) as node:
        for exchange in exchanges(RECORDING):
            text = ask(node, exchange.path, exchange.body)[2]
            assert (text if literal else json.loads(text)) == (exchange.answer if literal else json.loads(exchange.answer)), exchange.path


@pytest.mark.parametrize("branch", [SHORT, LONG, AFTER], ids=lambda path: path.name.split(".")[0])
def test_every_question_about_a_branch_gets_the_answer_of_the_node_that_was_on_it(branch):
    with NisServer(RECORDING, hash_cache=True, local=True, literal=False) as node:
        node.switch(branch)
        for exchange in exchanges(branch):
            if exchange.path == "/chain/score":
                continue
            status, _, text = ask(node, exchange.path, exchange.body)
            answer, expected = json.loads(text), json.loads(exchange.answer)
            if status != 200:
                answer, expected = answer["message"], expected["message"]
            assert (status, answer) == (exchange.status, expected), exchange.path


def test_mistakes_are_answered_as_the_real_node_answered_them():
    checked = 0
    with NisServer(RECORDING, hash_cache=True, local=True) as node, gzip.open(ERRORS, "rt") as lines:
        for line in lines:
            record = json.loads(line)
            expected = json.loads(record["answer"])
            path, content_type = record["path"].split("?")[0], JSON
            unsupported = path not in {*ENDPOINTS, "/no/such/path", "/account/transfers/nothing"}
            if unsupported or record["status"] in (401, 429):
                continue
            if "Content type" in str(expected.get("message")):
                content_type = expected["message"].split("'")[1]
            status, _, text = ask(node, record["path"], record.get("body"), record["method"], content_type)
            answer = json.loads(text)
            if status != 200:
                answer["timeStamp"] = expected["timeStamp"]
            assert (status, answer) == (record["status"], expected), record
            checked += 1
    assert checked == 43


def test_a_node_as_operators_run_it_knows_no_hashes_and_lets_nobody_at_its_local_calls(steady):
    newest = told(steady, ALL)["data"][0]["meta"]["hash"]["data"]
    assert refused(steady, f"/transaction/get?hash={newest}") == (400, "Hash was not found in cache")
    assert refused(steady, f"{ALL}&hash={newest}") == (400, "Neither transaction id was supplied nor hash was found in cache")
    assert refused(steady, "/local/chain/blocks-after", '{"height": 5}')[0] == 401


def test_an_address_never_seen_holds_nothing_and_has_no_key(steady):
    account = told(steady, f"/account/get?address={UNSEEN.lower()}")["account"]
    assert (account["address"], account["balance"], account["publicKey"]) == (UNSEEN, 0, None)


# Pages


@pytest.mark.parametrize("size", [5, 7, 25, 100])
@pytest.mark.parametrize("url", [ALL, f"/account/harvests?address={HARVESTER}"], ids=["transfers", "harvests"])
def test_pages_of_any_size_hold_the_same_rows(steady, url, size):
    found = pages(steady, url, size)
    assert [row for page in found for row in page] == rows(steady, url)
    assert {len(page) for page in found[:-2]} <= {size}


def test_a_page_holds_from_five_to_a_hundred_rows(steady):
    assert [len(told(steady, f"/account/harvests?address={HARVESTER}&pageSize={size}")["data"]) for size in (1, -3, 1000)] == [5, 5, 61]


def test_incoming_and_outgoing_rows_are_together_all_rows(steady):
    both = {row["meta"]["id"] for kind in ("incoming", "outgoing") for row in rows(steady, ALL.replace("/all", f"/{kind}"))}
    assert sorted(both, reverse=True) == [row["meta"]["id"] for row in rows(steady, ALL)]


def test_another_node_has_other_ids_for_the_same_rows(steady):
    url = f"/account/harvests?address={HARVESTER}"
    with NisServer(RECORDING, id_offset=5000) as other:
        ours, theirs = rows(steady, ALL), rows(other, ALL)
        assert [row["height"] for row in rows(other, url)] == [row["height"] for row in rows(steady, url)]
    assert [row["meta"].pop("id") - 5000 for row in theirs] == [row["meta"].pop("id") for row in ours]
    assert theirs == ours


# A lower tip


def test_a_lower_tip_hides_what_came_later(node):
    everything = rows(node, ALL)
    node.tip = 200
    assert (told(node, "/chain/height")["height"], told(node, "/chain/last-block")) == (200, block(node, 200))
    assert refused(node, "/block/at/public", '{"height": 201}')[0] == 404
    assert rows(node, ALL) == [row for row in everything if row["meta"]["height"] <= 200] != everything
    assert all(row["height"] <= 200 for row in rows(node, f"/account/harvests?address={HARVESTER}"))


def test_balances_at_a_lower_tip_are_those_the_tracer_scans(node):
    reading = chain("nem").scan(exchanges(RECORDING), Asset("nem", "xem", 6), "recording")
    for tip in (1, 30, 371, 484):
        node.tip = tip
        held = Counter({account.address: account.opening for account in reading.accounts})
        for transfer in reading.transfers:
            if transfer.height <= tip:
                held[transfer.recipient] += transfer.amount
                held[transfer.sender] -= transfer.amount + transfer.fee
        assert {a.address: balance(node, a.address) for a in reading.accounts} == {a.address: held[a.address] for a in reading.accounts}


def test_raising_the_tip_again_brings_the_rows_and_the_balance_back(node):
    whole = told(node, f"/account/get?address={PAYER}"), rows(node, ALL)
    node.tip = 20
    assert balance(node, PAYER) != whole[0]["account"]["balance"]
    node.tip = 484
    assert (told(node, f"/account/get?address={PAYER}"), rows(node, ALL)) == whole


def test_an_account_has_no_key_before_it_first_signed(node):
    node.tip = 7
    assert told(node, f"/account/get?address={PAYER}")["account"]["publicKey"] is None


def test_a_tip_beyond_the_recording_is_refused(node):
    with pytest.raises(ValueError, match="blocks 1 to 484"):
        node.tip = 485


# Reorganisation, unconfirmed, explorer, limit


def test_a_reorganisation_replaces_blocks_rows_and_balances_above_the_fork(node):
    node.switch(SHORT)
    short = block(node, 484), block(node, 487), rows(node, f"/account/transfers/all?address={FORKED}")
    node.switch(LONG)
    long = block(node, 484), block(node, 487), rows(node, f"/account/transfers/all?address={FORKED}")
    assert short[0] == long[0]
    assert short[1] != long[1]
    assert [row for row in short[2] if row["meta"]["height"] <= 484] == [row for row in long[2] if row["meta"]["height"] <= 484]
    assert short[2][0]["meta"]["hash"] != long[2][0]["meta"]["hash"]


def test_the_balance_computed_on_a_branch_is_the_one_its_node_served():
    for branch in (SHORT, LONG):
        served = {json.loads(e.answer)["account"]["address"]: e for e in exchanges(branch) if e.path.startswith("/account/get?")}
        with NisServer(RECORDING, literal=False) as node:
            node.switch(branch)
            node.chain.served = {}  # so that nothing is left but to compute
            for address, exchange in served.items():
                expected = json.loads(exchange.answer)["account"]
                account = told(node, f"/account/get?address={address}")["account"]
                fields = ("balance", "publicKey", "harvestedBlocks")
                assert [account[field] for field in fields] == [expected[field] for field in fields]


def test_what_waits_is_shown_until_it_is_taken_away(node):
    payment, url = told(node, ALL)["data"][0]["transaction"], f"/account/unconfirmedTransactions?address={PAYER}"
    assert told(node, url) == {"data": []}
    node.unconfirmed[PAYER] = [payment]
    assert told(node, url) == {"data": [{"meta": {"data": None}, "transaction": payment}]}


def test_a_local_client_gets_ten_blocks_a_call_with_hashes_that_chain():
    with NisServer(RECORDING, local=True) as node:
        ten = told(node, "/local/chain/blocks-after", '{"height": 20}')["data"]
        last = told(node, "/local/chain/blocks-after", '{"height": 480}')["data"]
    assert [each["block"]["height"] for each in ten] == [*range(21, 31)]
    assert [each["block"]["height"] for each in last] == [481, 482, 483, 484]
    assert [each["block"]["prevBlockHash"]["data"] for each in ten[1:]] == [each["hash"] for each in ten[:-1]]


def test_the_limit_counts_refused_requests_too():
    now = [0.0]
    with NisServer(RECORDING, limit_per_s=3, clock=lambda: now[0]) as node:
        answers = []
        for now[0] in (10, 10.1, 10.2, 10.9, 11.05, 11.15, 12.2):
            answers.append(ask(node, "/chain/height"))
    assert [status for status, _, _ in answers] == [200, 200, 200, 429, 429, 429, 200]
    assert answers[3][1]["DoSFilter"] == "unavailable"
    assert json.loads(answers[3][2])["error"] == "Too Many Requests"


def test_requests_are_kept_in_order(node):
    told(node, ALL)
    block(node, 3)
    assert (node.requests, node.count) == ([("GET", ALL), ("POST", "/block/at/public")], 2)


# Faults on the wire


@pytest.mark.parametrize(
    ("fault", "how", "status", "text"),
    [
        ("error_500", {"message": "out of memory"}, 500, '"out of memory"'),
        ("storm_429", {}, 429, "Too Many Requests"),
        ("wrong_type", {"value": []}, 200, "[]"),
        ("wrong_type", {"value": "busy"}, 200, '"busy"'),
        ("not_json", {}, 200, "<html>"),
        ("empty_body", {}, 200, ""),
    ],
)
def test_a_fault_replaces_as_many_answers_as_it_is_told_after_as_many_as_it_lets_pass(node, fault, how, status, text):
    node.inject(fault, "/chain/height", times=2, after=1, **how)
    told(node, "/status")
    answers = [ask(node, "/chain/height") for _ in range(4)]
    assert [answer[2] == '{"height":484}\r\n' for answer in answers] == [True, False, False, True]
    assert answers[1][0] == answers[2][0] == status
    assert text in answers[1][2]


def test_a_fault_may_match_any_property_of_a_request(node):
    node.inject("error_500", lambda asked: json.loads(asked.body or "{}").get("height") == 7)
    assert block(node, 6)["height"] == 6
    assert refused(node, "/block/at/public", '{"height": 7}')[0] == 500


def test_a_cut_body_is_shorter_than_announced(node):
    node.inject("cut_body")
    with pytest.raises(http.client.IncompleteRead):
        ask(node, "/chain/last-block")


def test_a_hanging_answer_outlasts_the_clients_patience_and_does_not_keep_the_node_from_stopping(node):
    node.inject("hang", seconds=60)
    with pytest.raises(TimeoutError):
        ask(node, "/chain/height", timeout=0.05)
    node.stop()


def test_a_dead_node_refuses_connections_until_it_is_started_again(node):
    node.inject("dead", "/chain", after=1)
    told(node, "/chain/height")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(node, "/chain/height")
    with pytest.raises(ConnectionRefusedError):
        ask(node, "/chain/height")
    assert told(node.start(), "/chain/height") == {"height": 484}


# Pages and lies


def test_a_duplicated_page_is_the_one_before(node):
    node.inject("duplicate_page", "/account/transfers")
    first, second = told(node, ALL), told(node, f"{ALL}&id=229")
    assert second == first != told(node, f"{ALL}&id=229")


def test_a_missing_page_leaves_out_as_many_rows_as_a_page_has(node):
    every = rows(node, ALL)
    node.inject("missing_page", "/account/transfers", after=1)
    assert rows(node, ALL, 10) == every[:10] + every[20:]


def payment_of(node):
    """The newest payment of the payer: its hash and its block's height."""
    for row in rows(node, ALL.replace("/all", "/outgoing")):
        if row["transaction"]["type"] == 257:
            return row["meta"]["hash"]["data"], row["meta"]["height"]
    raise AssertionError


def both_tellings(node, tx_hash, height, signature):
    """The payment as its page and as its block tell it; the first byte of the signature may be the lie."""
    (row,) = [row for row in rows(node, ALL) if row["meta"]["hash"]["data"] == tx_hash]
    (in_block,) = [each for each in block(node, height)["transactions"] if each["signature"][2:] == signature[2:]]
    return row["transaction"], in_block


@pytest.mark.parametrize("fault", ["lying_amount", "false_signature"])
def test_a_lie_about_a_payment_is_told_in_pages_and_block_alike_and_does_not_verify(node, fault):
    tx_hash, height = payment_of(node)
    honest = next(row["transaction"] for row in rows(node, ALL) if row["meta"]["hash"]["data"] == tx_hash)
    node.inject(fault, transaction=tx_hash)
    page, in_block = both_tellings(node, tx_hash, height, honest["signature"])
    changed = {field for field in honest if honest[field] != page[field]}
    assert page == in_block
    assert changed == {"amount" if fault == "lying_amount" else "signature"}
    assert not signature_holds(page)


def test_a_lying_balance_is_of_one_account_and_off_by_what_is_told(node):
    honest = balance(node, PAYER), balance(node, HARVESTER)
    node.inject("lying_balance", address=PAYER, by=-5)
    assert (balance(node, PAYER), balance(node, HARVESTER)) == (honest[0] - 5, honest[1])


def test_a_missing_transaction_is_in_its_block_and_on_no_page(node):
    tx_hash, height = payment_of(node)
    node.inject("missing_transaction", transaction=tx_hash)
    assert tx_hash not in [row["meta"]["hash"]["data"] for row in rows(node, ALL)]
    assert tx_hash in [hash_of(each) for each in block(node, height)["transactions"]]


def test_a_foreign_transaction_verifies_and_is_in_no_block(node):
    node.inject("foreign_transaction", "/account/transfers/all")
    forged, *others = rows(node, ALL)
    assert forged["transaction"]["recipient"] == PAYER
    assert forged["meta"]["id"] > others[0]["meta"]["id"]
    assert hash_of(forged["transaction"]) == forged["meta"]["hash"]["data"]
    assert signature_holds(forged["transaction"])
    assert address_of(forged["transaction"]["signer"], forged["transaction"]["version"]) != PAYER
    assert block(node, forged["meta"]["height"])["transactions"] == []


def test_a_node_may_go_over_to_another_branch_in_the_middle_of_a_reading(node):
    node.switch(SHORT)
    node.inject("switch", "/block", after=1, recording=LONG)
    assert [block(node, 487)["timeStamp"], told(node, "/chain/height")["height"]] == [block_of(SHORT, 487)["timeStamp"], 489]
    assert [block(node, 487)["timeStamp"], told(node, "/chain/height")["height"]] == [block_of(LONG, 487)["timeStamp"], 494]


def block_of(branch, height):
    """The block as the branch's recording has it."""
    return next(b for e in exchanges(branch) if e.path == "/block/at/public" and (b := json.loads(e.answer)).get("height") == height)


def test_a_node_may_fall_behind(node):
    node.inject("behind", "/account", tip=400)
    assert told(node, "/chain/height")["height"] == 484
    told(node, ALL)
    assert told(node, "/chain/height")["height"] == 400


def test_a_fault_that_is_none_or_lacks_what_it_needs_is_refused(node):
    for fault in ("earthquake", "switch", "lying_amount"):
        with pytest.raises(ValueError, match=f"no fault '{fault}'"):
            node.inject(fault)


def test_a_damaged_recording_is_refused(tmp_path):
    (tmp_path / "cut.jsonl").write_text('{"method": "GET"')
    with pytest.raises(InputError, match="cut off or damaged"):
        NisServer(tmp_path / "cut.jsonl")
