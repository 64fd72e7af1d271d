"""A file of rows as columns of text, a part at a time: CSV (UTF-8, may be gzipped) or Parquet. No number passes through a float."""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from tracer.errors import InputError
from tracer.ingest.node.recording import GZIP_MAGIC
from tracer.wording import missing_extra

PARQUET_MAGIC = b"PAR1"
PART = 20_000  # rows: measured, larger parts are no faster
BITE = 500  # rows in lists of their own at a time: of 700, the garbage collector looks through all that is there (measured: 2 s of 8)
LONGEST_CELL = 1 << 24  # characters: a cell that does not end before is a quote that was never closed


class Part(NamedTuple):
    """Some rows of a file: its columns by their names in the header, and the line each row stands on.

    Parquet has no lines: then its rows are counted, from 1.
    """

    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]


def is_parquet(path: Path) -> bool:
    """Whether the file says so itself; its name does not count."""
    with path.open("rb") as file:
        return file.read(4) == PARQUET_MAGIC


def place(path: Path, line: int) -> str:
    """How messages name a line of the file, or a row where it has no lines."""
    return f"{path}:{'row ' if is_parquet(path) else ''}{line}"


def header(path: Path) -> list[str]:
    """The names of the columns, without spaces around them. Raises InputError if the file is empty or has two of one name."""
    if is_parquet(path):
        with _parquet(path) as file:
            names = [name.strip() for name in file.schema_arrow.names]
    else:
        with _csv(path) as reader:
            names = _header(path, reader)
    for name in filter(None, names):
        if names.count(name) > 1:
            raise InputError(f"{path}:1: {names.count(name)} columns are called {name!r}: rename all but one")
    return names


def parts(path: Path, names: Collection[str]) -> Iterator[Part]:
    """The rows of the file, in its order; of its columns only `names`. Empty lines of a CSV hold no row and are skipped.

    Raises InputError naming file and line where a line has more or fewer cells than the header, or the file is damaged.
    """
    return _parquet_parts(path, names) if is_parquet(path) else _csv_parts(path, names)


def _csv_parts(path: Path, names: Collection[str]) -> Iterator[Part]:
    with _csv(path) as reader:
        width = len(found := _header(path, reader))
        pick = [(name, itemgetter(found.index(name))) for name in names]
        columns, lines = _empty(names)
        line = reader.line_num + 1
        while rows := list(islice(reader, BITE)):
            at: Sequence[int] = range(line, reader.line_num + 1)
            if len(at) != len(rows):
                at = _first_lines(rows, line)
            line = reader.line_num + 1
            if set(map(len, rows)) != {width}:
                rows, at = _filled(path, rows, at, width)
            for name, of in pick:
                columns[name].extend(map(of, rows))
            lines.extend(at)
            if len(lines) >= PART:
                yield Part(columns, lines)
                columns, lines = _empty(names)
        if lines:
            yield Part(columns, lines)


def _empty(names: Collection[str]) -> tuple[dict[str, list[str]], list[int]]:
    return {name: [] for name in names}, []


def _header(path: Path, reader: Any) -> list[str]:
    for row in reader:
        if any(cell.strip() for cell in row):
            return [cell.strip() for cell in row]
    raise InputError(f"{path}:1: the file is empty: its first line must name the columns")


def _first_lines(rows: Sequence[Sequence[str]], line: int) -> list[int]:
    """The line each row begins on, where quoted cells have line breaks in them."""
    lines = []
    for row in rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in row)
    return lines


def _filled(path: Path, rows: list[list[str]], lines: Sequence[int], width: int) -> tuple[list[list[str]], list[int]]:
    kept = [(row, line) for row, line in zip(rows, lines, strict=True) if row and not (len(row) == 1 < width and not row[0].strip())]
    for row, line in kept:
        if len(row) != width:
            raise InputError(f"{path}:{line}: {len(row)} cells, and the header has {width}: {_mend_of_cells(row, width)}")
    return [row for row, _ in kept], [line for _, line in kept]


def _mend_of_cells(row: Sequence[str], width: int) -> str:
    if len(row) < width:
        return "the line ends before its last cell, or the file is cut off here"
    if not any(cell.strip() for cell in row[width:]):
        return "the line ends in more commas than the header: take them away, or name these columns"
    return "put cells with commas in them in quotes, or name the columns that the header lacks"


@contextmanager
def _csv(path: Path) -> Iterator[Any]:
    """A csv.reader of the file; its damages are InputErrors. The limit of csv on the length of a cell is raised meanwhile."""
    with path.open("rb") as file:
        compressed = file.peek(2)[:2] == GZIP_MAGIC
    limit = csv.field_size_limit(LONGEST_CELL)
    with _opened(path, compressed) as content:
        reader = csv.reader(io.TextIOWrapper(content, encoding="utf-8-sig", newline=""), strict=True)
        try:
            yield reader
        except csv.Error as error:
            raise InputError(f"{path}:{_unreadable(path, compressed)}: no CSV ({error}): close the quote that is open here") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path}:{_undecodable(path, compressed)}: no UTF-8 text: save the table as CSV in UTF-8") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{path}: cut off or damaged after line {reader.line_num} ({error}): copy it again") from error
        finally:
            csv.field_size_limit(limit)


def _opened(path: Path, compressed: bool) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path) if compressed else path.open("rb"))


def _unreadable(path: Path, compressed: bool) -> int:
    """The line on which the first row begins that is no CSV."""
    with _opened(path, compressed) as content:
        reader = csv.reader(io.TextIOWrapper(content, encoding="utf-8-sig", newline=""), strict=True)
        line = 1
        try:
            for _ in reader:
                line = reader.line_num + 1
        except csv.Error:
            return line
    return line


def _undecodable(path: Path, compressed: bool) -> int:
    """The first line that is no UTF-8."""
    with _opened(path, compressed) as content:
        for line, text in enumerate(content, 1):
            try:
                text.decode()
            except UnicodeDecodeError:
                return line
    return 1


def _parquet_parts(path: Path, names: Collection[str]) -> Iterator[Part]:
    with _parquet(path) as file:
        theirs = {each.strip(): each for each in file.schema_arrow.names}
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
    if types.is_integer(kind) or types.is_null(kind) or texts:
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
