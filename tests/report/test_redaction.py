"""Third parties taken out: nothing names them, everybody else's figures stay, and what cannot be tied is said."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import stat
from fractions import Fraction

import pytest
from conftest import ROOT
from support.attacker import found_again, names_found
from support.bare_python import bare_python
from support.report_figures import Export, Page, Recomputed

import tracer
from tracer.bundle.bagit_archive import files_of
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.cli.main import run
from tracer.errors import InputError
from tracer.report.redacted_case_and_key_file import redacted
from tracer.report.who_is_third_party import redaction_of

KEY = b"k" * 32
FOLDERS = ("export", "letters", "messages")
CUT_OFF = """
name = "cut-off"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
basis = "chain"
[[thefts]]
transfer = "a1"
[stops]
until = 2018-01-03T00:00:00Z
"""
AROUND_IT = """height,time,tx_hash,sender,recipient,amount,fee
1,2018-01-01T00:00:00Z,a1,bakery,ann,900,0
2,2018-01-02T00:00:00Z,a2,cat,ann,50,0
3,2018-01-04T00:00:00Z,a3,ann,bob,600,0
"""


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
    assert run(["freeze", str(place / "case"), *away, str(place / "letters")]) == 0
    assert run(["stoppable", str(place / "case"), *away[:2], "--messages", str(place / "messages"), "--json"]) == 0
    assert run(["bundle", str(place / "case"), *away, str(place / "package.zip")]) == 0
    return place


def everything(place):
    """All text that left the folder, the page unpacked."""
    page = (place / "page.html").read_text()
    payload = re.search(r'id="payload">([^<]*)<', page)[1]
    files = [place / "report.html", place / "sheet.html", *(path for name in FOLDERS for path in sorted((place / name).iterdir()))]
    packed = [content for name, content in files_of(place / "package.zip")[1].items() if not name.endswith((".html", ".py"))]
    files_packed = b"".join(packed).decode()
    return files_packed + gzip.decompress(base64.b64decode(payload)).decode() + "".join(path.read_text() for path in files)


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
    found = bare_python(ROOT / "tracer" / "verify.py", left / "export")
    assert found.returncode == 0, found.stdout
    assert "all are as recomputed, to the unit" in found.stdout
    assert "the place of 216 rows of third parties (redacted: no hash ties them to the chain)" in found.stdout


def test_with_the_recording_the_rows_that_are_shown_are_tied_and_the_others_are_said(left):
    recording = ROOT / "fixtures" / "cases" / "rehearsal" / "recording.jsonl.gz"
    found = bare_python(ROOT / "tracer" / "verify_nem.py", left / "export", recording)
    assert found.returncode == 0, found.stdout
    assert "804 rows against what they do" in found.stdout
    assert "Could not be tied to a block: 216 rows whose place is withheld (redacted; rows between accounts not shown were" in found.stdout


def test_a_row_of_those_who_stay_that_was_left_out_is_missed_all_the_same(left, tmp_path):
    recording = ROOT / "fixtures" / "cases" / "rehearsal" / "recording.jsonl.gz"
    shutil.copytree(left / "export", tmp_path / "export")
    lines = (left / "export" / "transfers.csv").read_text().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if ",transfer," in line and "third parties" not in line)
    (tmp_path / "export" / "transfers.csv").write_text("".join(lines[:last] + lines[last + 1 :]))
    found = bare_python(ROOT / "tracer" / "verify_nem.py", tmp_path / "export", recording)
    assert found.returncode == 2
    assert "transfers.csv: has no row for transfer of" in found.stdout


def test_a_redacted_package_has_nothing_wrong_and_says_what_it_could_not_tie(left):
    found = bare_python(ROOT / "tracer" / "verify_package.py", left / "package.zip")
    assert found.returncode == 0, found.stdout
    assert "Sources: 1 in the package; left out: recording.jsonl.gz." in found.stdout
    assert "Not tied: rows of xem are not compared with blocks here: recording.jsonl.gz (holds the rows of third parties" in found.stdout
    assert "the place of 216 rows of third parties" in found.stdout


def test_a_redacted_package_is_not_traced_again(left, tracer_cli, tmp_path):
    code, _, err = tracer_cli("trace", "--offline", left / "package.zip", "-o", tmp_path / "again")
    assert (code, err.count("\n")) == (1, 1)
    assert "holds the rows of third parties, which are redacted" in err


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
    assert "Their proofs name third parties and are therefore left out here" in page.root.text()


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


def test_verify_opens_the_rows_of_a_package_or_an_export_with_the_key_file(left, tracer_cli):
    (key,) = (left / "case").glob("redaction-key-*.json")
    for given in (left / "package.zip", left / "export"):
        code, out, err = tracer_cli("verify", given, "--open", key)
        assert code == 0, err
        assert "216 rows opened, each the one that was committed to; 0 rows of third parties stay closed." in out


def test_part_of_a_key_file_opens_its_rows_alone(left, tracer_cli, tmp_path):
    (key,) = (left / "case").glob("redaction-key-*.json")
    rows = json.loads(key.read_text())["rows"]
    one = next(iter(rows))
    (tmp_path / "one.json").write_text(json.dumps({"rows": {one: rows[one]}}))
    code, out, _ = tracer_cli("verify", left / "export", "--open", tmp_path / "one.json", "--json")
    said = json.loads(out)
    assert (code, list(said["rows"].values()), said["closed"]) == (0, [rows[one]["row"]], 215)


def test_a_row_that_is_not_the_one_committed_to_is_found(left, tracer_cli, tmp_path):
    (key,) = (left / "case").glob("redaction-key-*.json")
    said = json.loads(key.read_text())
    next(iter(said["rows"].values()))["row"]["sender"] = "TSOMEBODYELSE"
    (tmp_path / "forged.json").write_text(json.dumps(said))
    code, out, _ = tracer_cli("verify", left / "export", "--open", tmp_path / "forged.json")
    assert code == 2
    assert "the row in the key file is not the one that was committed to" in out


def test_what_a_key_file_cannot_open_is_said(rehearsal_dir, left, tracer_cli, tmp_path):
    (key,) = (left / "case").glob("redaction-key-*.json")
    assert tracer_cli("export", rehearsal_dir, "-o", tmp_path / "whole")[0] == 0
    code, _, err = tracer_cli("verify", tmp_path / "whole", "--open", key)
    assert (code, err.count("\n")) == (1, 1)
    assert "no row there is redacted" in err


def test_a_cut_off_among_hidden_rows_is_refused_in_the_words_of_the_redaction(tmp_path, tracer_cli):
    (tmp_path / "case.toml").write_text(CUT_OFF)
    (tmp_path / "t.csv").write_text(AROUND_IT)
    assert tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out")[0] == 0
    code, _, err = tracer_cli("export", tmp_path / "out", "--redact", "third-parties", "-o", tmp_path / "away")
    assert (code, err.count("\n")) == (1, 1)
    assert "is not redacted: the trail is cut off at 2018-01-03T00:00:00Z, and the row before that moment is a third party's" in err


def test_the_same_results_are_redacted_with_the_same_key(left, tmp_path):
    assert run(["export", str(left / "case"), "--redact", "third-parties", "-o", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "transfers.csv").read_bytes() == (left / "export" / "transfers.csv").read_bytes()


def test_the_docs_say_how_much_an_attacker_with_the_recording_finds_again(left):
    case = CaseFolder.open(left / "case")
    found = found_again(case.ledger, left / "export")
    opened = {each["row"]["tx_hash"] for each in json.loads(next((left / "case").glob("redaction-key-*")).read_text())["rows"].values()}
    assert {tx_hash for _, _, tx_hash in found.values()} <= opened  # what it finds is so
    said = f"{len(found)} of 216 rows, which belong to {len({other for _, other, _ in found.values()})} of 36 accounts"
    assert said in " ".join((ROOT / "docs" / "report.md").read_text().split())
    names = {line["address"] for line in Export(left / "export").accounts} - set(case.ledger.index)
    assert names == {"third parties"}  # one name for all: none leads to an account


def test_the_docs_say_how_many_numbered_names_would_lead_to_an_account(left):
    case = CaseFolder.open(left / "case")
    taken, columns = redaction_of(case.ledger, case.trace), case.ledger.columns
    sides = {place: {columns.sender[taken.rows[place]], columns.recipient[taken.rows[place]]} for place in taken.hidden}
    numbers = {place: (ends & taken.parties).pop() for place, ends in sides.items()}
    found = names_found(case.ledger, left / "export", numbers.get)
    said = f"the account behind {len(found)} of {len(set(numbers.values()))} names"
    assert said in " ".join((ROOT / "docs" / "report.md").read_text().split())


def test_frames_made_from_the_record_are_not_called_redacted(left, tmp_path):
    assert run(["export", str(left / "case"), "--redact", "third-parties", "--format", "parquet", "-o", str(tmp_path / "out")]) == 1
    assert not (tmp_path / "out").exists()


def test_a_case_with_gaps_is_not_redacted(rehearsal):
    case = CaseFolder(rehearsal.folder, rehearsal.db, rehearsal.question, rehearsal.manifest).knowing(so_far="still at work")
    with pytest.raises(InputError, match="is not redacted"):
        redacted(case, KEY)
