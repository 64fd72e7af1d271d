"""Rows of a file as columns of text, a part at a time: what every form of a file gives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

PART = 20_000  # rows: measured, larger parts are no faster


class Part(NamedTuple):
    """Some rows of a file: its columns by their names in the header, and the line each row stands on.

    Parquet and JSON have no lines: then rows are counted, from 1.
    """

    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]


def parts_of(rows: Iterable[tuple[int, Mapping[str, str]]], names: Collection[str]) -> Iterator[Part]:
    """Rows, each with its line and its cells by name, as parts; a cell that a row lacks is empty."""
    columns: dict[str, list[str]] = {name: [] for name in names}
    lines: list[int] = []
    for line, cells in rows:
        for name, column in columns.items():
            column.append(cells.get(name, ""))
        lines.append(line)
        if len(lines) >= PART:
            yield Part(columns, lines)
            columns, lines = {name: [] for name in names}, []
    if lines:
        yield Part(columns, lines)
