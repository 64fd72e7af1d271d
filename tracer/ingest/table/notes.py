"""How a table was read, in sentences, and whose export it is."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_rows import Order, Values
from tracer.wording import counted, shortened

SHOWN = 40  # characters of a column name
CUT_AT = (1_000, 5_000, 10_000)
"""Rows at which explorers cut a list off: Etherscan's API (since July 2026, and before), Solscan's export, Etherscan's."""


@dataclass
class Tally:
    """What is counted while a table is read: rows in the file, of any token; rows that failed; columns that only look as if they
    changed what an amount means, and that nothing reads."""

    rows: int = 0
    failed: int = 0
    unread: tuple[str, ...] = ()


def in_every_row(common: set[str] | None, values: Values) -> set[str] | None:
    """Of the addresses `common` to all rows so far (None: there were none yet) those that these rows name too."""
    for pair in zip(values.get("sender", ()), values.get("recipient", ()), strict=True):
        common = {address for address in pair if address} if common is None else common.intersection(pair)
        if not common:
            break
    return common


def owner_of(format: TableFormat, common: set[str] | None) -> str | None:
    """Whose export a table is that says nothing of whole histories: the one address that stands in every row."""
    owners = list(common or ()) if format.coverage == "partial" and format.whole is None else []
    return owners[0] if len(owners) == 1 else None


def notes_of(format: TableFormat, order: Order, tally: Tally, owner: str | None = None) -> tuple[str, ...]:
    """How a table was read, a sentence each, where one would not take it for granted."""
    notes, failed = [], tally.failed
    if format.told:
        notes.append(f"{format.source} is read as {format.told}, as its header tells.")
    if format.dialect.silent:
        notes.append(f"{format.source}: {format.dialect.silent}.")
    if not tally.rows:
        notes.append(f"{format.source} has a header and no rows.")
    if tally.rows in CUT_AT:
        notes.append(f"{format.source} has exactly {tally.rows:,} rows, at which explorers cut lists off: rows may be missing.")
    if tally.unread:
        columns = ", ".join(shortened(column, SHOWN) for column in tally.unread)
        notes.append(f"{format.source}: nothing reads {columns}; no row of it fails, or is of another token or direction.")
    if order.newest_first:
        notes.append(f"{format.source} stands newest first and was read from its end, rows of one block or second too.")
    if owner:
        notes.append(owner_note(format.source, owner))
    if failed:
        said = ", ".join(format.status)
        notes.append(f"{format.source}: {counted(failed, 'row')} failed, as {said} has it, and moved nothing; their fees were paid.")
    return tuple(notes)


def owner_note(source: str, owner: str) -> str:
    """The sentence on a table that was taken for the export of a wallet."""
    return (
        f"{source}: {owner} stands in every row, so it was read as the export of that wallet, with all its payments; "
        "if it is not, write whole = []."
    )
