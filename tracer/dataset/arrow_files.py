"""The files of a data set, written by Arrow from rows as they come: how each column lies in them."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tracer.dataset.parquet_row_groups import ROW_GROUP

REQUIRED = ("row", "asset", "kind", "basis", "verified", "number", "address", "account")
"""Columns without nulls, besides amounts."""

PLAIN = ("tx_hash",)
"""What looks random, and is neither compressed nor looked through for what repeats: a hash is then read as it lies."""

FAST = ("sender", "recipient", "amount", "amount_high", "amount_low")
"""What every case reads of every row: by LZ4 twice as fast as by zstd, for a twelfth of the file more."""

SORTED = ("row", "number", "account")
"""Whole numbers that ascend, of which the differences are kept."""

REPEATED = ("asset", "height", "position", "time", "fee", "fee_high", "fee_low", "kind", "basis", "memo_kind", "attributes")
"""What comes again and again, of which each value is kept once a row group."""


def write_file(path: Path, schema: Any, batches: Iterable[Any], length: int | None = None) -> int:
    """Writes batches of that schema, ROW_GROUP rows together, so that the same rows make the same file; gives how many rows there are.

    Hashes that all have one `length` lie side by side.
    """
    pa, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    fixed = {"tx_hash": pa.binary(length)} if length else {}
    kept = pa.schema([_field(pa, field.name, fixed.get(field.name, field.type)) for field in schema])
    compression = {name: "none" if name in PLAIN else "lz4" if name in FAST else "zstd" for name in kept.names}
    encoded = {name: "DELTA_BINARY_PACKED" for name in SORTED if name in kept.names}
    repeated = [name for name in REPEATED if name in kept.names]
    rows = 0
    how = {"compression": compression, "use_dictionary": repeated, "column_encoding": encoded, "store_decimal_as_integer": True}
    with parquet.ParquetWriter(path, kept, **how) as writer:
        for table in _row_groups(pa, schema, batches):
            writer.write_table(table.cast(kept), row_group_size=ROW_GROUP)
            rows += table.num_rows
    return rows


def vouched(path: Path) -> tuple[int, str]:
    """The size and the SHA-256 of a file."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _field(pa: Any, name: str, kind: Any) -> Any:
    return pa.field(name, kind, nullable=not (name in REQUIRED or name.startswith(("amount", "fee", "opening"))))


def _row_groups(pa: Any, schema: Any, batches: Iterable[Any]) -> Iterator[Any]:
    """The rows of batches, ROW_GROUP together."""
    held = schema.empty_table()
    for batch in batches:
        held = pa.concat_tables([held, pa.Table.from_batches([batch])])
        while held.num_rows >= ROW_GROUP:
            yield held.slice(0, ROW_GROUP)
            held = held.slice(ROW_GROUP)
    if held.num_rows:
        yield held
