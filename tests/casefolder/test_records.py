"""A record refuses to lie: what was altered, damaged or is of two runs issues nothing, and says so in one line with exit code 2."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act
from tracer.casefolder.manifest import record_digest
from tracer.casefolder.run import amend
from tracer.cli.main import COMMANDS
from tracer.errors import CertificateError, StoreError
from tracer.model import NO_PROOFS, Bound, Bounds
from tracer.store.record.bounds import save_bounds
from tracer.store.record.database import CaseDb
from tracer.store.record.results_digest import DIGESTS, digest_tables, digests_over
from tracer.tracing.reconciliation import certify


@pytest.fixture
def folder(rehearsal_dir, tmp_path):
    """A finished case folder, free to be spoiled."""
    shutil.copytree(rehearsal_dir, tmp_path / "out")
    return tmp_path / "out"


def alter(folder, *statements):
    with sqlite3.connect(folder / "case.db") as db:
        for statement in statements:
            db.execute(statement)


ISSUING = {
    "accounts": [],
    "transfers": [],
    "labels": [],
    "evidence": [],
    "prices": [],
    "rules": ["--json"],
    "explain": ["exchange1"],
    "path": ["exchange1", "exchange2"],
    "bounds": [],
    "rests": [],
    "export": ["-o", "package"],
    "freeze": ["-o", "letters"],
    "stoppable": [],
    "report": [],
    "render": [],
    "view": ["--no-browser"],
    "tag": [],
    "ingest": [],
    "store": [],
    "query": ["endpoints"],
    "declare": ["lifo", "--reason", "why not"],
    "compare": ["out"],
    "check": ["theirs.csv"],
    "bundle": ["-o", "small.zip"],
}
OTHERS = {"challenge", "key", "trace", "log", "new", "columns", "audit", "verify", "watch", "validate", "list", "show", "demo"}
"""Commands that take no finished case, or (trace, audit, log) mend it or say what is wrong with it."""


def test_every_command_on_a_finished_case_is_among_those_that_are_tried():
    assert {*ISSUING, *OTHERS} == {*COMMANDS}


@pytest.mark.parametrize("command", ISSUING)
def test_no_command_answers_on_an_altered_record(folder, tracer_cli, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "theirs.csv").write_text("address,amount\n")
    alter(folder, "UPDATE endpoints SET basis = 'reported'")
    code, out, err = tracer_cli(command, folder, *ISSUING[command])
    assert (code, out) == (2, "")
    assert "case.db was altered after it was traced (endpoints): trace the case again" in err


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("UPDATE kept_hops SET parts = replace(parts, ':', ':1') WHERE rule = 1", "hops"),
        ("UPDATE meta SET value = '[\"none\"]' WHERE key = 'gaps'", "meta"),
        ("UPDATE meta SET value = '5' WHERE key = 'dust'", "meta"),
        ("INSERT INTO meta VALUES ('more', 'x')", "meta"),
        ("UPDATE accounts SET opening = 1 WHERE id = 3", "accounts"),
        ("DELETE FROM touched", "touched"),
    ],
)
def test_what_was_altered_is_named_by_its_table(folder, statement, tables):
    alter(folder, statement)
    assert f"({tables})" in CaseFolder.open(folder, even_altered=True).alteration


def test_a_record_that_holds_the_same_in_another_file_is_the_same(folder):
    alter(folder, "PRAGMA journal_mode = DELETE")
    before = (folder / "case.db").read_bytes()
    with sqlite3.connect(folder / "case.db", isolation_level=None) as db:
        db.execute("PRAGMA page_size = 8192")
        db.execute("VACUUM")
    assert (folder / "case.db").read_bytes() != before
    assert CaseFolder.open(folder).alteration is None


def test_audit_says_in_json_what_was_altered(folder, tracer_cli):
    alter(folder, "UPDATE kept_transfers SET amount = amount + 1 WHERE amount > 0")
    code, out, _ = tracer_cli("audit", folder, "--json")
    said = json.loads(out)
    assert (code, said["altered"], said["adds_up"]) == (2, True, None)
    assert "case.db was altered after it was traced (transfers)" in said["changes"][0]


def test_audit_of_an_untouched_folder_says_so_in_json(folder, tracer_cli):
    code, out, _ = tracer_cli("audit", folder, "--json")
    said = json.loads(out)
    assert (code, said["altered"], said["changes"]) == (0, False, [])


def test_a_primary_rule_that_was_flipped_in_the_folder_is_refused_though_its_digest_was_mended(folder, tracer_cli):
    own, manifest = folder / "case.toml", folder / "manifest.json"
    own.write_text(own.read_text().replace('primary = "fifo"', 'primary = "lifo"'))
    stated = json.loads(manifest.read_text())
    stated["case"]["sha256"] = hashlib.sha256(own.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(stated))
    code, out, err = tracer_cli("rules", folder)
    assert (code, out) == (2, "")
    assert "are not of one run" in err


@pytest.mark.parametrize("name", ["results_digest", "tags_digest", "bounds_digest", "run"])
def test_a_digest_that_was_changed_in_the_manifest_is_refused(folder, tracer_cli, name):
    manifest = folder / "manifest.json"
    stated = json.loads(manifest.read_text())
    stated[name] = "0" * 64
    manifest.write_text(json.dumps(stated))
    code, _, err = tracer_cli("rules", folder)
    assert (code, "are not of one run" in err) == (2, True)


def test_the_digests_of_the_manifest_are_those_of_its_tables(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    assert digests_over(manifest["record"]["tables"]) == {name: manifest[name] for name in DIGESTS}
    assert record_digest(manifest) == record_digest(digests_over(manifest["record"]["tables"]))


def test_tables_that_an_act_left_alone_have_the_digests_that_they_had(folder):
    case, found = CaseFolder.open(folder), Bounds({}, {"Exchange": Bound(1, 2)})
    amended = amend(case, lambda db: save_bounds(db, case.ledger, found, NO_PROOFS), lambda _: ("a page", ""), act("bounds"))
    stated = amended.manifest["record"]["tables"]
    assert stated == digest_tables(amended.db, stated)
    assert stated["bounds"] != case.manifest["record"]["tables"]["bounds"]


@pytest.mark.parametrize("keep", [0, 10, 5000, 40_000])
@pytest.mark.parametrize("command", ["rules", "audit", "export", "freeze"])
def test_a_record_that_was_cut_off_is_one_line(folder, tracer_cli, keep, command):
    (folder / "case.db").write_bytes((folder / "case.db").read_bytes()[:keep])
    code, out, err = tracer_cli(command, folder, *(["-o", folder / "x"] if command in ("export", "freeze") else []))
    assert code in (1, 2)
    assert out == ""
    assert err.count("\n") == 1
    assert "trace the case again" in err


@pytest.mark.parametrize("content", ["'plenty'", "9223372036854775807", "'[[[['", "-1"])
def test_an_amount_that_is_none_is_one_line(folder, tracer_cli, content):
    alter(folder, f"UPDATE endpoints SET amounts = {content}")
    code, out, err = tracer_cli("rules", folder)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_page_that_was_altered_is_said_by_every_command_and_drawn_again_by_render(folder, tracer_cli):
    (folder / "case.html").write_text("<p>exchange1 received nothing")
    code, _, err = tracer_cli("rules", folder)
    assert (code, "case.html is not what was drawn: draw it again with tracer render" in err) == (0, True)
    assert tracer_cli("render", folder)[0] == 0
    assert "case.html" not in tracer_cli("rules", folder)[2]


def test_a_record_without_its_manifest_says_what_to_do(folder, tracer_cli):
    (folder / "manifest.json").unlink()
    code, _, err = tracer_cli("rules", folder)
    assert code == 2
    assert "no manifest.json, so nothing says what its run left: put the manifest back from a copy, or trace the case into another" in err


def test_the_certificate_is_computed_on_the_figures_that_are_printed(rehearsal):
    end = next(end for end in rehearsal.outcome.endpoints if end.amounts["fifo"])
    lost = end._replace(amounts={**end.amounts, "fifo": 0}, by_theft={**end.by_theft, "fifo": (0,) * len(rehearsal.outcome.thefts)})
    figures = rehearsal.outcome._replace(endpoints=tuple(lost if each is end else each for each in rehearsal.outcome.endpoints))
    certify(rehearsal.outcome)
    with pytest.raises(CertificateError, match=r"fifo, theft .*: \d+ units are not accounted for"):
        certify(figures)


def test_the_fees_of_each_theft_are_read_back_as_they_were_traced(rehearsal):
    from tracer.tracing import outcome_of

    assert rehearsal.outcome.fees_by_theft == outcome_of(rehearsal.trace).fees_by_theft


SMALL = (
    'name = "small"\nchain = "table"\nasset = "a"\ndecimals = 0\n[[sources]]\nkind = "table"\npath = "t.csv"\n[[thefts]]\ntransfer = "aa"\n'
)


@pytest.fixture
def small(tmp_path):
    (tmp_path / "t.csv").write_text("height,sender,recipient,amount,tx_hash\n1,victim,bob,5,aa\n2,bob,cat,3,bb\n")
    (tmp_path / "case.toml").write_text(SMALL)
    return CaseFile.load(tmp_path / "case.toml")


def test_a_run_never_writes_or_deletes_through_a_link(small, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "case.db").write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".partial").symlink_to(tmp_path / "theirs")
    with pytest.raises(StoreError, match=r"\.partial: is a link, and a run would write or delete there: move it away"):
        tracer.trace(small, tmp_path / "out")
    assert (tmp_path / "theirs" / "case.db").read_text() == "precious"


@pytest.mark.parametrize("name", ["case.db", "case.html", "manifest.json", "recording.jsonl"])
def test_a_link_inside_the_unfinished_run_is_not_written_through(small, tmp_path, name):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "out" / ".partial").mkdir(parents=True)
    (tmp_path / "out" / ".partial" / name).symlink_to(tmp_path / "precious")
    with pytest.raises(StoreError, match=f"{name}: is a link"):
        tracer.trace(small, tmp_path / "out")
    assert (tmp_path / "precious").read_text() == "precious"


def test_somebodys_file_in_the_unfinished_run_is_not_deleted(small, tmp_path):
    notes = tmp_path / "out" / ".partial" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("mine")
    with pytest.raises(StoreError, match=r"notes.txt: was not made by a run of tracer"):
        tracer.trace(small, tmp_path / "out")
    assert notes.read_text() == "mine"


def test_adding_to_a_case_does_not_follow_a_link_either(small, tmp_path, tracer_cli):
    tracer.trace(small, tmp_path / "out")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "case.db").write_text("precious")
    (tmp_path / "out" / ".amended").symlink_to(tmp_path / "theirs")
    code, _, err = tracer_cli("render", tmp_path / "out")
    assert (code, ".amended: is a link" in err) == (1, True)
    assert (tmp_path / "theirs" / "case.db").read_text() == "precious"


def test_the_lock_is_not_taken_through_a_link(small, tmp_path):
    (tmp_path / "precious").write_text("")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".lock").symlink_to(tmp_path / "precious")
    with pytest.raises(StoreError, match=r"\.lock: is a link"):
        tracer.trace(small, tmp_path / "out")


def test_a_full_disk_is_called_a_full_disk(tmp_path):
    with CaseDb(tmp_path / "case.db", create=True) as db:
        db._db.execute("PRAGMA max_page_count = 1")
        with pytest.raises(StoreError, match=r"case\.db: the disk is full: make room"), db.stage():
            db.note(**{f"n{number}": "x" * 5000 for number in range(100)})


@pytest.mark.parametrize(("code", "said"), [("SQLITE_BUSY", "another program"), ("SQLITE_READONLY", "cannot be written")])
def test_each_kind_of_failure_has_its_own_mend(code, said):
    from tracer.store.record.database import cause

    error = sqlite3.OperationalError("it failed")
    error.sqlite_errorcode = getattr(sqlite3, code)
    assert said in cause(error)
