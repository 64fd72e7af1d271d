"""Columns that change what an amount means: read as the case file says, or asked about."""

from __future__ import annotations

import pytest

from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.ingest.ledger_of_sources import read_ledger

HEAD = 'name = "x"\nchain = "table"\nasset = "coin"\ndecimals = 2\n'
TABLE = HEAD + '[[sources]]\nkind = "table"\npath = "t.csv"\nwhole = "all"\n'
COLUMNS = "height,tx_hash,sender,recipient,amount,fee"
THREE = ["1,t1,victim,ann,50,0", "2,t2,ann,bob,25,1", "3,t3,ann,cat,20,1"]


def ledger_of(folder, header, lines, options=""):
    (folder / "t.csv").write_text("\n".join([header, *lines]) + "\n")
    return read_ledger(CaseFile.parse(TABLE + options + '[[thefts]]\ntransfer = "t1"\n', folder / "case.toml"))


def with_column(cells):
    return [f"{line},{cell}" for line, cell in zip(THREE, cells, strict=True)]


# Success


@pytest.mark.parametrize(
    ("column", "cells", "answer"),
    [
        ("Status", ["", "Error(0)", ""], 'status = {"Status" = [""]}'),
        ("Status", ["0", "1", "0"], 'status = {"Status" = ["0"]}'),
        ("Status", ["1", "0", "1"], 'status = {"Status" = ["1"]}'),
        ("ErrCode", ["", "Out of gas", ""], 'status = {"ErrCode" = [""]}'),
        ("isError", ["0", "1", "0"], 'status = {"isError" = ["0"]}'),
        ("txreceipt_status", ["", "0", "1"], 'status = {"txreceipt_status" = ["", "1"]}'),
        ("failed", ["false", "true", "false"], 'status = {"failed" = ["False"]}'),
        ("success", ["TRUE", "FALSE", "TRUE"], 'status = {"success" = ["true"]}'),
        ("Result", ["SUCCESS", "OUT_OF_ENERGY", "SUCCESS"], 'status = {"Result" = ["success"]}'),
        ("call_type", ["call", "delegatecall", ""], 'status = {"call_type" = ["call", ""]}'),
    ],
)
def test_a_failed_payment_moves_nothing_once_the_case_file_says_what_success_is(tmp_path, column, cells, answer):
    lines = with_column(cells)
    with pytest.raises(InputError, match=rf't.csv:[23]: {column} ".*" .* status = {{"{column}" = \[.*, or ignore = \["{column}"\]'):
        ledger_of(tmp_path, f"{COLUMNS},{column}", lines)
    ledger = ledger_of(tmp_path, f"{COLUMNS},{column}", lines, answer + "\n")
    assert [(t.amount, t.fee) for t in ledger] == [(50, 0), (0, 1), (20, 1)]
    assert ledger.transfer(1).attributes == {"failed": {column: cells[1]}}
    assert ledger.notes == (f"t.csv: 1 row failed, as {column} has it, and moved nothing; their fees were paid.",)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Status", ["", "", ""]),
        ("Result", ["SUCCESS"] * 3),
        ("isError", ["0"] * 3),
        ("receipt_status", ["1"] * 3),
        ("call_type", ["call"] * 3),
    ],
)
def test_a_column_of_success_in_which_every_row_succeeded_is_no_question(tmp_path, column, cells):
    assert [t.amount for t in ledger_of(tmp_path, f"{COLUMNS},{column}", with_column(cells))] == [50, 25, 20]


def test_a_bare_status_of_numbers_is_a_question_even_where_all_are_alike(tmp_path):
    with pytest.raises(InputError, match=r't.csv:2: Status "1" may say that the payment failed'):
        ledger_of(tmp_path, f"{COLUMNS},Status", with_column("111"))


def test_a_column_that_only_looks_like_success_is_ignored_where_the_case_file_says_so(tmp_path):
    ledger = ledger_of(tmp_path, f"{COLUMNS},State", with_column(["Texas", "Ohio", "Utah"]), 'ignore = ["State"]\n')
    assert [t.amount for t in ledger] == [50, 25, 20]


def test_a_column_that_status_names_and_the_file_has_not_is_refused(tmp_path):
    with pytest.raises(InputError, match="no column 'status', which status or ignore names"):
        ledger_of(tmp_path, COLUMNS, THREE, 'status = {status = ["1"]}\n')


# Tokens


@pytest.mark.parametrize("column", ["ContractAddress", "TokenSymbol", "token_address", "Token Symbol", "currency"])
def test_several_tokens_are_a_question_and_never_added_up(tmp_path, column):
    lines = with_column(["usdt", "weth", "usdt"])
    with pytest.raises(
        InputError, match=rf't.csv:3: {column} "weth" is another token than "usdt" .* token_column = "{column}" and token = '
    ):
        ledger_of(tmp_path, f"{COLUMNS},{column}", lines)
    ledger = ledger_of(tmp_path, f"{COLUMNS},{column}", lines, f'token_column = "{column}"\ntoken = "USDT"\n')
    assert [t.tx_hash for t in ledger] == ["t1", "t3"]


def test_the_question_about_tokens_names_the_contract_before_the_symbol(tmp_path):
    lines = ["1,t1,victim,ann,50,USDT,0xd", "2,t2,ann,bob,25,USDT,0xe"]
    with pytest.raises(InputError, match=r't.csv:3: ContractAddress "0xe" is another token'):
        ledger_of(tmp_path, "height,tx_hash,sender,recipient,amount,TokenSymbol,ContractAddress", lines)


def test_a_file_of_one_token_is_no_question(tmp_path):
    assert len(ledger_of(tmp_path, f"{COLUMNS},TokenSymbol", with_column(["usdt"] * 3))) == 3


# Directions

IN_AND_OUT = ["1,t1,victim,ann,50,0", "2,t2,ann,bob,0,30", "3,t3,ann,ann,7,7"]
TWO_WAYS = "height,tx_hash,sender,recipient,Value_IN(ETH),Value_OUT(ETH)"


@pytest.mark.parametrize(("one", "other"), [("IN", "OUT"), ("OUT", "IN")])
def test_one_of_two_columns_of_amounts_is_a_question(tmp_path, one, other):
    said = (
        rf'Value_{other}\(ETH\) ".*" went the other way, and would be 0 since amount is \'Value_{one}\(ETH\)\': write '
        r'amount_in = "Value_IN\(ETH\)" and amount_out = "Value_OUT'
    )
    with pytest.raises(InputError, match=said):
        ledger_of(tmp_path, TWO_WAYS, IN_AND_OUT, f'columns = {{amount = "Value_{one}(ETH)"}}\n')


def test_a_column_of_the_other_direction_in_which_nothing_moved_is_no_question(tmp_path):
    lines = ["1,t1,victim,ann,50,0", "2,t2,ann,bob,30,0.00"]
    assert [t.amount for t in ledger_of(tmp_path, TWO_WAYS, lines, 'columns = {amount = "Value_IN(ETH)"}\n')] == [50, 30]


def test_two_columns_of_amounts_are_read_as_one(tmp_path):
    ledger = ledger_of(tmp_path, TWO_WAYS, IN_AND_OUT, 'amount_in = "Value_IN(ETH)"\namount_out = "Value_OUT(ETH)"\n')
    assert [t.amount for t in ledger] == [50, 30, 7]


def test_a_row_that_came_in_and_went_out_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"t.csv:2: Value_IN\(ETH\) '5' came in, and in the same row something went out"):
        ledger_of(tmp_path, TWO_WAYS, ["1,t1,victim,ann,5,4"], 'amount_in = "Value_IN(ETH)"\namount_out = "Value_OUT(ETH)"\n')


def test_one_direction_alone_cannot_be_named(tmp_path):
    with pytest.raises(InputError, match=r"no amount_out \(column 'amount_out'\)"):
        ledger_of(tmp_path, TWO_WAYS, IN_AND_OUT, 'amount_in = "Value_IN(ETH)"\n')


def test_a_column_of_directions_that_nothing_reads_is_a_question(tmp_path):
    with pytest.raises(InputError, match=r't.csv:3: Direction "out" says that some rows came in and some went out'):
        ledger_of(tmp_path, f"{COLUMNS},Direction", with_column(["in", "out", "out"]))


# Decimals


def test_decimals_beside_amounts_in_coins_are_a_question(tmp_path):
    said = r't.csv:2: decimals "2" stands beside amounts in smallest units nearly everywhere, and unit = "coin" would multiply those: leave'
    with pytest.raises(InputError, match=said):
        ledger_of(tmp_path, f"{COLUMNS},decimals", with_column("222"), 'unit = "coin"\n')
    assert [t.amount for t in ledger_of(tmp_path, f"{COLUMNS},decimals", with_column(["2", "2.0", ""]))] == [50, 25, 20]


def test_decimals_that_are_not_those_of_the_case_are_a_question(tmp_path):
    with pytest.raises(InputError, match=r't.csv:3: tokenDecimal "6" is not what the case says, decimals = 2 of coin: correct it there'):
        ledger_of(tmp_path, f"{COLUMNS},tokenDecimal", with_column("262"))


def test_a_column_that_the_case_file_names_empty_is_not_read(tmp_path):
    assert [t.fee for t in ledger_of(tmp_path, COLUMNS, THREE, 'columns = {fee = ""}\n')] == [0, 0, 0]
