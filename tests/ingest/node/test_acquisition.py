"""Following the money on a node: what is read, in which order, and that it is the same as the whole chain says."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy

import pytest
from conftest import REHEARSAL
from support.live_cases import FAST, RECORDING, T0, VICTIM, LiveCase
from support.nis_server import NisServer

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.chains import Nodes, chain
from tracer.chains.nem.scan import breaks
from tracer.errors import NodeError
from tracer.ingest.node.recording import exchanges
from tracer.ledger import assemble, audit
from tracer.model import Asset

XEM = Asset("nem", "xem", 6)


@pytest.fixture(scope="module")
def offline():
    """Reads from the recording of all accounts, asking nobody."""
    reader = chain("nem").reader(exchanges(RECORDING), XEM, "recording", None)
    reader.begin()
    return reader


@pytest.fixture(scope="module")
def scanned():
    return chain("nem").scan(exchanges(RECORDING), XEM, "recording")


@pytest.fixture(scope="module")
def everybody(offline, scanned):
    accounts = [account.address for account in scanned.accounts]
    for address in accounts:
        offline.fetch(address)
    return accounts


def test_an_account_read_alone_has_the_rows_the_block_scan_has_of_it(offline, scanned, everybody):
    rows = {t.row_key: t for t in scanned.transfers}
    unlisted = {"levy", "creation"}
    blocks = offline.answers.blocks
    for address in everybody:
        offline.answers.blocks = {height: blocks[height] for height in offline.histories.heights(address)}
        alone = {t.row_key: t for t in offline.reading({address}).transfers}
        offline.answers.blocks = blocks
        told = {key: t for key, t in rows.items() if address in (t.sender, t.recipient)}
        assert alone.items() <= told.items()
        assert all(t.kind in unlisted and t.recipient == address for key, t in told.items() if key not in alone)


def test_with_all_accounts_read_the_ledger_is_the_block_scans_and_every_balance_closes(offline, scanned, everybody):
    reading = offline.reading(everybody)
    assert sorted(reading.transfers) == sorted(scanned.transfers)
    verdict = audit(assemble(XEM, [reading]))
    assert verdict.adds_up
    assert (verdict.accounts, verdict.full, verdict.served) == (192, 192, 192)


def read_alone(node, address):
    """The gaps of an account that is the only one a run reads."""
    reader = chain("nem").reader([], XEM, "live", Nodes((node.url,), lambda *_: None, patience=FAST))
    reader.begin()
    assert reader.fetch(address)
    return audit(assemble(XEM, [reader.reading({address})])).gaps


def test_the_sink_of_mosaic_fees_read_alone_leaves_a_residual_with_its_cause(node):
    (gap,) = read_alone(node, "TBMOSAICOD4F54EE5CDMR23CCBGOAM2XSJBR5OLC")
    assert gap.short_by > 0
    assert "fees for mosaics, which its list does not name" in gap.likely


def test_a_recipient_of_levies_read_alone_leaves_a_residual_with_its_cause(node, scanned):
    (recipient,) = {t.recipient for t in scanned.transfers if t.kind == "levy"} - {None}
    (gap,) = read_alone(node, recipient)
    assert gap.short_by > 0
    assert "levy" in gap.likely


def test_the_order_of_reading_follows_the_value(undisturbed):
    asked = [json.loads(line)["path"] for line in lines_of(undisturbed)]
    read = [path.split("address=")[1].split("&")[0] for path in asked if path.startswith("/account/get?")]
    assert read[:2] == [VICTIM, T0]
    whole = CaseFolder.open(undisturbed.folder).trace
    value = {
        address: sum(h.amount for h in whole.rules["haircut"].hops if whole_recipient(undisturbed, h.row) == address)
        for address in read[1:]
    }
    assert min(value.values()) > 10**13


def whole_recipient(case, row):
    return case.ledger.transfer(row).recipient


def lines_of(case):
    import gzip

    return gzip.open(case.folder / "recording.jsonl.gz").read().splitlines()


def test_what_is_left_unread_is_an_endpoint_with_its_value(undisturbed):
    left = {
        rule: sum(e.amounts[rule] for e in undisturbed.trace.endpoints if e.reason == "not_fetched") for rule in undisturbed.trace.rules
    }
    assert all(left.values())
    assert any("not followed further because the history was not read" in sentence for sentence in undisturbed.flow.about.coverage)
    assert undisturbed.audit.adds_up
    assert undisturbed.audit.full == 4  # three that the money reached, and the drained wallet, which is small


def test_the_whole_rehearsal_over_a_node_ends_where_the_recording_says(rehearsal, tmp_path, node):
    live = LiveCase(tmp_path, max_accounts=1000)
    found = live.trace(node)
    assert found.audit.adds_up
    for rule in found.trace.rules:
        told = {(e.address, e.reason): e.amounts[rule] for e in rehearsal.trace.endpoints if e.amounts[rule]}
        assert {(e.address, e.reason): e.amounts[rule] for e in found.trace.endpoints if e.amounts[rule]} == told
    assert node.count < 1400


def test_offline_the_recording_made_gives_the_same_case(undisturbed, tmp_path):
    shutil.copytree(undisturbed.folder.parent, tmp_path / "again")
    case = CaseFile.load(tmp_path / "again" / "case.toml")
    (tmp_path / "again" / "out" / "case.db").unlink()
    again = tracer.trace(case, tmp_path / "again" / "out", offline=True)
    assert again.manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_offline_a_question_nobody_answered_is_said(live):
    with pytest.raises(NodeError, match=r"offline, and the recording does not answer"):
        tracer.trace(live.write("http://127.0.0.1:1"), live.out, offline=True)


def test_a_second_run_asks_no_question_but_whether_the_tip_still_stands(live, node, undisturbed):
    live.trace(node)
    asked = node.count
    (live.out / "case.db").unlink()
    again = live.trace(node)
    assert again.manifest["results_digest"] == undisturbed.manifest["results_digest"]
    assert node.count - asked <= 1


def test_a_recording_that_a_killed_run_left_half_written_is_gone_on_from(live, node, undisturbed):
    live.trace(node)
    (live.out / "case.db").unlink()
    partial = live.out / ".partial"
    partial.mkdir()
    content = b"\n".join(lines_of(CaseFolderless(live.out)))
    (partial / "recording.jsonl").write_bytes(content[: len(content) * 2 // 3])
    assert live.trace(node).manifest["results_digest"] == undisturbed.manifest["results_digest"]


class CaseFolderless:
    def __init__(self, folder):
        self.folder = folder


def test_a_theft_by_a_hash_nodes_no_longer_know_asks_for_the_wallet(live, node):
    case = live.write(node.url)
    text = case.text.replace(f'wallet = "{VICTIM}"\nto = ["{T0}"]\nfrom = 2018-01-25T12:00:00Z', f'transfer = "{"ab" * 32}"')
    with pytest.raises(NodeError, match="nodes keep hashes for 36 hours only; name the wallet"):
        tracer.trace(CaseFile.parse(text, case.path), live.out, patience=FAST)


def test_a_theft_by_hash_is_found_where_the_node_knows_it(tmp_path):
    with NisServer(RECORDING, hash_cache=True) as node:
        live = LiveCase(tmp_path, max_accounts=2)
        tx_hash = "58c238d39e55b3128715bb19a445ff2149b7724fb41eb24e75cd3c5018be7063"
        text = live.write(node.url).text.replace(
            f'wallet = "{VICTIM}"\nto = ["{T0}"]\nfrom = 2018-01-25T12:00:00Z', f'transfer = "{tx_hash}"'
        )
        found = tracer.trace(CaseFile.parse(text, tmp_path / "case.toml"), live.out, patience=FAST)
        assert found.trace.rules["fifo"].total == 100_000_000_000_000


def test_a_mosaic_has_a_ledger_of_its_own_that_adds_up():
    gold = Asset("nem", "kumamon:coin", 3)
    reader = chain("nem").scan(exchanges(RECORDING), gold, "recording")
    ledger = assemble(gold, [reader])
    verdict = audit(ledger)
    assert {t.kind for t in ledger} >= {"mint", "transfer"}
    assert verdict.served > 100
    assert verdict.gaps == []


def test_every_mosaic_of_the_chain_adds_up():
    names = {
        event.attributes["mosaic"] for event in chain("nem").scan(exchanges(RECORDING), XEM, "r").events if event.kind.startswith("mosaic_")
    }
    assert len(names) >= 8
    for name in sorted(names):
        asset = Asset("nem", name, 0)
        assert audit(assemble(asset, [chain("nem").scan(exchanges(RECORDING), asset, "r")])).gaps == [], name


def test_nodes_that_disagree_deeper_than_chains_are_rewritten_are_a_finding(node, monkeypatch):
    def reader():
        found = chain("nem").reader(exchanges(RECORDING), XEM, "r", Nodes((node.url,), lambda *_: None, patience=FAST))
        found.begin()
        monkeypatch.setattr(found.questions, "still", lambda height, known: height < 100)
        return found

    with pytest.raises(NodeError, match=r"has another block 124 than the node before it.*they are of two chains"):
        reader().questions._same_chain()
    with pytest.raises(NodeError, match="deeper than nodes may rewrite"):
        reader().settled()


def test_a_public_key_of_another_account_is_not_believed(node):
    answer = deepcopy(node.account(T0))  # what was recorded is every test's
    answer["account"]["publicKey"] = node.account(VICTIM)["account"]["publicKey"]
    exchange = next(exchanges(RECORDING))._replace(path=f"/account/get?address={T0}", answer=json.dumps(answer))
    reader = chain("nem").reader([exchange], XEM, "r", None)
    assert "is another account's" in reader.answers.rejections[0].reason


def test_nodes_are_asked_no_faster_than_they_bear():
    assert Nodes(("http://127.0.0.1:7890",), lambda *_: None).per_second == 10
    assert REHEARSAL.exists()


def test_a_block_that_cannot_be_hashed_is_no_break_in_the_chain_and_ends_no_run():
    """A type of transaction that is younger than tracer: what follows such a block cannot be told."""
    blocks = [json.loads(e.answer) for e in exchanges(RECORDING) if e.path == "/block/at/public" and e.status == 200]
    first, second = sorted(blocks, key=lambda block: block["height"])[18:20]
    unknown = {**first, "transactions": [{**first["transactions"][0], "type": 9999}]}
    assert list(breaks([first, second])) == []
    assert list(breaks([unknown, second])) == []
    torn = {**second, "prevBlockHash": {"data": 64 * "0"}}
    assert list(breaks([first, torn])) == [(first, torn)]
    assert list(breaks([first, {**torn, "height": second["height"] + 1}])) == []


def test_a_case_read_from_nodes_is_tagged_again_without_asking_one(live, node):
    first = live.trace(node)
    asked = node.count
    with (live.place / "case.toml").open("a") as case:
        case.write("[thresholds.fan_out]\nmin_recipients = 1\nmin_share_ppm = 0\nmax_single_ppm = 1000000\n")
    again = tracer.tag(live.out)

    def fans(folder):
        return {tag.subject for tag in folder.tags if tag.name == "fan_out" and "default" in tag.presets}

    assert fans(first) < fans(again)
    assert again.trace.endpoints == first.trace.endpoints
    assert node.count == asked


def test_a_node_may_be_named_by_host_and_port_alone(live, node, undisturbed):
    found = tracer.trace(live.write(node.url.removeprefix("http://")), live.out, patience=FAST)
    assert found.manifest["results_digest"] == undisturbed.manifest["results_digest"]


def test_an_address_that_is_none_of_a_node_is_named_with_what_to_write(live):
    with pytest.raises(NodeError, match=r"ftp://127.0.0.1: GET /chain/height: no address of a node: write http://HOST:PORT"):
        tracer.trace(live.write("ftp://127.0.0.1"), live.out, patience=FAST)


def test_a_node_that_is_not_there_is_named_with_question_and_remedy(live):
    with pytest.raises(NodeError, match=r"http://127.0.0.1:1: GET /chain/height: no connection .*add another node with --node"):
        tracer.trace(live.write("127.0.0.1:1"), live.out, patience=FAST)


def test_a_socks_proxy_says_what_it_needs(live, monkeypatch):
    monkeypatch.setattr("tracer.chains.node.client.find_spec", lambda name: None)
    case = live.write("http://127.0.0.1:1").with_options({"proxy": "socks5h://127.0.0.1:9050"})
    with pytest.raises(NodeError, match=r"needs PySocks: pip install .requests\[socks\]"):
        tracer.trace(case, live.out, patience=FAST)
