"""What a service says it did with a deposit: shown beside it, in no figure, and named with every bound."""

from __future__ import annotations

import csv
import json
import re

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import InputError

CASE = """
name = "till"
chain = "table"
asset = "coin"
decimals = 2
[[sources]]
kind = "table"
path = "t.csv"
balances = "b.csv"
basis = "chain"
[[thefts]]
transfer = "0xT1"
[trace]
primary = "fifo"
reason = "declared in court"
[stops]
categories = ["exchange"]
[labels]
files = ["l.csv"]
"""
LINK = """
[[links]]
deposit = "0XT2"
withdrawal = "f00d"
to = "bc1"
amount = "0.003"
asset = "BTC"
network = "bitcoin"
time = 2021-01-02T00:00:00Z
source = "letter of the shop, from 192.0.2.17"
grade = "B2"
"""
FILES = {
    "t.csv": "height,tx_hash,sender,recipient,amount\n1,0xt1,anna,bert,100\n2,0xt2,bert,shop,60\n3,0xt3,bert,carl,40\n",
    "b.csv": "address,opening\nanna,100\n",
    "l.csv": "address,name,category,date\nshop,Shop,exchange,2020-01-01\n",
}


@pytest.fixture
def case(tmp_path):
    """Anna is drained of 1.00; bert pays 0.60 of it to a shop, which says what it did with it."""

    def of(links=LINK, **files):
        for name, text in {**FILES, **{name.replace("_", "."): text for name, text in files.items()}}.items():
            (tmp_path / name).write_text(text)
        (tmp_path / "case.toml").write_text(CASE + links)
        return tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")

    return of


def test_a_statement_stands_beside_its_deposit_and_what_of_it_was_traced(case):
    (told,) = case().flow.about.statements
    assert (told.statement.deposit, told.rows, told.amount, told.recipients) == ("0xt2", (1,), 60, ("shop",))
    assert told.traced["fifo"] == 60
    assert (told.statement.amount, told.statement.asset, told.statement.paid_to, told.why) == ("0.003", "BTC", "bc1", "")


def test_a_statement_changes_no_figure(case, tmp_path):
    with_it = case()
    outcome, tables = with_it.outcome, with_it.manifest
    without = case("")
    assert without.outcome == outcome
    assert without.manifest["bounds_digest"] == tables["bounds_digest"]
    assert without.manifest["results_digest"] != tables["results_digest"]


def test_a_statement_is_read_back_as_it_was_written(case, tmp_path):
    told = case().flow.about.statements
    assert CaseFolder.open(tmp_path / "out").flow.about.statements == told


def test_what_people_read_has_the_statement_apart_and_masked(case, tmp_path, tracer_cli):
    case()
    said = "paid on 0.003 BTC to bc1 on bitcoin, in transaction f00d, 2021-01-02T00:00:00Z. Source: letter of the shop, from 192.0.x.x"
    _, out, _ = tracer_cli("evidence", tmp_path / "out")
    assert said in out
    assert "reported and never traced" in out
    _, out, _ = tracer_cli("explain", tmp_path / "out", "shop")
    assert said in out
    _, out, _ = tracer_cli("explain", tmp_path / "out", "carl")
    assert "Statements" not in out
    tracer_cli("freeze", tmp_path / "out")
    (letter,) = (tmp_path / "out" / "freeze").glob("shop-*.txt")
    assert f"stated, not traced: of deposit 0xt2: {said}" in letter.read_text()


def test_the_summary_names_the_assumption_and_counts_the_statements(case, tmp_path, tracer_cli):
    case()
    _, out, _ = tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out")
    assert "Services made 1 statement on what they did with deposits; 0 of them are doubtful" in out
    assert "Assumed: 1 statement of services" in out


def test_every_bound_names_the_assumption(case, tmp_path, tracer_cli):
    pytest.importorskip("ortools", reason="NOT RUN, no OR-tools: pip install '.[bounds]'")
    case()
    sentence = "is followed nowhere; for every figure the trail ends where the deposit arrived."
    code, out, err = tracer_cli("bounds", tmp_path / "out")
    assert (code, err) == (0, "")
    assert sentence in out
    _, out, _ = tracer_cli("bounds", tmp_path / "out", "--json")
    assert json.loads(out)["assumptions"][0].endswith(sentence)
    _, out, _ = tracer_cli("rules", tmp_path / "out")
    assert sentence in out


def test_an_export_has_a_table_of_statements_where_there_are_any(case, tmp_path, tracer_cli):
    case()
    tracer_cli("export", tmp_path / "out", "-o", tmp_path / "export")
    (row,) = csv.DictReader((tmp_path / "export" / "statements.csv").read_text().splitlines())
    assert (row["deposit"], row["deposited"], row["fifo"], row["paid_on"], row["basis"]) == ("0xt2", "60", "60", "0.003", "reported")
    case("")
    tracer_cli("export", tmp_path / "out", "-o", tmp_path / "none")
    assert not (tmp_path / "none" / "statements.csv").exists()


SHEET = "Deposit TxID,Withdrawal TxID,Withdrawal Address,Amount,Coin,Date\n"


def test_a_services_spreadsheet_is_read_by_its_header(case):
    found = case(
        '[[links]]\nfile = "sheet.csv"\nsource = "letter 7"\ngrade = "B2"\n',
        sheet_csv=SHEET + "0xt2,f00d,dora,0.50,coin,2021-01-02T00:00:00Z\n0xt9,,,,,\n",
    )
    first, second = found.flow.about.statements
    assert (first.statement.paid_to, first.statement.amount, first.statement.source) == ("dora", "0.50", "letter 7")
    assert (second.why, second.statement.amount, second.statement.asset) == ("the deposit was not read", None, "coin")
    assert "links" in {source["kind"] for source in found.manifest["sources"]}


def test_more_than_was_deposited_is_said(case):
    (told,) = case(LINK.replace("0.003", "0.61").replace('"BTC"', '"coin"')).flow.about.statements
    assert told.why == "more than was deposited"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"0.003"', '"1,000"'), r"case.toml:\d+: amount '1,000' is no decimal number"),
        (('"0.003"\nasset = "BTC"', '"0.001"'), r"case.toml:\d+: '0.001' has more digits than coin"),
        (('"B2"', '"good"'), r"case.toml:\d+: grade 'good' is no Admiralty grade"),
        (('deposit = "0XT2"\n', ""), r'case.toml:\d+: a statement names deposit = "hash", or file ='),
    ],
)
def test_a_statement_that_cannot_be_meant_is_refused_with_its_line(case, change, said):
    with pytest.raises(InputError, match=said):
        case(LINK.replace(*change))


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("Withdrawal,Amount\nx,1\n", r"sheet.csv:1: no column names the deposits"),
        (SHEET + ",f00d,dora,1,coin,\n", r"sheet.csv:2: names no deposit"),
        (SHEET + "0xt2,f00d,dora,one,coin,\n", r"sheet.csv:2: amount 'one' is no decimal number"),
        (SHEET + "0xt2,f00d,dora,1,coin,yesterday\n", r"sheet.csv:2: time 'yesterday' is no moment"),
        (SHEET, r"sheet.csv: holds no statement"),
    ],
)
def test_a_spreadsheet_that_cannot_be_read_is_named_with_its_line(case, sheet, said):
    with pytest.raises(InputError, match=said) as refused:
        case('[[links]]\nfile = "sheet.csv"\nsource = "letter 7"\ngrade = "B2"\n', sheet_csv=sheet)
    assert not re.search("\n", str(refused.value))


def test_a_service_s_spreadsheet_may_be_one(tmp_path):
    from support.explorer_files import as_xlsx

    from tracer.ingest.statements import read_statements

    (tmp_path / "letter.xlsx").write_bytes(as_xlsx([["Deposit hash", "Withdrawal hash", "Amount", "Coin"], ["t2", "f00d", "0.25", "BTC"]]))
    ((_, stated),) = read_statements(tmp_path / "letter.xlsx")
    assert stated == {"deposit": "t2", "withdrawal": "f00d", "amount": "0.25", "asset": "BTC"}
