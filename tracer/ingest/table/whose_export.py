"""Whose export a table is, so that all payments of that wallet are in it; and the lengths at which explorers cut exports off."""

from __future__ import annotations

from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_rows import Values

CUT_AT = (1_000, 5_000, 10_000)
"""Rows at which explorers cut a list off: Etherscan's API (since July 2026, and before), Solscan's export, Etherscan's."""


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


def owner_note(source: str, owner: str) -> str:
    """The sentence on a table that was taken for the export of a wallet."""
    return (
        f"{source}: {owner} stands in every row, so it was read as the export of that wallet, with all its payments; "
        "if it is not, write whole = []."
    )
