"""A file of rows as columns of text, a part at a time: CSV, Parquet, JSON or a spreadsheet. The file says itself which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tracer.errors import InputError
from tracer.ingest.table.batches_of_rows import Part
from tracer.ingest.table.csv_rows import csv_delimiter, csv_header, csv_parts
from tracer.ingest.table.json_rows import is_json, json_header, json_parts
from tracer.ingest.table.parquet_rows import PARQUET_MAGIC, parquet_header, parquet_parts
from tracer.ingest.table.xlsx_rows import XLSX_MAGIC, xlsx_header, xlsx_parts


class _Form(NamedTuple):
    """What reads one form of a file: its header, and of some columns its rows."""

    header: Callable[[Path], list[str]]
    parts: Callable[[Path, Collection[str]], Iterator[Part]]


def place(path: Path, line: int) -> str:
    """How messages name a line of the file, or a row where it has no lines."""
    return f"{path}:{'' if is_csv(path) else 'row '}{line}"


def is_csv(path: Path) -> bool:
    """Whether it is of no other form. What a file is, it says itself; its name does not count."""
    with path.open("rb") as file:
        start = file.read(4)
    return start not in (PARQUET_MAGIC, XLSX_MAGIC) and not is_json(path)


def delimiter_of(path: Path, delimiter: str = "") -> str | None:
    """What separates the cells: what is stated, else what the first lines of a CSV say; None of a file of another form."""
    return csv_delimiter(path, delimiter) if is_csv(path) else None


def header(path: Path, delimiter: str = "") -> list[str]:
    """The names of the columns, without spaces around them. Raises InputError if the file is empty or has two of one name."""
    names = _form(path, delimiter).header(path)
    for name in filter(None, names):
        if names.count(name) > 1:
            raise InputError(f"{path}:1: {names.count(name)} columns are called {name!r}: rename all but one")
    return names


def parts(path: Path, names: Collection[str], delimiter: str = "") -> Iterator[Part]:
    """The rows of the file, in its order; of its columns only `names`. Empty lines hold no row and are skipped.

    Raises InputError naming file and line where a row cannot be read, or the file is damaged.
    """
    return _form(path, delimiter).parts(path, names)


def _form(path: Path, delimiter: str) -> _Form:
    with path.open("rb") as file:
        start = file.read(4)
    if start == PARQUET_MAGIC:
        return _Form(parquet_header, parquet_parts)
    if start == XLSX_MAGIC:
        return _Form(xlsx_header, xlsx_parts)
    if is_json(path):
        return _Form(json_header, json_parts)
    return _Form(partial(csv_header, delimiter=delimiter), partial(csv_parts, delimiter=delimiter))
