"""CSV of any account chain: exact or refused, with file, line and value."""

from __future__ import annotations

import pytest

from tracer.errors import InputError
from tracer.ingest.table import amount_of, moment, read_table
from tracer.model import Asset

ETH = Asset("table", "eth", 18)


@pytest.fixture
def table(tmp_path):
    """Reads a CSV given as text."""

    def read(text, asset=ETH, balances=None, **options):
        path = tmp_path / "transfers.csv"
        path.write_text(text)
        openings = None
        if balances is not None:
            openings = tmp_path / "balances.csv"
            openings.write_text(balances)
        settings = {"columns": {}, "unit": "smallest", "basis": "reported", "check": str.strip} | options
        return read_table(path, asset, "transfers.csv", openings=openings, **settings)

    return read


def test_a_row_needs_no_more_than_sender_recipient_amount_and_a_time(table):
    (t,) = table("sender,recipient,amount,time\nalice,bob,12345678901234567890123,2018-01-26T00:04:56+09:00\n").transfers
    assert (t.sender, t.recipient, t.amount) == ("alice", "bob", 12345678901234567890123)
    assert t.time == 1516892696
    assert (t.height, t.basis, t.verified, t.kind) == (None, "reported", False, "transfer")


def test_columns_may_have_other_names(table):
    text = "from_address,to_address,value,block_number,transaction_index\nalice,bob,5,7,3\n"
    names = {
        "sender": "from_address",
        "recipient": "to_address",
        "amount": "value",
        "height": "block_number",
        "position": "transaction_index",
    }
    (t,) = table(text, columns=names).transfers
    assert (t.height, t.position, t.row_key) == (7, 3, (7 << 20) + 3)


def test_coins_in_decimal_text_are_exact(table):
    (t,) = table("sender,recipient,amount,height\nalice,bob,0.1,1\n", unit="coin").transfers
    assert t.amount == 10**17


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("alice,bob,1.5,1", r"transfers.csv:2: amount '1.5' is no whole number.*unit = \"coin\""),
        ("alice,bob,-5,1", "amount '-5' is no whole number"),
        ("alice,bob,1e18,1", "amount '1e18' is no whole number"),
        ("alice,bob,,1", "amount '' is empty"),
        ("alice,bob,5,x", "height 'x' is no whole number"),
        (f"alice,bob,{'9' * 1_000_000},1", r"1000000 digits|1000000 characters"),
    ],
)
def test_what_is_no_amount_is_named_with_its_line(table, row, said):
    with pytest.raises(InputError, match=said):
        table(f"sender,recipient,amount,height\n{row}\n")


def test_a_file_without_a_needed_column_is_told_which_and_what_it_has(table):
    with pytest.raises(InputError, match=r"transfers.csv:1: no amount \(column 'amount'\).*the file has sender, recipient, value, height"):
        table("sender,recipient,value,height\nalice,bob,5,1\n")


def test_rows_with_and_without_height_do_not_mix(table):
    with pytest.raises(InputError, match="some rows have a height and some have not"):
        table("sender,recipient,amount,height,time\na,b,1,1,1\na,b,1,,1\n")


def test_an_empty_file_is_told_what_its_first_line_must_be(table):
    with pytest.raises(InputError, match=":1: the file is empty"):
        table("")


def test_an_address_that_balances_do_not_name_opens_at_zero(table):
    found = table("sender,recipient,amount,height\nalice,bob,5,1\n", balances="address,opening\nalice,9\n").accounts
    assert [(a.address, a.opening, a.opening_basis) for a in found] == [("alice", 9, "reported"), ("bob", 0, "reported")]


def test_without_balances_openings_stay_unknown(table):
    assert {a.opening for a in table("sender,recipient,amount,height\nalice,bob,5,1\n").accounts} == {None}


def test_a_wrong_opening_is_named_with_its_line(table):
    with pytest.raises(InputError, match=r"balances.csv:2: 'alice', 'much'"):
        table("sender,recipient,amount,height\nalice,bob,5,1\n", balances="address,opening\nalice,much\n")


def test_a_time_without_offset_is_refused():
    with pytest.raises(ValueError, match="no offset from UTC"):
        moment("2018-01-26T00:04:56")


@pytest.mark.parametrize(("text", "units"), [("1", 10**18), ("0.000000000000000001", 1), (".5", 5 * 10**17), ("1.50", 15 * 10**17)])
def test_coins(text, units):
    assert amount_of(text, ETH, "coin") == units


def test_more_digits_than_the_asset_has_are_refused():
    with pytest.raises(ValueError, match="more than the 18 digits"):
        amount_of("0.0000000000000000001", ETH, "coin")
