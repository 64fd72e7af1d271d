"""Rows of a table that say they failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import repeat

from tracer.ingest.table.table_rows import Values


def fail(values: Values, cells: Mapping[str, Sequence[str]], status: Mapping[str, Collection[str]]) -> int:
    """Rows of which a column of success says anything but success move nothing; their fee is paid, and the row keeps what was said.

    Gives how many there are.
    """
    all_failed: set[int] = set()
    for column, succeeded in status.items():
        said = [cell.strip() for cell in cells[column]]
        failed = [row for row, cell in enumerate(said) if cell.lower() not in succeeded]
        all_failed.update(failed)
        if failed:
            values["amount"], attributes = list(values["amount"]), list(values.get("attributes") or repeat({}, len(said)))
            for row in failed:
                values["amount"][row] = 0
                attributes[row] = {**attributes[row], "failed": {**attributes[row].get("failed", {}), column: said[row]}}
            values["attributes"] = attributes
    return len(all_failed)
