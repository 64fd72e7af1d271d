"""Labels that somebody makes in a case, on the command line."""

from __future__ import annotations

import io

import pytest

CASE = """# the till
name = "till"
chain = "table"
asset = "coin"
decimals = 2
[[sources]]
kind = "table"
path = "t.csv"
[[thefts]]
transfer = "t1"
[stops]
categories = ["exchange"]
"""


@pytest.fixture
def case(tmp_path, monkeypatch):
    """Anna is drained by bert, who pays carl and dora."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("height,tx_hash,sender,recipient,amount\n1,t1,anna,bert,100\n2,t2,bert,carl,60\n3,t3,bert,dora,30\n")
    (tmp_path / "case.toml").write_text(CASE)
    return tmp_path


def add(tracer_cli, *arguments):
    return tracer_cli("labels", "add", *arguments, "--author", "Eve")


def test_a_label_that_is_added_stops_the_trail_with_its_author_and_day(case, tracer_cli):
    code, out, err = add(tracer_cli, "carl", "Corner Exchange", "--category", "exchange", "--source", "a letter")
    assert (code, err) == (0, "")
    assert "1 label by Eve added to own_labels.csv" in out
    _, out, _ = tracer_cli("trace", "case.toml", "-o", "out")
    assert "Corner Exchange (1 address)" in out
    assert "1 label on the ledger's addresses was made in this case, by Eve 1" in out
    _, out, _ = tracer_cli("labels", "out", "--csv")
    header, line = out.splitlines()
    assert "made in this case by Eve" in line
    assert "a letter" in line
    assert header.startswith("address")


def test_the_case_file_is_changed_in_one_line_and_nothing_else(case, tracer_cli):
    add(tracer_cli, "carl", "Shop", "--source", "a letter")
    add(tracer_cli, "dora", "Pub", "--source", "a letter")
    assert (case / "case.toml").read_text() == CASE + '\n[labels]\nfiles = ["own_labels.csv"]\n'
    assert len((case / "own_labels.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[labels]\nmin_confidence = 5\n[prices]\n", '[labels]\nfiles = ["own_labels.csv"]\nmin_confidence = 5\n\n[prices]\n'),
        ('[labels]\nfiles = [  # packs\n  "a.csv",\n]\n', '[labels]\nfiles = [  # packs\n  "own_labels.csv",\n  "a.csv",\n]\n'),
        ("[labels]\nfiles = []\n", '[labels]\nfiles = ["own_labels.csv"]\n'),
    ],
)
def test_the_file_is_named_where_label_files_are_named(case, tracer_cli, before, after):
    prices = 'file = "p.csv"\n' * ("prices" in before)
    (case / "case.toml").write_text(CASE + before + prices)
    code, _, err = add(tracer_cli, "carl", "Shop", "--source", "a letter")
    assert (code, err) == (0, "")
    assert (case / "case.toml").read_text() == CASE + after + prices


def test_a_table_written_in_one_line_is_changed_in_that_line(case, tracer_cli):
    (case / "case.toml").write_text('labels = {files = ["a.csv"]}  # packs\n' + CASE)
    add(tracer_cli, "carl", "Shop", "--source", "a letter")
    assert (case / "case.toml").read_text() == 'labels = {files = ["own_labels.csv","a.csv"]}  # packs\n' + CASE


def test_a_paste_is_added_whole_or_not_at_all(case, tracer_cli, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("address;name;type\ncarl;Corner Exchange;Exchange\ndora;Pub;shop\n"))
    code, out, _ = add(tracer_cli, "-", "--source", "a list")
    assert (code, "2 labels by Eve" in out) == (0, True)
    monkeypatch.setattr("sys.stdin", io.StringIO("address,name\nerin,Bank\nfrank,\n"))
    code, _, err = add(tracer_cli, "-", "--source", "a list")
    assert (code, "of 2 labels 1 without an address or a name" in err) == (1, True)
    assert "erin" not in (case / "own_labels.csv").read_text()
    _, out, _ = tracer_cli("trace", "case.toml", "-o", "out")
    assert "Corner Exchange (1 address)" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["carl", "Shop"], "a label is somebody's word: say whose with --source TEXT"),
        (["carl"], "write the name after the address, or - alone"),
        (["-", "Shop", "--source", "x"], "write the name after the address, or - alone"),
        (["carl", "Shop", "--source", "x", "--case", "none.toml"], "none.toml: cannot be read"),
    ],
)
def test_a_label_that_says_too_little_is_refused(case, tracer_cli, arguments, said):
    code, _, err = add(tracer_cli, *arguments)
    assert (code, said in err) == (1, True)
    assert not (case / "own_labels.csv").exists()


def test_a_name_that_a_spreadsheet_would_run_is_inert_in_the_file_and_whole_in_the_case(case, tracer_cli):
    add(tracer_cli, "carl", "=1+1", "--source", "a letter")
    assert "carl,'=1+1," in (case / "own_labels.csv").read_text()
    tracer_cli("trace", "case.toml", "-o", "out")
    _, out, _ = tracer_cli("labels", "out", "--json")
    assert '"label": "=1+1"' in out


def test_a_file_whose_first_line_was_changed_is_not_written_to(case, tracer_cli):
    (case / "own_labels.csv").write_text("name,address\nShop,carl\n")
    code, _, err = add(tracer_cli, "dora", "Pub", "--source", "a letter")
    assert (code, "own_labels.csv:1: its first line is no longer address,name" in err) == (1, True)
    assert (case / "own_labels.csv").read_text() == "name,address\nShop,carl\n"
