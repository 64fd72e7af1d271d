"""The rows of a table as columns: what a row needs besides readable cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, repeat
from typing import Any

from tracer.chains import kinds
from tracer.ingest.table.cells import CellError
from tracer.model import Asset, Basis, Transfer
from tracer.model.columnar import Columnar
from tracer.wording import either

Values = dict[str, list[Any]]
"""Columns of a part of a table, by our names, read."""

MAY_LACK = {
    "sender": [kind.name for kind in kinds() if not kind.sender],
    "recipient": [kind.name for kind in kinds() if not kind.recipient],
}
"""The kinds of rows that have no sender, or no recipient."""


class TableRows:
    """The rows of a table, held as columns while it is read."""

    def __init__(self, source: str, basis: Basis) -> None:
        self.length = 0
        self.columns: Values = {}
        self.otherwise: dict[str, Any] = dict.fromkeys(Transfer._fields) | {
            "row_key": -1, "position": 0, "time": None, "fee": 0, "kind": "transfer", "basis": basis, "source": source,
            "verified": False, "attributes": {}, "asset": 0, "row": -1,
        }  # fmt: skip

    def __len__(self) -> int:
        return self.length

    @property
    def transfers(self) -> Columnar[Transfer]:
        """The rows as transfers, each made when somebody asks for it."""
        columns = {name: self.columns.get(name) or [otherwise] * self.length for name, otherwise in self.otherwise.items()}
        return Columnar(Transfer, columns)

    def extend(self, values: Values, count: int) -> None:
        """Appends `count` rows. What only some parts of a table state stands in the others as if unstated."""
        for name in self.otherwise.keys() & (values.keys() | self.columns.keys()):
            column = self.columns.setdefault(name, [self.otherwise[name]] * self.length)
            column.extend(values.get(name) or repeat(self.otherwise[name], count))
        self.length += count

    def keep(self, kept: Sequence[bool]) -> None:
        """Leaves out the rows that are not kept."""
        self.columns = {name: list(compress(column, kept)) for name, column in self.columns.items()}
        self.length = sum(kept)

    def addresses(self) -> set[str]:
        return {*self.columns.get("sender", ()), *self.columns.get("recipient", ())} - {None}


def check_sides(values: Values) -> None:
    for side, lacking in MAY_LACK.items():
        if None not in values[side]:
            continue
        for row, (address, kind) in enumerate(zip(values[side], values.get("kind") or repeat("transfer"), strict=False)):
            if address is None and kind not in lacking:
                raise CellError(row, side, f"is empty, and a {kind} has a {side}: only rows of kind {either(lacking)} have none")


def check_decimals(values: Values, asset: Asset) -> None:
    """Raises the CellError of a row whose token has another number of decimals than the asset of the case."""
    for row, decimals in enumerate(values.pop("decimals", ())):
        if decimals != asset.decimals:
            raise CellError(row, "decimals", f"and the case says decimals = {asset.decimals} of {asset.symbol}: one of the two is wrong")


def one_amount(values: Values) -> None:
    """Makes an amount of what came in and what went out. Raises the CellError of a row that states both: one payment has one amount.

    Who pays himself may have both, and the same.
    """
    if "amount_in" not in values:
        return
    came, went = values.pop("amount_in"), values.pop("amount_out")
    for row, (one, other) in enumerate(zip(came, went, strict=True)):
        if one and other and (one != other or values["sender"][row] != values["recipient"][row]):
            raise CellError(row, "amount_in", "came in, and in the same row something went out: one payment has one amount")
    values["amount"] = [one or other for one, other in zip(came, went, strict=True)]
