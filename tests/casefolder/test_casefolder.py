"""The case folder: the same again, noticed when something changed, never half replaced."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.manifest import FILES
from tracer.casefolder.run import put_right
from tracer.errors import CaseError, RecordError, StoreError
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.plan.labels import book_of, labels_of
from tracer.plan.service_stops import stops_of
from tracer.plan.thefts import thefts_of


def trace(case_dir, folder, **options):
    return tracer.trace(CaseFile.load(case_dir / "case.toml"), folder, **options)


def test_tracing_twice_gives_the_same_results_digest(rehearsal, rehearsal_copy, tmp_path):
    again = trace(rehearsal_copy, tmp_path / "out")
    assert again.manifest["results_digest"] == rehearsal.manifest["results_digest"]
    assert trace(rehearsal_copy, tmp_path / "out").manifest["results_digest"] == rehearsal.manifest["results_digest"]


def test_a_case_that_nothing_has_changed_is_not_made_again_and_the_log_says_so(rehearsal_copy, tmp_path, monkeypatch):
    first = trace(rehearsal_copy, tmp_path / "out")
    monkeypatch.setattr("tracer.pipeline.trace.read_sources", lambda *_: pytest.fail("the sources were read again"))
    monkeypatch.setattr("tracer.pipeline.trace.follow", lambda *_: pytest.fail("the thefts were followed again"))
    again = trace(rehearsal_copy, tmp_path / "out")
    assert again.manifest == first.manifest
    assert [(entry.act, entry.more.get("unchanged")) for entry in again.log_entries] == [("trace", None), ("trace", True)]


@pytest.mark.parametrize("name", ["case.toml", "recording.jsonl.gz"])
def test_a_case_whose_question_or_source_has_changed_is_traced_again(rehearsal_copy, tmp_path, name):
    import gzip

    trace(rehearsal_copy, tmp_path / "out")
    if name == "case.toml":
        changed(rehearsal_copy / name)
    else:
        lines = gzip.decompress((rehearsal_copy / name).read_bytes())
        (rehearsal_copy / name).write_bytes(gzip.compress(lines, 1))
    again = trace(rehearsal_copy, tmp_path / "out")
    assert again.log_entries[-1].more.get("unchanged") is None
    assert again.changes(thorough=True) == []


def test_the_coverage_statement_is_read_back_as_it_was_said(rehearsal_copy, tmp_path):
    done = trace(rehearsal_copy, tmp_path / "out")
    read = CaseFolder.open(tmp_path / "out")
    assert (tuple(read.coverage), tuple(read.unlabelled)) == (tuple(done.flow.about.coverage), tuple(done.flow.about.unlabelled))
    assert "ledger" not in vars(read)


def test_what_is_read_back_is_what_was_traced(rehearsal):
    ledger = read_ledger(rehearsal.question)
    assert (rehearsal.ledger.columns, rehearsal.ledger.accounts) == (ledger.columns, ledger.accounts)
    assert (rehearsal.ledger.events, rehearsal.ledger.rejections) == (ledger.events, ledger.rejections)
    from tracer.tracing import follow

    labels = labels_of(rehearsal.question)
    stops = stops_of(rehearsal.question, book_of(rehearsal.question, labels))
    found = follow(ledger, thefts_of(rehearsal.question, ledger), stops, rehearsal.question.trace.rules)
    assert rehearsal.trace.endpoints == found.endpoints
    assert rehearsal.trace.rules == found.rules
    assert (rehearsal.trace.cuts, rehearsal.trace.touched, rehearsal.trace.thefts) == (found.cuts, found.touched, found.thefts)


def test_amounts_wider_than_64_bits_are_kept_exactly(tmp_path):
    wei = 3 * 10**30
    (tmp_path / "t.csv").write_text(f"sender,recipient,amount,height,tx_hash\nvictim,bob,{wei},1,aa\nbob,carol,{wei - 1},2,bb\n")
    (tmp_path / "case.toml").write_text(
        'name = "wide"\nchain = "table"\nasset = "eth"\ndecimals = 18\n'
        '[[sources]]\nkind = "table"\npath = "t.csv"\n[[thefts]]\ntransfer = "aa"\n'
    )
    done = trace(tmp_path, tmp_path / "out")
    assert {e.address: e.amounts["fifo"] for e in done.trace.endpoints} == {"carol": wei - 1, "bob": 1}
    assert {e.basis for e in done.trace.endpoints} == {"modelled"}
    assert done.ledger.columns.amount == [wei, wei - 1]


def test_a_changed_case_file_is_noticed(rehearsal_copy, tmp_path):
    done = trace(rehearsal_copy, tmp_path / "out")
    assert done.changes(thorough=True) == []
    (rehearsal_copy / "case.toml").write_text((rehearsal_copy / "case.toml").read_text() + "\n# a note\n")
    (change,) = CaseFolder.open(tmp_path / "out").changes()
    assert "case.toml has changed since" in change


def test_a_changed_source_is_noticed(rehearsal_copy, tmp_path):
    done = trace(rehearsal_copy, tmp_path / "out")
    labels = rehearsal_copy / "labels.yaml"
    labels.write_text(labels.read_text().replace("exchange1", "exchange9"))
    (change,) = done.changes(thorough=True)
    assert "labels.yaml has changed since" in change


def test_a_record_that_was_altered_is_noticed(rehearsal_copy, tmp_path):
    trace(rehearsal_copy, tmp_path / "out")
    with sqlite3.connect(tmp_path / "out" / "case.db") as db:
        db.execute("UPDATE kept_hops SET parts = replace(parts, ':', ':1') WHERE rule = 0")
    with pytest.raises(RecordError, match=r"case.db was altered after it was traced \(hops\)"):
        CaseFolder.open(tmp_path / "out")
    (change,) = CaseFolder.open(tmp_path / "out", even_altered=True).changes(thorough=True)
    assert "case.db was altered" in change


def test_another_source_gives_another_ledger_without_asking(rehearsal_copy, tmp_path):
    (tmp_path / "t.csv").write_text("sender,recipient,amount,height,tx_hash\nvictim,bob,5,1,aa\n")
    case = (
        'name = "x"\nchain = "table"\nasset = "a"\ndecimals = 0\n[[sources]]\nkind = "table"\npath = "t.csv"\n[[thefts]]\ntransfer = "aa"\n'
    )
    (tmp_path / "case.toml").write_text(case)
    before = trace(tmp_path, tmp_path / "out").manifest["results_digest"]
    (tmp_path / "t.csv").write_text("sender,recipient,amount,height,tx_hash\nvictim,bob,6,1,aa\n")
    after = trace(tmp_path, tmp_path / "out")
    assert after.trace.rules["fifo"].total == 6
    assert after.manifest["results_digest"] != before


def test_a_run_that_is_stopped_goes_on_without_reading_again(rehearsal_copy, tmp_path, monkeypatch):
    out = tmp_path / "out"
    with monkeypatch.context() as stopped:
        stopped.setattr("tracer.pipeline.trace.thefts_of", interrupt)
        with pytest.raises(KeyboardInterrupt):
            trace(rehearsal_copy, out)
    with pytest.raises(StoreError, match="a run in it was not finished"):
        CaseFolder.open(out)
    monkeypatch.setattr("tracer.pipeline.trace.read_sources", lambda *_: pytest.fail("the sources were read again"))
    assert trace(rehearsal_copy, out).audit.adds_up


def interrupt(*_):
    raise KeyboardInterrupt


def changed(case):
    """The case file with a comment more, so that there is something to trace."""
    case.write_text(case.read_text() + "# seen again\n")


def test_a_run_that_is_stopped_leaves_what_stood_there_before(rehearsal_copy, tmp_path, monkeypatch):
    out = tmp_path / "out"
    trace(rehearsal_copy, out)
    made = [name for name in FILES if (out / name).exists()]
    before = {name: (out / name).read_bytes() for name in made}
    changed(rehearsal_copy / "case.toml")
    monkeypatch.setattr("tracer.pipeline.trace.thefts_of", interrupt)
    with pytest.raises(KeyboardInterrupt):
        trace(rehearsal_copy, out)
    assert {name: (out / name).read_bytes() for name in made} == before
    assert len(CaseFolder.open(out).changes(thorough=True)) == 1  # the case file


def test_a_failing_run_leaves_what_stood_there_before(rehearsal_copy, tmp_path):
    out = tmp_path / "out"
    trace(rehearsal_copy, out)
    before = (out / "manifest.json").read_bytes()
    case = rehearsal_copy / "case.toml"
    case.write_text(case.read_text().replace('transfer = "be86', 'transfer = "ffff'))
    with pytest.raises(CaseError, match=r"case.toml:\d+: transaction ffff.* is not in the ledger"):
        trace(rehearsal_copy, out)
    assert (out / "manifest.json").read_bytes() == before
    assert CaseFolder.open(out).trace.rules["fifo"].total == 526_300_010_000_000


def test_a_killed_runs_leftovers_of_other_sources_are_not_gone_on_from(rehearsal_copy, tmp_path):
    out = tmp_path / "out"
    (out / ".partial").mkdir(parents=True)
    (out / ".partial" / "case.db").write_bytes(b"half a file")
    assert trace(rehearsal_copy, out).audit.adds_up
    assert not (out / ".partial").exists()


def test_a_folder_that_cannot_be_made_is_named(rehearsal_copy, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/out: cannot be written \(Not a directory\): name another folder"):
        trace(rehearsal_copy, tmp_path / "file" / "out")


def test_a_folder_of_another_schema_is_refused(rehearsal_copy, tmp_path):
    trace(rehearsal_copy, tmp_path / "out")
    with sqlite3.connect(tmp_path / "out" / "case.db") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="schema 99"):
        CaseFolder.open(tmp_path / "out")


def test_the_manifest_names_every_file_the_answer_rests_on(rehearsal):
    assert [(s["kind"], s["name"]) for s in rehearsal.manifest["sources"]] == [
        ("recording", "recording.jsonl.gz"),
        ("labels", "labels.yaml"),
    ]
    assert all(len(s["sha256"]) == 64 and s["size"] for s in rehearsal.manifest["sources"])


def test_the_action_log_says_what_was_done(rehearsal_dir):
    entries = [json.loads(line) for line in (rehearsal_dir / "log.jsonl").read_text().splitlines()]
    assert entries[0]["act"] == "trace"


def test_a_case_folder_can_be_moved(rehearsal_dir, tmp_path):
    shutil.copytree(rehearsal_dir, tmp_path / "elsewhere")
    moved = CaseFolder.open(tmp_path / "elsewhere")
    assert moved.changes(thorough=True) == []
    assert moved.trace.rules["haircut"].total == 526_300_010_000_000


def test_a_theft_named_twice_is_refused(rehearsal_copy, tmp_path):
    case = rehearsal_copy / "case.toml"
    wallet = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4"
    case.write_text(case.read_text().replace("[trace]", f'[[thefts]]\nwallet = "{wallet}"\nmin_amount = 100_000_000_000_000\n\n[trace]'))
    with pytest.raises(CaseError, match="a second time: leave one out"):
        trace(rehearsal_copy, tmp_path / "out")


def test_a_run_that_was_stopped_while_it_put_its_results_in_place_is_put_right(rehearsal_copy, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    trace(rehearsal_copy, folder)
    with (rehearsal_copy / "case.toml").open("a") as file:
        file.write("# another text\n")
    replace, moved = os.replace, []

    def stopped(source, target):
        if Path(source).parent.name == ".partial":
            if len(moved) == 2:
                raise KeyboardInterrupt
            moved.append(target)
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            trace(rehearsal_copy, folder)
    with pytest.raises(StoreError, match="are not of one run"):
        CaseFolder.open(folder)
    put_right(folder)
    assert CaseFolder.open(folder).question.text.endswith("# another text\n")
