"""Tables and lists of a run that is still at work: what it has read so far, marked, and the run is not disturbed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil

import pytest
from support.live_cases import RECORDING, T0, LiveCase
from support.nis_server import NisServer

from tracer.casefolder.lock import locked
from tracer.pipeline.trace_so_far import read_so_far

MARK = "READ SO FAR, NOT FINAL"
ENOUGH = 150  # questions after which a run of the small case is looked at: some accounts are read, some are not


def files_of(folder):
    """Every file of a folder with its digest."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


class StoppedError(Exception):
    """What a test stops a run with."""


def stop_after(questions):
    """A progress that ends the run after so many questions."""

    def told(advance):
        if advance.unit == "questions" and advance.done >= questions:
            raise StoppedError

    return told


@pytest.fixture(scope="module")
def stopped_once(tmp_path_factory):
    """A folder as a run leaves it that was ended in the middle."""

    live = LiveCase(tmp_path_factory.mktemp("stopped"), max_accounts=20)
    with NisServer(RECORDING) as node, pytest.raises(StoppedError):
        live.trace(node, progress=stop_after(ENOUGH))
    return live.place


@pytest.fixture
def running(stopped_once, tmp_path):
    """The folder of a run at work: somebody holds its lock, and the last answer is half written."""
    place = tmp_path / "place"
    shutil.copytree(stopped_once, place)
    recording = place / "out" / ".partial" / "recording.jsonl"
    with recording.open("ab") as file:
        file.write(b'{"method":"GET","path":"/account/get?addr')
    os.utime(recording, (1_800_000_000, 1_800_000_000))
    lock = locked(place / "out" / ".lock")
    yield place / "out"
    lock.close()


def test_rules_of_a_running_folder_are_those_of_what_is_read_so_far(tracer_cli, running):
    code, out, err = tracer_cli("rules", running, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["read_so_far"]["accounts"] > 2
    assert found["read_so_far"]["unread"] > 2
    assert (found["read_so_far"]["tip"], found["read_so_far"]["time"]) == (484, "2027-01-15T08:00:00Z")
    assert found["read_so_far"]["answers"] == ENOUGH
    assert {"not_fetched", "service"} <= {endpoint["reason"] for endpoint in found["endpoints"]}
    for rule in ("fifo", "haircut"):
        assert sum(int(e[rule]) for e in found["endpoints"]) + int(found["fees"][rule]) == int(found["stolen"][rule])


@pytest.mark.parametrize("command", ["rules", "accounts", "transfers"])
def test_every_table_says_how_far_it_is_read(tracer_cli, running, command):
    code, out, _ = tracer_cli(command, running)
    assert code == 0
    assert out.startswith(f"{MARK}: ")
    assert " read up to block 484, " in out.splitlines()[0]
    assert "the last at 2027-01-15T08:00:00Z" in out.splitlines()[0]


@pytest.mark.parametrize("command", ["rules", "accounts", "transfers"])
def test_every_line_of_csv_says_how_far_it_is_read(tracer_cli, running, command):
    code, out, _ = tracer_cli(command, running, "--csv")
    lines = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert lines
    assert all(line["read_so_far"].startswith(MARK) for line in lines)


@pytest.mark.parametrize("command", ["accounts", "transfers"])
def test_every_object_of_json_says_how_far_it_is_read(tracer_cli, running, command):
    _, out, _ = tracer_cli(command, running, "--json")
    found = json.loads(out)
    assert found
    assert all(each["read_so_far"]["tip"] == 484 for each in found)


def test_accounts_that_are_not_read_yet_are_at_the_boundary(tracer_cli, running):
    _, out, _ = tracer_cli("accounts", running, "--json")
    found = {account["address"]: account for account in json.loads(out)}
    assert found[T0]["coverage"] == "full"
    unread = [account for account in found.values() if account["stop"] == "not_fetched"]
    assert unread
    assert all(account["balance"] is None for account in unread)


def test_freeze_lists_of_a_running_folder_never_look_final(tracer_cli, running):
    code, out, _ = tracer_cli("freeze", running)
    assert code == 0
    assert out.startswith(f"{MARK}: ")
    folder = running / "freeze-read-so-far"
    files = sorted(path.name for path in folder.iterdir())
    assert "README.txt" in files
    assert len(files) >= 3
    assert all(name.startswith("not-final-") for name in files if name not in ("README.txt", "digests.json"))
    for path in folder.glob("*.txt"):
        first, second, third, *_ = path.read_text().splitlines()
        assert first == "Freeze lists of tracer: NOT FINAL, the run that reads the chain is still at work"
        assert second.startswith(f"{MARK}: ")
        assert third.startswith("Do not send it")
    for path in folder.glob("*.csv"):
        assert all(line["read_so_far"].startswith(MARK) for line in csv.DictReader(path.read_text().splitlines()))


def test_freeze_lists_of_a_running_folder_replace_no_final_ones(tracer_cli, running, undisturbed, tmp_path):
    code, _, _ = tracer_cli("freeze", undisturbed.folder, "-o", tmp_path / "letters")
    before = files_of(tmp_path / "letters")
    assert code == 0
    code, _, err = tracer_cli("freeze", running, "-o", tmp_path / "letters")
    assert code == 1
    assert "holds final freeze lists" in err
    assert files_of(tmp_path / "letters") == before


def test_looking_changes_no_file_and_takes_no_lock(tracer_cli, running):
    before = files_of(running)
    for command in ("rules", "accounts", "transfers"):
        assert tracer_cli(command, running)[0] == 0
    assert files_of(running) == before


def test_a_run_that_is_looked_at_while_it_is_at_work_comes_to_the_same(tracer_cli, tmp_path, node, undisturbed):
    live, seen = LiveCase(tmp_path, max_accounts=3), []

    def look(advance):
        if advance.unit == "questions" and advance.done in (40, 70):
            code, out, _ = tracer_cli("rules", live.out, "--json")
            seen.append((code, json.loads(out)["read_so_far"]["accounts"]))
            assert tracer_cli("freeze", live.out)[0] == 0

    done = live.trace(node, progress=look)
    assert [code for code, _ in seen] == [0, 0]
    assert seen[0][1] < seen[1][1] < 4
    assert done.manifest["results_digest"] == undisturbed.manifest["results_digest"]
    assert [entry.act for entry in done.log_entries] == ["freeze", "freeze", "trace"]


def test_all_that_is_read_gives_what_the_run_will_find(live, node, undisturbed):
    """Looked at in the moment before the run is done."""
    found = []

    def look(advance):
        if advance.what == "tagging":
            found.append(read_so_far(live.out).outcome)

    live.trace(node, progress=look)
    assert found == [undisturbed.outcome]


def test_a_finished_folder_says_nothing_of_so_far(tracer_cli, undisturbed):
    code, out, _ = tracer_cli("rules", undisturbed.folder)
    assert code == 0
    assert MARK not in out
    assert "read_so_far" not in tracer_cli("rules", undisturbed.folder, "--json")[1]
    assert "read_so_far" not in tracer_cli("accounts", undisturbed.folder, "--csv")[1].splitlines()[0]


def test_a_finished_folder_that_is_traced_anew_shows_the_finished_result(tracer_cli, live, node):
    live.trace(node)
    before = tracer_cli("rules", live.out)[1]
    (live.out / "case.db").touch()
    again = LiveCase(live.place, max_accounts=20)
    with pytest.raises(StoppedError):
        again.trace(node, progress=stop_after(160))
    assert (live.out / ".partial").exists()
    assert tracer_cli("rules", live.out)[1] == before


def test_before_the_thefts_are_read_there_is_nothing_to_show(tracer_cli, live, node):
    with pytest.raises(StoppedError):
        live.trace(node, progress=stop_after(1))
    code, out, err = tracer_cli("rules", live.out)
    assert (code, out) == (1, "")
    assert "the thefts are not read yet, so there is nothing to show" in err


@pytest.mark.parametrize("command", ["audit", "bounds", "store", "render"])
def test_other_commands_name_those_that_show_what_is_read_so_far(tracer_cli, running, command):
    code, _, err = tracer_cli(command, running)
    assert code == 1
    assert "a run in it was not finished; tracer rules, accounts, transfers and freeze show what it has read so far" in err


def test_what_was_stopped_is_gone_on_from_after_it_was_looked_at(tracer_cli, stopped_once, tmp_path, node):
    shutil.copytree(stopped_once, tmp_path / "again")
    live = LiveCase(tmp_path / "again", max_accounts=20)
    assert tracer_cli("rules", live.out)[0] == 0
    asked = node.count
    found = live.trace(node)
    assert found.audit.adds_up
    assert node.count - asked < 130  # a run from the start asks 249


def test_the_list_of_what_can_be_stopped_is_marked_in_every_line_and_no_message_is_written(tracer_cli, running, tmp_path):
    _, out, _ = tracer_cli("stoppable", running, "--csv")
    lines = list(csv.DictReader(out.splitlines()))
    assert lines
    assert all(line["read_so_far"].startswith(MARK) for line in lines)
    code, _, err = tracer_cli("stoppable", running, "--messages", tmp_path / "letters")
    assert (code, "messages are written when it is done" in err) == (1, True)
