"""The rows of a table on their way into a data set: read by the readers of tables, and put on disk as they come."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from tracer.dataset.duckdb_session import quoted
from tracer.dataset.layout import LIMB, LOWER
from tracer.errors import InputError
from tracer.ingest.table.file_as_text_columns import place
from tracer.ingest.table.notes import Tally
from tracer.ingest.table.order_of_lines import Order
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_reader import Portion, portions
from tracer.ledger.overflow import BITS, TOO_WIDE
from tracer.model import Rejection

AMOUNT_OF = "({name}_high::HUGEINT * 18446744073709551616::HUGEINT + {name}_low::HUGEINT)"
"""How SQL puts the two numbers together that an amount is staged as."""

COLUMNS = (
    "n", "line", "height", "position", "time", "tx_hash", "sender", "recipient", "amount", "fee", "kind", "basis", "memo", "memo_kind",
    "attributes", "verified",
)  # fmt: skip
"""Of the view `staged`: `n` counts the rows of the table from 0, `line` is where each stands in it."""


class Staged(NamedTuple):
    """A table staged: the view `staged` has its rows. `order` knows how their places were told, `tally` what was counted."""

    rows: int
    order: Order
    tally: Tally
    rejections: tuple[Rejection, ...]


def stage(database: Any, path: Path, format: TableFormat, work: Path, advance: Callable[[int], None]) -> Staged:
    """Stages a table line by line. Raises InputError naming file, line and value as `read_table` does, and where an amount is too wide."""
    order, tally, rows = Order(format.order), Tally(), 0
    rejections: list[Rejection] = []
    written = work / "staged.parquet"
    with staged_writer(written) as writer:
        for portion in portions(path, format, order, tally):
            rejections += portion.rejections
            if portion.lines:
                writer.write_table(_table(path, format, portion, rows))
            rows += len(portion.lines)
            advance(rows)
    if rows:
        view_staged(database, "staged", written)
    return Staged(rows, order, tally, tuple(rejections))


def _require_exact(path: Path, name: str, amounts: Iterable[int], lines: Sequence[int], bound: int, why: str) -> None:
    """Raises InputError naming the line of the first amount that is not below `bound`."""
    for amount, line in zip(amounts, lines, strict=True):
        if amount >= bound:
            raise InputError(f"{place(path, line)}: {name} {amount}, and {why}")


def view_staged(database: Any, view: str, written: Path) -> None:
    """Makes a view of the staged rows in a file."""
    chosen = (f"{AMOUNT_OF.format(name=each)} AS {each}" if each in ("amount", "fee") else each for each in COLUMNS)
    database.execute(f"CREATE VIEW {view} AS SELECT {', '.join(chosen)} FROM read_parquet({quoted(written)})")


def _schema() -> Any:
    pa = importlib.import_module("pyarrow")
    types = {
        "n": pa.int64(), "line": pa.int64(), "height": pa.int64(), "position": pa.int32(), "time": pa.int64(), "tx_hash": pa.string(),
        "sender": pa.string(), "recipient": pa.string(), "amount_high": pa.int64(), "amount_low": pa.uint64(), "fee_high": pa.int64(),
        "fee_low": pa.uint64(), "kind": pa.string(), "basis": pa.string(), "memo": pa.binary(), "memo_kind": pa.string(),
        "attributes": pa.string(), "verified": pa.bool_(),
    }  # fmt: skip
    return pa.schema(list(types.items()))


def staged_writer(path: Path) -> Any:
    """What writes staged rows to a file."""
    schema = _schema()
    return importlib.import_module("pyarrow.parquet").ParquetWriter(path, schema, compression="zstd", compression_level=1)


def _table(path: Path, format: TableFormat, portion: Portion, before: int) -> Any:
    """A portion of a table as an Arrow table."""
    columns = staged_columns(path, format, portion)
    columns |= {"n": range(before, before + len(portion.lines)), "verified": [False] * len(portion.lines)}
    return staged_table(columns)


def staged_table(columns: dict[str, Any]) -> Any:
    """Columns as an Arrow table, amounts as two numbers of 64 bits."""
    pa = importlib.import_module("pyarrow")
    for name in ("amount", "fee"):
        amounts = columns.pop(name)
        columns[f"{name}_high"], columns[f"{name}_low"] = [a >> LIMB for a in amounts], [a & LOWER for a in amounts]
    schema = _schema()
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema)


def staged_columns(path: Path, format: TableFormat, portion: Portion, bound: int = 1 << BITS, why: str = TOO_WIDE) -> dict[str, Any]:
    """A portion of a table as columns, with what it does not state as a table's rows have it. Raises InputError naming the line of an
    amount that is not below `bound`, and why that is wrong."""
    values, lines, count = portion.values, portion.lines, len(portion.lines)
    columns: dict[str, Any] = {"line": lines}
    for name in ("height", "position", "time", "tx_hash", "sender", "recipient"):
        columns[name] = values.get(name) or [None] * count
    for name in ("amount", "fee"):
        columns[name] = amounts = values.get(name) or [0] * count
        if max(amounts) >= bound:
            _require_exact(path, name, amounts, lines, bound, why)
    columns["kind"] = values.get("kind") or ["transfer"] * count
    columns["basis"] = values.get("basis") or [format.basis] * count
    memos = values.get("memo") or [None] * count
    columns["memo"] = [None if memo is None else memo.content for memo in memos]
    columns["memo_kind"] = [None if memo is None else memo.kind for memo in memos]
    stated: Iterable[Mapping[str, Any]] = values.get("attributes") or repeat({}, count)
    columns["attributes"] = [json.dumps(each, sort_keys=True) if each else None for each in stated]
    return columns
