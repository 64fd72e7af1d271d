"""Third parties taken out: nothing names them, everybody else's figures stay, and what cannot be tied is said."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import stat
import subprocess
import sys
from fractions import Fraction

import pytest
from conftest import ROOT
from support.attacker import found_again
from support.report_figures import Export, Page, Recomputed

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.cli.main import run
from tracer.errors import InputError
from tracer.report.redaction import redacted
from tracer.report.third_parties import redaction_of

KEY = b"k" * 32


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """The rehearsal, redacted: its folder, and all that left it."""
    place = tmp_path_factory.mktemp("redacted")
    tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / "rehearsal" / "case.toml"), place / "case")
    away = ["--redact", "third-parties", "-o"]
    assert run(["report", str(place / "case"), *away, str(place / "report.html"), "--quiet"]) == 0
    assert run(["report", str(place / "case"), "--first-hours", *away, str(place / "sheet.html")]) == 0
    assert run(["export", str(place / "case"), *away, str(place / "export")]) == 0
    assert run(["render", str(place / "case"), *away, str(place / "page.html")]) == 0
    return place


def everything(place):
    """All text that left the folder, the page unpacked."""
    page = (place / "page.html").read_text()
    payload = re.search(r'id="payload">([^<]*)<', page)[1]
    files = [place / "report.html", place / "sheet.html", *sorted((place / "export").iterdir())]
    return gzip.decompress(base64.b64decode(payload)).decode() + "".join(path.read_text() for path in files)


def test_no_address_hash_or_memo_of_a_third_party_leaves_the_folder(left):
    case = CaseFolder.open(left / "case")
    taken, text = redaction_of(case.ledger, case.trace), everything(left)
    kept = {taken.rows[row] for row in range(len(taken.rows)) if row not in taken.hidden}
    gone = [t for t in case.ledger if t.row not in kept]
    assert len(taken.parties) == 36
    assert len(gone) == 485
    assert [a for number in taken.parties if (a := case.ledger.accounts[number].address) in text] == []
    stay = [t for t in case.ledger if t.row in kept]
    hashes = {t.tx_hash for t in gone if t.tx_hash} - {
        t.tx_hash for t in stay
    }  # a transaction that pays a levy, too, stays with the payment
    assert [each for each in hashes if each in text] == []
    memos = {t.memo.text for t in gone if t.memo and t.memo.text} - {t.memo.text for t in stay if t.memo}
    assert [each for each in memos if len(each) > 3 and each in text] == []


def test_the_verifier_agrees_and_says_what_it_could_not_tie(left):
    command = [sys.executable, "-I", "-S", ROOT / "tracer" / "verify.py", left / "export"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    assert "all are as recomputed, to the unit" in found.stdout
    assert "the place of 216 rows of third parties (redacted: no hash ties them to the chain)" in found.stdout


def test_everybody_else_has_the_figures_of_the_whole_case(rehearsal):
    made = redacted(rehearsal, KEY)
    whole = {(end.address, end.reason): end.amounts for end in rehearsal.trace.endpoints if end.reason != "dust"}
    assert {(end.address, end.reason): end.amounts for end in made.trace.endpoints if end.reason != "dust"} == whole
    assert made.outcome.fees == rehearsal.outcome.fees
    dust = [sum(end.amounts["haircut"] for end in case.trace.endpoints if end.reason == "dust") for case in (rehearsal, made)]
    assert dust[0] == dust[1]


def test_each_figure_of_a_redacted_report_is_what_its_rows_come_to(left):
    page, export = Page((left / "report.html").read_text()), Export(left / "export")
    recomputed = Recomputed(page, export)
    figures = [each for each in page.figures if each["data-how"] != "withheld"]
    wrong = [(each.attributes, value) for each in figures if (value := recomputed.of(each)) != Fraction(each["data-value"])]
    assert not wrong, (len(wrong), wrong[:3])
    assert len(page.figures) - len(figures) > 20  # floors and ceilings, whose proofs name third parties
    assert "Their proofs name third parties, and are withheld with them" in page.root.text()


def test_the_key_file_opens_each_row_and_no_row_as_another(left):
    (key,) = (left / "case").glob("redaction-key-*.json")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    opened = json.loads(key.read_text())["rows"]
    committed = {line["commitment"] for line in Export(left / "export").transfers if line["commitment"]}
    assert committed == opened.keys()

    def closes(row, nonce):
        return hashlib.sha256(f"{nonce}\n{json.dumps(row, sort_keys=True, separators=(',', ':'))}".encode()).hexdigest()

    assert all(closes(each["row"], each["nonce"]) == commitment for commitment, each in opened.items())
    commitment, each = next(iter(opened.items()))
    assert closes({**each["row"], "amount": "1"}, each["nonce"]) != commitment


def test_the_same_results_are_redacted_with_the_same_key(left, tmp_path):
    assert run(["export", str(left / "case"), "--redact", "third-parties", "-o", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "transfers.csv").read_bytes() == (left / "export" / "transfers.csv").read_bytes()


def test_the_docs_say_how_much_an_attacker_with_the_recording_finds_again(left):
    case = CaseFolder.open(left / "case")
    found = found_again(case.ledger, left / "export")
    opened = {each["row"]["tx_hash"] for each in json.loads(next((left / "case").glob("redaction-key-*")).read_text())["rows"].values()}
    assert {tx_hash for _, _, tx_hash in found.values()} <= opened  # what it finds is so
    said = f"{len(found)} of 216 rows, of {len({other for _, other, _ in found.values()})} of 36 accounts"
    assert said in (ROOT / "docs" / "report.md").read_text()
    names = {line["address"] for line in Export(left / "export").accounts} - set(case.ledger.index)
    assert names == {"third parties"}  # one name for all: none leads to an account


def test_frames_made_from_the_record_are_not_called_redacted(left, tmp_path):
    assert run(["export", str(left / "case"), "--redact", "third-parties", "--format", "parquet", "-o", str(tmp_path / "out")]) == 1
    assert not (tmp_path / "out").exists()


def test_a_case_with_gaps_is_not_redacted(rehearsal):
    case = CaseFolder(rehearsal.folder, rehearsal.db, rehearsal.question, rehearsal.manifest).knowing(so_far="still at work")
    with pytest.raises(InputError, match="is not redacted"):
        redacted(case, KEY)
