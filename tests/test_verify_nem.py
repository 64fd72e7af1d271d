"""The rows of an export, tied to signed transactions in signed blocks by verify_nem.py alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys

import pytest
import sha3
from conftest import REHEARSAL, ROOT
from support.bare_python import bare_python
from support.small_chain import SmallChain
from symbolchain.CryptoTypes import PrivateKey
from symbolchain.nem.KeyPair import KeyPair
from test_verify import Sheet

import tracer
from tracer import verify_nem
from tracer.casefile import CaseFile
from tracer.chains.nem import hashes_and_signatures as codec
from tracer.report.export import export

SCRIPT = ROOT / "tracer" / "verify_nem.py"


@pytest.fixture(scope="module")
def chain():
    return SmallChain()


@pytest.fixture(scope="module")
def small(chain, tmp_path_factory):
    """Vic's case, traced and exported; the recording beside the tables."""
    place = tmp_path_factory.mktemp("small")
    case = tracer.trace(CaseFile.load(chain.write(place / "case")), place / "out")
    export(case, place / "export")
    shutil.copy(place / "case" / "recording.jsonl", place / "export")
    return place / "export"


@pytest.fixture
def copy(small, tmp_path):
    return shutil.copytree(small, tmp_path / "export")


def said(folder, *anchors):
    return verify_nem.check(folder, [folder / "recording.jsonl"], dict(anchors))


def test_it_is_400_lines_at_most_and_imports_nothing_that_python_does_not_bring():
    lines = SCRIPT.read_text().splitlines()
    assert len(lines) <= 400
    imports = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imports <= sys.stdlib_module_names


def test_a_bare_python_ties_every_row_of_the_rehearsal_to_a_signed_block(rehearsal, tmp_path):
    export(rehearsal, tmp_path / "export")
    alone = shutil.copy(SCRIPT, tmp_path / "verify_nem.py")
    done = bare_python(alone, tmp_path / "export", REHEARSAL / "recording.jsonl.gz", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout in (ROOT / "docs" / "package.md").read_text()
    assert "484 blocks (none missing up to the tip) and 1062 transactions (41 cosignatures); 1289 rows against what they do" in done.stdout
    assert "block 484: 03f052cdcdacb6215032fd3b385b4fd15d2f199bdb5b66db67dd3275d5bd56fa" in done.stdout
    assert "NOT compared with the network" in done.stdout


@pytest.mark.parametrize("size", [0, 1, 71, 72, 135, 136, 137, 500])
def test_keccak_is_the_one_nem_hashes_with(size):
    content = os.urandom(size)
    assert verify_nem.keccak(content, 32) == sha3.keccak_256(content).digest()
    assert verify_nem.keccak(content) == sha3.keccak_512(content).digest()


def test_a_signature_holds_for_its_content_and_its_key_alone():
    ann, bob = (KeyPair(PrivateKey(hashlib.sha256(name).digest())) for name in (b"ann", b"bob"))
    signature = str(ann.sign(b"I owe Bob 5"))
    assert verify_nem.signed_by(str(ann.public_key), b"I owe Bob 5", signature)
    assert not verify_nem.signed_by(str(ann.public_key), b"I owe Bob 6", signature)
    assert not verify_nem.signed_by(str(bob.public_key), b"I owe Bob 5", signature)
    assert not verify_nem.signed_by(str(ann.public_key), b"I owe Bob 5", signature[:64] + "ff" * 32)


def test_an_honest_case_contradicts_nothing_and_says_what_it_did_not_compare(small, chain):
    report = said(small)
    assert report.differences == []
    assert report.given[-1] == "Internally consistent, NOT compared with the network: without --anchor, an invented chain passes too."
    assert f"  block 6: {chain.hash(6)}" in report.given


def test_an_anchor_names_the_blocks_it_speaks_for(small, chain):
    for known in (chain.hash(4), f"0x{chain.hash(4)}", f"0x{chain.hash(4).upper()}"):
        report = said(small, (4, known))
        assert (report.differences, report.given[-1]) == ([], "Compared with the network: blocks 1 to 4, by the anchor.")


def test_a_whole_chain_made_with_other_keys_is_found_by_an_anchor_only(tmp_path, chain):
    forged = SmallChain("forged")
    case = tracer.trace(CaseFile.load(forged.write(tmp_path / "case")), tmp_path / "out")
    export(case, tmp_path / "export")
    shutil.copy(tmp_path / "case" / "recording.jsonl", tmp_path / "export")
    assert said(tmp_path / "export").differences == []
    found = said(tmp_path / "export", (6, chain.hash(6))).differences
    assert found == [f"--anchor 6: block 6 is {forged.hash(6)}: the recording is of another chain, or lacks it"]


def in_table(file, name, value, **where):
    def spoil(folder):
        sheet = Sheet(folder, file)
        row = sheet.find(**where)
        sheet.put(row, name, value)
        sheet.write()
        return f"{file}:{sheet.rows.index(row) + 2}: {name}"

    return spoil


def tip_blanked(folder):
    in_table("method.csv", "value", "", setting="tip")(folder)
    return "method.csv: tip says '', which no node stated: [6]"


def row_dropped(folder):
    sheet = Sheet(folder, "transfers.csv")
    sheet.rows.remove(sheet.find(height="5", position="64"))
    sheet.write()
    return "transfers.csv: has no row for transfer of 2000000"


def row_added(folder):
    sheet = Sheet(folder, "transfers.csv")
    sheet.rows.append([*sheet.rows[-1]])
    sheet.put(sheet.rows[-1], "position", "320")
    sheet.write()
    return "transfers.csv:20: no block of the recording does this"


def row_said_to_be_reported(folder):
    in_table("transfers.csv", "basis", "reported", height="4", position="64")(folder)
    return "transfers.csv: has no row for transfer of 500000000"


def in_recording(change):
    """The answers with one block changed, their SHA-256 made anew."""

    def spoil(folder):
        path, kept = folder / "recording.jsonl", []
        for line in path.read_text().splitlines():
            record = json.loads(line)
            answer = json.loads(record["answer"])
            if answer.get("height") == 4 and "transactions" in answer:
                found = change(answer)
                record["answer"] = json.dumps(answer)
                record["sha256"] = hashlib.sha256(record["answer"].encode()).hexdigest()
            kept.append(json.dumps(record))
        path.write_text("\n".join(kept) + "\n")
        return found

    return spoil


def amount_in_block(block):
    block["transactions"][0]["amount"] += 1
    return "recording.jsonl:5: block 4 is not as its harvester signed it"


def transaction_out_of_block(block):
    del block["transactions"][1]
    return "recording.jsonl:5: block 4 is not as its harvester signed it"


def signed_anew(block):
    """The harvester's key in the wrong hands: the block is well signed, and the next one does not follow it."""
    del block["transactions"][1]
    SmallChain().harvested("Harvester", block)
    return "recording.jsonl:6: block 5 does not follow block 4"


def digest_only(folder):
    path = folder / "recording.jsonl"
    path.write_text(path.read_text().replace("19000000000", "19000000001", 1))
    return "recording.jsonl:5: the answer is not the one recorded, by its SHA-256"


TAMPERINGS = {
    "amount": in_table("transfers.csv", "amount", "18999999999", height="4", position="0"),
    "recipient": in_table("transfers.csv", "recipient", SmallChain().address["Ann"], height="4", position="64"),
    "sender": in_table("transfers.csv", "sender", SmallChain().address["Ann"], height="4", position="64"),
    "fee": in_table("transfers.csv", "fee", "0", height="4", position="0"),
    "hash": in_table("transfers.csv", "tx_hash", "ab" * 32, height="4", position="0"),
    "inner hash": in_table("transfers.csv", "inner_hash", "", height="5", position="0"),
    "time": in_table("transfers.csv", "time", "2015-03-29T01:13:06Z", height="4", position="0"),
    "customer number": in_table("transfers.csv", "memo_hex", b"customer 8".hex(), height="4", position="0"),
    "harvest": in_table("transfers.csv", "amount", "49999", height="6", kind="harvest"),
    "opening": in_table("accounts.csv", "opening", "1", opening="0"),
    "coverage": in_table("accounts.csv", "coverage", "boundary", service="Big Exchange"),
    "balance served": in_table("accounts.csv", "served", "7", service="Big Exchange"),
    "tip": tip_blanked,
    "row dropped": row_dropped,
    "row added": row_added,
    "row said to be reported": row_said_to_be_reported,
    "answer altered": digest_only,
    "amount in a block": in_recording(amount_in_block),
    "transaction out of a block": in_recording(transaction_out_of_block),
    "block signed anew": in_recording(signed_anew),
}


@pytest.mark.parametrize("spoil", TAMPERINGS.values(), ids=TAMPERINGS)
def test_what_blocks_contradict_is_found_and_its_place_is_named(copy, spoil):
    place = spoil(copy)
    differences = said(copy).differences
    assert any(line.startswith(place) for line in differences), (place, differences[:5])


def test_a_cosignature_of_another_transaction_is_found():
    """Bob's cosignature is well signed, and of something else than what Shared pays."""
    chain = SmallChain()
    stated = {"fee": 0, "otherHash": {"data": "ab" * 32}, "otherAccount": chain.address["Shared"]}
    chain.blocks[4]["transactions"][0]["signatures"] = [chain.signed("Bob", {**chain.begun(4098), **stated})]
    chain.harvested("Harvester", chain.blocks[4])
    report = verify_nem.Report()
    blocks = verify_nem.Blocks(report)
    for block in chain.blocks[:5]:
        blocks.read(f"block {block['height']}", block)
    assert report.differences == ["block 5: block 5, transaction 0: a cosignature is of another one"]


def test_what_cannot_be_read_is_one_line_and_exit_code_1(copy):
    (copy / "recording.jsonl").write_text('{"method": "GET"\n')
    done = bare_python(SCRIPT, copy, copy / "recording.jsonl")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("verify_nem: recording.jsonl:1: JSONDecodeError")
    assert done.stderr.count("\n") == 1


def test_what_is_signed_of_every_type_is_what_the_program_hashes(rehearsal_blocks):
    for block in rehearsal_blocks:
        assert verify_nem.keccak(verify_nem.signed_bytes(block), 32).hex() == codec.block_hash(block)


@pytest.fixture(scope="module")
def rehearsal_blocks():
    recorded = verify_nem.Recorded([REHEARSAL / "recording.jsonl.gz"], verify_nem.Report())
    return [block for _, block in recorded.blocks.values()]
