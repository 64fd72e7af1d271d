"""What is printed: tables, JSON, CSV."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from tracer.cli.table_width import Narrowing, fitted
from tracer.terminal_and_csv_escaping import plain, write_csv
from tracer.wording import shortened

CELL_WIDTH = 80  # characters of a cell: a hash has 64, an address 42
PROGRAM = "tracer"
WIDE = "tracer.wide"
"""Under this key a command's context keeps that --wide was given."""


def as_typed_here(text: str, commands: Iterable[str]) -> str:
    """The text, with its commands as they can be typed where this runs: `tracer rules` as `.venv/bin/tracer rules` beside `make demo`."""
    if (program := _program()) == PROGRAM:
        return text
    return re.sub(rf"(?<![\w/.-]){PROGRAM} (?=(?:{'|'.join(commands)})\b)", lambda _: f"{program} ", text)


def _typed(text: str) -> str:
    """The same, for what a command prints while it runs."""
    context = click.get_current_context(silent=True)
    root = context and context.find_root()
    return as_typed_here(text, root.command.list_commands(root)) if root and isinstance(root.command, click.Group) else text


def _program() -> str:
    """What somebody types to start this program: its name where it is on the path, else the path it was started by."""
    started, known = Path(sys.argv[0]), shutil.which(PROGRAM)
    if started.name != PROGRAM or (known and Path(known).resolve() == started.resolve()):
        return PROGRAM
    return shlex.quote(str(started))


def say(line: str = "") -> None:
    """A line to the reader, never wrapped."""
    click.echo(_typed(plain(line)))


def warn(line: str) -> None:
    """Prints a note on stderr, apart from the result."""
    click.echo(f"note: {_typed(plain(line))}", err=True)


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
    order: Narrowing = Narrowing(),  # noqa: B008 - a tuple
    units_differ: bool = False,
) -> None:
    """A table on stdout (or stderr). `numeric` columns stand right, with as many decimals in one as in the
    other unless their `units_differ`; `final` sets the last row apart.

    On a terminal it fits: addresses and hashes are shortened, then columns left out in that `order`, and a line says which.
    With --wide, and where no terminal is, it is as wide as it needs to be; there cells of more than 80 characters are shortened,
    but not those of `whole` columns.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    right, uncut = set(numeric), set(whole)
    lines = [
        ["" if cell is None else plain(str(cell) if n in uncut else shortened(str(cell), CELL_WIDTH)) for n, cell in enumerate(row)]
        for row in rows
    ]
    for group in [[n] for n in right] if units_differ else [right]:
        _align(lines, group)
    fit = fitted(names, lines, _room(err), order, uncut)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title or None, title_justify="left", title_style="bold")
    for n in fit.columns:
        table.add_column(names[n], justify="right" if n in right else "left", no_wrap=True)
    for number, line in enumerate(fit.lines):
        if final and number == len(lines) - 1:
            table.add_section()
        table.add_row(*(Text(line[n]) for n in fit.columns))
    page = Console(width=10_000, highlight=False, color_system=None, file=io.StringIO())
    page.print(table)
    for line in page.file.getvalue().splitlines():  # type: ignore[attr-defined]
        click.echo(line.rstrip(), err=err)
    left_out = [plain(name) for n, name in enumerate(names) if n not in fit.columns]
    if left_out or fit.shortened:
        said = f"Left out to fit: {', '.join(left_out)}." if left_out else "Addresses and hashes are shortened to fit."
        click.echo(textwrap.fill(f"{said} --wide shows everything.", _room(err), initial_indent=" ", subsequent_indent=" "), err=err)


def _room(err: bool) -> int:
    """How many characters a line may have: those of the terminal; any number where there is none, or with --wide."""
    context = click.get_current_context(silent=True)
    if not (sys.stderr if err else sys.stdout).isatty() or (context and context.meta.get(WIDE)):
        return 10_000
    return shutil.get_terminal_size().columns


def _align(lines: list[list[str]], columns: Iterable[int]) -> None:
    """Gives every decimal number of these columns as many digits after the point as the longest has."""
    decimal = [n for n in columns if any("." in line[n] for line in lines)]
    most = max((len(line[n].partition(".")[2]) for line in lines for n in decimal), default=0)
    for line in lines:
        for n in decimal:
            whole, _, digits = line[n].partition(".")
            if whole[-1:].isdecimal():
                line[n] = f"{whole}.{digits:0<{most}}"
