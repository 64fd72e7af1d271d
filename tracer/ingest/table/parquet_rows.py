"""Parquet as columns of exact text. No number passes through a float."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.ingest.table.batches_of_rows import PART, Part
from tracer.wording import missing_extra

PARQUET_MAGIC = b"PAR1"


def parquet_header(path: Path) -> list[str]:
    """The names of the columns, without spaces around them."""
    with _parquet(path) as file:
        return [name.strip() for name in file.schema_arrow.names]


def parquet_parts(path: Path, names: Collection[str]) -> Iterator[Part]:
    """The rows, in the order of the file, as exact text. Raises InputError where a column is of a type that cannot be."""
    with _parquet(path) as file:
        theirs = {name.strip(): name for name in file.schema_arrow.names}
        text_of = {name: _text_of(path, name, file.schema_arrow.field(theirs[name]).type) for name in names}
        row = 1
        for batch in file.iter_batches(PART, columns=[theirs[name] for name in names]):
            columns = {name: list(map(text_of[name], batch.column(theirs[name]).to_pylist())) for name in names}
            yield Part(columns, range(row, row + batch.num_rows))
            row += batch.num_rows


@contextmanager
def _parquet(path: Path) -> Iterator[Any]:
    try:
        pyarrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise InputError(f"{path}: {missing_extra('parquet', 'Parquet')}") from error
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"{path}: no Parquet, or damaged ({' '.join(str(error).split())[:200]}): copy it again") from error


def _text_of(path: Path, name: str, kind: Any) -> Callable[[Any], str]:
    """How cells of a column become exact text. Raises InputError if the column is of a type that cannot."""
    types = importlib.import_module("pyarrow").types
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_floating(kind):
        raise InputError(f"{path}: column {name!r} is {kind}: a float rounds large numbers and fractions; export it as text or integer")
    if types.is_decimal(kind):
        return _decimal_text
    if types.is_timestamp(kind) or types.is_date(kind):
        return _iso_text
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind) or types.is_binary_view(kind):
        return _hex_text
    texts = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    if types.is_integer(kind) or types.is_boolean(kind) or types.is_null(kind) or texts:
        return _plain_text
    raise InputError(f"{path}: column {name!r} is {kind}: export it as text or integer")


def _plain_text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _decimal_text(cell: Decimal | None) -> str:
    """All digits, and no more zeros after the point than it needs."""
    if cell is None:
        return ""
    text = format(cell, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _hex_text(cell: bytes | None) -> str:
    """Addresses and hashes are often bytes. So are large amounts, in either order of bytes: as hexadecimal text they are refused."""
    return "" if cell is None else f"0x{cell.hex()}"


def _iso_text(cell: date | None) -> str:
    return "" if cell is None else cell.isoformat()
