"""Which of the lines of a table comes first: by height and position, by time, from the beginning of the file or its end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from operator import eq, gt, lt
from pathlib import Path
from typing import Literal

from tracer.errors import InputError
from tracer.ingest.table.cells import CellError
from tracer.ingest.table.file_as_text_columns import place
from tracer.ingest.table.table_rows import TableRows, Values
from tracer.ledger.order import unordered_pairs
from tracer.model import POSITION_BITS, row_key
from tracer.wording import counted

LineOrder = Literal["oldest_first", "newest_first"]


class Order:
    """Gives rows their place: by height and position, or by time where the table has no heights.

    `placed`: the table states positions. Otherwise rows of one height, or of one time, stand as in the file, and it matters whether
    that is read from its beginning or its end: what was `stated`, else what heights (or times) show.
    """

    def __init__(self, stated: LineOrder | None = None) -> None:
        self.stated = stated
        self.by_height: bool | None = None
        self.placed = self.rises = self.falls = False
        self.rows_in: dict[int, int] = {}
        self.before: int | None = None

    @property
    def newest_first(self) -> bool:
        """Whether the file is to be read from its end."""
        told = self.falls and not self.rises if self.stated is None else self.stated == "newest_first"
        return told and not self.placed

    @property
    def mixed(self) -> bool:
        """Whether nothing tells which of two rows of one height, or of one time, came first."""
        return self.rises and self.falls and self.stated is None and not self.placed

    def turn(self, values: Values) -> None:
        """Turns whole columns that stand newest first, and counts positions anew."""
        for column in values.values():
            column.reverse()
        self.count_anew(values)

    def count_anew(self, values: Values) -> None:
        """Sets the positions of rows that state none, after some of them were moved or left out."""
        if self.by_height and not self.placed:
            self.rows_in.clear()
            values["position"] = self._counted(values["height"])
            values["row_key"] = list(map(row_key, values["height"], values["position"]))

    def _watch(self, places: Sequence[int]) -> None:
        """Notes whether heights, or times, rise and fall from row to row."""
        first, here = (places[0] if self.before is None else self.before), places
        self.rises = self.rises or first < here[0] or any(map(lt, here, islice(here, 1, None)))
        self.falls = self.falls or first > here[0] or any(map(gt, here, islice(here, 1, None)))
        self.before = here[-1]

    def settle(self, values: Values) -> None:
        """Sets height, position, time and row key. Raises the CellError of a row without the one it needs."""
        if not values["amount"]:
            return
        heights = values.get("height", [])
        if self.by_height is None:
            self.by_height = bool(heights) and heights[0] is not None
        if self.by_height:
            _refuse(values, "height", None, "is empty, so some rows have a height and some have not: give all of them one, or only a time")
            if "position" in values:
                _refuse(values, "position", None, "is empty: give every row its place in the block, or leave the column out")
                self.placed = True
            else:
                self._watch(heights)
                values["position"] = self._counted(heights)
            values["row_key"] = list(map(row_key, heights, values["position"]))
            return
        for row, height in enumerate(heights):
            if height is not None:
                raise CellError(row, "height", "stands after rows without: some rows have a height and some have not: give all of them one")
        if "time" not in values:
            raise CellError(0, "height", "is empty: rows need a height or a time")
        _refuse(values, "time", None, "is empty: rows without height are ordered by time")
        self._watch(values["time"])
        if "position" in values:
            values["position"] = [position or 0 for position in values["position"]]

    def _counted(self, heights: Sequence[int]) -> list[int]:
        """The position of each row: how many rows of its height came before it in the file."""
        positions = []
        for row, height in enumerate(heights):
            position = self.rows_in.get(height, 0)
            if position >> POSITION_BITS:
                raise CellError(row, "height", f"has more than 2^{POSITION_BITS} rows, more than a block can have: is it a block number?")
            self.rows_in[height] = position + 1
            positions.append(position)
        return positions


def _refuse(values: Values, column: str, value: object, why: str) -> None:
    if value in values.get(column, ()):
        raise CellError(values[column].index(value), column, why)


def check_places(path: Path, rows: TableRows, lines: Sequence[int]) -> None:
    """Raises InputError naming both lines where two rows have one height and position."""
    keys = rows.columns.get("row_key", [])
    if all(map(lt, keys, islice(keys, 1, None))):
        return
    in_order = sorted(keys)
    if not any(map(eq, in_order, islice(in_order, 1, None))):
        return
    first: dict[int, int] = {}
    for row, key in enumerate(keys):
        before = first.setdefault(key, row)
        if before != row:
            c = rows.columns
            same = all(c[name][row] == c[name][before] for name in c)
            raise place_taken(path, lines[row], lines[before], (c["height"][row], c["position"][row]), same=same)


def place_taken(path: Path, line: int, first: int, where: tuple[int, int], *, same: bool) -> InputError:
    """The refusal of a line whose height and position an earlier one has; `same`: the two say the same in all else too."""
    height, position = where
    return InputError(
        f"{place(path, line)}: position '{position}' of height {height} is already taken by line {first}, "
        f"{'with the very same row' if same else 'by another payment'}: give each row its own position, "
        + ("or take one of the two out" if not same else 'or write doubles = "once" in the source')
    )


def check_told(path: Path, values: Values, lines: Sequence[int], place_of: str) -> None:
    """Raises InputError where two rows of one height, or of one time, share an account, of a file that shows no order of its lines."""
    places = values[place_of]
    in_order = sorted(range(len(places)), key=places.__getitem__)
    _, shared = unordered_pairs(places, (values["sender"], values["recipient"]), in_order, None)
    if shared:
        falls = next(row for row in range(1, len(places)) if places[row] < places[row - 1])
        raise InputError(
            f"{place(path, lines[falls])}: {place_of} {places[falls]} after {places[falls - 1]}, and elsewhere it rises: which came first "
            f"of rows of one {place_of} is not told, and {counted(shared, 'pair')} of such rows share an account: sort the file, or write "
            'order = "oldest_first" or "newest_first" in the source'
        )
