"""The frames of a case as Parquet files (extra `parquet`)."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.casefolder.frames import accounts_frame, endpoints_frame, thefts_frame, transfers_frame
from tracer.errors import StoreError
from tracer.wording import missing_extra

if TYPE_CHECKING:
    import pandas

    from tracer.casefolder.case import Case

NARROW, WIDE = 38, 39
"""Decimal digits: what most readers of Parquet hold, and what 2^127 has."""


def write_parquet(case: Case, folder: Path) -> list[Path]:
    """Writes transfers, accounts, endpoints and thefts; amounts as int64, or as decimals without a point where they pass 64 bits.

    Raises StoreError if the extra is not installed, or a file cannot be written.
    """
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise StoreError(missing_extra("parquet", "writing Parquet")) from error
    frames = {
        "transfers": transfers_frame(case).reset_index(),
        "accounts": accounts_frame(case),
        "endpoints": endpoints_frame(case),
        "thefts": thefts_frame(case),
    }
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in frames.items():
            paths.append(folder / f"{name}.parquet")
            parquet.write_table(_table(frame).replace_schema_metadata({"made of": str(case.stamp)}), paths[-1])
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error}): name another folder with -o") from error
    return paths


def _table(frame: pandas.DataFrame) -> Any:
    pyarrow = import_module("pyarrow")

    return pyarrow.table({name: _column(frame[name]) for name in frame.columns})


def _column(column: pandas.Series[Any]) -> Any:
    """A column of integers that 64 bits do not hold becomes one of decimals."""
    pyarrow = import_module("pyarrow")

    values = [value for value in column if value is not None] if column.dtype == object else []
    if not values or not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return pyarrow.Array.from_pandas(column)
    if max(map(abs, values)) < 1 << 63:
        return pyarrow.array(list(column), pyarrow.int64())
    digits = NARROW if max(map(abs, values)) < 10**NARROW else WIDE
    kind = pyarrow.decimal128(NARROW, 0) if digits == NARROW else pyarrow.decimal256(WIDE, 0)
    return pyarrow.array([None if value is None else Decimal(value) for value in column], kind)
