"""The audit log: every act is in it, whatever is done to an entry shows, and it says itself what it cannot show."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal

import pytest
from support.bakery import Bakery

import tracer
from tracer.casefolder import CaseFolder
from tracer.casefolder.breaks_in_log import audited
from tracer.casefolder.log import act, append, read_log
from tracer.errors import RecordError, StoreError
from tracer.pipeline.declare import declare


@pytest.fixture
def bakery(tmp_path):
    return Bakery(tmp_path)


@pytest.fixture
def much_done(bakery, tracer_cli):
    """Five acts: traced, declared, a list issued, edited and traced, exported."""
    declare(bakery.trace(by="Ada"), "fifo", "what came first left first", "Bob")
    tracer_cli("freeze", bakery.out, "--as", "Cy")
    bakery.change("[labels]", "[stops]\ndust = 5\n\n[labels]")
    bakery.trace()
    tracer_cli("export", bakery.out, "-o", bakery.place / "package")
    return bakery.out


def test_every_act_is_in_the_log_with_who_did_it_and_nobody_is_guessed(much_done):
    assert [(entry.act, entry.by) for entry in read_log(much_done)] == [
        ("trace", "Ada"),
        ("declare", "Bob"),
        ("freeze", "Cy"),
        ("trace", None),
        ("export", None),
    ]


def test_an_entry_holds_what_the_case_was_before_and_after(much_done):
    entries = read_log(much_done)
    manifest = json.loads((much_done / "manifest.json").read_text())
    assert entries[0].before is None
    assert [entry.before for entry in entries[1:]] == [entry.after for entry in entries[:-1]]
    last = entries[-1].after
    assert (last.case_sha256, last.results_digest) == (manifest["case"]["sha256"], manifest["results_digest"])
    assert [entry.before != entry.after for entry in entries[1:]] == [True, False, True, False]


def test_an_edit_of_the_case_file_is_named_key_by_key(much_done):
    assert read_log(much_done)[3].more["changed"] == ["stops.dust: nothing -> 5"]


def test_a_list_that_was_issued_is_kept_by_its_digests(much_done):
    assert {*read_log(much_done)[2].more["files"]} == {path.name for path in (much_done / "freeze").iterdir()}


def test_the_newest_block_that_was_read_stands_in_the_entry(rehearsal):
    newest = rehearsal.log_entries[-1].after.newest_block
    assert newest["height"] == rehearsal.ledger.tip
    assert len(newest["hash"]) == 64


def removed(lines):
    del lines[1]


def removed_first(lines):
    del lines[0]


def reordered(lines):
    lines[1], lines[2] = lines[2], lines[1]


def edited(lines):
    lines[1] = lines[1].replace('"by":"Bob"', '"by":"Eve"')


def edited_in_a_digest(lines):
    lines[2] = lines[2].replace('"results_digest":"', '"results_digest":"0')


def doubled(lines):
    lines.insert(1, lines[0])


def spaced(lines):
    lines[0] = lines[0].replace(":", ": ", 1)


def unfinished(lines):
    lines[-1] = lines[-1][:40]


def not_json(lines):
    lines[0] = "hello"


def cut_off_with_the_last_result(lines):
    del lines[3:]


@pytest.mark.parametrize(
    "tamper",
    [removed, removed_first, reordered, edited, edited_in_a_digest, doubled, spaced, unfinished, not_json, cut_off_with_the_last_result],
    ids=lambda f: f.__name__,
)
def test_a_tampering_is_found_and_ends_with_exit_code_2(much_done, tracer_cli, tamper):
    path = much_done / "log.jsonl"
    lines = path.read_text().splitlines()
    tamper(lines)
    path.write_text("".join(f"{line}\n" for line in lines))
    code, out, err = tracer_cli("log", much_done)
    assert code == 2
    assert "THE LOG IS BROKEN" in out or "was altered" in err


def test_a_log_that_was_removed_is_found(much_done, tracer_cli):
    (much_done / "log.jsonl").unlink()
    code, out, _ = tracer_cli("log", much_done)
    assert (code, "the log was removed" in out) == (2, True)


def test_an_end_cut_off_after_the_last_result_shows_only_against_a_head_from_outside(much_done, tracer_cli):
    path = much_done / "log.jsonl"
    lines = path.read_text().splitlines()
    head = json.loads(lines[-1])["hash"]
    path.write_text("".join(f"{line}\n" for line in lines[:-1]))
    code, out, _ = tracer_cli("log", much_done)
    assert (code, "does not show whether something was cut off the end" in " ".join(out.split())) == (0, True)
    code, out, _ = tracer_cli("log", much_done, "--head", head)
    assert (code, "entries were removed from its end, or it was made anew" in out) == (2, True)


def test_a_head_from_outside_says_how_much_of_the_log_it_vouches_for(much_done, tracer_cli):
    head = read_log(much_done)[2].hash
    code, out, _ = tracer_cli("log", much_done, "--head", head[:12], "--json")
    found = json.loads(out)
    assert (code, found["holds"], found["known_outside"], found["head"]) == (0, True, 3, read_log(much_done)[-1].hash)
    assert any("2 entries came later" in note for note in found["notes"])


def test_a_letter_has_a_head_that_the_log_can_be_held_to(much_done, tracer_cli):
    letter = (much_done / "freeze" / "README.txt").read_text()
    head = read_log(much_done)[1].hash
    assert head in letter
    assert tracer_cli("log", much_done, "--head", head)[0] == 0


def test_a_folder_deleted_and_begun_anew_shows_only_against_a_head(bakery, tracer_cli):
    head = bakery.trace().log_entries[-1].hash
    shutil.rmtree(bakery.out)
    bakery.change('"haircut"  # for now', '"fifo"')
    again = bakery.trace()
    assert again.declared.beforehand
    assert tracer_cli("log", bakery.out)[0] == 0
    assert tracer_cli("log", bakery.out, "--head", head)[0] == 2


def test_an_entry_that_cannot_be_written_leaves_the_log_as_it_was(much_done, monkeypatch):
    before = (much_done / "log.jsonl").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError, match="the act is in no log"):
        append(much_done, act("store"))
    assert (much_done / "log.jsonl").read_bytes() == before


def _write_many(folder, name, count):
    for _ in range(count):
        append(folder, act("store", name))


def test_writers_at_the_same_time_lose_no_entry(much_done):
    before = len(read_log(much_done))
    start = multiprocessing.get_context("fork")
    writers = [start.Process(target=_write_many, args=(much_done, name, 10)) for name in ("ann", "bob", "cy")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(read_log(much_done)) == before + 30
    assert audited(much_done, None).faults == []


def _write_forever(folder):
    while True:
        append(folder, act("store"))


def test_a_writer_killed_at_any_moment_leaves_a_log_that_holds_together(much_done):
    start = multiprocessing.get_context("fork")
    for _ in range(5):
        before = len(read_log(much_done))
        writer = start.Process(target=_write_forever, args=(much_done,))
        writer.start()
        while len(read_log(much_done)) < before + 3:
            pass
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        assert audited(much_done, None).faults == []


def test_an_act_on_results_that_were_put_half_in_place_puts_them_right_first(bakery, monkeypatch):
    case = bakery.trace()
    replace, moved = os.replace, []

    def stopped(source, target):
        if os.path.basename(os.path.dirname(source)) == ".amended":
            if moved:
                raise KeyboardInterrupt
            moved.append(target)
        replace(source, target)

    from tracer.casefolder import working_folder

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped)
        patch.setattr(working_folder, "remove", lambda _: None)  # as after a kill
        with pytest.raises(KeyboardInterrupt):
            declare(case, "fifo", "first in, first out")
    append(bakery.out, act("store"))
    assert [entry.act for entry in read_log(bakery.out)] == ["trace", "declare", "store"]
    assert audited(bakery.out, None).faults == []
    assert CaseFolder.open(bakery.out).question.trace.primary == "fifo"


def test_labels_that_are_added_are_in_the_log_of_the_folder_beside_the_case_file(bakery, tracer_cli):
    bakery.trace()
    said = tracer_cli("labels", "add", "bob", "Corner Exchange", "--source", "a letter", "--author", "Dee", "--case", bakery.file)
    assert said[0] == 0
    entry = read_log(bakery.out)[-1]
    assert (entry.act, entry.by, entry.more["labels"]) == ("labels add", "Dee", ["bob is Corner Exchange (a letter)"])


def test_a_folder_that_had_results_before_its_log_says_so(bakery, tracer_cli):
    bakery.trace()
    (bakery.out / "log.jsonl").unlink()
    (bakery.out / "actions.jsonl").write_text('{"command": "trace"}\n')
    case = bakery.trace()
    assert not case.declared.beforehand
    assert "held results before its audit log began" in " ".join(case.declared.sentences)
    assert len(case.log_entries[0].more["earlier_log"]["sha256"]) == 64
    assert "The folder held a result before its log began." in tracer_cli("log", bakery.out)[1]


def test_a_line_that_is_no_entry_names_the_line(much_done):
    path = much_done / "log.jsonl"
    path.write_text(path.read_text() + '{"number": 9}\n')
    with pytest.raises(RecordError, match=r"log\.jsonl:6: is no entry"):
        read_log(much_done)


def test_a_head_that_is_no_hash_is_refused(much_done, tracer_cli):
    assert tracer_cli("log", much_done, "--head", "first")[0] == 1


def test_reading_a_case_writes_nothing_to_its_log(much_done, tracer_cli):
    before = (much_done / "log.jsonl").read_bytes()
    for command in ("rules", "accounts", "transfers", "log", "audit"):
        tracer_cli(command, much_done)
    tracer.CaseFolder.open(much_done)
    assert (much_done / "log.jsonl").read_bytes() == before
