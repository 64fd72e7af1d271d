"""A plain table read as whole columns is what the readers of tables make of it line by line; what is not plain is left to them."""

from __future__ import annotations

import re
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.casefile import CaseFile
from tracer.dataset import conversion_to_data_set
from tracer.dataset.conversion_to_data_set import convert
from tracer.dataset.duckdb_session import work_database
from tracer.dataset.layout import described
from tracer.dataset.staging_whole_columns import stage_plain
from tracer.errors import TracerError
from tracer.ingest.table.table_format import format_of

pytest.importorskip("duckdb", reason="NOT RUN, no DuckDB: pip install '.[scale]'")
pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

HEAD = 'name = "c"\nchain = "table"\nasset = "coin"\ndecimals = 0\nthefts = []\n[[sources]]\nkind = "table"\npath = "{path}"\n'
COLUMNS = ("height", "position", "time", "sender", "recipient", "amount", "fee", "tx_hash", "kind", "basis", "memo")
PLAIN_ROW = ("1", "0", "1000", "ann", "bob", "100", "1", "0xaaaa", "transfer", "chain", "to bob")
ADDRESS = "0x" + "aB" * 20
CELLS = {
    "height": ["1", "2", "02", "", " 3", "3.0", str(1 << 43), "x"],
    "position": ["0", "1", "", "7", str(1 << 20)],
    "time": ["1000", "1001", "", "99999999999", "253402300800", "1970-01-01T00:16:40Z"],
    "sender": ["ann", "bob", ADDRESS, " ann", "", "Ann"],
    "recipient": ["bob", "cat", ADDRESS.lower(), "bob ", "", "née"],
    "amount": ["0", "5", "007", "", "1e3", "-4", " 6", str(10**38 - 1), str(10**38), str((1 << 127) - 1), str(1 << 127), "5.0", "1,000"],
    "fee": ["0", "", "2", "x"],
    "tx_hash": ["0xaaaa", "bbbb", "", "0xAA", "t 1", "0xaaa"],
    "kind": ["transfer", "", "mint", "burn", "gift"],
    "basis": ["", "chain", "reported", "x"],
    "memo": ["", "to bob", " spaces ", "née", "null", "NULL"],
}


def case_of(folder, path, keys=""):
    return CaseFile.parse(HEAD.format(path=path) + keys, folder / "case.toml")


def result(folder, case, into):
    """All rows that came of a table, with what is said of it; or the refusal."""
    try:
        convert(case, folder / into)
    except TracerError as error:
        return str(error)
    held = described(folder / into).held("coin")
    accounts = pq.read_table(folder / into / "accounts").to_pylist()
    return pq.read_table(folder / into / "rows").to_pylist(), accounts, held


def both(folder, case):
    """What comes of a table read as columns, and what comes of it line by line."""
    as_columns = result(folder, case, "columns")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversion_to_data_set, "stage_plain", lambda *_: None)
        return as_columns, result(folder, case, "lines")


def is_plain(folder, case):
    (source,) = case.sources
    work = folder / "work"
    work.mkdir()
    database = work_database(work)
    try:
        return stage_plain(database, folder / source.path, format_of(case, source)) is not None
    finally:
        database.close()


@st.composite
def tables(draw):
    """A few rows, mostly plain, some of their cells odd; without some of the columns that may be missing."""
    there = [name for name in COLUMNS if name in ("height", "sender", "recipient", "amount") or draw(st.booleans())]
    lines = []
    for number in range(draw(st.integers(1, 4))):
        row = dict(zip(COLUMNS, PLAIN_ROW, strict=True)) | {"height": str(number + 1)}
        for name in draw(st.sets(st.sampled_from(there), max_size=2)):
            row[name] = draw(st.sampled_from(CELLS[name]))
        lines.append([row[name] for name in there])
    return there, lines


@settings(max_examples=40, deadline=None)
@given(tables(), st.sampled_from(["", 'order = "newest_first"\n', 'doubles = "once"\n', 'doubles = "each"\n']))
def test_a_table_read_as_columns_says_what_it_says_line_by_line(table, keys):
    there, lines = table
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rows.csv").write_text("\n".join(",".join(line) for line in [there, *lines]) + "\n")
        as_columns, by_lines = both(folder, case_of(folder, "rows.csv", keys))
        assert as_columns == by_lines


def test_a_table_of_many_blocks_keeps_the_order_of_its_lines(tmp_path):
    """More rows than DuckDB hands over at once, by several threads, newest first and two a block."""
    rows = [f"{height},ann,bob,{number}\n" for number, height in enumerate(height for height in range(300_000, 0, -1) for _ in range(2))]
    (tmp_path / "rows.csv").write_text("height,sender,recipient,amount\n" + "".join(rows))
    convert(case_of(tmp_path, "rows.csv"), tmp_path / "files")
    table = pq.read_table(tmp_path / "files" / "rows", columns=["row", "height", "position", "amount"])
    amounts = [int(amount) for amount in table.column("amount").to_pylist()]
    assert amounts == list(range(len(rows) - 1, -1, -1))
    assert table.column("position").to_pylist() == [0, 1] * 300_000
    assert table.column("row").to_pylist() == list(range(len(rows)))


PLAIN = "height,sender,recipient,amount\n1,ann,bob,5\n"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (PLAIN, True),
        (PLAIN.removesuffix("\n"), True),
        (PLAIN.replace("ann", ADDRESS), True),
        (PLAIN.replace("ann", '"ann"'), False),
        (PLAIN.replace("\n", "\r\n"), False),
        (PLAIN.replace("\n1", "\n\n1"), False),
        (PLAIN.replace(",", ";"), False),
        (PLAIN.replace("5", "5.0"), False),
        ("\ufeff" + PLAIN, False),
        (PLAIN.replace("height", " height"), False),
    ],
)
def test_a_file_is_plain_where_every_cell_can_be_read_in_one_way_only(tmp_path, text, plain):
    (tmp_path / "rows.csv").write_text(text, newline="")
    assert is_plain(tmp_path, case_of(tmp_path, "rows.csv")) is plain


@pytest.mark.parametrize(
    ("amounts", "plain"),
    [
        (pa.array([5, 6], pa.int64()), True),
        (pa.array([5, 1 << 63], pa.uint64()), True),
        (pa.array([Decimal(5), Decimal(10**37)], pa.decimal128(38, 0)), True),
        (pa.array(["5", "6"]), True),
        (pa.array([5.0, 6.0]), False),
        (pa.array([5, -6], pa.int64()), False),
        (pa.array([5, None], pa.int64()), False),
        (pa.array([Decimal("5.0"), Decimal("6.0")], pa.decimal128(10, 1)), False),
    ],
)
def test_parquet_read_as_columns_says_what_it_says_row_by_row(tmp_path, amounts, plain):
    table = {
        "height": [1, 2],
        "sender": ["ann", "bob"],
        "recipient": ["bob", "cat"],
        "tx_hash": [b"\x01\x02", b"\x03\x04"],
        "amount": amounts,
    }
    pq.write_table(pa.table(table), tmp_path / "rows.parquet")
    case = case_of(tmp_path, "rows.parquet")
    as_columns, by_lines = both(tmp_path, case)
    assert as_columns == by_lines
    if not isinstance(by_lines, str) or "float" not in by_lines:
        assert is_plain(tmp_path, case) is plain


def test_a_name_with_marks_of_a_pattern_reads_that_file_alone(tmp_path):
    (tmp_path / "rows[1].csv").write_text(PLAIN)
    (tmp_path / "rows1.csv").write_text(PLAIN.replace("5", "7"))
    convert(case_of(tmp_path, "rows[1].csv"), tmp_path / "files")
    assert [int(row["amount"]) for row in pq.read_table(tmp_path / "files" / "rows").to_pylist()] == [5]


def test_a_folder_whose_name_is_a_pattern_is_refused(tmp_path):
    (tmp_path / "rows.csv").write_text(PLAIN)
    with pytest.raises(TracerError, match=re.escape("is a pattern to DuckDB: name another folder with -o")):
        convert(case_of(tmp_path, "rows.csv"), tmp_path / "files*")
