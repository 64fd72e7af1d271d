"""How a table was read, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.ingest.table.order_of_lines import Order
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.whose_export import CUT_AT, owner_note
from tracer.wording import counted, shortened

SHOWN = 40  # characters of a column name


@dataclass
class Tally:
    """What is counted while a table is read: rows in the file, of any token; rows that failed; columns that only look as if they
    changed what an amount means, and that nothing reads."""

    rows: int = 0
    failed: int = 0
    unread: tuple[str, ...] = ()


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
