"""Earlier results: each is kept, shown again as it was, and what two have in common is kept once."""

from __future__ import annotations

import hashlib
import json

import pytest
from support.bakery import Bakery

from tracer.casefolder import CaseFolder
from tracer.casefolder.log import read_log
from tracer.errors import InputError, RecordError, StoreError
from tracer.pipeline.declare import declare


@pytest.fixture
def bakery(tmp_path):
    return Bakery(tmp_path)


@pytest.fixture
def growing(bakery, tracer_cli):
    """A letter on the first day, then ten more days, each with more rows and a trace."""
    bakery.trace()
    assert tracer_cli("freeze", bakery.out, "-o", bakery.place / "first")[0] == 0
    for day in range(10):
        rows = [f"{4 + 100 * day + n},d{day}n{n},bob,{'alpha' if n == 7 else 'carol'},{n + 1},0" for n in range(100)]
        bakery.pays(*rows)
        bakery.trace()
    return bakery


def files_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_letter_of_the_first_day_is_made_again_byte_for_byte(growing, tracer_cli):
    code, _, err = tracer_cli("freeze", f"{growing.out}@1", "-o", growing.place / "again")
    assert code == 0, err
    assert files_of(growing.place / "again") == files_of(growing.place / "first")
    assert tracer_cli("freeze", growing.out, "-o", growing.place / "now")[0] == 0
    assert files_of(growing.place / "now") != files_of(growing.place / "first")


def test_every_one_of_ten_re_traces_is_shown_as_it_was(growing):
    traced = [entry for entry in read_log(growing.out) if entry.act == "trace"]
    assert len(traced) == 11
    for day, entry in enumerate(traced):
        case = CaseFolder.open(f"{growing.out}@{entry.number}")
        assert case.manifest["results_digest"] == entry.after.results_digest
        assert len(case.ledger) == 3 + 100 * day
        assert sum(end.amounts["fifo"] for end in case.outcome.endpoints) == case.outcome.stolen["fifo"] == 900


def test_what_results_have_in_common_is_kept_once(growing):
    kept = sum(path.stat().st_size for path in (growing.out / "history").rglob("*") if path.is_file())
    assert kept < 4 * (growing.out / "case.db").stat().st_size, "ten results take less than four"


def test_an_earlier_result_is_named_by_number_day_and_digest(growing):
    first = read_log(growing.out)[0]
    for name in ("1", first.hash[:8], first.hash):
        assert CaseFolder.open(f"{growing.out}@{name}").manifest["results_digest"] == first.after.results_digest
    today = read_log(growing.out)[-1].time[:10]
    assert CaseFolder.open(f"{growing.out}@{today}").manifest["run"] == CaseFolder.open(growing.out).manifest["run"]
    middle = read_log(growing.out)[4].after.results_digest
    assert CaseFolder.open(f"{growing.out}@{middle[:10]}").manifest["results_digest"] == middle


@pytest.mark.parametrize("name", ["0", "99", "1999-01-01", "abcdef", "yesterday", "../x"])
def test_a_name_that_means_no_result_says_what_to_write(bakery, name):
    bakery.trace()
    with pytest.raises(InputError, match="write a number from 1 to 1, a day such as"):
        CaseFolder.open(f"{bakery.out}@{name}")


def test_a_result_of_a_day_is_the_one_that_stood_at_its_end(bakery, monkeypatch):
    import tracer.casefolder.log

    for day, dust in ((1, 1), (2, 2), (2, 3)):
        monkeypatch.setattr(tracer.casefolder.log.time, "time", lambda day=day: 86_400 * day)
        if "[stops]" in bakery.file.read_text():
            bakery.change(f"dust = {dust - 1}", f"dust = {dust}")
        else:
            bakery.change("[labels]", f"[stops]\ndust = {dust}\n\n[labels]")
        bakery.trace()
    assert CaseFolder.open(f"{bakery.out}@1970-01-02").question.stops.dust == 1
    assert CaseFolder.open(f"{bakery.out}@1970-01-03").question.stops.dust == 3


def test_an_earlier_result_is_not_changed(growing, tracer_cli):
    for command in (["declare", "lifo", "--reason", "x"], ["tag"], ["bounds"], ["store"], ["ingest"]):
        code, out, err = tracer_cli(command[0], f"{growing.out}@1", *command[1:])
        assert (code, out) == (1, "")
        assert "is an earlier result" in err


def test_memos_and_bytes_come_back_as_they_were(rehearsal_dir, tmp_path):
    import shutil

    from conftest import REHEARSAL

    shutil.copytree(rehearsal_dir, tmp_path / "out")
    shutil.copytree(REHEARSAL, tmp_path / "asked")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    manifest["case"]["path"] = "../asked/case.toml"
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    before = CaseFolder.open(tmp_path / "out")
    declare(before, "lifo", "for the test")
    again = CaseFolder.open(f"{tmp_path / 'out'}@1")
    assert [*again.ledger] == [*before.ledger]
    assert (again.outcome, again.tags, again.context) == (before.outcome, before.tags, before.context)


def test_a_piece_that_was_changed_is_found(growing):
    import zlib

    for path in (growing.out / "history" / "pieces").rglob("*"):
        if path.is_file() and b"alpha" in zlib.decompress(path.read_bytes()):
            path.write_bytes(zlib.compress(zlib.decompress(path.read_bytes()).replace(b"alpha", b"gamma")))
    with pytest.raises(RecordError, match="altered after it was kept"):
        CaseFolder.open(f"{growing.out}@1")


def test_a_result_that_is_gone_is_named(growing):
    state = read_log(growing.out)[0].after
    (growing.out / "history" / f"{state.run}.json").unlink()
    with pytest.raises(StoreError, match="cannot be shown"):
        CaseFolder.open(f"{growing.out}@1")


def test_a_folder_whose_name_has_an_at_is_meant_by_it(tmp_path):
    (tmp_path / "me@home").mkdir()
    bakery = Bakery(tmp_path / "me@home")
    assert bakery.trace().as_of is None
    assert CaseFolder.open(bakery.out).as_of is None


def test_a_trace_that_finds_the_same_keeps_nothing(bakery):
    bakery.trace()
    bakery.trace()
    assert not (bakery.out / "history").exists()
    assert [entry.act for entry in read_log(bakery.out)] == ["trace", "trace"]


def test_history_is_no_part_of_the_result(growing):
    pages = hashlib.sha256((growing.out / "case.html").read_bytes()).hexdigest()
    assert CaseFolder.open(growing.out).manifest["page_sha256"] == pages
    assert CaseFolder.open(growing.out).changes(thorough=True) == []
