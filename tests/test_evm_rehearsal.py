"""The EVM rehearsal: what a real node served of a chain whose every movement is known, to the wei."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime

import pytest
import rlp
from conftest import EVM_REHEARSAL
from support.evm_recording import ETHER, address_of, answers_to, asked, dollar, read, recorded, truth
from trie import HexaryTrie

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.chains.evm.rlp_and_keccak import minimal, raw
from tracer.chains.evm.transaction_hashes import encoded
from tracer.ledger import assemble
from tracer.pipeline.stoppable.listing import facts_of, listing_of
from tracer.plan.deposit_addresses_for_freeze_lists import deposit_addresses
from tracer.report.deposits import deposits_table
from tracer.report.freeze_lists import freeze
from tracer.report.tables import rules_table
from tracer.tracing import RULES, stolen_by_tie

ASSETS = {"ETH": lambda: ETHER, "RUSD": dollar}
CASES = ("case", "case_dollar")


@pytest.fixture(scope="module")
def readings():
    return {name: read(recorded(), asset()) for name, asset in ASSETS.items()}


@pytest.fixture(scope="module")
def ledgers(readings):
    return {name: assemble(asset(), [readings[name][0]]) for name, asset in ASSETS.items()}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    found = {}
    for name in CASES:
        folder = tmp_path_factory.mktemp(name) / "case"
        tracer.trace(CaseFile.load(EVM_REHEARSAL / f"{name}.toml"), folder)
        found[name] = CaseFolder.open(folder)
    return found


@pytest.mark.parametrize("asset", ASSETS)
def test_every_balance_closes_against_a_proof_to_the_block_hash(readings, asset):
    reading, verdict = readings[asset]
    assert verdict.adds_up
    assert verdict.full == verdict.served == verdict.reconciled == 413
    assert reading.rejections == []


@pytest.mark.parametrize("asset", ASSETS)
def test_every_balance_is_the_true_one_to_the_unit(ledgers, asset):
    ledger = ledgers[asset]
    found = Counter({account.address: balance for account, balance in zip(ledger.accounts, ledger.balances, strict=True)})
    told = Counter({row["address"]: int(row["amount"]) for row in truth("balances") if row["asset"] == asset})
    assert +found == +told


@pytest.mark.parametrize("asset", ASSETS)
def test_every_movement_of_the_book_is_a_row_and_no_other_is(ledgers, asset):
    found = Counter((t.tx_hash, t.sender or "", t.recipient or "", t.amount) for t in ledgers[asset] if t.amount and t.kind != "tip")
    told = Counter(
        (row["hash"], row["sender"], row["recipient"], int(row["amount"]))
        for row in truth("movements")
        if row["asset"] == asset and row["hash"] and not row["kind"].startswith("fee_") and int(row["amount"])
    )
    assert found == told


def test_fees_and_tips_are_those_of_the_book(ledgers):
    paid, tips = Counter(), Counter()
    for row in truth("movements"):
        if row["kind"].startswith("fee_"):
            paid[row["hash"]] += int(row["amount"])
            tips[row["hash"]] += int(row["amount"]) if row["kind"] == "fee_tip" else 0
    assert {t.tx_hash: t.fee for t in ledgers["ETH"] if t.fee} == paid
    assert {t.tx_hash: t.amount for t in ledgers["ETH"] if t.kind == "tip"} == tips


def test_the_rows_of_every_transaction_change_balances_as_the_state_did(ledgers):
    """A second opinion of the node's: stateDiff, which no row is made of."""
    changed = {}
    for t in ledgers["ETH"]:
        change = changed.setdefault(t.tx_hash, Counter())
        if t.sender:
            change[t.sender] -= t.amount + t.fee
        if t.recipient:
            change[t.recipient] += t.amount
    for results in answers_to("trace_replayBlockTransactions").values():
        for result in results:
            differed = {address: _difference(each["balance"]) for address, each in result["stateDiff"].items()}
            found = {address: change for address, change in changed[result["transactionHash"]].items() if change}
            assert found == {address: change for address, change in differed.items() if change}


def _difference(said):
    if said == "=":
        return 0
    if "*" in said:
        return int(said["*"]["to"], 16) - int(said["*"]["from"], 16)
    return int(said["+"], 16) if "+" in said else -int(said["-"], 16)


def test_another_library_finds_the_same_roots():
    for block in answers_to("eth_getBlockByNumber").values():
        trie = HexaryTrie({})
        for place, transaction in enumerate(block["transactions"]):
            trie[rlp.encode(minimal(place))] = encoded(transaction)
        assert trie.root_hash == raw(block["transactionsRoot"])


def test_a_row_says_what_ties_it_to_the_chain(ledgers):
    ties = Counter(t.attributes["tie"] for t in ledgers["ETH"])
    assert set(ties) == {"signed", "balanced"}
    assert all((t.attributes["tie"] == "signed") == t.verified for t in ledgers["ETH"])
    assert all("way" in t.attributes for t in ledgers["ETH"] if not t.verified)


def test_tokens_that_are_destroyed_or_issued_without_transfer_are_rows(ledgers):
    events = Counter(t.attributes["event"] for t in ledgers["RUSD"])
    assert {"Transfer", "DestroyedBlackFunds", "Issue", "Redeem", "none: the first supply"} == set(events)


def test_what_the_issuer_destroyed_ends_as_destroyed_and_not_as_a_fee(cases):
    taken = {row["sender"]: int(row["amount"]) for row in truth("movements") if row["kind"] == "destroyed"}
    ended = {end.address: end.amounts["fifo"] for end in cases["case_dollar"].trace.endpoints if end.reason == "destroyed"}
    assert ended == taken
    assert cases["case_dollar"].trace.rules["fifo"].burnt == 0


def test_between_freeze_and_destruction_the_value_is_frozen(tmp_path):
    frozen = next(event for event in read(recorded(), dollar())[0].events if event.kind == "frozen")
    shutil.copytree(EVM_REHEARSAL, tmp_path, dirs_exist_ok=True)
    text = (EVM_REHEARSAL / "case_dollar.toml").read_text()
    moment = datetime.fromtimestamp(frozen.time, UTC).isoformat()
    (tmp_path / "case.toml").write_text(text.replace("[stops]", f"[stops]\nuntil = {moment}"))
    case = tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
    ended = {end.address: end.reason for end in case.trace.endpoints}
    assert ended[frozen.subject] == "frozen"
    assert frozen.subject in {row["sender"] for row in truth("movements") if row["kind"] == "destroyed"}


def test_a_fake_token_of_the_same_name_moves_nothing(ledgers):
    fake = {row["hash"] for row in truth("movements") if row["pattern"] == "fake_transfer"}
    assert fake
    assert not fake & {t.tx_hash for t in ledgers["RUSD"]}


def test_an_account_whose_later_proof_is_missing_has_rows_on_the_node_s_word():
    alone = address_of("swallow")
    without = [
        each for each in recorded() if not (asked(each)[0] == "eth_getProof" and asked(each)[1][0] == alone and "0x6e" in asked(each)[1])
    ]
    reading, _ = read(without)
    stated = [t for t in reading.transfers if t.attributes["tie"] == "stated"]
    assert stated
    assert all(alone in (t.sender, t.recipient) for t in stated)


@pytest.mark.parametrize("name", CASES)
def test_the_case_is_traced_from_the_recording_and_adds_up(cases, name):
    case = cases[name]
    asset = "ETH" if name == "case" else "RUSD"
    stolen = sum(int(row["amount"]) for row in truth("thefts") if row["asset"] == asset)
    assert case.audit.adds_up
    assert sum(theft.amount for theft in case.trace.thefts) == stolen
    for rule in RULES:
        trace = case.trace.rules[rule]
        ends = sum(endpoint.amounts[rule] for endpoint in case.trace.endpoints) + sum(hop.amount for hop in trace.fees)
        assert ends == trace.total == stolen


def test_the_traced_case_says_which_value_rests_on_what(cases):
    said = " ".join(cases["case"].ledger.notes)
    assert "413 of 413 balances that are proven against block hashes agree with the rows" in said
    assert "they are called signed" in said
    assert "they are called balanced" in said


def test_the_recording_is_small():
    transactions = sum(len(block["transactions"]) for block in answers_to("eth_getBlockByNumber").values())
    size = (EVM_REHEARSAL / "recording.jsonl.gz").stat().st_size
    assert size < 8 << 20
    assert size / transactions < 2000
    assert json.loads(recorded()[0].answer)["result"] == "anvil/v1.7.1"


def inferred_of(case):
    return deposit_addresses(case.ledger, case.trace.stops.services, case.labels)


@pytest.mark.parametrize("name", CASES)
def test_every_deposit_address_of_the_truth_that_ever_paid_is_inferred_and_no_other(cases, name):
    owners = {row["address"]: row["owner"] for row in truth("accounts") if row["role"] == "deposit"}
    paid = {t.sender for t in cases[name].ledger if t.amount and t.sender}
    assert {each.address: each.service for each in inferred_of(cases[name]).values()} == {a: owners[a] for a in owners if a in paid}


@pytest.mark.parametrize("name", CASES)
def test_a_deposit_address_is_listed_with_deposit_sweep_and_service_and_stays_followed(cases, name):
    case = cases[name]
    lines = [line for line in listing_of(facts_of(case)).lines if line.holding.kind == "deposit"]
    passed = {t.sender for t in case.ledger if t.row in case.trace.carrying and t.sender in inferred_of(case)}
    assert {line.holding.address for line in lines} == passed
    for line in lines:
        each = inferred_of(case)[line.holding.address]
        sweep = case.ledger.transfer(each.sweeps[-1])
        assert line.holding.addressee == each.service
        assert f"deposit address, probably of {each.service} (inferred)" in line.inferred[0].lower()
        assert str(sweep.tx_hash) in line.inferred[0]
        assert case.trace.cuts.get(each.deposits[-1]) is None


def test_every_holder_of_stolen_dollars_is_on_the_list_of_the_issuer_and_nobody_else(cases):
    lines = listing_of(facts_of(cases["case_dollar"])).lines
    thief = {row["address"] for row in truth("accounts") if row["role"] == "thief"}
    held = {row["address"]: int(row["amount"]) for row in truth("balances") if row["asset"] == "RUSD" and row["address"] in thief}
    listed = {line.holding.address: line.balance for line in lines if line.holding.kind == "issuer"}
    assert {address: balance.amount for address, balance in listed.items()} == {a: amount for a, amount in held.items() if amount}
    assert {(balance.height, balance.time is None) for balance in listed.values()} == {(110, False)}
    assert {line.holding.addressee for line in lines if line.holding.kind == "issuer"} == {f"issuer of {dollar().symbol}"}


def test_nobody_can_freeze_ether(cases):
    assert not any(line.holding.kind == "issuer" for line in listing_of(facts_of(cases["case"])).lines)


def test_a_freeze_list_names_the_deposit_address_and_what_came_there(cases):
    case = cases["case_dollar"]
    for each in freeze(case).lists:
        for line in deposits_table(case, freeze(case), each).rows:
            row = dict(zip(deposits_table(case, freeze(case), each).names, line, strict=True))
            assert inferred_of(case)[row["customer_address"]].service == each.service
            assert row["customer_deposits"].startswith("0x")


@pytest.mark.parametrize("name", CASES)
def test_the_summary_and_the_tables_say_how_the_stolen_value_is_tied(cases, name):
    case = cases[name]
    amounts = stolen_by_tie(case.ledger, case.trace)["fifo"]
    assert sum(amounts.values()) == case.trace.rules["fifo"].total - case.trace.rules["fifo"].burnt
    stops = next(each for each in case.flow.about.coverage if each.startswith("The trail stops"))
    assert ("; where the asset is destroyed; " in stops) == any(end.reason == "destroyed" for end in case.trace.endpoints)
    said = next(each for each in case.flow.about.coverage if "judged by the weakest row on any path to where it ends" in each)
    assert all(f"{case.ledger.asset.stated(amount)} {tie}" in said for tie, amount in amounts.items())
    table = rules_table(case)
    ties = Counter(dict(zip(table.names, line, strict=True))["tie"] for line in table.rows)
    assert set(ties) - {None} == {"signed" if name == "case_dollar" else "balanced"}
