"""The check by a rival where assets become others: verify_swaps.py, on an export, finds every unit that is off and says where."""

from __future__ import annotations

import re
import shutil
from functools import cache

import pytest
from conftest import EVM_SWAPS, ROOT
from sha3 import keccak_256
from support.bare_python import bare_python
from test_verify import Sheet, in_case_file, off_by_one, positive

from tracer import verify, verify_evm, verify_package, verify_swaps
from tracer.bundle.package import bundled
from tracer.chains.evm.transaction_hashes import signer
from tracer.report.export import export

SCRIPT = ROOT / "tracer" / "verify_swaps.py"
DOLLAR = "2"


@pytest.fixture(scope="module")
def exported(swaps, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    export(swaps, folder)
    return folder


def altered(file, name, to, said, **values):
    """Another value in the first such line: found in that line, and said so."""

    def spoil(folder):
        sheet = Sheet(folder, file)
        row = sheet.find(**values)
        sheet.put(row, name, to)
        sheet.write()
        return rf"^{sheet.line(row)}: {said}"

    return spoil


def left_out(file, said, **values):
    """The first such line taken out."""

    def spoil(folder):
        sheet = Sheet(folder, file)
        sheet.rows.remove(sheet.find(**values))
        sheet.write()
        return rf"^{file}{said}"

    return spoil


def in_the_balance_of_the_second_asset(folder):
    sheet, accounts = Sheet(folder, "all_transfers.csv"), Sheet(folder, "all_accounts.csv")
    row = sheet.find(asset=DOLLAR, sender=bool, fifo=positive)
    sheet.add(row, "amount", 1)
    sheet.write()
    owner = accounts.find(asset=DOLLAR, address=sheet.get(row, "sender"))
    balance = accounts.get(owner, "balance")
    return rf"^{accounts.line(owner)}: balance says {balance}, but {int(balance) - 1} follows from "


def in_the_share(folder):
    """What was received is stolen to a unit more than t * b // a, in the row and in all that it leads to."""
    exchanges, sheet = Sheet(folder, "conversions.csv"), Sheet(folder, "all_transfers.csv")
    swap = exchanges.find(kind="swap", substituted="yes")
    row = sheet.find(row_key=exchanges.get(swap, "received_rows").split()[0])
    sheet.add(row, "haircut", 1)
    sheet.write()
    return rf"^{exchanges.line(swap)}: haircut says {sheet.get(row, 'haircut')} received are stolen, but "


GOES_ON = r"substituted says 'no', but 'yes' follows from"
ENDS = r"substituted says 'yes', but 'no' follows from"
SPOILED = {
    "amounts of conversions": [
        altered("conversions.csv", "given_amount", "7", "given_amount says .* by asset, and the rows", kind="wrap", substituted="yes"),
        altered("conversions.csv", "received_amount", "7", "received_amount says .* by asset, and the", kind="swap", substituted="yes"),
    ],
    "doubts": [
        altered("conversions.csv", "doubts", "", GOES_ON, doubts="young_pool"),
        altered("conversions.csv", "doubts", "", "doubts says '', and by its rates it is off_market", doubts="off_market"),
        altered("conversions.csv", "doubts", "own_pool", ENDS, kind="wrap", substituted="yes"),
        altered("conversions.csv", "doubts", "no_rate", "doubts says 'no_rate', and a rate is stated", kind="swap", substituted="yes"),
    ],
    "what is substituted": [
        altered("conversions.csv", "substituted", "no", GOES_ON, kind="unwrap", substituted="yes"),
        altered("conversions.csv", "substituted", "yes", ENDS, kind="loan"),
    ],
    "what is asked": [
        in_case_file("[labels]", '[conversions]\nsubstitute = ["wrap"]\nreason = "r"\n[labels]', ENDS),
        left_out("assets.csv", ": has .* should have ", asset="3"),
    ],
    "an amount of a second asset": [in_the_balance_of_the_second_asset],
    "a row of a second asset": [left_out("all_transfers.csv", r":\d+: row says ", asset=DOLLAR)],
    "figures of rows": [
        off_by_one("all_transfers.csv", "fifo", asset=DOLLAR, fifo=positive),
        altered("all_transfers.csv", "cut", "", "cut says '', but 'service' follows from", asset=DOLLAR, cut="service"),
        altered("all_transfers.csv", "kind", "mint", "kind says 'mint', but 'fee' follows from", asset="0", kind="fee"),
        in_the_share,
    ],
    "figures of answers": [
        left_out("answers.csv", ": has no line for substituted, theft [12] at '0x.*', service, asset 2", asset=DOLLAR, reason="service"),
        off_by_one("answers.csv", "lifo", answer="substituted", asset=DOLLAR, lifo=positive),
        off_by_one("answers.csv", "fifo", answer="followed", fifo=positive),
        off_by_one("reconciliation.csv", "fifo", answer="substituted", what="converted_in", fifo=positive),
        altered("answers.csv", "answer", "third", "answer is followed or substituted, and not 'third'", answer="substituted", asset="3"),
    ],
}  # fmt: skip


def found(line, said):
    return any(re.search(line, each) for each in said)


@pytest.mark.parametrize("what", SPOILED)
def test_what_was_altered_is_found_where_it_stands(exported, tmp_path, what):
    copy = shutil.copytree(exported, tmp_path / "export")
    places = [spoil(copy) for spoil in SPOILED[what]]
    said = verify_swaps.check(copy).differences
    assert [place for place in places if not found(place, said)] == []


def test_an_honest_export_is_as_recomputed_by_a_bare_python(exported):
    done = bare_python(SCRIPT, exported)
    assert (done.returncode, done.stderr) == (0, "")
    assert "all are as recomputed, to the unit" in done.stdout
    assert verify.check(exported).lines()[-1].endswith("Other assets, and the second answer: verify_swaps.py.")


def test_a_conversion_of_rows_that_are_not_there_cannot_be_read(exported, tmp_path):
    copy = shutil.copytree(exported, tmp_path / "export")
    place = altered("conversions.csv", "given_rows", "7", "", kind="swap")(copy).split(":")[1]
    done = bare_python(SCRIPT, copy)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"verify_swaps: conversions.csv:{place}: given_rows names '7', which is no row_key of all_transfers.csv\n"


@pytest.fixture
def fast(monkeypatch):
    """verify_evm.py with hashes and signers of libraries, which are ten times as fast."""
    monkeypatch.setattr(verify_evm, "keccak", cache(lambda content: keccak_256(content).digest()))
    monkeypatch.setattr(verify_evm, "signer", signer)
    return verify_evm


def test_a_package_is_recomputed_in_all_its_assets_and_their_rows_are_tied_to_blocks(swaps, tmp_path, monkeypatch, fast):
    (tmp_path / "case.zip").write_bytes(bundled(swaps))
    beside = verify_package.sibling
    monkeypatch.setattr(verify_package, "sibling", lambda name: fast if name == "verify_evm" else beside(name))
    verdict = verify_package.check(tmp_path / "case.zip")
    assert verdict.lines()[-1] == "No discrepancy was found."
    assert any(line.startswith("verify_swaps.py: ") and "all are as recomputed" in line for line in verdict.said)
    assert f"{len(swaps.whole)} ties" in next(line for line in verdict.said if line.startswith("verify_evm.py: Compared"))


def test_a_row_of_another_asset_that_no_block_holds_is_found(exported, tmp_path, fast):
    copy = shutil.copytree(exported, tmp_path / "export")
    sheet = Sheet(copy, "all_transfers.csv")
    row = sheet.find(asset=DOLLAR, tie="signed", fifo=positive)
    sheet.add(row, "amount", 1)
    sheet.write()
    said = fast.check(copy, [EVM_SWAPS / "recording.jsonl.gz"], {}).differences
    assert any(line.startswith(f"{sheet.line(row)}: signed ") for line in said)


def test_it_is_short_enough_to_be_read():
    assert len(SCRIPT.read_text().splitlines()) <= 400
