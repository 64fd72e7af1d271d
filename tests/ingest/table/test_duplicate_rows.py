"""A line that repeats another is one row where the file shows it, and else a question."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tracer.casefile import CaseFile
from tracer.dataset import excerpt
from tracer.dataset.conversion_to_data_set import convert
from tracer.dataset.data_set_reader import DataSet
from tracer.errors import InputError
from tracer.ingest.ledger_of_sources import read_ledger

HEAD = 'name = "x"\nchain = "table"\nasset = "coin"\ndecimals = 0\n'
THEFT = '[[thefts]]\ntransfer = "t1"\n'
COLUMNS = "height,tx_hash,sender,recipient,amount,fee\n"
BOTH_WALLETS = COLUMNS + "1,t1,vera,wally,100,1\n2,t2,wally,yuri,60,1\n2,t2,wally,yuri,60,1\n3,t3,yuri,zoe,50,1\n"
WITHOUT_FEE = COLUMNS + "1,t1,vera,wally,100,1\n2,t2,wally,yuri,30,0\n2,t2,wally,yuri,30,0\n"


def case_of(folder, table, keys=""):
    (folder / "t.csv").write_text(table)
    return CaseFile.parse(HEAD + f'[[sources]]\nkind = "table"\npath = "t.csv"\n{keys}\n' + THEFT, folder / "case.toml")


def read(folder, table, keys=""):
    return read_ledger(case_of(folder, table, keys))


def test_two_equal_lines_that_both_carry_the_fee_are_one_row_and_it_is_said(tmp_path):
    ledger = read(tmp_path, BOTH_WALLETS)
    assert ledger.columns.amount == [100, 60, 50]
    said = "t.csv: line 4 repeats line 3; such a row counts once: both carry the fee of the transaction."
    assert ledger.notes == (said,)


def test_two_equal_lines_without_a_fee_are_a_question(tmp_path):
    said = re.escape('t.csv:4: the same payment as line 3: is it one that stands twice, or are they two? Write doubles = "once" or')
    with pytest.raises(InputError, match=said):
        read(tmp_path, WITHOUT_FEE)


@pytest.mark.parametrize(("doubles", "amounts"), [("once", [100, 30]), ("each", [100, 30, 30])])
def test_the_case_file_answers_it(tmp_path, doubles, amounts):
    assert read(tmp_path, WITHOUT_FEE, f'doubles = "{doubles}"').columns.amount == amounts


def test_a_transaction_that_moves_two_equal_amounts_and_pays_one_fee_is_two_rows(tmp_path):
    table = COLUMNS + "1,t1,vera,wally,100,1\n2,t2,wally,yuri,30,1\n2,t2,wally,yuri,30,0\n"
    assert read(tmp_path, table).columns.amount == [100, 30, 30]


def test_a_line_without_a_hash_is_never_taken_for_a_double(tmp_path):
    with pytest.raises(InputError, match=r"t\.csv:4: the same payment as line 3"):
        read(tmp_path, COLUMNS + "1,t1,vera,wally,100,1\n2,,wally,yuri,30,1\n2,,wally,yuri,30,1\n")


def test_a_hash_in_other_capitals_makes_no_other_row(tmp_path):
    table = COLUMNS + "1,t1,vera,wally,100,1\n2,0xab,wally,yuri,30,1\n2,0xAB,wally,yuri,30,1\n"
    assert read(tmp_path, table).columns.amount == [100, 30]


def test_a_file_in_which_a_transaction_has_one_line_holds_a_double_once(tmp_path):
    header = "block_number,transaction_index,hash,from_address,to_address,value\n"
    table = header + "1,0,t1,vera,wally,100\n2,4,t2,wally,yuri,60\n2,4,t2,wally,yuri,60\n"
    ledger = read(tmp_path, table, 'dialect = "ethereum_etl_transactions"')
    assert ledger.columns.amount == [100, 60]
    assert "a transaction stands once in such a table" in ledger.notes[-1]


def test_rows_behind_a_double_move_up_in_their_block(tmp_path):
    table = COLUMNS + "1,t1,vera,wally,100,1\n2,t2,wally,yuri,60,1\n2,t2,wally,yuri,60,1\n2,t3,yuri,zoe,50,1\n"
    assert read(tmp_path, table).columns.position == [0, 0, 1]


def test_a_double_in_a_file_that_stands_newest_first_is_found(tmp_path):
    lines = BOTH_WALLETS.splitlines()
    ledger = read(tmp_path, "\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert ledger.columns.amount == [100, 60, 50]


TABLES = {
    "both wallets": (BOTH_WALLETS, ""), "without a fee": (WITHOUT_FEE, ""), "once": (WITHOUT_FEE, 'doubles = "once"'),
    "each": (WITHOUT_FEE, 'doubles = "each"'),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("turned", [False, True])
def test_a_data_set_counts_doubles_as_a_table_does_and_asks_in_the_same_words(tmp_path, name, turned):
    pytest.importorskip("duckdb")
    table, stated = TABLES[name]
    lines = table.splitlines()
    table = "\n".join([lines[0], *(reversed(lines[1:]) if turned else lines[1:])]) + "\n"
    try:
        whole = read(tmp_path, table, stated)
    except InputError as asked:
        with pytest.raises(InputError, match=re.escape(str(asked))):
            convert(case_of(tmp_path, table, stated), tmp_path / "files")
        return
    convert(case_of(tmp_path, table, stated), tmp_path / "files")
    data = DataSet(tmp_path / "files", "files", whole.asset.symbol)
    read_back = excerpt.reading(data, np.arange(data.rows), np.ones(len(data.addresses), bool), [])
    rows = [[(t.row_key, t.sender, t.recipient, t.amount, t.fee) for t in found] for found in (read_back.transfers, whole)]
    assert rows[0] == rows[1]
    assert sorted(read_back.notes) == sorted(whole.notes)
