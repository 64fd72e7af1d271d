"""The check by a rival: verify_evm.py alone ties an export to signatures, receipts and block hashes, and finds whatever was altered."""

import csv
import json
from functools import cache

import pytest
from conftest import EVM_REHEARSAL, ROOT
from sha3 import keccak_256
from support.bare_python import bare_python
from support.evm_recording import address_of, answers_to, asked, recorded

import tracer
from tracer import verify_evm, verify_package
from tracer.bundle.package import bundled
from tracer.casefile import CaseFile
from tracer.casefile.whole_and_exact_files import put_named
from tracer.casefolder import CaseFolder
from tracer.chains.evm.transaction_hashes import signer
from tracer.report.export import export

SCRIPT = ROOT / "tracer" / "verify_evm.py"
RECORDING = EVM_REHEARSAL / "recording.jsonl.gz"
BLOCK, RECEIPTS, PROOF = "eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getProof"
ALICE, COMPANY, DOLLAR = address_of("person001"), address_of("company1"), address_of("dollar")
TIP = answers_to(BLOCK)[110]["hash"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Ether and the dollar, exported."""
    found = {}
    for name in ("case", "case_dollar"):
        folder = tmp_path_factory.mktemp(name)
        export(tracer.trace(CaseFile.load(EVM_REHEARSAL / f"{name}.toml"), folder / "case"), folder / "export")
        found[name] = folder / "export"
    return found


@pytest.fixture
def fast(monkeypatch):
    """Hashes and signers of libraries in place of the slow ones; that these are equal is a test of its own."""
    monkeypatch.setattr(verify_evm, "keccak", cache(lambda content: keccak_256(content).digest()))
    monkeypatch.setattr(verify_evm, "signer", remembered)


@cache
def remembered(*signature):
    return signer(*signature)


def write(path, said):
    """A recording of altered answers."""
    lines = (json.dumps({"method": e.method, "path": e.path, "body": e.body, "status": e.status, "answer": e.answer}) for e in said)
    path.write_text("\n".join(lines))
    return path


def altered(method, first, change):
    """The recording with all answers to such questions changed."""
    found = []
    for each in recorded():
        name, params = asked(each)
        if (name, str([*params, ""][0])) == (method, first):
            each = each._replace(answer=json.dumps({"result": change(json.loads(each.answer)["result"])}))
        found.append(each)
    return found


def differences(folder, said, tmp_path):
    return verify_evm.check(folder, [write(tmp_path / "recording.jsonl", said)], {}).differences


def test_the_verifier_stands_alone_and_can_be_read():
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 400
    assert "tracer." not in text.replace("`tracer export`", "")


@pytest.mark.parametrize("content", [b"", b"alice", b"\xff" * 135, b"\x00" * 136, b"bob" * 100])
def test_its_keccak_is_that_of_the_library(content):
    assert verify_evm.keccak(content) == keccak_256(content).digest()


def test_its_signers_are_those_of_the_library():
    for number in range(1, 9):
        digest, parity = bytes([number]) * 32, number % 2
        assert verify_evm.signer(digest, verify_evm.G[0], number, parity) == signer(digest, verify_evm.G[0], number, parity)


def test_a_signature_that_no_key_can_have_made_is_refused():
    with pytest.raises(ValueError, match="no key"):
        verify_evm.signer(b"\x01" * 32, 0, 1, 0)


def test_in_an_empty_python_everything_of_the_rehearsal_is_tied(exported):
    done = bare_python(SCRIPT, exported["case"], RECORDING, "--anchor", f"110:{TIP.removeprefix('0x').upper()}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "981 signed transactions and their receipts, " in done.stdout
    assert "111 blocks, 110 parents, 835 proofs, 1962 rows signed, 268 rows within" in done.stdout
    assert "826 balances, 779 nonces, 2230 ties, 1 anchors. Contradictions: 0." in done.stdout
    assert "0 of 111 blocks are not covered by an anchor." in done.stdout


def test_without_files_it_says_what_it_is_for():
    done = bare_python(SCRIPT)
    assert (done.returncode, done.stdout) == (1, "")
    assert "verify_evm.py FOLDER RECORDING" in done.stderr


def test_a_token_is_tied_to_logs_and_to_its_storage(exported, fast):
    report = verify_evm.check(exported["case_dollar"], [RECORDING], {})
    assert report.differences == []
    assert report.checked["rows signed"] == 506
    assert report.checked["balances"] == 413


def test_without_an_anchor_it_says_what_is_not_compared_with_the_network(exported, fast):
    report = verify_evm.check(exported["case"], [RECORDING], {})
    assert "Not compared with the network, as 111 of 111 blocks are not covered by an anchor: compare 0:0x39d7" in report.lines()[-1]
    assert f"110:{TIP}" in report.lines()[-1]


def test_an_anchor_that_is_not_the_block_s_does_not_hold_and_binds_nothing(exported, fast):
    report = verify_evm.check(exported["case"], [RECORDING], {110: "0x" + "11" * 32})
    assert report.differences == [f"block 110 is {TIP}, and 0x{'11' * 32} by the anchor"]
    assert "111 of 111 blocks are not covered by an anchor" in report.lines()[-1]


def change(**fields):
    return lambda answer: {**answer, **fields}


def first(**fields):
    return lambda answer: [{**answer[0], **fields}, *answer[1:]]


def transaction(**fields):
    return lambda block: {**block, "transactions": first(**fields)(block["transactions"])}


def lower_first_node(proof):
    nodes = proof["accountProof"]
    return {**proof, "accountProof": [nodes[0][:-2] + ("00" if nodes[0][-2:] != "00" else "01"), *nodes[1:]]}


PAID = [{"index": "0x1", "validatorIndex": "0x1", "address": ALICE, "amount": "0x64"}]
RECORDINGS = {
    "a header forged": (BLOCK, "0x20", change(timestamp="0x1"), "block 32: its fields do not have the hash"),
    "another state root": (BLOCK, "0x20", change(stateRoot="0x" + "11" * 32), "block 32: its fields"),
    "a block of another height": (BLOCK, "0x20", lambda _: answers_to(BLOCK)[33], "block 32: it is block 0x21"),
    "a transaction of another value": (BLOCK, "0x20", transaction(value="0x1"), "block 32: transaction 0 does not have the hash"),
    "a transaction of somebody else": (BLOCK, "0x20", transaction(**{"from": ALICE}), "block 32: transaction 0 has another signer"),
    "a transaction left out": (BLOCK, "0x20", lambda b: {**b, "transactions": b["transactions"][1:]}, "block 32: its transactions"),
    "a withdrawal invented": (BLOCK, "0x20", change(withdrawals=PAID), "block 32: its withdrawals"),
    "a receipt that failed": (RECEIPTS, "0x20", first(status="0x0"), "block 32: its receipts"),
    "a receipt left out": (RECEIPTS, "0x20", lambda receipts: receipts[1:], "block 32: its receipts"),
    "receipts of another block": (RECEIPTS, "0x20", lambda _: answers_to(RECEIPTS)[33], "block 32: its receipts"),
    "a node of a proof altered": (PROOF, ALICE, lower_first_node, f"proof of {ALICE} at block 110: a node of the proof"),
    "a proof that ends early": (PROOF, ALICE, lambda p: {**p, "accountProof": p["accountProof"][:1]}, f"proof of {ALICE} at block 1"),
    "a proof of somebody else": (PROOF, ALICE, lambda _: answers_to(PROOF)[COMPANY], f"proof of {ALICE} at block"),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDINGS)
def test_an_answer_that_was_altered_is_named(name, exported, fast, tmp_path):
    method, of, spoil, cause = RECORDINGS[name]
    assert any(each.startswith(cause) for each in differences(exported["case"], altered(method, of, spoil), tmp_path))


def test_a_false_balance_beside_a_true_proof_is_not_looked_at(exported, fast, tmp_path):
    assert differences(exported["case"], altered(PROOF, ALICE, change(balance="0x1")), tmp_path) == []


def test_what_was_asked_to_learn_what_a_node_can_is_looked_at_by_nobody(exported, fast, tmp_path):
    """A proof of an address that nobody has, of a block that was not read, and the block that a node calls final."""
    block = answers_to(BLOCK)[100]
    proof = {"address": "0x" + "f" * 40, "accountProof": [], "balance": "0x0", "nonce": "0x0", "storageProof": []}
    probes = [(BLOCK, ["finalized", True], block), (PROOF, [proof["address"], [], "0x999"], proof)]
    said = [
        recorded()[0]._replace(body=json.dumps({"method": method, "params": params}), answer=json.dumps({"result": result}))
        for method, params, result in probes
    ]
    assert not differences(exported["case"], [*recorded(), *said], tmp_path)


def test_a_block_left_out_leaves_its_rows_tied_to_nothing(exported, fast, tmp_path):
    said = [each for each in recorded() if not (asked(each)[0] == BLOCK and asked(each)[1][0] == "0x20")]
    assert any(each.endswith("block 32 holds no such transaction that succeeded") for each in differences(exported["case"], said, tmp_path))


def test_a_block_of_another_branch_is_named(exported, fast, tmp_path):
    """A whole chain of somebody's own up to block 32: it hashes, and block 33 names another one before it."""
    block = {**answers_to(BLOCK)[32], "extraData": "0x01"}
    names = [name.lstrip("#") for name in verify_evm.HEADER.split() if block.get(name.lstrip("#")) is not None]
    marked = [("#" if f"#{name}" in verify_evm.HEADER.split() else "") + name for name in names]
    own = "0x" + keccak_256(verify_evm.encode(verify_evm.fields(block, " ".join(marked)))).hexdigest()
    said = altered(BLOCK, "0x20", lambda _: {**block, "hash": own})
    assert "block 33 does not follow 32" in differences(exported["case"], said, tmp_path)


def test_an_answer_that_does_not_have_its_digest_is_named(exported, fast, tmp_path):
    path = write(tmp_path / "recording.jsonl", recorded())
    lines = path.read_text().splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), "sha256": "00"})
    path.write_text("\n".join(lines))
    said = verify_evm.check(exported["case"], [path], {}).differences
    assert said == ["recording.jsonl: an answer does not have the SHA-256 beside it"]


def test_a_payment_left_out_of_the_recording_is_missed_by_the_nonce(exported, fast, tmp_path):
    """Blocks from 32 on, a nonce at both ends of what is left: what was sent between is counted."""
    late = [each for each in recorded() if not (asked(each)[0] in (BLOCK, RECEIPTS) and int(asked(each)[1][0], 16) in range(2, 33))]
    assert any("by its nonce at 110" in each for each in differences(exported["case"], late, tmp_path))


def rows_of(folder):
    with (folder / "transfers.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def spoiled(folder, tmp_path, wanted, spoil):
    """A copy of an export in which the first such row is changed, or left out where `spoil` gives None; and the line of that row."""
    copy, rows = tmp_path / "export", rows_of(folder)
    copy.mkdir()
    for name in ("method.csv", "accounts.csv"):
        (copy / name).write_text((folder / name).read_text())
    at = next(n for n, row in enumerate(rows) if wanted(row))
    changed = spoil(dict(rows[at]))
    rows[at : at + 1] = [changed] if changed else []
    with (copy / "transfers.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return copy, f"transfers.csv:{at + 2}: "


def signed(row):
    return row["tie"] == "signed" and row["kind"] == "transfer"


def inner(row):
    return row["tie"] == "balanced" and row["sender"] != row["recipient"]


ROWS = {
    "a payment of one wei more": (signed, lambda row: {**row, "amount": str(int(row["amount"]) + 1)}),
    "a payment to somebody else": (signed, lambda row: {**row, "recipient": ALICE}),
    "a payment by somebody else": (signed, lambda row: {**row, "sender": ALICE}),
    "a lower fee": (signed, lambda row: {**row, "fee": "1"}),
    "another moment": (signed, lambda row: {**row, "time": "2025-01-01T00:00:00Z"}),
    "a signed row that says it is not": (signed, lambda row: {**row, "tie": "balanced"}),
    "an inner payment of another transaction": (inner, lambda row: {**row, "tx_hash": "0x" + "11" * 32}),
    "an inner payment that says it is signed": (inner, lambda row: {**row, "tie": "signed"}),
    "an inner payment that could be balanced": (inner, lambda row: {**row, "tie": "stated"}),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_was_altered_is_named_with_its_line(name, exported, fast, tmp_path):
    copy, line = spoiled(exported["case"], tmp_path, *ROWS[name])
    assert any(each.startswith(line) for each in verify_evm.check(copy, [RECORDING], {}).differences)


def test_an_inner_payment_of_one_wei_more_misses_the_proofs_of_both_sides(exported, fast, tmp_path):
    copy, _ = spoiled(exported["case"], tmp_path, inner, lambda row: {**row, "amount": str(int(row["amount"]) + 1)})
    said = verify_evm.check(copy, [RECORDING], {}).differences
    assert sum("by proof at block 110, and" in each for each in said) == 2


def test_a_payment_left_out_of_the_export_is_named(exported, fast, tmp_path):
    copy, _ = spoiled(exported["case"], tmp_path, signed, lambda _: None)
    gone = next(row for row in rows_of(exported["case"]) if signed(row))
    said = verify_evm.check(copy, [RECORDING], {}).differences
    assert any(each.startswith("transfers.csv: lacks a row of block") and gone["tx_hash"] in each for each in said)


def test_an_issue_or_destruction_of_tokens_left_out_is_named(exported, fast, tmp_path):
    copy, _ = spoiled(exported["case_dollar"], tmp_path, lambda row: row["kind"] == "burn", lambda _: None)
    assert any(each.startswith("transfers.csv: lacks a row") for each in verify_evm.check(copy, [RECORDING], {}).differences)


def test_a_folder_that_is_no_export_is_one_line_of_error(tmp_path):
    with pytest.raises(SystemExit, match="is no export of an EVM case"):
        verify_evm.check(tmp_path, [RECORDING], {})


def test_a_recording_that_is_cut_off_is_one_line_of_error(exported, tmp_path):
    (tmp_path / "cut.jsonl").write_text('{"answer": "{}", "sta')
    with pytest.raises(SystemExit, match=r"cut\.jsonl: cannot be read"):
        verify_evm.check(exported["case"], [tmp_path / "cut.jsonl"], {})


@pytest.fixture
def fast_in_package(fast, monkeypatch):
    sibling = verify_package.sibling
    monkeypatch.setattr(verify_package, "sibling", lambda name: verify_evm if name == "verify_evm" else sibling(name))


def test_an_evidence_package_of_an_evm_case_is_tied_to_its_blocks(exported, fast_in_package, tmp_path):
    put_named(tmp_path / "case.zip", bundled(CaseFolder.open(exported["case"].parent / "case")))
    verdict = verify_package.check(tmp_path / "case.zip", anchors={110: TIP})
    assert verdict.wrong == []
    assert any(line.startswith("verify_evm.py: Compared: 1393 answers, 981 signed") for line in verdict.said)


@pytest.mark.parametrize(("hash_of_anchor", "code"), [(TIP, 0), (TIP.removeprefix("0x"), 0), ("0x" + "ab" * 32, 2)])
def test_an_anchor_is_written_with_0x_or_without(exported, fast_in_package, tracer_cli, tmp_path, hash_of_anchor, code):
    put_named(tmp_path / "case.zip", bundled(CaseFolder.open(exported["case"].parent / "case")))
    assert tracer_cli("verify", tmp_path / "case.zip", "--anchor", f"110:{hash_of_anchor}")[0] == code
