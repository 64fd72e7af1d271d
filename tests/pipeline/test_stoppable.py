"""What can still be stopped: who is listed, with what, and what becomes of a line."""

from __future__ import annotations

import csv
import json

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.chains.node.client import NodeClient
from tracer.errors import InputError
from tracer.ledger import assemble
from tracer.model import Account, Asset, Bound, Reading, Transfer, row_key
from tracer.pipeline.stoppable.dwell_time import arrivals_at, usual
from tracer.pipeline.stoppable.listing import facts_of, listing_of
from tracer.pipeline.stoppable.numbering import read_sent

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
whole = "all"
[[thefts]]
transfer = "a1"
[trace]
primary = "fifo"
reason = "what came first left first"
[labels]
files = ["l.yaml"]
"""
HEADER = "height,time,tx_hash,sender,recipient,amount,fee,memo\n"
ROWS = """1,2024-01-01T00:00:00Z,a1,bakery,ann,900,0,
2,2024-01-01T00:10:00Z,a2,ann,alpha,300,0,customer 7
3,2024-01-01T00:20:00Z,a3,ann,alpha,100,0,customer 8
4,2024-01-01T00:30:00Z,a4,stranger,alpha,50,0,somebody else
5,2024-01-01T00:40:00Z,a5,ann,bert,200,0,
"""
MOVED_ON = "6,2024-01-01T00:50:00Z,a6,bert,carl,200,0,\n"


def case_of(folder, rows=ROWS, case=CASE, label="Alpha", header=HEADER):
    folder.mkdir(exist_ok=True)
    (folder / "t.csv").write_text(header + rows)
    (folder / "b.csv").write_text("address,opening\nbakery,900\nstranger,5000\nann,0\nbert,0\ncarl,0\ndora,0\nalpha,0\n")
    of_tags = "title: t\ncreator: us\nsource: us\ncurrency: COIN\ncategory: exchange\nlastmod: 2024-01-01\nconfidence: service_data\n"
    (folder / "l.yaml").write_text(f'{of_tags}tags:\n  - {{address: alpha, label: "{label}"}}\n')
    (folder / "case.toml").write_text(case)
    return tracer.trace(CaseFile.load(folder / "case.toml"), folder / "case")


def listed(case, sent=None):
    """Lines by addressee and address, or memo."""
    listing = listing_of(facts_of(case), sent)
    return {
        (line.holding.addressee, line.holding.memo.text if line.holding.memo else line.holding.address): (number, line)
        for number, line in listing.shown()
        if line
    }


def test_a_customer_of_a_service_is_a_line_and_so_is_each_holder_of_no_service(tmp_path):
    found = listed(case_of(tmp_path))
    traced = {whose: line.holding.traced["fifo"] for whose, (_, line) in found.items()}
    assert traced == {("Alpha", "customer 7"): 300, ("Alpha", "customer 8"): 100, ("", "ann"): 300, ("", "bert"): 200}


def test_what_is_listed_and_what_is_not_is_all_that_was_stolen(rehearsal):
    listing = listing_of(facts_of(rehearsal))
    for rule in ("fifo",):
        on_list = sum(line.holding.traced[rule] for line in listing.lines)
        left = sum(e.amounts[rule] for e in rehearsal.trace.endpoints if e.reason in ("dust", "returned"))
        assert on_list + left + rehearsal.trace.rules[rule].burnt == rehearsal.trace.rules[rule].total


def test_every_figure_of_a_line_lies_between_its_floor_and_its_ceiling(rehearsal):
    lines = listing_of(facts_of(rehearsal)).lines
    bounded = [line for line in lines if line.bound]
    assert len(bounded) > 60
    assert all(line.bound.least <= amount <= line.bound.most for line in bounded for amount in line.holding.traced.values())


def test_a_line_without_a_floor_says_why(tmp_path):
    found = listed(case_of(tmp_path, case=CASE + '[[thefts]]\ntransfer = "a5"\n'))
    assert {line.bound for _, line in found.values()} == {None}
    assert all("which can hold money of an earlier theft" in line.unbounded for _, line in found.values())


def test_a_customer_who_shares_a_deposit_address_has_a_floor_of_his_own(tmp_path):
    _, line = listed(case_of(tmp_path))["Alpha", "customer 7"]
    assert line.bound == Bound(300, 300)


def test_a_line_without_a_memo_has_no_floor_where_a_deposit_address_forwarded_to(tmp_path):
    direct = "6,2024-01-01T00:50:00Z,a6,ann,alpha,60,0,\n"
    swept = "7,2024-01-01T01:00:00Z,a7,bert,alpha,150,0,\n"
    (_, alone), (_, line) = (listed(case_of(tmp_path / str(len(more)), ROWS + direct + more))["Alpha", "alpha"] for more in ("", swept))
    assert alone.bound == Bound(60, 60)
    assert (line.holding.traced["fifo"], line.bound) == (60, None)
    assert line.unbounded == "not computed without what inferred deposit addresses passed on; with it, at least 2.1 and at most 2.1"
    (_, stays) = listed(case_of(tmp_path / "memo", ROWS + direct + swept))["Alpha", "customer 7"]
    assert stays.bound == Bound(300, 300)


def test_minutes_and_balance_are_as_of_the_last_block_and_say_so(tmp_path):
    _, line = listed(case_of(tmp_path))["", "bert"]
    assert (line.minutes, line.balance.amount, line.balance.height, line.balance.now) == (0, 200, None, False)
    _, line = listed(case_of(tmp_path))["Alpha", "customer 7"]
    assert (line.minutes, line.balance.amount) == (30, 450)


def test_a_case_without_a_declared_rule_has_a_list_ordered_by_its_floors(tmp_path):
    case = case_of(tmp_path, case=CASE.replace('primary = "fifo"\nreason = "what came first left first"\n', ""))
    found = listed(case)
    assert {whose for whose, _ in found} == {"Alpha", ""}
    assert [line.bound.least for (whose, _), (_, line) in found.items() if not whose] == [300, 200]


def test_a_line_keeps_its_number_and_a_withdrawn_one_says_where_the_value_went(tmp_path, tracer_cli):
    case_of(tmp_path)
    (tmp_path / "sent.csv").write_text(tracer_cli("stoppable", tmp_path / "case", "--csv")[1])
    case_of(tmp_path, ROWS + MOVED_ON)
    _, out, _ = tracer_cli("stoppable", tmp_path / "case", "--csv", "--since", tmp_path / "sent.csv")
    lines = {row["address"]: row for row in csv.DictReader(out.splitlines()) if row["kind"] == "nobody"}
    assert {address: (row["line"], row["since_last"]) for address, row in lines.items()} == {
        "ann": ("1", "same"),
        "bert": ("2", "withdrawn"),
        "carl": ("3", "added"),
    }
    assert lines["bert"]["why_withdrawn"] == "moved on: the last of it at 2024-01-01T00:50:00Z to carl, transaction a6"


def test_a_number_is_never_given_twice_even_when_its_line_was_withdrawn_long_ago(tmp_path, tracer_cli):
    for turn, more in enumerate(("", MOVED_ON, MOVED_ON + "7,2024-01-01T01:00:00Z,a7,carl,bert,200,0,\n")):
        case_of(tmp_path, ROWS + more)
        since = ["--since", tmp_path / f"{turn - 1}.csv"] if turn else []
        (tmp_path / f"{turn}.csv").write_text(tracer_cli("stoppable", tmp_path / "case", "--csv", *since)[1])
    lines = {row["address"]: row for row in csv.DictReader((tmp_path / "2.csv").read_text().splitlines()) if row["kind"] == "nobody"}
    assert {address: (row["line"], row["since_last"]) for address, row in lines.items()} == {
        "ann": ("1", "same"),
        "bert": ("2", "added"),
        "carl": ("3", "withdrawn"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "is no list with numbered lines"),
        ("line,line_id,since_last,addressee\nx,0123456789ab,,Alpha\n", ":2: 'x,0123456789ab' is no line number and id"),
        ("line,line_id,since_last,addressee\n1,0123456789ab,,A\n1,1123456789ab,,A\n", "line 1 of 'A' is another thing"),
    ],
)
def test_what_is_no_list_is_named_with_its_place_and_the_mend(tmp_path, text, said):
    (tmp_path / "sent.csv").write_text(text)
    with pytest.raises(InputError) as error:
        read_sent([tmp_path / "sent.csv"], "addressee")
    assert str(tmp_path / "sent.csv") in str(error.value)
    assert said in str(error.value)


def test_a_service_cannot_name_itself_out_of_its_line(tmp_path, tracer_cli):
    case_of(tmp_path, label="=cmd|calc\\u202E")
    (tmp_path / "sent.csv").write_text(tracer_cli("stoppable", tmp_path / "case", "--csv")[1])
    assert "\u202e" not in (tmp_path / "sent.csv").read_text()
    _, out, _ = tracer_cli("stoppable", tmp_path / "case", "--json", "--since", tmp_path / "sent.csv")
    assert {line["since_last"] for line in json.loads(out)["lines"]} == {"same"}
    assert json.loads(out)["withdrawn"] == []


COIN = Asset("table", "coin", 2)


def ledger(*payments):
    rows = [
        Transfer(row_key(n, 0), n, 0, 60 * minute, f"h{n}", sender, recipient, amount, 0, "transfer", None, "chain", "t", True, {})
        for n, (minute, sender, recipient, amount) in enumerate(payments, 1)
    ]
    people = sorted({name for _, sender, recipient, _ in payments for name in (sender, recipient)})
    accounts = [Account(name, 1000 if name == "mint" else 0, "chain", "full") for name in people]
    return assemble(COIN, [Reading(rows, [], accounts, [], tip=len(rows), complete=False)])


def test_money_stays_until_as_much_has_left_as_was_there_when_it_came():
    found = arrivals_at(ledger((0, "mint", "ann", 5), (10, "mint", "ann", 5), (20, "ann", "bert", 7), (50, "ann", "bert", 3)), ["ann"])
    assert [(arrival.row, arrival.stayed) for arrival in found["ann"]] == [(0, 20 * 60), (1, 40 * 60)]


def test_the_usual_stay_is_unknown_where_most_is_still_there():
    coming = [(n, "mint", "ann", 1) for n in range(6)]
    found = usual(arrivals_at(ledger(*coming, (60, "ann", "bert", 1)), ["ann"])["ann"], "this address")
    assert (found.seconds, found.arrivals, found.left) == (None, 6, 1)
    assert found.why == "most of 6 arrivals at this address are still there"


def test_the_usual_stay_is_unknown_where_too_little_came():
    found = usual(arrivals_at(ledger((0, "mint", "ann", 5), (5, "ann", "bert", 5)), ["ann"])["ann"], "this address")
    assert found.sentence == "unknown: 1 arrival at this address, and 5 are the fewest to say so"


def test_a_node_says_what_an_address_holds_now_and_after_which_block(rehearsal_copy, tracer_cli, node, tmp_path, monkeypatch):
    monkeypatch.setattr(NodeClient, "wait", lambda *_: None)  # the node bears more than ten questions a second
    tracer.trace(CaseFile.load(rehearsal_copy / "case.toml"), tmp_path / "out")
    node.tip = 300
    code, out, _ = tracer_cli("stoppable", tmp_path / "out", "--node", node.url, "--json")
    assert code == 0
    lines = json.loads(out)["lines"]
    assert {(line["balance"]["height"], line["balance"]["now"]) for line in lines} == {(300, True)}
    assert {line["balance"]["amount"] for line in lines if line["address"].startswith("TBI3MWR7")} == {"68523236000000"}
    assert list((tmp_path / "out" / "stoppable").glob("recording-1.jsonl"))
    assert CaseFolder.open(tmp_path / "out").changes() == []
