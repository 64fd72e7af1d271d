"""A service's spreadsheet of what it did with deposits: a line each, its columns told by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tracer.errors import InputError
from tracer.ingest.table.file_as_text_columns import header, parts, place
from tracer.ingest.table.times import moment_or_none

COLUMNS = {
    "deposit": "deposit deposithash deposittxhash deposittxid deposittx incominghash incomingtx txidin txin",
    "withdrawal": "withdrawal withdrawalhash withdrawaltxhash withdrawaltxid withdrawaltx outgoinghash outgoingtx txidout txout",
    "to": "to toaddress withdrawaladdress destination destinationaddress",
    "amount": "amount withdrawalamount amountout withdrawn quantity",
    "asset": "asset coin currency withdrawalcoin withdrawalcurrency symbol",
    "network": "network chain blockchain",
    "time": "time withdrawaltime date timestamp",
    "says": "says remark remarks note comment status",
    "source": "source",
    "grade": "grade",
}
"""What a column may be called, in the order in which it is looked for; capitals, spaces and signs aside."""

Cells = Mapping[str, str]


def read_statements(path: Path) -> list[tuple[str, Cells]]:
    """The lines of a spreadsheet with their places, by our names; what it has no column for is absent.

    Raises InputError where no column names the deposits, or a line names none.
    """
    theirs = {re.sub(r"[^a-z0-9]", "", name.casefold()): name for name in reversed(header(path))}
    names = {ours: theirs[name] for ours, known in COLUMNS.items() if (name := next((n for n in known.split() if n in theirs), None))}
    if "deposit" not in names:
        raise InputError(
            f"{place(path, 1)}: no column names the deposits by their hash: call one deposit (others: withdrawal, to, amount, asset)"
        )
    statements: list[tuple[str, Cells]] = []
    for part in parts(path, list(names.values())):
        for line, *cells in zip(part.lines, *(part.columns[name] for name in names.values()), strict=True):
            stated = {ours: cell.strip() for ours, cell in zip(names, cells, strict=True)}
            if not stated["deposit"]:
                raise InputError(f"{place(path, line)}: names no deposit: write its hash, or take the line out")
            statements.append((place(path, line), stated))
    if not statements:
        raise InputError(f"{path}: holds no statement: write a line for each deposit")
    return statements


def moment_stated(text: str) -> int | None:
    """UNIX seconds of a moment that a statement names; None for an empty cell. Raises InputError saying what would be right."""
    try:
        return moment_or_none(text, utc=False)
    except ValueError as error:
        raise InputError(f"time {text[:40]!r} is no moment that can be told: write 2018-01-26T00:04:56Z") from error
