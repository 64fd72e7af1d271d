"""CSV as columns of text: UTF-8, or UTF-16 that says so, gzipped or not, whatever separates its cells."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, cast

from tracer.errors import InputError
from tracer.ingest.node.recording import GZIP_MAGIC
from tracer.ingest.table.batches_of_rows import PART, Part

BITE = 500  # rows in lists of their own at a time: of 700, the garbage collector looks through all that is there (measured: 2 s of 8)
LONGEST_CELL = 1 << 24  # characters: a cell that does not end before is a quote that was never closed
SNIFFED = 1000  # bytes looked at for their encoding
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
SEPARATES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def csv_header(path: Path, delimiter: str = "") -> list[str]:
    """The names of the columns, without spaces around them. Raises InputError if the file is empty."""
    with _reader(path, delimiter) as reader:
        return _header(path, reader)


def csv_delimiter(path: Path, delimiter: str = "") -> str:
    """What separates the cells: what is stated, else what the file's first lines say."""
    with _reader(path, delimiter) as reader:
        told: str = reader.dialect.delimiter
        return told


def csv_parts(path: Path, names: Collection[str], delimiter: str = "") -> Iterator[Part]:
    """The rows, in the order of the file; empty lines hold none and are skipped.

    Raises InputError naming file and line where a line has more or fewer cells than the header, or the file is damaged.
    """
    with _reader(path, delimiter) as reader:
        width = len(header := _header(path, reader))
        pick = [(name, itemgetter(header.index(name))) for name in names]
        columns, lines = _empty(names)
        line = reader.line_num + 1
        while rows := list(islice(reader, BITE)):
            at: Sequence[int] = range(line, reader.line_num + 1)
            if len(at) != len(rows):
                at = _first_lines(rows, line)
            line = reader.line_num + 1
            if set(map(len, rows)) != {width}:
                rows, at = _filled(path, rows, at, width, reader.dialect.delimiter)
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


def _filled(path: Path, rows: list[list[str]], lines: Sequence[int], width: int, delimiter: str) -> tuple[list[list[str]], list[int]]:
    kept = [(row, line) for row, line in zip(rows, lines, strict=True) if row and not (len(row) == 1 < width and not row[0].strip())]
    for row, line in kept:
        if len(row) != width:
            raise InputError(f"{path}:{line}: {len(row)} cells, and the header has {width}: {_mend_of_cells(row, width, delimiter)}")
    return [row for row, _ in kept], [line for _, line in kept]


def _mend_of_cells(row: Sequence[str], width: int, delimiter: str) -> str:
    commas = SEPARATES.get(delimiter, "separators")
    if len(row) < width:
        return "the line ends before its last cell, or the file is cut off here"
    if not any(cell.strip() for cell in row[width:]):
        return f"the line ends in more {commas} than the header: take them away, or name these columns"
    return f"put cells with {commas} in them in quotes, or name the columns that the header lacks"


@contextmanager
def _reader(path: Path, delimiter: str) -> Iterator[Any]:
    """A csv.reader of the file; its damages are InputErrors. The limit of csv on the length of a cell is raised meanwhile."""
    with path.open("rb") as file:
        compressed = file.peek(2)[:2] == GZIP_MAGIC
    limit = csv.field_size_limit(LONGEST_CELL)
    reader = None
    try:
        with _opened(path, compressed) as content:
            text = io.TextIOWrapper(content, encoding=_encoding(path, content), newline="")  # its last reference would close it
            lines, separator = _told(text, delimiter)
            reader = csv.reader(lines, strict=True, delimiter=separator)
            yield reader
    except csv.Error as error:
        line = _unreadable(path, compressed, delimiter)
        raise InputError(f"{path}:{line}: no CSV ({error}): close the quote that is open here") from error
    except UnicodeDecodeError as error:
        line = _undecodable(path, compressed) if error.encoding.startswith("utf-8") else 1 + (reader.line_num if reader else 0)
        name = "UTF-8" if error.encoding.startswith("utf-8") else "UTF-16, which its first bytes say it is,"
        raise InputError(f"{path}:{line}: no {name} text: save the table as CSV in UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        after = reader.line_num if reader else 0
        raise InputError(f"{path}: cut off or damaged after line {after} ({error}): copy it again") from error
    finally:
        csv.field_size_limit(limit)


def _opened(path: Path, compressed: bool) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path) if compressed else path.open("rb"))


def _encoding(path: Path, content: IO[bytes]) -> str:
    """UTF-16 where the first bytes say so, else UTF-8. Raises InputError of UTF-16 that does not say so."""
    first = cast(io.BufferedReader, content).peek(SNIFFED)[:SNIFFED]  # a gzip file peeks too
    if first.startswith(BYTE_ORDER_MARKS):
        return "utf-16"
    if b"\0" in first:
        raise InputError(f"{path}:1: holds zero bytes, as UTF-16 without a byte order mark does: save the table as CSV in UTF-8")
    return "utf-8-sig"


def _told(text: io.TextIOWrapper, delimiter: str) -> tuple[Iterator[str], str]:
    """The lines, and what separates their cells: what is stated; what a first line `sep=;`, as Excel reads it, says; else what the
    header has, commas before anything else."""
    first: list[str] = []
    while line := text.readline(LONGEST_CELL):
        if said := re.fullmatch(r'(?i)"?sep=(.)"?\s*', line):
            delimiter = delimiter or said[1]
            first.append("\n")
            continue
        first.append(line)
        if line.strip():
            break
    names = re.sub(r'"[^"]*"', "", first[-1]) if first else ""
    return chain(first, text), delimiter or next((mark for mark in SEPARATES if mark in names), ",")


def _unreadable(path: Path, compressed: bool, delimiter: str) -> int:
    """The line on which the first row begins that is no CSV."""
    with _opened(path, compressed) as content:
        text = io.TextIOWrapper(content, encoding=_encoding(path, content), newline="")
        lines, separator = _told(text, delimiter)
        reader = csv.reader(lines, strict=True, delimiter=separator)
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
