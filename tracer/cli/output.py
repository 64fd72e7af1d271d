"""What is printed: tables, JSON, CSV."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from tracer.wording import plain, shortened, write_csv

CELL_WIDTH = 80  # characters of a cell: a hash has 64, an address 42


def grouped(decimal: str) -> str:
    """Decimal text with its thousands apart.

    >>> grouped("58366671109.5")
    '58,366,671,109.5'
    """
    whole, point, part = decimal.partition(".")
    return f"{int(whole):,}{point}{part}"


def say(line: str = "") -> None:
    """A line to the reader, never wrapped."""
    click.echo(plain(line))


def warn(line: str) -> None:
    """Prints a note on stderr, apart from the result."""
    click.echo(f"note: {plain(line)}", err=True)


def print_json(value: Any) -> None:
    """JSON on stdout: indented where somebody reads it, on one line, which is written four times as fast, where a program does."""
    click.echo(json.dumps(value, indent=2 if sys.stdout.isatty() else None))


def print_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV on stdout, ready for a spreadsheet: text that would be a formula is led by an apostrophe."""
    write_csv(sys.stdout, names, rows)


def print_table(
    title: str,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    numeric: Iterable[int] = (),
    *,
    final: bool = False,
    err: bool = False,
    whole: Iterable[int] = (),
) -> None:
    """A table on stdout (or stderr), as wide as it needs to be. `numeric` columns stand right; `final` sets the last row apart.

    Long cells are shortened, but not those of `whole` columns.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    right, uncut = set(numeric), set(whole)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title or None, title_justify="left", title_style="bold")
    for n, name in enumerate(names):
        table.add_column(name, justify="right" if n in right else "left", no_wrap=True)
    lines = [
        ["" if cell is None else plain(str(cell) if n in uncut else shortened(str(cell), CELL_WIDTH)) for n, cell in enumerate(row)]
        for row in rows
    ]
    for n in right:
        _align(lines, n)
    for n, line in enumerate(lines):
        if final and n == len(lines) - 1:
            table.add_section()
        table.add_row(*map(Text, line))
    page = Console(width=10_000, highlight=False, color_system=None, file=io.StringIO())
    page.print(table)
    for line in page.file.getvalue().splitlines():  # type: ignore[attr-defined]
        click.echo(line.rstrip(), err=err)


def _align(lines: list[list[str]], column: int) -> None:
    """Gives every number of a column as many digits after the point as the longest has."""
    after = [len(line[column].partition(".")[2]) for line in lines]
    most = max(after, default=0)
    for line, digits in zip(lines, after, strict=True):
        if digits < most and line[column]:
            line[column] += "." * (digits == 0) + "0" * (most - digits)
