"""What a rival expert tried: altered records, altered chains, altered folders. Each is noticed, or changes nothing."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from conftest import REHEARSAL

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.chains.nem.answers import Answers
from tracer.chains.nem.scan import scan
from tracer.errors import CaseError, InputError, StoreError
from tracer.ingest.node.recording import exchanges
from tracer.ledger import assemble, audit
from tracer.model import Asset
from tracer.plan.how_sources_are_read import read_sources

XEM = Asset("nem", "xem", 6)


@pytest.fixture(scope="module")
def recorded():
    return [e for e in exchanges(REHEARSAL / "recording.jsonl.gz") if e.path in ("/chain/height", "/block/at/public")]


def chain_with(recorded, height, spoil):
    """The ledger of the chain's blocks alone (no balances served), one of them spoiled."""
    changed = []
    for exchange in recorded:
        if exchange.path == "/block/at/public" and json.loads(exchange.body)["height"] == height:
            block = json.loads(exchange.answer)
            spoil(block)
            exchange = exchange._replace(answer=json.dumps(block))
        changed.append(exchange)
    return assemble(XEM, [scan(Answers(changed, "r"), XEM, "r")])


def reverse(block):
    block["transactions"].reverse()


def later(block):
    block["timeStamp"] += 3600


def emptied(block):
    block["transactions"] = []


@pytest.mark.parametrize("spoil", [reverse, later, emptied], ids=["order", "time", "emptied"])
def test_a_block_that_is_not_what_its_harvester_signed_does_not_add_up(recorded, spoil):
    ledger = chain_with(recorded, 133, spoil)
    assert any(r.place == "block 133" and "signature does not hold" in r.reason for r in ledger.rejections)
    assert not audit(ledger).adds_up


def test_a_transaction_copied_into_another_block_is_a_rejection(recorded):
    original = next(json.loads(e.answer) for e in recorded if e.body and json.loads(e.body)["height"] == 20)["transactions"][0]
    ledger = chain_with(recorded, 484, lambda block: block["transactions"].append(original))
    assert any("stands in block 20 already" in r.reason for r in ledger.rejections)
    assert not audit(ledger).adds_up


def test_mosaics_beside_a_transfer_of_version_1_change_nothing(recorded):
    def add_mosaics(block):
        block["transactions"][6]["mosaics"] = [{"mosaicId": {"namespaceId": "nem", "name": "xem"}, "quantity": 1}]

    ledger = chain_with(recorded, 19, add_mosaics)
    assert ledger.columns.amount == chain_with(recorded, 19, lambda _: None).columns.amount


def test_an_inner_transaction_beside_an_ordinary_one_gives_it_no_inner_hash(recorded):
    inner = next(t["otherTrans"] for e in recorded if e.body for t in json.loads(e.answer)["transactions"] if "otherTrans" in t)
    ledger = chain_with(recorded, 19, lambda block: block["transactions"][6].update(otherTrans=copy.deepcopy(inner)))
    (row,) = [t for t in ledger if t.height == 19 and t.position == 6 * 64]
    assert "inner_hash" not in row.attributes


def test_two_different_answers_about_one_block_are_a_rejection(recorded):
    other = next(e for e in recorded if e.body and json.loads(e.body)["height"] == 133)
    block = json.loads(other.answer)
    reverse(block)
    found = Answers([*recorded, other._replace(answer=json.dumps(block))], "r")
    assert ["answered twice" in r.reason for r in found.rejections] == [True]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("signer", 5),
        ("signer", None),
        ("version", "x"),
        ("transactions", None),
        ("timeStamp", 10**30),
        ("timeStamp", 1.5),
        ("height", 1e999),
    ],
)
def test_a_block_of_another_shape_is_one_line_and_no_traceback(recorded, key, value):
    with pytest.raises(InputError, match="block 133 of 484 is missing"):
        chain_with(recorded, 133, lambda block: block.update({key: value}))


@pytest.mark.parametrize("balance", [None, "5", 1.5, 10**30, -1, True])
def test_a_balance_that_is_none_is_not_compared_with(balance):
    account = {"meta": {}, "account": {"address": "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4", "balance": balance, "publicKey": None}}
    exchange = next(exchanges(REHEARSAL / "recording.jsonl.gz"))._replace(path="/account/get?address=T", answer=json.dumps(account))
    found = Answers([exchange], "r")
    assert found.accounts == {}
    assert len(found.rejections) == 1


@pytest.mark.parametrize(
    "line", ['{"path": 5}', '{"path": "http://[::1", "method": "GET", "status": 200, "answer": "{}"}', "[" * 200_000, "5"]
)
def test_a_line_that_is_no_exchange_is_one_line(tmp_path, line):
    (tmp_path / "r.jsonl").write_text(line + "\n")
    with pytest.raises(InputError, match=r"r.jsonl:1: no recorded answer"):
        list(exchanges(tmp_path / "r.jsonl"))


def trace(case_dir, folder):
    return tracer.trace(CaseFile.load(case_dir / "case.toml"), folder)


def test_a_record_that_was_altered_is_not_gone_on_from(rehearsal_copy, tmp_path):
    before = trace(rehearsal_copy, tmp_path / "out").manifest["results_digest"]
    with sqlite3.connect(tmp_path / "out" / "case.db") as db:
        db.execute(
            "UPDATE kept_transfers SET amount = amount + 1 WHERE row_key = (SELECT max(row_key) FROM transfers WHERE kind = 'transfer')"
        )
    assert trace(rehearsal_copy, tmp_path / "out").manifest["results_digest"] == before


def test_a_folders_own_case_file_must_not_be_edited(rehearsal_copy, tmp_path):
    trace(rehearsal_copy, tmp_path / "out")
    own = tmp_path / "out" / "case.toml"
    own.write_text(own.read_text().replace('primary = "fifo"', 'primary = "lifo"'))
    with pytest.raises(StoreError, match="not of one run"):
        CaseFolder.open(tmp_path / "out")


def test_a_page_that_was_altered_is_noticed(rehearsal_copy, tmp_path):
    done = trace(rehearsal_copy, tmp_path / "out")
    (tmp_path / "out" / "case.html").write_text("<p>exchange1 received nothing")
    (change,) = done.changes(thorough=True)
    assert "case.html is not what was drawn" in change


def test_an_amount_changed_in_place_is_noticed_by_every_command(rehearsal_copy, tmp_path):
    done = trace(rehearsal_copy, tmp_path / "out")
    labels = rehearsal_copy / "labels.yaml"
    labels.write_text(labels.read_text().replace("exchange1", "exchange2", 1))
    assert "labels.yaml has changed" in done.changes()[0]


def test_a_source_changed_while_it_is_read_is_refused(rehearsal_copy, tmp_path, monkeypatch):
    read = read_sources

    def read_and_change(*arguments):
        ledger = read(*arguments)
        (rehearsal_copy / "labels.yaml").write_text((rehearsal_copy / "labels.yaml").read_text() + "\n")
        return ledger

    monkeypatch.setattr("tracer.pipeline.trace.read_sources", read_and_change)
    with pytest.raises(StoreError, match="a source was changed while it was read"):
        trace(rehearsal_copy, tmp_path / "out")


def test_a_folder_of_another_case_is_not_replaced(rehearsal_copy, tmp_path):
    trace(rehearsal_copy, tmp_path / "out")
    other = rehearsal_copy / "case.toml"
    other.write_text(other.read_text().replace('name = "rehearsal"', 'name = "other"'))
    with pytest.raises(StoreError, match="holds the case 'rehearsal', and this one is 'other'"):
        trace(rehearsal_copy, tmp_path / "out")


def test_files_that_no_run_made_are_not_replaced(rehearsal_copy, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "case.toml").write_text("mine")
    with pytest.raises(StoreError, match=r"holds a case.toml that no finished run made"):
        trace(rehearsal_copy, tmp_path / "out")


def test_the_folder_of_the_case_file_is_not_the_case_folder(rehearsal_copy):
    with pytest.raises(StoreError, match="holds the case file itself"):
        trace(rehearsal_copy, rehearsal_copy)


def test_two_runs_in_one_folder_do_not_meet(rehearsal_copy, tmp_path):
    from tracer.casefolder.run import work

    case = CaseFile.load(rehearsal_copy / "case.toml")
    with work(tmp_path / "out", case), pytest.raises(StoreError, match="another run is at work in it"):
        trace(rehearsal_copy, tmp_path / "out")


@pytest.mark.parametrize("after", [1, 2, 3])
def test_results_put_half_in_place_are_not_read(rehearsal_copy, tmp_path, monkeypatch, after):
    import os

    trace(rehearsal_copy, tmp_path / "out")
    case = rehearsal_copy / "case.toml"
    case.write_text(case.read_text().replace("dust = 1_000_000", "dust = 2_000_000"))
    moved, replace = [], os.replace

    def replace_some(source, target):
        if Path(source).parent.name == ".partial":
            if len(moved) == after:
                raise KeyboardInterrupt
            moved.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", replace_some)
    with pytest.raises(KeyboardInterrupt):
        trace(rehearsal_copy, tmp_path / "out")
    monkeypatch.undo()
    with pytest.raises(StoreError, match="not of one run"):
        CaseFolder.open(tmp_path / "out")
    assert trace(rehearsal_copy, tmp_path / "out").changes(thorough=True) == []


@pytest.mark.parametrize("manifest", ["{}", "[]", '{"case": 5}', "[" * 100_000])
def test_a_manifest_of_another_shape_is_one_line(rehearsal_dir, tmp_path, manifest):
    shutil.copytree(rehearsal_dir, tmp_path / "out")
    (tmp_path / "out" / "manifest.json").write_text(manifest)
    with pytest.raises(StoreError, match="trace the case again"):
        CaseFolder.open(tmp_path / "out")


SMALL = (
    'name = "small"\nchain = "table"\nasset = "a"\ndecimals = 0\n[[sources]]\nkind = "table"\npath = "t.csv"\n'
    '[[thefts]]\nwallet = "V"\n{more}\n'
)
ROWS = "height,position,sender,recipient,amount,tx_hash,time\n1,0,V,A,100,ABC1,1000\n2,0,V,cust-1,40,ABC2,2000\n3,0,A,E,5,ABC3,3000\n"


def small(tmp_path, more, rows=ROWS):
    (tmp_path / "t.csv").write_text(rows)
    (tmp_path / "case.toml").write_text(SMALL.format(more=more))
    return tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")


@pytest.mark.parametrize("entry", ["abc2", "0xABC2", "cust-1"])
def test_what_is_excluded_is_excluded_however_it_is_written(tmp_path, entry):
    assert [t.amount for t in small(tmp_path, f'exclude = ["{entry}"]').trace.thefts] == [100]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('exclude = ["nonsense"]', "exclude: 'nonsense' is no transaction and no address"),
        ('to = ["Nobody"]', "Nobody is not in the ledger"),
        ('[trace]\nthrough = ["Zaiff"]', r"case.toml:11: through: .*'Zaiff'"),
        ("[stops]\nuntil = 1970-01-01T00:20:00Z", "nothing after it is followed, and theft ABC2 is after it"),
    ],
)
def test_what_matches_nothing_is_refused(tmp_path, more, said):
    with pytest.raises(CaseError, match=said):
        small(tmp_path, more)


def test_a_window_without_times_is_refused(tmp_path):
    rows = "height,sender,recipient,amount\n1,V,A,100\n2,A,B,5\n"
    with pytest.raises((CaseError, InputError), match=r"no times|states no time"):
        small(tmp_path, "from = 2018-01-01", rows)


def test_an_endpoint_rests_on_every_deposit_its_money_was_mixed_with(tmp_path):
    rows = "height,sender,recipient,amount,tx_hash,basis\n1,V,A,100,h1,chain\n2,X,A,900,h2,modelled\n3,A,E,500,h3,chain\n"
    (tmp_path / "b.csv").write_text("address,opening\nV,100\nX,900\n")
    (tmp_path / "t.csv").write_text(rows)
    text = SMALL.format(more="").replace('path = "t.csv"', 'path = "t.csv"\nbalances = "b.csv"')
    (tmp_path / "case.toml").write_text(text)
    done = tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
    assert {e.basis for e in done.trace.endpoints} == {"modelled"}


def test_digests_are_of_the_files_named(rehearsal):
    (source,) = [s for s in rehearsal.manifest["sources"] if s["kind"] == "recording"]
    assert source["sha256"] == hashlib.sha256((REHEARSAL / "recording.jsonl.gz").read_bytes()).hexdigest()
