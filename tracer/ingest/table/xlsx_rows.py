"""The one sheet of a spreadsheet (.xlsx) as columns of text; a number of more digits than a spreadsheet keeps is refused.

A spreadsheet holds every number as a float and shows fifteen digits of it: one of fifteen or more has been rounded, or may have been.
"""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.ingest.table.batches_of_rows import Part, parts_of
from tracer.wording import missing_extra

XLSX_MAGIC = b"PK\x03\x04"
DIGITS = 15  # that a spreadsheet keeps of a number (ECMA-376, 18.3.1.96; Excel specifications and limits)
LARGEST = 1 << 30  # bytes, unpacked: a sheet is read whole
ROUNDED = (
    "a spreadsheet keeps 15 digits of a number and has rounded it: export the file as CSV, or make the column text before it is filled"
)


def xlsx_header(path: Path) -> list[str]:
    """The names of the columns: the first row of the sheet that is not empty."""
    return _names(path, _sheet(path))[1]


def xlsx_parts(path: Path, names: Collection[str]) -> Iterator[Part]:
    """The rows under the header. Raises InputError naming row, column and value of a number that is, or may be, rounded."""
    return parts_of(_rows(path, names), names)


def _rows(path: Path, names: Collection[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    sheet = _sheet(path)
    first, header = _names(path, sheet)
    places = [(name, header.index(name)) for name in names]
    for number, row in enumerate(sheet[first:], first + 1):
        if any(cell not in ("", None) for cell in row):
            yield number, {name: _text(path, number, name, row[place]) for name, place in places}


def _names(path: Path, sheet: list[list[Any]]) -> tuple[int, list[str]]:
    """The header, and how many rows it ends after."""
    for number, row in enumerate(sheet, 1):
        if any(str(cell).strip() for cell in row):
            return number, [str(cell).strip() for cell in row]
    raise InputError(f"{path}:1: the spreadsheet is empty: its first row must name the columns")


def _sheet(path: Path) -> list[list[Any]]:
    try:
        calamine = importlib.import_module("python_calamine")
    except ImportError as error:
        raise InputError(f"{path}: {missing_extra('xlsx', 'a spreadsheet')}") from error
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST:
                raise InputError(f"{path}: unpacks to more than {LARGEST >> 30} GiB: export it as CSV")
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheets: dict[str, list[list[Any]]] = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (calamine.CalamineError, zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{path}: no spreadsheet, or damaged ({' '.join(str(error).split())[:200]}): copy it again") from error
    filled = {name: rows for name, rows in sheets.items() if any(str(cell).strip() for row in rows for cell in row)}
    if len(filled) > 1:
        raise InputError(f"{path}: has rows on {len(filled)} sheets ({', '.join(filled)}): save the one that is meant as a file of its own")
    return next(iter(filled.values()), [])


def _text(path: Path, row: int, name: str, cell: Any) -> str:
    if isinstance(cell, bool) or not isinstance(cell, float | int):
        return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
    number = Decimal(repr(cell))
    if len(number.normalize().as_tuple().digits) >= DIGITS or abs(number) >= 10**DIGITS:
        raise InputError(f"{path}:row {row}: {name} {cell!r}: {ROUNDED}")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
