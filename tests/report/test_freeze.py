"""Freeze lists: what an exchange is asked, and nothing about anybody else."""

from __future__ import annotations

import csv
import hashlib
import json
import re

import tracer
from tracer.casefile import CaseFile
from tracer.tracing import RULES

CASE = """name = "t"
title = "The bakery"
chain = "table"
asset = "coin"
decimals = 2
[[sources]]
kind = "table"
path = "t.csv"
balances = "b.csv"
basis = "chain"
[[thefts]]
transfer = "a1"
[trace]
primary = "fifo"
reason = "what came first left first"
[labels]
files = ["l.yaml"]
"""
ROWS = """height,tx_hash,sender,recipient,amount,fee,memo,basis
1,a1,bakery,ann,900,0,,chain
2,a2,ann,alpha,300,0,"=HYPERLINK(""x"")",chain
3,a3,ann,beta,100,0,beta's own,chain
4,a4,stranger,alpha,50,0,somebody else,chain
5,a5,ann,gamma,200,0,told by the press,reported
6,a6,ann,delta,100,0,,chain
7,a7,ann,stranger,100,0,,chain
8,a8,stranger,alpha,40,0,clean under fifo,chain
"""
NAMES = {"alpha": "../Alpha: =cmd|calc\\u202E", "beta": "..-alpha cmd calc", "gamma": "Gamma", "delta": "デルタ"}


def case_of(folder, *, case=CASE, rows=ROWS, names=NAMES):
    """A traced case whose services have hostile names."""
    (folder / "t.csv").write_text(rows)
    (folder / "b.csv").write_text("address,opening\nbakery,900\nstranger,5000\n")
    tags = "".join(f'  - {{address: {address}, label: "{name}"}}\n' for address, name in names.items())
    header = "title: t\ncreator: us\nsource: us\ncurrency: COIN\ncategory: exchange\nlastmod: 2024-01-01\nconfidence: service_data\n"
    (folder / "l.yaml").write_text(f"{header}tags:\n{tags}")
    (folder / "case.toml").write_text(case)
    tracer.trace(CaseFile.load(folder / "case.toml"), folder / "case")
    return folder / "case"


def lists_in(folder):
    """The lists by deposit address of their first line."""
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(newline="") as opened:
            rows = list(csv.DictReader(opened))
        found[rows[0]["deposit_address"]] = rows
    return found


def test_a_list_has_the_deposits_that_the_primary_rule_reaches_and_adds_up(tracer_cli, rehearsal, rehearsal_dir, tmp_path):
    code, out, _ = tracer_cli("freeze", rehearsal_dir, "-o", tmp_path / "out", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["primary"] == "fifo"
    assert [each["service"] for each in found["lists"]] == ["exchange1", "exchange2", "processor", "token sale"]
    letter = (tmp_path / "out" / found["lists"][0]["file"]).with_suffix(".txt").read_text()
    assert "not on this list: 3 customers whom stolen value could also have reached, and whose floors add up to 0 xem" in letter
    for each in found["lists"]:
        with (tmp_path / "out" / each["file"]).open(newline="") as opened:
            rows = list(csv.DictReader(opened))
        at_endpoints = sum(e.amounts["fifo"] for e in rehearsal.trace.endpoints if e.service == each["service"])
        assert sum(int(row["fifo"]) for row in rows) == at_endpoints == int(each["traced"]["fifo"])
        assert all(int(row["fifo"]) > 0 and {row["service"], row["rests_on"]} == {each["service"], "chain"} for row in rows)
        assert sum(row["provisional"] == "true" for row in rows) == each["provisional"]
        for row in rows:
            assert sum(int(part.split(":")[1]) for part in row["thefts"].split()) == int(row["fifo"])
            assert set(RULES) <= row.keys()
            assert int(row["floor"]) <= int(row["ceiling"]) <= int(row["address_most"])
            assert int(row["floor"]) <= int(row["address_least"])
            assert bytes.fromhex(row["memo_hex"]).decode() == row["memo_text"]


def test_a_deposit_says_how_many_confirmations_it_had(tracer_cli, rehearsal_dir, tmp_path):
    tracer_cli("freeze", rehearsal_dir, "-o", tmp_path / "out")
    for rows in lists_in(tmp_path / "out").values():
        for row in rows:
            assert row["confirmations"] == f"{min(484 - int(row['height']), 360)} of 360"
            assert (row["provisional"] == "true") == (int(row["height"]) > 484 - 360)
    letters = " ".join(path.read_text() for path in (tmp_path / "out").glob("exchange1*.txt"))
    assert re.search(r"deposits? provisional; the latest has \d+ of 360 confirmations", letters)


def test_transfers_say_how_many_confirmations_they_had(tracer_cli, rehearsal_dir):
    _, out, _ = tracer_cli("transfers", rehearsal_dir, "--json")
    youngest = max(json.loads(out), key=lambda transfer: transfer["height"])
    assert youngest["confirmations"] == {"blocks": 484 - youngest["height"], "final": 360}
    assert " 360 of 360 " in tracer_cli("transfers", rehearsal_dir)[1]


def test_a_deposit_is_the_transfer_on_the_chain(tracer_cli, rehearsal, rehearsal_dir, tmp_path):
    tracer_cli("freeze", rehearsal_dir, "-o", tmp_path / "out")
    for rows in lists_in(tmp_path / "out").values():
        for row in rows:
            (t,) = [rehearsal.ledger.transfer(n) for n in rehearsal.ledger.rows_of_hash(row["tx_hash"])][:1]
            assert (str(t.height), t.recipient, str(t.amount)) == (row["height"], row["deposit_address"], row["amount"])
            assert row["amount_readable"] == rehearsal.ledger.asset.format(t.amount)


def test_a_list_and_its_letter_name_no_other_service_and_no_other_memo(tmp_path, tracer_cli):
    tracer_cli("freeze", case_of(tmp_path), "-o", tmp_path / "out")
    memos = {"alpha": "HYPERLINK", "beta": "beta's own"}
    others = ("somebody else", "clean under fifo", "told by the press")
    for address, rows in lists_in(tmp_path / "out").items():
        (path,) = [path for path in (tmp_path / "out").glob("*.csv") if f",{address}," in path.read_text()]
        told = path.read_text() + path.with_suffix(".txt").read_text()
        for other, memo in memos.items():
            assert (memo in told) == (other == address)
        assert not any(memo in told for memo in others)
        assert "Gamma" not in told
        assert len(rows) == 1


def test_names_of_services_choose_no_file_and_formulas_are_text(tmp_path, tracer_cli):
    tracer_cli("freeze", case_of(tmp_path), "-o", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 8
    assert all(re.fullmatch(r"README\.txt|digests\.json|[a-z0-9-]+-[0-9a-f]{12}\.(csv|txt)", name) for name in names)
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "b.csv", "l.yaml", "case.toml", "case", "out"}
    (row,) = lists_in(tmp_path / "out")["alpha"]
    assert row["memo_text"] == '\'=HYPERLINK("x")'
    assert bytes.fromhex(row["memo_hex"]) == b'=HYPERLINK("x")'
    assert "\u202e" not in "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    digest = hashlib.sha256("デルタ".encode()).hexdigest()[:12]
    assert f"service-{digest}.csv" in names


def test_rows_that_no_block_holds_are_left_out_and_named(tmp_path, tracer_cli):
    code, out, _ = tracer_cli("freeze", case_of(tmp_path), "-o", tmp_path / "out")
    assert code == 0
    assert "gamma" not in lists_in(tmp_path / "out")
    said = "Gamma: no list: 1 deposit, none of them read from a block"
    assert said in out
    assert said in (tmp_path / "out" / "README.txt").read_text()


def test_the_readme_says_case_method_coverage_gaps_and_what_traced_means(tmp_path, tracer_cli):
    case_of(tmp_path)
    (tmp_path / "b.csv").write_text("address,opening\nbakery,899\nstranger,5000\n")
    tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "case", allow_gaps=True)
    tracer_cli("freeze", tmp_path / "case", "-o", tmp_path / "out")
    text = (tmp_path / "out" / "README.txt").read_text()
    for said in (
        "The bakery",
        "coin on table, 2 decimals",
        '"Traced" means: stolen value under the declared rule, fifo, declared before tracing (what came first left first).',
        "THE LEDGER DOES NOT ADD UP",
        "account bakery is 0.01 coin short",
        "The whole history of",
        "What it does not prove",
        "a1",
    ):
        assert said in text


def test_without_a_declared_rule_every_deposit_that_any_rule_reaches_is_listed(tmp_path, tracer_cli):
    folder = case_of(tmp_path, case=CASE.replace('primary = "fifo"\nreason = "what came first left first"\n', ""))
    code, out, _ = tracer_cli("freeze", folder, "-o", tmp_path / "out", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["primary"] is None
    assert [int(row["lifo"]) for row in lists_in(tmp_path / "out")["alpha"]] == [300, 0, 0] or len(lists_in(tmp_path / "out")["alpha"]) >= 1
    said = (tmp_path / "out" / "README.txt").read_text()
    assert "the lists give fifo, lifo, haircut, clean_first, dirty_first side by side" in said
    assert "declared before tracing" not in said


def test_no_service_reached_is_said(tmp_path, tracer_cli):
    folder = case_of(tmp_path, names={"nobody": "Nobody's"})
    code, out, _ = tracer_cli("freeze", folder)
    assert code == 0
    assert "no service received stolen value that a list could ask for" in out
    assert "No stolen value that a list could ask for was traced to a service" in (folder / "freeze" / "README.txt").read_text()


def test_lists_of_an_earlier_run_do_not_stay_and_strange_files_are_not_touched(tmp_path, tracer_cli):
    folder = case_of(tmp_path)
    tracer_cli("freeze", folder)
    assert len(list((folder / "freeze").iterdir())) == 8
    case_of(tmp_path, names={"beta": "Beta"})
    tracer_cli("freeze", folder)
    assert sorted(path.suffix for path in (folder / "freeze").iterdir()) == [".csv", ".json", ".txt", ".txt"]
    code, _, err = tracer_cli("freeze", folder, "-o", tmp_path)
    assert code == 1
    assert "which is no freeze list: name an empty folder with -o" in err
