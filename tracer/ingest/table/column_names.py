"""Which columns of a file are which of ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from tracer.did_you_mean import hint
from tracer.errors import InputError
from tracer.ingest.table.dialects import CHOOSING, DIRECTIONS, NEEDED, OPTIONAL, column_meant
from tracer.ingest.table.file_as_text_columns import place
from tracer.ingest.table.table_format import TableFormat


def columns_there(path: Path, format: TableFormat, there: Sequence[str]) -> dict[str, str]:
    """Our names -> the file's, of the columns that are there. Raises InputError where one is missing that must be.

    A column that the case file names "" is not read, though the dialect knows it.
    """
    dialect, columns = format.dialect, format.columns
    possible = list(dict.fromkeys([*NEEDED, *OPTIONAL, *CHOOSING, *dialect.columns]))
    for ours in columns.keys() - set(possible):
        raise InputError(f"{path}: columns = {{{ours} = ...}} of the source: no column is called {ours!r} here: {hint(ours, possible)}")
    names = {ours: column_meant(theirs, there) or theirs.split("|")[0] for ours, theirs in dialect.columns.items()}
    names |= {ours: as_written(theirs, there) for ours, theirs in columns.items()}
    columns = {ours: theirs for ours, theirs in columns.items() if theirs}
    if columns.keys() & set(DIRECTIONS):
        names.pop("amount", None)
    elif "amount" in columns:
        names = {ours: theirs for ours, theirs in names.items() if ours not in DIRECTIONS}
    must = {*(NEEDED if "amount" in names else ("sender", "recipient", *DIRECTIONS)), *dialect.needs, *columns}
    missing = [f"{ours} (column {names.get(ours, ours)!r})" for ours in possible if ours in must and names.get(ours) not in there]
    stated = (*(column for column in format.status if column not in dialect.status), *format.ignore)
    missing += [f"column {column!r}, which status or ignore names" for column in stated if column not in there]
    if not {names.get("height"), names.get("time")} & set(there):
        missing.append("height or time")
    if missing:
        shown = " ".join(", ".join(there)[:400].split())
        mend = 'say what separates its cells, delimiter = "..."' if len(there) == 1 else "name it in columns = {...} of the source"
        raise InputError(f"{place(path, 1)}: no {', no '.join(missing)}: {mend}; the file has {shown}")
    return {ours: theirs for ours, theirs in names.items() if theirs in there}


def success_columns(format: TableFormat, there: Sequence[str]) -> dict[str, Collection[str]]:
    """The columns of success that are there, as they are written, each with the values that mean it."""
    written = {as_written(column, there): values for column, values in format.status.items()}
    return {column: values for column, values in written.items() if column in there}


def as_written(name: str, there: Sequence[str]) -> str:
    """The name as the file writes it, whose capitals may be others; as it is where two columns differ in capitals alone."""
    alike = [column for column in there if column.casefold() == name.casefold()]
    return alike[0] if name not in there and len(alike) == 1 else name
