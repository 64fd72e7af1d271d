"""Dialects: told by their headers, and one ledger of 300 rows read alike from each of them."""

from __future__ import annotations

import importlib.util

import pytest
from conftest import missing
from support.explorer_files import USDT, WRITERS, ZERO, Written, as_csv, as_xlsx, etherscan, etherscan_tokens, payments, txlist

from tracer.casefile import CaseFile
from tracer.errors import CaseError, InputError
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.ingest.table.dialects import DIALECTS, PLAIN, told_by_header

EXTRAS = {b"PAR1": ("pyarrow", "parquet"), b"PK\x03\x04": ("python_calamine", "xlsx")}
EACH = [pytest.param(name, way, id=f"{name}-{number}") for name, ways in WRITERS.items() for number, way in enumerate(ways)]


def case_of(folder, content, options="", asset="eth", decimals=18):
    """A case of a file that states no dialect."""
    need, extra = EXTRAS.get(content[:4], ("json", ""))
    if importlib.util.find_spec(need) is None:
        missing(extra, f"pip install '.[{extra}]'")
    (folder / "export").write_bytes(content)
    head = f'name = "x"\nchain = "table"\nasset = "{asset}"\ndecimals = {decimals}\n[[sources]]\nkind = "table"\npath = "export"\n'
    return CaseFile.parse(f'{head}{options}\n[[thefts]]\ntransfer = "t1"\n', folder / "case.toml")


def of_kind(way: Written):
    return [p for p in payments() if (p.token is None) == (way.token is None) and (way.failed or not p.failed)]


def asked(way: Written):
    """What a case says of the file: which token, and its decimals."""
    if way.token is None:
        return "", "eth", 18
    return f'token = "{way.token}"\n', "usdt", 6


def said(rows, way: Written):
    """The rows as the dialect can say them: hash, sides, amount, and fee and block where it has them."""
    for p in rows:
        if way.token is None or p.token == USDT:
            sides = [None if side == ZERO else side for side in (p.sender, p.recipient)]
            fee = p.gas_used * p.gas_price if way.fees else 0
            yield p.tx_hash.removeprefix("0x"), *sides, 0 if p.failed else p.amount, fee, p.block if way.blocks else None, p.time


def found(ledger, timeless=False):
    return [(t.tx_hash.removeprefix("0x"), t.sender, t.recipient, t.amount, t.fee, t.height, t.time if not timeless else 0) for t in ledger]


def without_times(rows):
    return [(*row[:-1], 0) for row in rows]


@pytest.mark.parametrize(("name", "way"), EACH)
def test_one_ledger_of_300_rows_is_the_same_in_every_dialect(tmp_path, name, way):
    options, asset, decimals = asked(way)
    ledger = read_ledger(case_of(tmp_path, way.file(list(map(way.row, of_kind(way)))), options, asset, decimals))
    timeless = name in ("cryo_native_transfers", "cryo_erc20_transfers")
    expected = list(said(of_kind(way), way))
    assert len(expected) > 60
    assert found(ledger, timeless) == (without_times(expected) if timeless else expected)


@pytest.mark.parametrize(("name", "way"), EACH)
def test_a_dialect_is_told_by_its_header_and_says_what_it_cannot_say(tmp_path, name, way):
    options, asset, decimals = asked(way)
    notes = read_ledger(case_of(tmp_path, way.file(list(map(way.row, of_kind(way)))), options, asset, decimals)).notes
    assert f"export is read as {name}, as its header tells." in notes
    assert f"export: {DIALECTS[name].silent}." in notes
    assert way.fees or "fees" in DIALECTS[name].silent
    assert way.blocks or "no blocks" in DIALECTS[name].silent


@pytest.mark.parametrize(("name", "way"), EACH)
def test_a_file_that_stands_newest_first_says_the_same(tmp_path, name, way):
    options, asset, decimals = asked(way)
    rows = list(map(way.row, of_kind(way)))
    ledgers = [read_ledger(case_of(tmp_path, way.file(each), options, asset, decimals)) for each in (rows, rows[::-1])]
    assert found(ledgers[0]) == found(ledgers[1])


def test_every_dialect_that_can_be_traced_has_a_writer_or_is_a_data_set():
    data_sets = {"launder_net", "amlsim", PLAIN}
    assert {name for name, dialect in DIALECTS.items() if not dialect.refused} - WRITERS.keys() == data_sets


def test_no_header_is_of_two_dialects():
    headers = {name: list(DIALECTS[name].columns.values()) + list(DIALECTS[name].told_by) for name in WRITERS}
    assert {name: told_by_header([each.split("|")[0].replace("*", "ETH") for each in header]) for name, header in headers.items()} == {
        name: name for name in WRITERS
    }


# What a dialect knows, and a case file may say


TWO_TOKENS = as_csv([etherscan_tokens(p) for p in payments() if p.token])


def test_several_tokens_are_a_question_that_names_one(tmp_path):
    with pytest.raises(InputError, match=r"export:\d+: ContractAddress '0x.*' is another token than '0x.*' before: .* token = \"0x"):
        read_ledger(case_of(tmp_path, TWO_TOKENS, asset="usdt", decimals=6))


def test_decimals_that_the_file_states_and_the_case_does_not_are_refused(tmp_path):
    rows = [txlist(p) | {"contractAddress": USDT, "tokenName": "x", "tokenSymbol": "USDT", "tokenDecimal": "6"} for p in payments(1)]
    for row in rows:
        del row["isError"]
    with pytest.raises(InputError, match="export:2: tokenDecimal '6' and the case says decimals = 18 of usdt: one of the two is wrong"):
        read_ledger(case_of(tmp_path, as_csv(rows), asset="usdt"))


def test_more_digits_than_the_case_gives_the_token_are_refused(tmp_path):
    rows = [etherscan_tokens(payments(1)[0]._replace(token=USDT, failed=False)) | {"TokenValue": "1.1234567"}]
    with pytest.raises(InputError, match=r"export:2: TokenValue '1\.1234567' has more than the 6 digits after the point that usdt has"):
        read_ledger(case_of(tmp_path, as_csv(rows), asset="usdt", decimals=6))


def test_a_unit_that_the_dialect_contradicts_is_refused(tmp_path):
    content = as_csv([txlist(p) for p in payments(3)])
    with pytest.raises(CaseError, match=r'case.toml:8: unit = "coin", and amounts of etherscan_api_txlist are whole smallest units'):
        read_ledger(case_of(tmp_path, content, 'unit = "coin"'))


def test_a_dialect_in_the_case_file_wins_over_the_header(tmp_path):
    columns = 'columns = {sender = "from", recipient = "to", amount = "value", height = "blockNumber", tx_hash = "hash"}\n'
    content = as_csv([txlist(p) for p in payments() if not p.failed and p.token is None])
    ledger = read_ledger(case_of(tmp_path, content, columns + f'dialect = "{PLAIN}"'))
    assert not any("is read as" in note for note in ledger.notes)
    assert {t.fee for t in ledger} == {0}


def test_a_success_column_has_two_opposite_senses_in_one_product(tmp_path):
    assert DIALECTS["etherscan_transactions"].status == {"Status": ("",)}
    assert DIALECTS["etherscan_internal"].status == {"Status": ("0",)}


@pytest.mark.parametrize("rows", [1_000, 5_000, 10_000])
def test_a_list_as_long_as_explorers_cut_it_off_is_said_to_be_so(tmp_path, rows):
    lines = "".join(f"1,a,b,{number}\n" for number in range(rows))
    ledger = read_ledger(case_of(tmp_path, f"amount,sender,recipient,height\n{lines}".encode()))
    assert f"export has exactly {rows:,} rows, at which explorers cut lists off: rows may be missing." in ledger.notes


def test_a_list_of_another_length_is_not(tmp_path):
    lines = "".join(f"1,a,b,{number}\n" for number in range(1_001))
    assert read_ledger(case_of(tmp_path, f"amount,sender,recipient,height\n{lines}".encode())).notes == ()


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Tx number,Affected address/xpub,Effect,Ticker,Amount fiat (USD),Asset rate (USD),Date,Transaction hash", "neither who paid nor"),
        ("Transaction Hash,Blockno,UnixTimestamp,From,To,ContractAddress,TokenId,TokenName,TokenSymbol", "picture's token is no amount"),
        ("blockNumber,timeStamp,hash,from,contractAddress,to,tokenID,tokenName,tokenSymbol,tokenDecimal", "picture's token is no amount"),
        ("block_number,transaction_hash,address,from_value_string,to_value_string,chain_id", "states balances"),
    ],
)
def test_a_file_of_which_no_trace_can_be_made_is_refused_naming_what_it_lacks(tmp_path, header, why):
    with pytest.raises(InputError, match=rf"export: a file of this kind \(\w+\) .*{why}"):
        read_ledger(case_of(tmp_path, f"{header}\n".encode()))


def test_an_approval_allows_a_payment_and_moves_nothing(tmp_path):
    way = WRITERS["trongrid_trc20"][0]
    paid, allowed = (way.row(p._replace(token=USDT, failed=False)) for p in payments(2))
    ledger = read_ledger(case_of(tmp_path, way.file([paid, allowed | {"type": "Approval"}]), "", "usdt", 6))
    assert [t.amount for t in ledger] == [int(paid["value"]), 0]


def test_an_explorers_file_that_a_spreadsheet_wrote_anew_with_semicolons_is_asked_about_its_marks(tmp_path):
    rows = [etherscan_tokens(payments(1)[0]._replace(token=USDT, failed=False)) | {"TokenValue": "1.500"}]
    content = as_csv(rows).replace(b'","', b'";"')
    with pytest.raises(InputError, match=r"TokenValue '1\.500' has a mark in it, and where semicolons stand between cells"):
        read_ledger(case_of(tmp_path, content, "", "usdt", 6))
    assert [t.amount for t in read_ledger(case_of(tmp_path, content, 'decimal_mark = ","', "usdt", 6))] == [1_500_000_000]


# Spreadsheets

SHEET = ["Transaction Hash", "Blockno", "UnixTimestamp", "From", "To", "TokenValue", "ContractAddress", "TokenName", "TokenSymbol"]


def sheet(value):
    return as_xlsx([SHEET, ["0x01", 100, 1_600_000_000, "ann", "bob", value, USDT, "Tether USD", "USDT"]])


@pytest.mark.parametrize("value", ["1,500.25", 1500.25])
def test_a_spreadsheet_is_read_whether_its_numbers_are_text_or_numbers(tmp_path, value):
    (t,) = read_ledger(case_of(tmp_path, sheet(value), "", "usdt", 6))
    assert (t.amount, t.height, t.time) == (1_500_250_000, 100, 1_600_000_000)


@pytest.mark.parametrize("value", [123456789.1234567, 5123456789012345678, 1e15])
def test_a_number_that_a_spreadsheet_has_rounded_or_may_have_is_refused(tmp_path, value):
    with pytest.raises(InputError, match=r"export:row 2: TokenValue .*: a spreadsheet keeps 15 digits of a number"):
        read_ledger(case_of(tmp_path, sheet(value), "", "usdt", 6))


def test_without_its_reader_a_spreadsheet_names_the_extra(tmp_path, monkeypatch):
    content = sheet("1")
    case = case_of(tmp_path, content)
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(InputError, match=r"a spreadsheet needs the extra xlsx: .* -m pip install '.\[xlsx\]'"):
        read_ledger(case)


def test_a_damaged_spreadsheet_is_refused(tmp_path):
    with pytest.raises(InputError, match="export: no spreadsheet, or damaged"):
        read_ledger(case_of(tmp_path, b"PK\x03\x04 and no more"))


def test_a_spreadsheet_of_several_sheets_with_rows_is_a_question(tmp_path):
    rows = [SHEET, ["0x01", 100, 1_600_000_000, "ann", "bob", 1, USDT, "Tether USD", "USDT"]]
    with pytest.raises(InputError, match=r"export: has rows on 2 sheets \(sheet 1, sheet 3\): save the one that is meant as a file"):
        read_ledger(case_of(tmp_path, as_xlsx(rows, [], rows), "", "usdt", 6))
    assert len(read_ledger(case_of(tmp_path, as_xlsx([], rows, []), "", "usdt", 6))) == 1


# JSON


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"status": "0", "message": "NOTOK", "result": "Max rate limit reached"}', "without rows, which says 'Max rate limit reached'"),
        ('{"status": "0", "message": "No transactions found", "result": []}', "holds no rows"),
        ("[]", "holds no rows"),
        ("[1, 2]", "row 1: '1' is no object"),
        ('{"a": [{"x": 1}], "b": [{"y": 1}]}', "a, b are lists, and one of them holds the rows"),
        ('[{"from": "ann"', ":1: no JSON"),
        ('{"x": 1}\n{"x": \n', ":2: no JSON .* an object a line"),
        ("[" * 100_000, "no JSON"),
        ('[{"value": 1, "value": 2}]', "no JSON .one object has two fields 'value'"),
    ],
)
def test_json_that_holds_no_rows_says_why(tmp_path, content, said):
    with pytest.raises(InputError, match=f"export.*{said}"):
        read_ledger(case_of(tmp_path, content.encode()))


@pytest.mark.parametrize(
    ("amount", "units"), [("5000000000000000001", 5000000000000000001), ('"5000000000000000001"', 5000000000000000001), ("5e18", None)]
)
def test_no_number_of_json_passes_through_a_float(tmp_path, amount, units):
    content = f'[{{"height": 1, "sender": "ann", "recipient": "bob", "amount": {amount}}}]'.encode()
    if units is None:
        with pytest.raises(InputError, match="export:row 1: amount '5e18' is no whole number: a float has already rounded it"):
            read_ledger(case_of(tmp_path, content))
    else:
        assert [t.amount for t in read_ledger(case_of(tmp_path, content))] == [units]


def test_what_creates_a_contract_pays_the_contract_it_names(tmp_path):
    row = etherscan(payments(1)[0]._replace(token=None, failed=False)) | {"To": "", "ContractAddress": "0xC" + 39 * "1"}
    (t,) = read_ledger(case_of(tmp_path, as_csv([row])))
    assert t.recipient == "0xc" + 39 * "1"
