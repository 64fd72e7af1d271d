"""Plain tables read as whole columns. Plain is a table of which every cell says what it says in one way only: digits are digits.

What the readers of tables make of such a cell stands here a second time, as SQL, and a test holds the two against each other.
Whatever is not plain, down to one cell, is left to those readers, whose word and whose errors count.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracer.dataset.duckdb_session import MAGIC, errors, identifier, quoted
from tracer.dataset.staging_line_by_line import COLUMNS, Staged
from tracer.errors import AddressError
from tracer.ingest.table.cells import HEIGHT_BITS, KINDS
from tracer.ingest.table.column_names import columns_there
from tracer.ingest.table.dialects import OUR_NAMES
from tracer.ingest.table.file_as_text_columns import delimiter_of, header, is_csv
from tracer.ingest.table.notes import Tally
from tracer.ingest.table.order_of_lines import Order
from tracer.ingest.table.parquet_rows import PARQUET_MAGIC
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_rows import MAY_LACK
from tracer.ingest.table.unread_columns import Doubts
from tracer.model import BASES, POSITION_BITS

PIECE = 1 << 24  # bytes of a file looked at together

NOT_PLAIN = (b'"', b"\r", b"\0", b"\n\n")
"""What a plain CSV has nowhere: with no quotes a line is a row, and a comma stands between cells."""

ADDRESSES = 100_000
"""Addresses that are in memory together."""

DIGITS: Mapping[str, int] = {"height": 13, "position": 7, "time": 11, "amount": 38, "fee": 38}
"""The most digits of a plain number: a height below 2^43 and a position below 2^20 are compared after that; a time of 11 digits is
one in seconds, and an amount of 38 is below 2^127."""

BITS: Mapping[str, int] = {"height": HEIGHT_BITS, "position": POSITION_BITS}

PRINTABLE = re.compile("[!-~]+")
"""An address that has neither spaces around it nor letters of which several look alike."""

COUNTED = "n_"
"""What counts the rows of the file."""

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
        and COUNTED not in map(str.lower, there)
        and format.stated_in == "smallest"
        and not format.status
        and not doubts.doubts
        and not set(MAGIC) & set(str(path))
    )


class _Source(NamedTuple):
    """What SQL reads the rows of a plain file from. `line` is where the first stands; of the columns `numbers` cells are whole numbers,
    of all others text."""

    rows: str
    line: int
    numbers: frozenset[str] = frozenset()


def _source(path: Path, there: Sequence[str]) -> _Source | None:
    """The rows of a plain file; None of another."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == PARQUET_MAGIC:
        return _parquet(path)
    if not is_csv(path) or delimiter_of(path) != "," or len(there) < 2 or not _is_plain_text(path, there):
        return None
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in there)
    return _Source(
        f"(SELECT *, row_number() OVER () - 1 AS {COUNTED} FROM read_csv({quoted(path)}, auto_detect = false, header = true, delim = ',', "
        f"quote = '', escape = '', new_line = '\\n', strict_mode = true, null_padding = false, compression = 'none', "
        f"columns = {{{columns}}}))",
        2,
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


def _parquet(path: Path) -> _Source | None:
    """Bytes as hexadecimal text; None where a column is neither whole numbers nor text nor bytes."""
    parquet, types = importlib.import_module("pyarrow.parquet"), importlib.import_module("pyarrow").types
    cells, numbers = [], set()
    for field in parquet.read_schema(path):
        kind, cell = field.type, identifier(field.name)
        if types.is_integer(kind) or _is_whole_decimal(types, kind):
            numbers.add(field.name.strip())
        elif types.is_binary(kind) or types.is_fixed_size_binary(kind):
            cell = f"'0x' || lower(hex({cell}))"
        elif not (types.is_string(kind) or types.is_large_string(kind)):
            return None
        cells.append(f"{cell} AS {identifier(field.name.strip())}")
    rows = f"(SELECT {', '.join(cells)}, file_row_number AS {COUNTED} FROM read_parquet({quoted(path)}, file_row_number = true))"
    return _Source(rows, 1, frozenset(numbers))


def _is_whole_decimal(types: Any, kind: Any) -> bool:
    return bool(types.is_decimal(kind) and kind.scale == 0 and kind.precision <= DIGITS["amount"])


def _staged(database: Any, source: _Source, format: TableFormat, names: Mapping[str, str]) -> Staged | None:
    numbers = {ours: identifier(theirs) for ours, theirs in names.items() if ours in TYPES and theirs in source.numbers}
    texts = {ours: f"coalesce({identifier(theirs)}::VARCHAR, '')" for ours, theirs in names.items() if ours not in numbers}
    columns = {"n": COUNTED, "line": f"{COUNTED} + {source.line}"}
    columns |= {ours: _typed(ours, numbers.get(ours) or texts.get(ours), format) for ours in COLUMNS if ours not in columns}
    columns["memo_kind"] = f"CASE WHEN {texts['memo']} = '' THEN NULL ELSE 'plain' END" if "memo" in texts else "NULL::VARCHAR"
    checks = [*(_check(ours, cell) for ours, cell in texts.items()), *(_check_number(ours, cell) for ours, cell in numbers.items())]
    plain_row = " AND ".join([*checks, *_sides(texts)])
    chosen = ", ".join(f"{made} AS {ours}" for ours, made in columns.items())
    database.execute(f"CREATE TABLE cells AS SELECT {chosen}, {plain_row} AS plain FROM {source.rows}")
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


def _typed(ours: str, cell: str | None, format: TableFormat) -> str:
    """The value of a cell that is plain; of a column that is not there, what stands for it."""
    kind = TYPES.get(ours) or {"memo": "BLOB", "verified": "BOOLEAN"}.get(ours, "VARCHAR")
    stands = {"amount": "0", "fee": "0", "verified": "false", "kind": "'transfer'", "basis": quoted(format.basis)}
    otherwise = f"{stands.get(ours, 'NULL')}::{kind}"
    if cell is None:
        return otherwise
    if ours in TYPES:
        return f"coalesce(TRY_CAST({cell} AS {kind}), {otherwise})"
    return f"encode(nullif({cell}, ''))" if ours == "memo" else f"coalesce(nullif({cell}, ''), {otherwise})"


def _check(ours: str, cell: str) -> str:
    """Whether a cell of text is plain."""
    if ours in DIGITS:
        digits = f"regexp_full_match({cell}, '[0-9]{{1,{DIGITS[ours]}}}')"
        if ours in BITS:
            digits += f" AND TRY_CAST({cell} AS BIGINT) < {1 << BITS[ours]}"
        return f"({digits})" if ours == "amount" else f"({cell} = '' OR ({digits}))"
    if ours in ("kind", "basis"):
        known = KINDS if ours == "kind" else BASES
        return f"{cell} IN ({', '.join(map(quoted, ('', *known)))})"
    if ours != "tx_hash":
        return "true"  # a memo is what it is; addresses are looked at once each
    return f"(length({cell}) = strlen({cell}) AND (left({cell}, 1) > ' ' AND right({cell}, 1) > ' ' OR {cell} = ''))"


def _check_number(ours: str, cell: str) -> str:
    """Whether a cell that is a whole number is one that a cell of digits would be."""
    least = f"{cell} IS NOT NULL AND {cell} >= 0" if ours == "amount" else f"{cell} IS NULL OR {cell} >= 0"
    most = 1 << BITS[ours] if ours in BITS else 10 ** DIGITS[ours]
    return f"(({least}) AND coalesce({cell} < {most}, true))" if ours not in ("amount", "fee") else f"({least})"


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
        if not all(map(PRINTABLE.fullmatch, batch)):
            return False
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
