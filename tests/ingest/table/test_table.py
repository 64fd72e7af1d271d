"""Tables of any account chain: exact or refused, with file, line and value."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import os
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import missing
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.casefile import CaseFile
from tracer.errors import CaseError, InputError
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.ingest.table.cells import KINDS, amount_of
from tracer.ingest.table.dialects import DIALECTS
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_reader import read_table
from tracer.ingest.table.times import moment
from tracer.ledger import assemble
from tracer.model import Asset

ETH = Asset("table", "eth", 18)
USD = Asset("table", "usd", 2)
HEADER = "sender,recipient,amount,height\n"


def read(path, asset=ETH, openings=None, **options):
    if "dialect" in options:
        options["dialect"] = DIALECTS[options["dialect"]]
    return read_table(path, TableFormat(path.name, asset, str.strip, openings=openings)._replace(**options))


@pytest.fixture
def table(tmp_path):
    """Reads a CSV given as text or bytes."""

    def write_and_read(content, asset=ETH, balances=None, **options):
        path = tmp_path / "transfers.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        openings = None
        if balances is not None:
            openings = tmp_path / "balances.csv"
            openings.write_text(balances)
        return read(path, asset, openings, **options)

    return write_and_read


@pytest.fixture
def parquet(tmp_path):
    """Reads a Parquet file of columns given as pyarrow arrays."""
    if importlib.util.find_spec("pyarrow") is None:
        missing("parquet", "pip install '.[parquet]'")
    pa, pq = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")

    def write_and_read(asset=ETH, options=None, **columns):
        path = tmp_path / "transfers.parquet"
        pq.write_table(pa.table({"sender": ["alice"], "recipient": ["bob"], "amount": [5], "height": [1]} | columns), path)
        return read(path, asset, **options or {})

    return write_and_read


# What a row needs


def test_a_row_needs_no_more_than_sender_recipient_amount_and_a_time(table):
    (t,) = table("sender,recipient,amount,time\nalice,bob,12345678901234567890123,2018-01-26T00:04:56+09:00\n").transfers
    assert (t.sender, t.recipient, t.amount) == ("alice", "bob", 12345678901234567890123)
    assert t.time == 1516892696
    assert (t.height, t.row_key, t.basis, t.verified, t.kind) == (None, -1, "reported", False, "transfer")


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


def test_capitals_of_a_header_do_not_count(table):
    (t,) = table("Sender,RECIPIENT,Value,Height\nalice,bob,5,7\n", columns={"amount": "value"}).transfers
    assert (t.sender, t.recipient, t.amount, t.height) == ("alice", "bob", 5, 7)


def test_of_two_columns_that_differ_in_capitals_alone_only_the_one_that_is_named_is_meant(table):
    (t,) = table("sender,recipient,amount,Amount,height\nalice,bob,5,6,7\n").transfers
    assert t.amount == 5
    with pytest.raises(InputError, match=r"no amount \(column 'AMOUNT'\)"):
        table("sender,recipient,amount,Amount,height\nalice,bob,5,6,7\n", columns={"amount": "AMOUNT"})


def test_coins_in_decimal_text_are_exact(table):
    (t,) = table(HEADER + "alice,bob,0.1,1\n", unit="coin").transfers
    assert t.amount == 10**17


def test_all_columns_are_read(table):
    text = "sender,recipient,amount,height,position,time,tx_hash,fee,kind,memo,basis\nalice,bob,5,7,3,9,0xab, 2 ,levy, thanks ,modelled\n"
    (t,) = table(text).transfers
    assert t[:9] == ((7 << 20) + 3, 7, 3, 9, "0xab", "alice", "bob", 5, 2)
    assert (t.kind, t.memo.text, t.basis, t.source, t.attributes) == ("levy", " thanks ", "modelled", "transfers.csv", {})


def test_a_file_without_a_needed_column_is_told_which_and_what_it_has(table):
    with pytest.raises(InputError, match=r"transfers.csv:1: no amount \(column 'amount'\).*the file has sender, recipient, value, height"):
        table("sender,recipient,value,height\nalice,bob,5,1\n")


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_what_separates_the_cells_is_told_by_the_header(table, mark):
    (t,) = table(HEADER.replace(",", mark) + mark.join(["alice", "bob", "5", "1"])).transfers
    assert (t.sender, t.recipient, t.amount, t.height) == ("alice", "bob", 5, 1)


def test_a_first_line_that_names_the_separator_is_believed(table):
    assert [t.amount for t in table("sep=,\r\n" + HEADER + "alice,bob,5,1\n").transfers] == [5]
    with pytest.raises(InputError, match=r"transfers.csv:3: amount 'x'"):
        table("sep=;\n" + HEADER.replace(",", ";") + "alice;bob;x;1\n")


def test_a_separator_that_the_header_does_not_show_is_named_by_the_case(table):
    text = HEADER.replace(",", "#") + "alice#bob#5#1\n"
    with pytest.raises(InputError, match=r':1: no sender .*: say what separates its cells, delimiter = "..."; the file has sender#rec'):
        table(text)
    assert [t.amount for t in table(text, delimiter="#").transfers] == [5]


def test_a_text_in_utf_16_that_says_so_is_read(table):
    assert [t.amount for t in table((HEADER + "alice,bob,5,1\n").encode("utf-16")).transfers] == [5]
    assert [t.amount for t in table(gzip.compress((HEADER + "alice,bob,5,1\n").encode("utf-16"))).transfers] == [5]


def test_a_text_in_utf_16_that_does_not_say_so_is_refused(table):
    with pytest.raises(InputError, match=":1: holds zero bytes, as UTF-16 without a byte order mark does: save the table as CSV in UTF-8"):
        table((HEADER + "alice,bob,5,1\n").encode("utf-16-le"))


def test_a_column_that_the_case_names_and_the_file_has_not_is_refused_and_not_read_as_empty(table):
    with pytest.raises(InputError, match=r":1: no fee \(column 'feee'\)"):
        table(HEADER + "alice,bob,5,1\n", columns={"fee": "feee"})


def test_a_column_of_ours_that_is_none_is_refused_with_the_nearest(table):
    with pytest.raises(InputError, match="no column is called 'amout' here: did you mean amount"):
        table(HEADER + "alice,bob,5,1\n", columns={"amout": "value"})


# What is refused, and how


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("alice,bob,1.5,1", r"transfers.csv:2: amount '1.5' is no whole number.*unit = \"coin\""),
        ("alice,bob,-5,1", "amount '-5' is no whole number: no payment is less than 0; one that goes back swaps"),
        ("alice,bob,1e18,1", "amount '1e18' is no whole number: a float has already rounded it; export it as text or integer"),
        ("alice,bob,NaN,1", "amount 'NaN' is no whole number: a float has already rounded it"),
        ('alice,bob,"1,000",1', "amount '1,000' is no whole number: write it without thousands separators"),
        ("alice,bob,1 000 000,1", "amount '1 000 000' .* without thousands separators"),
        ("alice,bob,１２,1", "amount '１２' is no whole number: write it in the digits 0 to 9"),
        ("alice,bob,²,1", "is no whole number: write it in the digits 0 to 9"),
        ("alice,bob,1_000,1", "amount '1_000' is no whole number"),
        ("alice,bob,,1", "amount '' is empty: write 0 where nothing moved"),
        ("alice,bob,5,x", "height 'x' is no whole number"),
        ("alice,bob,5,-1", "height '-1' is no whole number"),
        ("alice,bob,5,8796093022208", r"height '8796093022208' is 2\^43 or more, .*: name the column of block numbers"),
        (f"alice,bob,{'9' * 1_000_000},1", r"1000000 digits|1000000 characters"),
        (",bob,5,1", "sender '' is empty, and a transfer has a sender: only rows of kind mint, harvest or tip have none"),
        ("alice, ,5,1", "recipient ' ' is empty, and a transfer has a recipient: only rows of kind burn have none"),
        ("alice,bob,5", ":2: 3 cells, and the header has 4"),
        ("alice,bob,1,000,1", ":2: 5 cells, and the header has 4: put cells with commas in them in quotes"),
        ('alice,bob,"5,1', r":2: no CSV \(unexpected end of data\): close the quote"),
    ],
)
def test_what_cannot_be_read_is_named_with_line_value_and_mend(table, row, said):
    with pytest.raises(InputError, match=said) as caught:
        table(f"{HEADER}{row}\n")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("position", "1048576", r"position '1048576' is 2\^20 or more"),
        ("position", "", "position '' is empty: give every row its place in the block, or leave the column out"),
        ("time", "1516892696000000", "time '1516892696000000' is after the year 9999, in seconds and in milliseconds: write UNIX seconds"),
        ("time", "1969-12-31T23:59:59Z", "is outside the years 1970 to 9999"),
        ("time", "0001-01-01T00:00:00+23:59", "is outside the years 1970 to 9999"),
        ("time", "2018-01-26", "has no offset from UTC"),
        ("time", "yesterday", "time 'yesterday' is no time"),
        ("fee", "-1", "fee '-1' is no whole number: no payment is less than 0"),
        ("kind", "gift", "kind 'gift' is not one of transfer, fee"),
        ("basis", "rumour", "basis 'rumour' is not one of chain, reported, modelled"),
    ],
)
def test_what_cannot_be_read_in_other_columns_is_named_too(table, header, row, said):
    with pytest.raises(InputError, match=f"transfers.csv:2: .*{said}"):
        table(f"sender,recipient,amount,height,{header}\nalice,bob,5,1,{row}\n")


def test_the_error_names_the_column_as_the_file_calls_it(table):
    with pytest.raises(InputError, match=r"transfers.csv:2: Value 'x' is no whole number"):
        table("sender,recipient,Value,height\nalice,bob,x,1\n", columns={"amount": "Value"})


def test_the_first_line_at_fault_is_named_whatever_the_column(table):
    with pytest.raises(InputError, match=r":3: height 'x'"):
        table(HEADER + "alice,bob,5,1\nalice,bob,5,x\nalice,bob,y,2\n")


def test_a_line_is_counted_right_behind_line_breaks_in_cells_and_empty_lines(table):
    with pytest.raises(InputError, match=r":7: amount 'x'"):
        table('sender,recipient,amount,height,memo\r\na,b,1,1,"two\r\nlines"\r\n\r\na,b,1,1,"a\nb"\r\na,b,x,1,\r\n')


def test_a_quote_that_is_not_closed_is_named_where_it_opens(table):
    with pytest.raises(InputError, match=r":3: no CSV .* close the quote that is open here"):
        table(HEADER + 'a,b,1,1\n"a,b,1,1\na,b,1,1\na,b,1,1\n')


def test_far_down_the_file_the_line_is_still_right(table):
    rows = [f"a,b,{n},1" for n in range(50_000)]
    rows[45_000] = "a,b,x,1"
    with pytest.raises(InputError, match=r":45002: amount 'x'"):
        table(HEADER + "\n".join(rows))


def test_rows_with_and_without_height_do_not_mix(table):
    with pytest.raises(InputError, match=r":3: height '' .* some rows have a height and some have not"):
        table("sender,recipient,amount,height,time\na,b,1,1,1\na,b,1,,1\n")
    with pytest.raises(InputError, match=r":3: height '1' .* some rows have a height and some have not"):
        table("sender,recipient,amount,height,time\na,b,1,,1\na,b,1,1,1\n")


def test_a_row_with_neither_height_nor_time_is_refused(table):
    with pytest.raises(InputError, match=":2: time '' is empty: rows without height are ordered by time"):
        table("sender,recipient,amount,time\na,b,1,\n")
    with pytest.raises(InputError, match=":2: height '' is empty: rows need a height or a time"):
        table(HEADER + "a,b,1,\n")


def test_an_empty_file_is_told_what_its_first_line_must_be(table):
    with pytest.raises(InputError, match=":1: the file is empty"):
        table("")


def test_two_columns_of_one_name_are_refused(table):
    with pytest.raises(InputError, match=":1: 2 columns are called 'amount': rename all but one"):
        table("sender,recipient,amount, amount ,height\nalice,bob,5,6,1\n")


def test_a_file_that_is_no_utf8_is_refused_with_the_line(table):
    with pytest.raises(InputError, match=":3: no UTF-8 text: save the table as CSV in UTF-8"):
        table((HEADER + "alice,bob,5,1\nal\xefce,bob,5,1\n").encode("latin-1"))


def test_a_gzipped_file_that_is_cut_off_is_refused(table):
    whole = gzip.compress((HEADER + "alice,bob,5,1\n" * 999).encode())
    with pytest.raises(InputError, match=r"cut off or damaged after line .*: copy it again"):
        table(whole[: len(whole) // 2])


# What is forgiven


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffsender,recipient,amount,height\nalice,bob,5,1\n",
        "sender,recipient,amount,height\r\nalice,bob,5,1\r\n",
        " sender , recipient,amount ,height\nalice,bob,5,1",
        "sender,recipient,amount,height\nalice, bob, 5,1\n",
        "sender,recipient,amount,height\n\nalice,bob,5,1\n\n  \n\n",
        "\nsender,recipient,amount,height\nalice,bob,5,1\n",
        '"sender","recipient","amount","height"\n"alice","bob","5","1"\n',
        gzip.compress(b"sender,recipient,amount,height\nalice,bob,5,1\n"),
    ],
    ids=["BOM", "CRLF", "spaces in the header", "spaces in cells", "empty lines", "empty first line", "quotes", "gzip"],
)
def test_what_spreadsheets_and_editors_leave_behind_does_no_harm(table, content):
    (t,) = table(content).transfers
    assert (t.sender, t.recipient, t.amount, t.height) == ("alice", "bob", 5, 1)


def test_coins_are_made_and_burnt_without_a_second_side(table):
    made, burnt, harvested = table("sender,recipient,amount,height,kind\n,bob,5,1,mint\nbob,,2,2,burn\n,carol,1,3,harvest\n").transfers
    assert (made.sender, burnt.recipient, harvested.sender) == (None, None, None)


def test_a_payment_to_oneself_moves_its_fee(table):
    ledger = assemble(ETH, [table("sender,recipient,amount,height,fee\nalice,alice,5,1,2\n", balances="address,opening\nalice,9\n")])
    assert ledger.balances == [7]


# Order


def test_without_a_position_column_a_row_stands_where_it_is_among_the_rows_of_its_height(table):
    rows = table(HEADER + "a,b,1,5\na,b,2,7\na,b,3,5\na,b,4,5\na,b,5,7\n", order="oldest_first").transfers
    assert [(t.height, t.position) for t in rows] == [(5, 0), (7, 0), (5, 1), (5, 2), (7, 1)]


@pytest.mark.parametrize(("amount", "said"), [("1", "with the very same row"), ("2", "by another payment")])
def test_two_rows_in_one_place_are_refused_naming_both_lines(table, amount, said):
    text = f"sender,recipient,amount,height,position\na,b,1,5,3\na,b,1,5,4\na,b,{amount},5,3\n"
    with pytest.raises(InputError, match=rf":4: position '3' of height 5 is already taken by line 2, {said}: give each row its own"):
        table(text)


def test_positions_are_counted_on_through_a_long_file(table):
    rows = table(HEADER + "".join(f"a,b,{n},{n % 2}\n" for n in range(50_000)), order="oldest_first").transfers
    assert [t.position for t in rows] == [n // 2 for n in range(50_000)]


def test_rows_are_made_again_as_often_as_they_are_asked_for(table):
    rows = table(HEADER + "a,b,1,5\na,b,2,7\n").transfers
    assert list(rows) == list(rows)
    assert len(rows) == 2


def test_a_file_without_rows_is_an_empty_ledger(table):
    assert list(table(HEADER).transfers) == []


def test_equal_addresses_are_one_object_in_memory(table):
    rows = list(table(HEADER + "".join(f"{'a' * 40},{'b' * 40},1,{n}\n" for n in range(30_000))).transfers)
    assert rows[0].sender is rows[-1].sender


# Openings


def test_an_address_that_balances_do_not_name_opens_at_zero(table):
    found = table(HEADER + "alice,bob,5,1\n", balances="address,opening\nalice,9\n").accounts
    assert [(a.address, a.opening, a.opening_basis) for a in found] == [("alice", 9, "reported"), ("bob", 0, "reported")]


def test_without_balances_openings_stay_unknown(table):
    assert {a.opening for a in table(HEADER + "alice,bob,5,1\n").accounts} == {None}


@pytest.mark.parametrize(
    ("balances", "said"),
    [
        ("address,opening\nalice,much\n", r"balances.csv:2: 'alice', 'much': is no whole number"),
        ("address,opening\nalice,1\nalice,2\n", "balances.csv:3: 'alice' opened with 1 in a line before: leave one of the two"),
        ("address,balance\nalice,1\n", "balances.csv:1: no column opening: it needs address,opening"),
    ],
)
def test_a_wrong_opening_is_named_with_its_line(table, balances, said):
    with pytest.raises(InputError, match=said):
        table(HEADER + "alice,bob,5,1\n", balances=balances)


# Times and coins


def test_a_time_without_offset_is_refused():
    with pytest.raises(ValueError, match="no offset from UTC"):
        moment("2018-01-26T00:04:56")


@pytest.mark.parametrize(
    "text",
    ["1516925096", "2018-01-26T00:04:56Z", "2018-01-26 00:04:56 UTC", "2018-01-26T09:04:56+09:00", "2018-01-26 00:04:56.999999+00:00"],
)
def test_one_moment_is_written_in_many_ways(text):
    assert moment(text) == 1516925096


@pytest.mark.parametrize(
    ("text", "units"), [("1", 10**18), ("0.000000000000000001", 1), (".5", 5 * 10**17), ("1.50", 15 * 10**17), ("5.", 5 * 10**18)]
)
def test_coins(text, units):
    assert amount_of(text, ETH, "coin") == units


@pytest.mark.parametrize("text", [".", "1.2.3", "-1.5", "1e-7", "1,5", "+1", "٣.٥", "0x10", "Infinity"])
def test_what_is_no_decimal_number_is_refused(text):
    with pytest.raises(ValueError, match="is no decimal number: "):
        amount_of(text, ETH, "coin")


def test_more_digits_than_the_asset_has_are_refused():
    with pytest.raises(ValueError, match="more than the 18 digits"):
        amount_of("0.0000000000000000001", ETH, "coin")


# Parquet


def test_parquet_integers_decimals_and_text_are_exact(parquet):
    pa = pytest.importorskip("pyarrow")
    for amounts, options in [
        (pa.array([2**63 - 1]), {}),
        (pa.array([str(2**63 - 1)]), {}),
        (pa.array([Decimal(2**63 - 1)], pa.decimal128(38, 0)), {}),
        (pa.array([Decimal(2**63 - 1)], pa.decimal128(38, 9)), {}),
        (pa.array([Decimal("9.223372036854775807")], pa.decimal128(38, 18)), {"unit": "coin"}),
        (pa.array([str(2**63 - 1)]).dictionary_encode(), {}),
    ]:
        (t,) = parquet(amount=amounts, options=options).transfers
        assert t.amount == 2**63 - 1


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_a_parquet_float_column_is_refused_with_the_reason(parquet, kind):
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match=r"transfers.parquet: column 'amount' is (float|double): a float rounds large numbers"):
        parquet(amount=pa.array([5.0], getattr(pa, kind)()))


def test_a_parquet_column_nobody_asked_for_may_be_a_float(parquet):
    (t,) = parquet(price_in_usd=[1.5]).transfers
    assert t.amount == 5


def test_a_parquet_timestamp_is_a_time_if_it_has_a_zone(parquet):
    pa = pytest.importorskip("pyarrow")
    when = datetime(2018, 1, 26, 0, 4, 56, tzinfo=UTC)
    (t,) = parquet(time=pa.array([when], pa.timestamp("ns", "UTC"))).transfers
    assert t.time == 1516925096
    with pytest.raises(InputError, match=r"transfers.parquet:row 1: time .* has no offset from UTC"):
        parquet(time=pa.array([when.replace(tzinfo=None)], pa.timestamp("us")))


def test_a_parquet_row_that_cannot_be_read_is_counted(parquet):
    with pytest.raises(InputError, match=r"transfers.parquet:row 2: amount '-5' is no whole number"):
        parquet(sender=["a", "a"], recipient=["b", "b"], height=[1, 2], amount=[5, -5])


def test_a_damaged_parquet_file_is_refused(tmp_path, parquet):
    path = tmp_path / "transfers.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"transfers.parquet: no Parquet, or damaged"):
        read(path)


def test_without_pyarrow_a_parquet_file_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "transfers.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"Parquet needs the extra parquet: .* -m pip install '.\[parquet\]'"):
        read(path)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
ROW = st.fixed_dictionaries(
    {
        "sender": NAMES,
        "recipient": NAMES,
        "amount": st.integers(0, 2**256 - 1),
        "height": st.integers(0, 2**43 - 1),
        "position": st.integers(0, 2**20 - 1),
        "time": st.integers(0, 253_402_300_799),
        "tx_hash": NAMES,
        "fee": st.integers(0, 2**64),
        "kind": st.sampled_from(KINDS),
        "memo": TEXTS,
        "basis": st.sampled_from(["chain", "reported", "modelled"]),
    }
)


@settings(deadline=None, max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=8, unique_by=lambda row: (row["height"], row["position"])))
def test_a_ledger_written_as_csv_and_as_parquet_is_read_back_the_same(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ROW_FIELDS)
            writer.writeheader()
            writer.writerows(rows)
        assert [stated(t) for t in read(path).transfers] == rows
        if importlib.util.find_spec("pyarrow") is None:
            return  # as CSV it has been proved; the tests of Parquet say that they are not run
        pa, pq = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
        wide = {name: [str(row[name]) for row in rows] for name in ("amount", "fee")}
        pq.write_table(pa.table({name: [row[name] for row in rows] for name in ROW_FIELDS} | wide), path)
        assert [stated(t) for t in read(path).transfers] == rows


ROW_FIELDS = ["sender", "recipient", "amount", "height", "position", "time", "tx_hash", "fee", "kind", "memo", "basis"]


def stated(transfer):
    """What a row of the table says of a transfer."""
    return {name: getattr(transfer, name) for name in ROW_FIELDS} | {"memo": transfer.memo.text if transfer.memo else ""}


# Presets

ZERO = "0x" + 40 * "0"
TRANSACTIONS = (
    "hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,block_timestamp,"
    "max_fee_per_gas,max_priority_fee_per_gas,transaction_type"
)
RECEIPTS = ",receipt_gas_used,receipt_contract_address,receipt_status,receipt_effective_gas_price"
TOKENS = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n"


def transaction(recipient="0xb", value=7, when="1438269988", receipt=""):
    return f"0xh,0,0xbb,46147,3,0xa,{recipient},{value},21000,50,0x,{when},,,0{receipt}\n"


def test_ethereum_etl_transactions_are_read_as_they_are(table):
    (t,) = table(TRANSACTIONS + "\n" + transaction(), dialect="ethereum_etl_transactions").transfers
    assert (t.tx_hash, t.height, t.position, t.time) == ("0xh", 46147, 3, 1438269988)
    assert (t.sender, t.recipient, t.amount, t.fee) == ("0xa", "0xb", 7, 0)


@pytest.mark.parametrize("when", ["2015-07-30 15:26:28 UTC", "2015-07-30 15:26:28", "2015-07-30T15:26:28+00:00"])
def test_ethereum_times_are_utc_however_they_are_written(table, when):
    (t,) = table(TRANSACTIONS + "\n" + transaction(when=when), dialect="ethereum_etl_transactions").transfers
    assert t.time == 1438269988


@pytest.mark.parametrize(("effective", "fee"), [("40", 840_000), ("", 1_050_000)])
def test_an_ethereum_fee_is_the_gas_used_at_the_price_paid(table, effective, fee):
    text = TRANSACTIONS + RECEIPTS + "\n" + transaction(receipt=f",21000,,1,{effective}")
    (t,) = table(text, dialect="ethereum_etl_transactions").transfers
    assert t.fee == fee


def test_a_failed_ethereum_transaction_pays_its_fee_and_moves_nothing(table):
    text = TRANSACTIONS + RECEIPTS + "\n" + transaction(receipt=",21000,,0,40")
    (t,) = table(text, dialect="ethereum_etl_transactions").transfers
    assert (t.sender, t.recipient, t.amount, t.fee, t.attributes) == ("0xa", "0xb", 0, 840_000, {"receipt_status": 0})


def test_a_contract_that_is_created_receives_the_value(table):
    text = TRANSACTIONS + RECEIPTS + "\n" + transaction(recipient="", receipt=",21000,0xc,1,40")
    (t,) = table(text, dialect="ethereum_etl_transactions").transfers
    assert (t.recipient, t.amount) == ("0xc", 7)


def test_money_to_a_contract_nobody_names_is_a_rejection_with_its_line(table):
    reading = table(TRANSACTIONS + "\n" + transaction() + transaction(recipient=""), dialect="ethereum_etl_transactions")
    assert len(list(reading.transfers)) == 1
    (rejection,) = reading.rejections
    assert rejection.place == "transfers.csv:3"
    assert "who received is unknown" in rejection.reason
    assert "value=7" in rejection.record


def test_a_creation_that_moves_nothing_is_a_payment_to_oneself(table):
    (t,) = table(TRANSACTIONS + "\n" + transaction(recipient="", value=0), dialect="ethereum_etl_transactions").transfers
    assert (t.sender, t.recipient, t.amount) == ("0xa", "0xa", 0)


def test_a_transaction_without_its_receipt_has_no_known_fee(table):
    text = TRANSACTIONS + RECEIPTS + "\n" + transaction(receipt=",,,1,40")
    with pytest.raises(InputError, match=":2: receipt_gas_used '' is empty, so the fee is unknown"):
        table(text, dialect="ethereum_etl_transactions")


def test_columns_of_the_case_override_those_of_the_dialect(table):
    text = (TRANSACTIONS + "\n" + transaction()).replace("from_address", "sender_address")
    (t,) = table(text, dialect="ethereum_etl_transactions", columns={"sender": "sender_address"}).transfers
    assert t.sender == "0xa"


def test_the_zero_address_mints_and_burns_tokens(table):
    text = TOKENS + f"0xT,{ZERO},0xa,9,0xh,1,5\n0xT,0xa,0xb,4,0xh,2,5\n0xT,0xb,{ZERO},3,0xh,3,5\n0xT,{ZERO},{ZERO},1,0xh,4,5\n"
    reading = table(text, dialect="ethereum_etl_token_transfers")
    assert [(t.kind, t.sender, t.recipient, t.amount, t.position) for t in reading.transfers] == [
        ("mint", None, "0xa", 9, 1),
        ("transfer", "0xa", "0xb", 4, 2),
        ("burn", "0xb", None, 3, 3),
    ]
    assert [r.place for r in reading.rejections] == ["transfers.csv:5"]


def test_what_only_a_later_part_of_a_long_file_has_does_not_change_the_rows_before(table):
    rows = [f"0xT,0xa,0xb,4,0xh,{n},5\n" for n in range(50_000)]
    rows[45_000] = f"0xT,{ZERO},0xa,9,0xh,45000,5\n"
    found = list(table(TOKENS + "".join(rows), dialect="ethereum_etl_token_transfers").transfers)
    assert [t.position for t in found if t.kind == "mint"] == [45_000]
    assert len(found) == 50_000


TWO_TOKENS = TOKENS + "0xT,0xa,0xb,4,0xh,2,5\n0xU,0xa,0xb,no integer,0xh,3,5\n0xt,0xb,0xa,1,0xh,4,6\n"


def test_a_file_of_two_tokens_is_refused_naming_both(table):
    with pytest.raises(InputError, match=r":3: token_address '0xu' is another token than '0xt' before: .* token = "):
        table(TWO_TOKENS, dialect="ethereum_etl_token_transfers")


def test_one_token_of_several_can_be_chosen(table):
    reading = table(TWO_TOKENS, dialect="ethereum_etl_token_transfers", token="0xT")
    assert [t.amount for t in reading.transfers] == [4, 1]


def test_a_token_that_is_not_there_is_refused_naming_some_that_are(table):
    with pytest.raises(InputError, match=r"no row has token_address '0xV': .*; it has '0xt', '0xu'"):
        table(TWO_TOKENS, dialect="ethereum_etl_token_transfers", token="0xV")


def test_parquet_bytes_are_hexadecimal_addresses_and_hashes_and_text_may_be_a_view(parquet):
    pa = pytest.importorskip("pyarrow")
    address, tx_hash = bytes(range(20)), bytes(range(32))
    columns = {"sender": pa.array([address], pa.binary(20)), "recipient": pa.array(["bob"], pa.string_view())}
    (t,) = parquet(**columns, tx_hash=pa.array([tx_hash], pa.binary())).transfers
    assert (t.sender, t.recipient, t.tx_hash) == (f"0x{address.hex()}", "bob", f"0x{tx_hash.hex()}")


def test_parquet_bytes_are_no_amount_since_nothing_says_their_order(parquet):
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match=r"row 1: amount '0x0*5' is no whole number: it is hexadecimal or bytes, and nothing"):
        parquet(amount=pa.array([(5).to_bytes(16, "big")], pa.binary()))


def test_a_parquet_date_is_a_moment_only_where_the_case_says_that_times_are_in_utc(parquet):
    pa = pytest.importorskip("pyarrow")
    day = pa.array([datetime(2021, 1, 1).date()], pa.date32())
    with pytest.raises(InputError, match=r"time '2021-01-01' has no offset from UTC: .* or utc = true"):
        parquet(time=day)
    (t,) = parquet(time=day, options={"utc": True}).transfers
    assert t.time == 1_609_459_200


def test_a_parquet_height_that_is_a_float_is_refused_without_words_about_an_amount(parquet):
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match="column 'height' is double: a float rounds large numbers and fractions; export it"):
        parquet(height=pa.array([1.0]))


CASE = 'name = "x"\nchain = "table"\nasset = "usd"\ndecimals = 2\n[[sources]]\nkind = "table"\npath = "t.csv"\n'


def test_a_dialect_is_named_in_the_case_file_by_its_old_key_too(tmp_path):
    (tmp_path / "t.csv").write_text(
        "tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp\n9,7,8,TRANSFER,938.5,2017-01-01T00:00:00Z\n"
    )
    ledger = read_ledger(CaseFile.parse(CASE + 'preset = "amlsim"\n[[thefts]]\ntransfer = "9"\n', tmp_path / "case.toml"))
    assert [(t.tx_hash, t.sender, t.recipient, t.amount, t.time) for t in ledger] == [("9", "7", "8", 93850, 1483228800)]
    assert ledger.order_basis == "time"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('dialect = "amlsin"', r":8: dialect = 'amlsin' is none that is known: did you mean amlsim"),
        ('dialect = "amlsim"\ntoken = "0xT"', r":9: token = ... chooses one of several: say which column"),
        ('preset = "amlsim"\ndialect = "amlsim"', r":8: preset is the old name of dialect: leave one of the two out"),
    ],
)
def test_a_dialect_that_there_is_not_is_refused(tmp_path, line, said):
    (tmp_path / "t.csv").write_text("tran_id\n")
    with pytest.raises(CaseError, match=said):
        read_ledger(CaseFile.parse(CASE + line + '\n[[thefts]]\ntransfer = "9"\n', tmp_path / "case.toml"))


# Labelled data


@pytest.fixture(scope="module")
def labelled():
    """The folder of the labelled data sets, which are too large to be carried along."""
    folder = os.environ.get("TRACER_LABELLED")
    if not folder:
        missing("labelled", "TRACER_LABELLED=FOLDER names the one with launder_net_evm41 and amlsim")
    return Path(folder)


@pytest.mark.parametrize("cluster", ["cluster_1", "cluster_3", "cluster_4"])
def test_the_flow_records_of_launder_net_are_read_to_the_cent(labelled, cluster):
    path = labelled / "launder_net_evm41" / cluster / "flow_records.csv"
    found = list(read(path, USD, dialect="launder_net", order="oldest_first", doubles="each").transfers)
    with path.open(newline="") as file:
        records = list(csv.DictReader(file))
    assert sum(t.amount for t in found) == sum(int(Decimal(each["Value_in_USD"]) * 100) for each in records)
    assert Counter((t.tx_hash, t.sender, t.recipient) for t in found) == Counter((r["Tx_hash"], r["From"], r["To"]) for r in records)
    assert [datetime.fromtimestamp(t.time, UTC).strftime("%Y-%m-%d %H:%M:%S") for t in found] == [r["Timestamp"] for r in records]
    ledger = assemble(USD, [read(path, USD, dialect="launder_net", order="oldest_first", doubles="each")])
    assert len(ledger) == len(records)
    assert ledger.columns.row_key == sorted(set(ledger.columns.row_key))


def test_the_alert_transactions_of_amlsim_are_read_to_the_cent(labelled):
    path = labelled / "amlsim" / "100K_alert_transactions.csv"
    ledger = assemble(USD, [read(path, USD, dialect="amlsim")])
    with path.open(newline="") as file:
        records = list(csv.DictReader(file))
    assert ledger.columns.tx_hash == [each["tran_id"] for each in records]
    assert ledger.columns.amount == [int(Decimal(each["base_amt"]) * 100) for each in records]
