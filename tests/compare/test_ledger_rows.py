"""Two ledgers held against each other: the rows that differ, and the known ways in which sources do."""

from __future__ import annotations

import json
import re

import pytest
from support.bakery import Bakery
from support.ledgers import COIN, transfer

from tracer.compare.ledger_rows import compare_rows
from tracer.ledger import assemble
from tracer.model import Account, Reading, row_key

ROWS = [
    transfer(0, "victim", "bob", 100, 2),
    transfer(1, "bob", "carol", 40, 1),
    transfer(2, "carol", "zaif", 30, 1),
    transfer(3, "mint", "dave", 5),
    transfer(4, "dave", "dave", 0, 3),
    transfer(5, "bob", "zaif", 20, 1),
]
HOUR = 3600


def ledger(rows):
    names = sorted({side for row in rows for side in (row.sender, row.recipient) if side})
    return assemble(COIN, [Reading(list(rows), [], [Account(name, 1000, "chain", "full") for name in names], [], tip=9, complete=False)])


def each(change):
    return [change(row) for row in ROWS]


def only(number, **fields):
    return [row._replace(**fields) if row.row_key == ROWS[number].row_key else row for row in ROWS]


KNOWN = {
    "a row left out": ([*ROWS[:2], *ROWS[3:]], "B leaves the row out", 30),
    "an early end": (ROWS[:5], "B ends before it", 20),
    "a late beginning": (ROWS[1:], "B begins after it", 100),
    "no income of blocks": ([row for row in ROWS if row.sender], "B has no income of blocks and coins that are made", 5),
    "nothing that moves nothing": ([*ROWS[:4], ROWS[5]], "B leaves out transactions that move nothing", 0),
    "another amount": (only(1, amount=44), "another amount", 4),
    "the fee in the amount": (only(1, amount=41, fee=1), "B adds the fee to the amount", 1),
    "another unit": (only(1, amount=40_000_000), "the amounts of B are 10^6 times larger: another unit", 39_999_960),
    "no fees": (only(1, fee=0), "B does not state the fee", 1),
    "another block": (only(2, height=3, time=1007), "another time", 30),
    "no hashes": (each(lambda row: row._replace(tx_hash=None)), "B does not state the hash", 100),
    "another hash": (only(1, tx_hash="ab" * 32), "another hash", 40),
    "sides turned": (only(1, sender="carol", recipient="bob"), "sender and recipient are the other way round", 40),
    "another recipient": (only(1, recipient="erin"), "another recipient", 40),
    "a local time": (
        each(lambda row: row._replace(time=row.time + 9 * HOUR)),
        "the time of B is +9 h from that of the other: a local time is taken for UTC",
        100,
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_first_row_that_differs_has_a_cause_by_name_and_the_amount_it_is_about(name):
    rows, cause, value = KNOWN[name]
    found = compare_rows(ledger(ROWS), ledger(rows))
    assert (cause, value) in {(each.cause, each.value) for each in found.differences}, found.differences


def test_the_same_is_said_of_the_other_where_the_sides_are_changed():
    (found,) = compare_rows(ledger([*ROWS[:2], *ROWS[3:]]), ledger(ROWS)).differences
    assert found.cause == "A leaves the row out"


def test_a_row_of_accounts_that_the_other_never_heard_of_is_named():
    strangers = transfer(2, "erin", "frank", 70)._replace(position=1, row_key=ROWS[2].row_key + 1, tx_hash="ef" * 32)
    (found,) = compare_rows(ledger([*ROWS[:3], strangers, *ROWS[3:]]), ledger(ROWS)).differences
    assert (found.cause, found.value) == ("B has no rows of either account", 70)


def test_a_row_that_stands_twice_is_named():
    again = transfer(1, "bob", "carol", 40, 1)._replace(position=1, row_key=ROWS[1].row_key + 1)
    (found,) = compare_rows(ledger(ROWS), ledger([*ROWS[:2], again, *ROWS[2:]])).differences
    assert (found.cause, found.a, found.value) == ("B has the row twice", None, 40)


def test_rows_of_one_block_in_another_order_are_named():
    together = [row._replace(height=1, time=1000, position=n, row_key=row_key(1, n)) for n, row in enumerate(ROWS[:2])]
    turned = [row._replace(position=n, row_key=row_key(1, n)) for n, row in enumerate(reversed(together))]
    first, _ = compare_rows(ledger(together), ledger(turned)).differences
    assert first.cause == "the rows of one block stand in another order"


def test_equal_ledgers_have_no_difference():
    found = compare_rows(ledger(ROWS), ledger(ROWS))
    assert (found.differences, found.alike) == ([], 6)


def test_causes_stand_in_the_order_of_the_money_they_are_about():
    found = compare_rows(ledger(ROWS), ledger(only(1, amount=44)[:5])).by_cause()
    assert list(found) == ["B ends before it", "another amount"]


@pytest.fixture
def bakery(tmp_path):
    bakery = Bakery(tmp_path)
    bakery.trace()
    return bakery


def test_a_case_and_an_explorers_file_are_compared_row_by_row(bakery, tracer_cli):
    other = bakery.place / "explorer.csv"
    other.write_text(bakery.table.read_text().replace("2,a2,ann,alpha,600,0", "2,a2,ann,alpha,590,0"))
    code, out, _ = tracer_cli("compare", bakery.out, other)
    said = " ".join(out.split())
    assert code == 0
    assert "First row that differs: ann to alpha, 600 coin, block 2, hash a2: another amount. It is about 10 coin." in said
    assert "2 rows alike in both, 1 not." in said
    assert tracer_cli("compare", bakery.out, other, "--fail")[0] == 2


def test_a_case_file_names_its_own_sources(bakery, tracer_cli):
    code, out, _ = tracer_cli("compare", bakery.file, bakery.out, "--fail")
    assert (code, out) == (0, "No row differs: 3 rows alike in both.\n")


def test_json_has_both_rows_and_amounts_as_text(bakery, tracer_cli):
    other = bakery.place / "explorer.csv"
    other.write_text("".join(bakery.table.read_text().splitlines(True)[:-1]))
    found = json.loads(tracer_cli("compare", bakery.out, other, "--json")[1])
    (row,) = found["rows"]
    assert (row["cause"], row["value"], row["b"]) == ("B ends before it", "300", None)
    assert (row["a"]["sender"], row["a"]["amount"], found["alike"], found["differs"]) == ("ann", "300", 2, True)


def test_a_table_may_be_stated_in_whole_coins(tracer_cli, tmp_path):
    (tmp_path / "case").mkdir()
    bakery = Bakery(tmp_path / "case")
    bakery.change("decimals = 0", "decimals = 2")
    bakery.trace()
    other = tmp_path / "explorer.csv"
    other.write_text(bakery.table.read_text().replace("900", "9.00").replace("600", "6.00").replace("300", "3.00"))
    assert tracer_cli("compare", bakery.out, other, "--unit", "coin", "--fail")[0] == 0


def test_what_is_no_source_is_one_line(bakery, tracer_cli):
    code, _, err = tracer_cli("compare", bakery.out, bakery.place / "nothing.csv")
    assert code == 1
    assert re.search(r"nothing.csv: there is no such file or folder: name a case folder, a case file, a recording or a table\n$", err)
