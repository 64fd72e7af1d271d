"""`tracer rests`: what it prints, keeps and hands on."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest

from tracer.casefolder import CaseFolder
from tracer.report.export import export


@pytest.fixture
def copied(rehearsal_dir, tmp_path):
    return shutil.copytree(rehearsal_dir, tmp_path / "copy")


def test_floors_stand_first_then_what_moves_most(tracer_cli, copied):
    code, out, _ = tracer_cli("rests", copied, "--blocks", 0, "--quiet")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("Floor at exchange1: 20,865,313.9 xem; without any one of 5 thefts, such as theft 2 (")
    assert [line.split(" (")[0].strip() for line in lines if line.startswith(" theft")][:2] == ["theft 2", "theft 3"]


def test_json_has_every_assumption_with_amounts_as_text(tracer_cli, copied):
    _, out, _ = tracer_cli("rests", copied, "--blocks", 0, "--json", "--quiet")
    told = json.loads(out)
    label = next(each for each in told["assumptions"] if each["without"].startswith('the label "exchange1"'))
    after = {place["name"]: place for place in label["places"]}["exchange1"]
    assert (after["amounts"]["fifo"], after["least"]) == ("0", "0")
    assert label["moved"]["fifo"] == "20874067850000"


def test_it_is_in_the_log_under_the_name_that_was_given(tracer_cli, copied):
    tracer_cli("rests", copied, "--blocks", 0, "--quiet", "--as", "A. Example")
    last = json.loads(tracer_cli("log", copied, "--json")[1])["entries"][-1]
    assert (last["act"], last["by"]) == ("rests", "A. Example")


def test_customers_stand_in_a_table_of_their_own(tracer_cli, copied):
    _, out, _ = tracer_cli("rests", copied, "--blocks", 0, "--quiet")
    _, _, parts = out.partition("Customers and victims")
    (line,) = (line for line in parts.splitlines() if "memo B1755340" in line)
    assert "7 thefts, 1 label, 1 source of labels, 1 stop" in line


def test_csv_has_both_figures_of_every_place_that_changes(tracer_cli, copied):
    _, out, _ = tracer_cli("rests", copied, "--blocks", 0, "--csv", "--quiet")
    rows = list(csv.DictReader(io.StringIO(out)))
    row = next(row for row in rows if row["without"] == "the dust limit of 1 xem" and row["reason"] == "dust")
    assert (row["fifo"], row["fifo_without"]) == ("750000", "0")


def test_what_it_rests_on_stands_on_the_page_and_in_an_export(tracer_cli, copied, tmp_path):
    tracer_cli("rests", copied, "--blocks", 0, "--quiet")
    case = CaseFolder.open(copied)
    assert case.flow.about.rests[0].startswith("Floor at exchange1")
    assert "rests.csv" in {path.name for path in export(case, tmp_path / "export")}


def test_a_case_without_it_exports_none(rehearsal, tmp_path):
    assert "rests.csv" not in {path.name for path in export(rehearsal, tmp_path / "export")}
