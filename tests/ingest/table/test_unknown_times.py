"""A time that no source states is unknown, all the way to what is printed: never 1970."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from subprocess import run

import pytest
from conftest import ROOT

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.page_inputs_of_case import drawing_of_case
from tracer.errors import CaseError
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.plan.thefts import thefts_of
from tracer.render.payload import payload

ROWS = "height,tx_hash,sender,recipient,amount\n1,t1,vera,wally,100\n9,t2,wally,xena,100\n20,t3,xena,kraken,100\n"
LABELS = """title: t
creator: c
source: s
currency: COIN
lastmod: 2015-08-01
tags:
  - {address: kraken, label: Kraken, category: exchange}
"""
CASE = """name = "x"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
whole = "all"
[trace]
primary = "fifo"
reason = "r"
[labels]
files = ["labels.yaml"]
[prices]
file = "usd.csv"
"""
THEFT = '[[thefts]]\ntransfer = "t1"\n'


def asked(folder, rows=ROWS, theft=THEFT):
    (folder / "t.csv").write_text(rows)
    (folder / "labels.yaml").write_text(LABELS)
    (folder / "usd.csv").write_text("time,price,source\n1970-01-01T00:00:00Z,2,somebody\n")
    (folder / "case.toml").write_text(CASE + theft)
    return CaseFile.load(folder / "case.toml")


@pytest.fixture
def case(tmp_path):
    tracer.trace(asked(tmp_path), tmp_path / "out")
    return CaseFolder.open(tmp_path / "out")


def test_the_record_keeps_no_time(case, tmp_path):
    with sqlite3.connect(tmp_path / "out" / "case.db") as db:
        assert db.execute("SELECT DISTINCT time FROM transfers").fetchall() == [(None,)]
    assert case.ledger.columns.time == [None] * 3


def test_how_many_rows_state_no_time_is_said(case):
    assert any(sentence.startswith("No source states the time of 3 rows") for sentence in case.flow.about.coverage)


def test_no_label_is_younger_than_a_transfer_whose_time_nobody_knows(case):
    assert not any("later than the transfers" in sentence for sentence in case.flow.about.coverage)
    assert case.flow.nodes["kraken"]["younger"] == (False,)


@pytest.mark.parametrize("command", ["transfers", "rules", "explain", "prices", "summary"])
def test_nothing_that_is_printed_says_1970(case, tmp_path, tracer_cli, command):
    arguments = [tmp_path / "out", *(["kraken"] if command == "explain" else [])]
    if command == "summary":
        command, arguments = "trace", [tmp_path / "case.toml", "-o", tmp_path / "again"]
    code, out, err = tracer_cli(command, *arguments)
    assert code == 0, err
    assert "1970" not in out.replace("1970-01-01T00:00:00Z: 2 USD", "")


def test_json_says_null(case, tmp_path, tracer_cli):
    _, out, _ = tracer_cli("transfers", tmp_path / "out", "--json")
    assert [each["time"] for each in json.loads(out)] == [None] * 3


def test_an_export_leaves_the_time_empty_and_the_rival_check_agrees(case, tmp_path, tracer_cli):
    tracer_cli("export", tmp_path / "out", "-o", tmp_path / "export")
    with (tmp_path / "export" / "transfers.csv").open(newline="") as file:
        assert [line["time"] for line in csv.DictReader(file)] == ["", "", ""]
    checked = run([sys.executable, ROOT / "tracer" / "verify.py", tmp_path / "export"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout.partition(": ")[2][:34]) == (0, "all are as recomputed, to the unit")


def test_the_page_is_given_no_time(case):
    assert payload(drawing_of_case(case, case.flow))["edges"]["time"] == [None] * 3


def test_a_worth_at_an_unknown_moment_is_unknown(case):
    assert case.flow.about.valuation.thefts == (None,)


def test_a_window_of_time_over_payments_without_times_is_refused(tmp_path):
    partly = "height,time,tx_hash,sender,recipient,amount\n1,2018-01-26T00:00:00Z,t1,vera,wally,100\n9,,t2,vera,xena,50\n"
    question = asked(tmp_path, partly, '[[thefts]]\nwallet = "vera"\nfrom = 2018-01-01T00:00:00Z\n')
    with pytest.raises(
        CaseError, match=r"states no time of the payment at row 1 \(hash t2\), so nobody knows whether it lies in that window"
    ):
        thefts_of(question, read_ledger(question))


def test_column_files_keep_that_a_time_is_unknown(tmp_path, tracer_cli):
    partly = "height,time,tx_hash,sender,recipient,amount\n1,2018-01-26T00:00:00Z,t1,vera,wally,100\n9,,t2,wally,xena,50\n"
    asked(tmp_path, partly)
    assert tracer_cli("columns", tmp_path / "case.toml", "-o", tmp_path / "files")[0] == 0
    columns = CASE.replace('kind = "table"\npath = "t.csv"\nwhole = "all"', 'kind = "columns"\npath = "files"')
    (tmp_path / "columns.toml").write_text(columns + THEFT)
    tracer.trace(CaseFile.load(tmp_path / "columns.toml"), tmp_path / "out")
    assert CaseFolder.open(tmp_path / "out").ledger.columns.time == [1516924800, None]
