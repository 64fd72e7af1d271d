"""Plain tables read as whole columns. Plain is a table of which every cell says what it says in one way only: digits are digits.

What the readers of tables make of such a cell stands here a second time, as SQL, and a test holds the two against each other.
Whatever is not plain, down to one cell, is left to those readers, whose word and whose errors count.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tracer.dataset.sql import MAGIC, errors, identifier, quoted
from tracer.dataset.staging import COLUMNS, Staged
from tracer.errors import AddressError
from tracer.ingest.table.dialects import OUR_NAMES
from tracer.ingest.table.doubts import Doubts
from tracer.ingest.table.files import delimiter_of, header, is_csv
from tracer.ingest.table.format import TableFormat
from tracer.ingest.table.names import columns_there
from tracer.ingest.table.notes import Tally
from tracer.ingest.table.parquet_rows import PARQUET_MAGIC
from tracer.ingest.table.parse import HEIGHT_BITS, KINDS
from tracer.ingest.table.rows import MAY_LACK, Order
from tracer.model import BASES, POSITION_BITS

PIECE = 1 << 24  # bytes of a file looked at together

NOT_PLAIN = (b'"', b"\r", b"\0", b"\n\n")
"""What a plain CSV has nowhere: with no quotes a line is a row, and a comma stands between cells."""

ADDRESSES = 100_000
"""Addresses that are in memory together."""

DIGITS: Mapping[str, int] = {"height": 13, "position": 7, "time": 11, "amount": 38, "fee": 38}
"""The most digits of a plain number: a height below 2^43 and a position below 2^20 are compared after that; a time of 11 digits is
one in seconds, and an amount of 38 is below 2^127."""

TYPES: Mapping[str, str] = {"height": "BIGINT", "position": "INTEGER", "time": "BIGINT", "amount": "HUGEINT", "fee": "HUGEINT"}


def stage_plain(database: Any, path: Path, format: TableFormat) -> Staged | None:
    """Stages a plain table as the view `staged`; None where it is not plain. Raises InputError where columns are missing."""
    there = header(path, format.delimiter)
    names = columns_there(path, format, there)
    if not _is_plain(path, format, there, names):
        return None
    source = _source(path, there)
    if source is None:
        return None
    try:
        return _staged(database, source, format, names)
    except errors():
        database.rollback()
        database.begin()
        return None  # a line with too few cells, text that is no UTF-8: the readers name it


def _is_plain(path: Path, format: TableFormat, there: Sequence[str], names: Mapping[str, str]) -> bool:
    unread = [column for column in there if column not in {*names.values(), *format.ignore}]
    doubts = Doubts(
        path, unread, amount=names.get("amount"), asset=format.asset, unit=format.stated_in, token_chosen=False, status_named=False
    )
    return (
        format.dialect is OUR_NAMES
        and names.keys() <= OUR_NAMES.columns.keys()
        and "amount" in names
        and format.stated_in == "smallest"
        and not format.status
        and not doubts.doubts
        and not set(MAGIC) & set(str(path))
    )


def _source(path: Path, there: Sequence[str]) -> str | None:
    """What SQL reads the rows of a plain file from, all cells text; None of another file."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == PARQUET_MAGIC:
        return _parquet(path)
    if not is_csv(path) or delimiter_of(path) != "," or len(there) < 2 or not _is_plain_text(path, there):
        return None
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in there)
    return (
        f"(SELECT * , row_number() OVER () - 1 AS n_ FROM read_csv({quoted(path)}, auto_detect = false, header = true, delim = ',', "
        f"quote = '', escape = '', new_line = '\\n', strict_mode = true, null_padding = false, compression = 'none', "
        f"columns = {{{columns}}}))"
    )


def _is_plain_text(path: Path, there: Sequence[str]) -> bool:
    with path.open("rb") as file:
        if file.readline().rstrip(b"\n") != ",".join(there).encode() or "" in there:
            return False
        before = b"\n"  # of the header
        while piece := file.read(PIECE):
            if any(mark in piece for mark in NOT_PLAIN) or (before == b"\n" and piece[:1] == b"\n"):
                return False
            before = piece[-1:]
    return True


def _parquet(path: Path) -> str | None:
    """As text: whole numbers, texts, and bytes as hexadecimal; None where a column is something else."""
    parquet, types = importlib.import_module("pyarrow.parquet"), importlib.import_module("pyarrow").types
    cells = []
    for field in parquet.read_schema(path):
        kind, name = field.type, identifier(field.name)
        if types.is_binary(kind) or types.is_fixed_size_binary(kind):
            text = f"'0x' || lower(hex({name}))"
        elif types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind) or _is_whole_decimal(types, kind):
            text = f"{name}::VARCHAR"
        else:
            return None
        cells.append(f"{text} AS {identifier(field.name.strip())}")
    return f"(SELECT {', '.join(cells)}, file_row_number AS n_ FROM read_parquet({quoted(path)}, file_row_number = true))"


def _is_whole_decimal(types: Any, kind: Any) -> bool:
    return bool(types.is_decimal(kind) and kind.scale == 0 and kind.precision <= DIGITS["amount"])


def _staged(database: Any, source: str, format: TableFormat, names: Mapping[str, str]) -> Staged | None:
    cells = {ours: f"coalesce({identifier(theirs)}, '')" for ours, theirs in names.items()}
    columns = {
        "n": "n_",
        "line": "n_ + 2" if "read_csv" in source else "n_ + 1",
        **{ours: _typed(ours, cells, format) for ours in COLUMNS[2:]},
    }
    checks = " AND ".join([*(_check(ours, cell) for ours, cell in cells.items()), *_sides(cells)])
    chosen = ", ".join(f"{made} AS {ours}" for ours, made in columns.items())
    database.execute(f"CREATE TABLE cells AS SELECT {chosen}, {checks} AS plain FROM {source}")
    rows, plain = database.execute("SELECT count(*), bool_and(plain) FROM cells").fetchone()
    order = Order(format.order)
    tally = Tally(rows=rows)
    if not rows or not plain or not _settle_order(database, order, names) or not _forms(database, format):
        database.execute("DROP TABLE cells")
        return None
    position = "position"
    if order.by_height and not order.placed:
        position = "row_number() OVER (PARTITION BY height ORDER BY n) - 1"
    sides = ", ".join(f"coalesce({side}_form.form, {side}) AS {side}" for side in MAY_LACK)
    joins = " ".join(f"LEFT JOIN form {side}_form ON {side}_form.text = {side}" for side in MAY_LACK)
    rest = "cells.* EXCLUDE (plain, position, sender, recipient)"
    database.execute(f"CREATE VIEW staged AS SELECT {rest}, {sides}, {position} AS position FROM cells {joins}")
    return Staged(rows, order, tally, ())


def _typed(ours: str, cells: Mapping[str, str], format: TableFormat) -> str:
    """The value of a cell that is plain."""
    otherwise = {"amount": "0::HUGEINT", "fee": "0::HUGEINT", "kind": "'transfer'", "basis": quoted(format.basis)}.get(ours, "NULL")
    if ours == "memo_kind":
        return f"CASE WHEN {cells['memo']} = '' THEN NULL ELSE 'plain' END" if "memo" in cells else "NULL::VARCHAR"
    if ours in TYPES:
        return f"coalesce(TRY_CAST({cells[ours]} AS {TYPES[ours]}), {otherwise})" if ours in cells else f"{otherwise}::{TYPES[ours]}"
    if ours not in cells:
        return f"{otherwise}::{'BLOB' if ours == 'memo' else 'VARCHAR'}"
    text = f"nullif({cells[ours]}, '')"
    return f"encode({text})" if ours == "memo" else f"coalesce({text}, {otherwise})"


def _check(ours: str, cell: str) -> str:
    """Whether a cell is plain."""
    if ours in DIGITS:
        digits = f"regexp_full_match({cell}, '[0-9]{{1,{DIGITS[ours]}}}')"
        limits = {"height": HEIGHT_BITS, "position": POSITION_BITS}
        if ours in limits:
            digits += f" AND TRY_CAST({cell} AS BIGINT) < {1 << limits[ours]}"
        return f"({digits})" if ours == "amount" else f"({cell} = '' OR ({digits}))"
    if ours in ("kind", "basis"):
        known = KINDS if ours == "kind" else BASES
        return f"{cell} IN ({', '.join(map(quoted, ('', *known)))})"
    if ours == "memo":
        return "true"
    return f"regexp_full_match({cell}, '[!-~]*')"


def _sides(cells: Mapping[str, str]) -> Iterator[str]:
    """Whether a row that lacks an address is of a kind that may."""
    kind = cells.get("kind", "'transfer'")
    for side, lacking in MAY_LACK.items():
        yield f"({cells[side]} <> '' OR {kind} IN ({', '.join(map(quoted, lacking))}))"


def _settle_order(database: Any, order: Order, names: Mapping[str, str]) -> bool:
    """Sets what `Order.settle` sets; whether all rows have what it needs."""
    heights, times, positions, rows = database.execute("SELECT count(height), count(time), count(position), count(*) FROM cells").fetchone()
    order.by_height = heights > 0
    if heights not in (0, rows) or (not heights and times < rows) or (heights and positions < rows and "position" in names):
        return False
    order.placed = bool(heights) and "position" in names
    if order.placed:
        return True
    place = "height" if heights else "time"
    found = database.execute(
        f"SELECT coalesce(bool_or(place > before), false), coalesce(bool_or(place < before), false) FROM "
        f"(SELECT {place} AS place, lag({place}) OVER (ORDER BY n) AS before FROM cells)"
    ).fetchone()
    order.rises, order.falls = found
    most = 0
    if heights:
        (most,) = database.execute("SELECT max(rows_in) FROM (SELECT count(*) AS rows_in FROM cells GROUP BY height)").fetchone()
    return most <= 1 << POSITION_BITS


def _forms(database: Any, format: TableFormat) -> bool:
    """Makes the table `form` of addresses that have another form than their text; False where one is none."""
    database.execute("CREATE OR REPLACE TABLE form (text VARCHAR, form VARCHAR)")
    sides = "SELECT sender AS text FROM cells UNION SELECT recipient FROM cells"
    database.execute(
        f"CREATE OR REPLACE TABLE texts AS SELECT text, row_number() OVER () - 1 AS number FROM ({sides}) WHERE text IS NOT NULL"
    )
    (count,) = database.execute("SELECT count(*) FROM texts").fetchone()
    pa = importlib.import_module("pyarrow")
    for start in range(0, count, ADDRESSES):
        here = f"number >= {start} AND number < {start + ADDRESSES}"
        batch = [text for (text,) in database.execute(f"SELECT text FROM texts WHERE {here}").fetchall()]
        try:
            forms = list(map(format.address, batch))
        except (ValueError, AddressError):
            return False
        changed = [(text, form) for text, form in zip(batch, forms, strict=True) if text != form]
        if changed:
            database.register("changed", pa.table(dict(zip(("text", "form"), map(list, zip(*changed, strict=True)), strict=True))))
            database.execute("INSERT INTO form SELECT text, form FROM changed")
            database.unregister("changed")
    return True
