"""What left a case folder is known again: of which results it is, and whether it was altered."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import REHEARSAL

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.page_inputs_of_case import drawing_of_case
from tracer.flow.gexf_and_graphml import FORMATS
from tracer.model import Stamp, quiet
from tracer.pipeline.bounds import bounded
from tracer.render import page, payload
from tracer.render.pyvis import pyvis_page
from tracer.report.export import export
from tracer.report.freeze_lists import freeze, write
from tracer.report.issued_files_check import matched
from tracer.report.provenance import LIST
from tracer.report.tables import transfers_table


@pytest.fixture
def sent(rehearsal, tmp_path):
    """An export and the freeze lists of the rehearsal, as somebody received them."""
    export(rehearsal, tmp_path / "sent")
    write(rehearsal, freeze(rehearsal), tmp_path / "sent" / "freeze")
    return tmp_path / "sent"


@pytest.fixture(scope="session")
def other_results(tmp_path_factory):
    """The rehearsal with another dust limit, so with other results."""
    place = tmp_path_factory.mktemp("other") / "case"
    shutil.copytree(REHEARSAL, place)
    asked = (place / "case.toml").read_text()
    (place / "case.toml").write_text(asked.replace("dust = 1_000_000 ", "dust = 500_000_000 "))
    return tracer.trace(CaseFile.load(place / "case.toml"), place / "out")


def letter(folder):
    return next(folder.glob("freeze/exchange1-*.txt"))


def test_all_that_was_sent_agrees_with_its_folder(rehearsal, sent):
    assert [finding for finding in matched(sent, rehearsal) if not finding.agrees] == []


def test_one_unit_changed_in_a_table_is_found_by_its_line(rehearsal, sent):
    table = sent / "rules.csv"
    lines = table.read_text().splitlines(True)
    lines[4] = lines[4].replace("0", "1", 1)
    table.write_text("".join(lines))
    (finding,) = matched(table, rehearsal)
    assert finding.says.startswith("line 5 is none of rules.csv as the folder gives it: ")


@pytest.mark.parametrize(("order", "at"), [([0, 1, 2, 2, 4], 4), ([0, 2, 1, 3, 4], 3)], ids=["repeated", "moved"])
def test_a_line_that_is_repeated_or_moved_is_found(rehearsal, sent, order, at):
    table = sent / "transfers.csv"
    lines = table.read_text().splitlines(True)
    table.write_text("".join([lines[number] for number in order] + lines[5:]))
    (finding,) = matched(table, rehearsal)
    assert not finding.agrees
    assert finding.says.startswith(f"line {at} is repeated or moved in transfers.csv as the folder gives it: ")


def test_the_list_finds_a_file_that_was_altered(rehearsal, sent):
    (sent / "thefts.csv").write_text("nothing")
    finding = next(each for each in matched(sent, rehearsal) if each.file == LIST)
    assert (finding.agrees, finding.says) == (False, "thefts.csv is not the file that was written: its SHA-256 is another")


def test_an_altered_letter_does_not_agree(rehearsal, sent):
    path = letter(sent)
    path.write_text(path.read_text().replace("20,874,067.85", "20,874,067.86"))
    assert [finding.agrees for finding in matched(path, rehearsal)] == [False]


def test_a_letter_states_the_digest_of_its_table(sent):
    path = letter(sent)
    listed = json.loads((path.parent / LIST).read_text())["files"]
    assert f"{path.stem}.csv has the SHA-256 {listed[f'{path.stem}.csv']}." in path.read_text()


def test_a_letter_of_other_results_does_not_agree_and_says_of_which_it_is(other_results, rehearsal, sent):
    (finding,) = matched(letter(sent), other_results)
    ours, theirs = rehearsal.manifest["results_digest"], other_results.manifest["results_digest"]
    assert (finding.agrees, finding.says) == (False, f"is of results digest {ours}, and the folder holds {theirs}")


def test_part_of_a_table_agrees(rehearsal, tmp_path):
    (tmp_path / "some.csv").write_text(transfers_table(rehearsal, list(rehearsal.ledger)[3:8]).csv())
    (finding,) = matched(tmp_path / "some.csv", rehearsal)
    assert (finding.agrees, finding.says) == (True, "is transfers.csv as the folder gives it, 5 of its 1,289 lines")


@pytest.mark.parametrize("masked", [True, False])
def test_a_page_agrees_masked_or_not(rehearsal, tmp_path, masked):
    path = tmp_path / "sent.html"
    path.write_text(page(payload(drawing_of_case(rehearsal, rehearsal.flow if masked else rehearsal.unmasked))), encoding="utf-8")
    assert [finding.agrees for finding in matched(path, rehearsal)] == [True]


def test_a_page_that_shows_another_figure_does_not_agree(rehearsal, tmp_path):
    path = tmp_path / "sent.html"
    path.write_text(page({**payload(drawing_of_case(rehearsal, rehearsal.flow)), "checked": "All is well."}), encoding="utf-8")
    assert [finding.agrees for finding in matched(path, rehearsal)] == [False]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_graph_for_other_programs_agrees(rehearsal, tmp_path, kind):
    path = tmp_path / f"flow.{kind}"
    path.write_text(FORMATS[kind](rehearsal.flow), encoding="utf-8")
    assert [finding.agrees for finding in matched(path, rehearsal)] == [True]


def test_a_picture_is_known_by_the_digest_it_states(rehearsal, other_results, tmp_path):
    path = tmp_path / "pyvis.html"
    path.write_text(pyvis_page(rehearsal.flow)[0], encoding="utf-8")
    assert [matched(path, case)[0].agrees for case in (rehearsal, other_results)] == [True, False]


def test_parquet_states_its_results(rehearsal, tmp_path):
    pytest.importorskip("pyarrow")
    (path, *_) = rehearsal.to_parquet(tmp_path)
    assert matched(path, rehearsal)[0].agrees


def test_what_states_no_digest_is_not_compared(rehearsal, tmp_path):
    (tmp_path / "holiday.png").write_bytes(b"\x89PNG")
    assert [finding.agrees for finding in matched(tmp_path / "holiday.png", rehearsal)] == [None]


def test_what_left_before_bounds_were_computed_still_agrees(rehearsal_dir, tmp_path):
    folder = shutil.copytree(rehearsal_dir, tmp_path / "case")
    case = CaseFolder.open(folder)
    write(case, freeze(case), tmp_path / "sent")
    later = bounded(case, 1000, quiet)
    assert [finding for finding in matched(tmp_path / "sent", later) if not finding.agrees] == []


def test_the_command_ends_with_two_where_a_file_does_not_agree(tracer_cli, rehearsal_dir, sent):
    assert tracer_cli("verify", sent, "--folder", rehearsal_dir)[0] == 0
    (sent / "method.csv").write_text("setting,value\nrules,fifo\n")
    code, out, _ = tracer_cli("verify", sent, "--folder", rehearsal_dir)
    assert code == 2
    assert out.startswith("DOES NOT AGREE: ")


def test_the_command_refuses_what_it_cannot_compare(tracer_cli, rehearsal_dir, tmp_path):
    (tmp_path / "a.txt").write_text("Dear sirs")
    code, _, err = tracer_cli("verify", tmp_path / "a.txt", "--folder", rehearsal_dir)
    assert (code, "states no results digest" in err) == (1, True)


def test_a_stamp_of_a_run_at_work_has_no_digest():
    assert str(Stamp("x", "", "1")) == "Case x, no results digest, as the run is not finished, tracer 1"
