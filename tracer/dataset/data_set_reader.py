"""A data set, read a row group at a time: asked by row, account, hash, payment and time. What is read is checked as it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.chains import bare_hash
from tracer.dataset.account_numbers import Addresses
from tracer.dataset.layout import ABOUT, LIMB, LOWER, RowsFile, amount_columns, described
from tracer.dataset.parquet_row_groups import RowGroup, arrow, limbs, row_groups, row_groups_to_read, rows_with, side_by_side, whole_numbers
from tracer.errors import InputError
from tracer.ledger import NOBODY
from tracer.ledger.overflow import BITS
from tracer.model import POSITION_BITS, row_key
from tracer.tracing.cone_over_columns import Limits, Stretch, needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT = 1 << 24
"""Rows of which both sides are kept in memory once they are read, in 8 bytes a row."""

UNTIMED = -1
"""Of a row whose time the source does not state."""


class Payments(NamedTuple):
    """The payments of a wallet between two moments (UNIX seconds, both included, None open) of at least `least`."""

    wallet: str
    first: int | None
    last: int | None
    least: int


class RowsOf(NamedTuple):
    """A file of rows, and the row of the asset that it begins with."""

    path: Path
    file: RowsFile
    first: int

    @property
    def last(self) -> int:
        """The row after its last."""
        return self.first + self.file.rows

    def columns_of(self, name: str) -> Sequence[str]:
        """The columns that hold an amount."""
        return amount_columns(name, self.file.amounts)


class DataSet:
    """What a folder holds of one asset. `name` is what rows state as their source.

    Raises InputError where it holds nothing of the asset; and while it is read, naming file, row and value of what cannot be: rows out
    of order, accounts that there are not, amounts below 0.
    """

    def __init__(self, folder: Path, name: str, asset: str) -> None:
        self.folder, self.name = folder, name
        found = described(folder)
        held = found.held(asset)
        if held is None:
            others = ", ".join(f"{each.asset} with {each.decimals} decimals" for each in found.assets)
            raise InputError(f"{folder / ABOUT}: holds {others or 'nothing'}, and nothing of {asset}")
        self.held, self.rows = held, held.rows
        self.whole = {*held.whole, *([held.owner.address] if held.owner else [])}
        self.notes = (*held.notes, *([held.owner.note] if held.owner else []))
        self.addresses = Addresses(folder, found.accounts)
        self.row_files: list[RowsOf] = []
        for file in found.rows:
            if file.asset == asset:
                self.row_files.append(RowsOf(folder / file.file, file, self.row_files[-1].last if self.row_files else 0))
        self.holding_files = [folder / file.file for file in found.holdings if file.asset == asset]
        self.event_files = [folder / file.file for file in found.events if file.asset == asset]
        self.opening_files = [
            (folder / file.file, amount_columns("opening", file.amounts)) for file in found.openings if file.asset == asset
        ]
        self._sides: dict[tuple[int, int], list[NDArray[Any]]] = {}
        if sum(each.file.rows for each in self.row_files) != held.rows:
            raise InputError(f"{folder / ABOUT}: says {held.rows:,} rows of {asset}, and of its files something else: write it again")

    @property
    def position_bits(self) -> int:
        """The width of a position in a row key."""
        return self.held.recorded.terms.position_bits if self.held.recorded else POSITION_BITS

    @property
    def by_height(self) -> bool:
        """Whether rows stand by height and position; else by time."""
        return self.held.order == "chain"

    def stretches(self, first: int, dust: int) -> Iterator[Stretch]:
        """What the cone needs of the rows from `first` on, in their order, which is checked."""
        order, before = ("height", "position") if self.by_height else ("time",), None
        least = min(dust, 1 << BITS - 1)  # no amount is less than one that is wider

        def read(part: tuple[RowsOf, RowGroup]) -> tuple[RowsOf, int, Any, Stretch]:
            rows, group = part
            all_move = _all_move(rows, group, least)
            table = group.read(order if all_move else [*order, *rows.columns_of("amount")])
            return rows, group.start, table, self._stretch(rows, group, None if all_move else table, least)

        parts = ((rows, group) for rows in self.row_files for group in row_groups(rows.path) if rows.first + group.stop > first)
        for rows, start, table, stretch in side_by_side(read, parts):
            before = self._require_order(rows, start, table, before)
            yield stretch

    def _stretch(self, rows: RowsOf, group: RowGroup, amounts: Any, least: int) -> Stretch:
        """The rows of a group. `amounts`: a table of them; None where all move something, and none of it less than `least`."""
        import numpy as np

        sender, recipient = self.sides(rows, group)
        if amounts is None:
            moves, small = np.ones(len(sender), bool), np.zeros(len(sender), bool)
        else:
            wide, narrow = np.int64(least >> LIMB), np.uint64(least & LOWER)
            upper, lower = self.amounts(rows, group.places, amounts, "amount")
            moves, small = (upper > 0) | (lower > 0), (upper < wide) | ((upper == wide) & (lower < narrow))
        return Stretch(rows.first + group.start, sender, recipient, moves, small)

    def reachable(self, thefts: Sequence[int], limits: Limits, dust: int) -> NDArray[Any]:
        """For each account whether its whole history is needed, from thefts that are rows: one pass over the rows in order."""
        return needed(self.stretches(min(thefts, default=self.rows), dust), thefts, limits, len(self.addresses))

    def sides(self, rows: RowsOf, group: RowGroup) -> list[NDArray[Any]]:
        """Who pays and who is paid in a row group, nobody being -1. Raises InputError where there is no such account.

        The cone, the rows of its accounts and the slice each ask for all of them, so up to KEPT rows they are kept in memory.
        """
        import numpy as np

        if (kept := self._sides.get((rows.first, group.start))) is not None:
            return kept
        table, sides, accounts = group.read(["sender", "recipient"]), [], len(self.addresses)
        for name in ("sender", "recipient"):
            column = whole_numbers(rows.path, table.column(name), name, NOBODY)
            if len(column) and (column.min() < NOBODY or column.max() >= accounts):
                row = int(np.flatnonzero((column < NOBODY) | (column >= accounts))[0])
                raise InputError(f"{rows.path}: row {group.places[row]}: {name} {column[row]}, and there are {accounts:,} accounts")
            sides.append(column)
        if self.rows <= KEPT:
            self._sides[rows.first, group.start] = sides
        return sides

    def amounts(self, rows: RowsOf, places: Sequence[int] | NDArray[Any], table: Any, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """An amount as two limbs. Raises InputError where it is less than 0."""
        import numpy as np

        upper, lower = limbs(rows.path, table, name)
        if len(upper) and upper.min() < 0:
            row = int(np.flatnonzero(upper < 0)[0])
            value = (int(upper[row]) << LIMB) + int(lower[row])
            raise InputError(f"{rows.path}: row {places[row]}: {name} {value}, and none is less than 0")
        return upper, lower

    def _require_order(self, rows: RowsOf, start: int, table: Any, before: int | None) -> int:
        """Raises InputError where a row does not come after the one before; gives the place of the last row."""
        import numpy as np

        if self.by_height:
            height, position = (whole_numbers(rows.path, table.column(name), name) for name in ("height", "position"))
            places, step = (height << self.position_bits) + position, 1
        else:
            places, step = whole_numbers(rows.path, table.column("time"), "time"), 0
        if before is not None and len(places) and places[0] < before + step:
            at = 0
        elif len(wrong := np.flatnonzero(places[1:] < places[:-1] + step)):
            at = int(wrong[0]) + 1
        else:
            return int(places[-1]) if len(places) else before or 0
        said = f"time {places[at]}"
        if self.by_height:
            said = f"height {places[at] >> self.position_bits}, position {places[at] & ((1 << self.position_bits) - 1)}"
        raise InputError(f"{rows.path}: row {start + at}: {said} is not after the row before: write the folder again with tracer columns")

    def horizon(self, until: int) -> int:
        """Rows up to a moment. Raises InputError where times go back, so no row divides before and after, or are not there."""
        import numpy as np

        found, before = 0, UNTIMED
        for rows in self.row_files:
            for group in row_groups(rows.path):
                column = group.read(["time"]).column("time")
                if column.null_count == self.rows:
                    raise InputError(f"{self.folder}: has no times, so nothing can be cut off at a moment: leave until out")
                if column.null_count:
                    raise InputError(f"{self.folder}: has rows without a time, so nothing can be cut off at a moment: leave until out")
                times = np.concatenate([[before], whole_numbers(rows.path, column, "time")])
                if len(wrong := np.flatnonzero(times[1:] < times[:-1])):
                    row = int(wrong[0])
                    raise InputError(
                        f"{rows.path}: row {group.start + row}: time {times[row + 1]} is before that of the row before, so nothing can be "
                        "cut off at a moment: leave until out"
                    )
                found += int(np.searchsorted(times[1:], until, "right"))
                before = times[-1]
        return found

    def rows_of_keys(self, row_keys: Sequence[int]) -> NDArray[Any]:
        """The rows that have these row keys, which are all there."""
        import numpy as np

        if not self.by_height:
            return np.array(row_keys, np.int64)
        bits = self.position_bits
        heights = {key >> bits for key in row_keys}
        found: dict[int, int] = {}
        for rows in self.row_files:
            for group in row_groups_to_read(rows.path, "height", heights):
                table = group.read(["height", "position"])
                height, position = (whole_numbers(rows.path, table.column(name), name) for name in ("height", "position"))
                here = np.flatnonzero(np.isin((height << bits) + position, np.array(row_keys, np.int64)))
                found |= {row_key(int(height[row]), int(position[row]), bits): rows.first + group.start + int(row) for row in here}
        return np.array([found[key] for key in row_keys], np.int64)

    def rows_of_accounts(self, chosen: NDArray[Any]) -> NDArray[Any]:
        """Every row that one of the chosen accounts (true in `chosen`) pays or is paid by."""
        import numpy as np

        wanted = np.append(chosen, False)  # the last one is nobody
        found = [np.empty(0, np.int64)]
        for rows in self.row_files:
            for group in row_groups(rows.path):
                sender, recipient = self.sides(rows, group)
                found.append(rows.first + group.start + np.flatnonzero(wanted.take(sender) | wanted.take(recipient)))
        return np.concatenate(found)

    def rows_of_hashes(self, hashes: Sequence[str]) -> NDArray[Any]:
        """The rows of the transactions with these hashes, each in its one form, in whatever way the files write them."""
        import numpy as np

        pa = arrow(self.folder)

        found = [np.empty(0, np.int64)]
        for rows in self.row_files:
            wanted = hash_bytes(hashes, rows.file.hashes)

            def look(group: RowGroup, rows: RowsOf = rows, wanted: Sequence[bytes] = wanted) -> NDArray[Any]:
                column = group.read(["tx_hash"]).column("tx_hash")
                if rows.file.hashes == "text":
                    column = pa.compute.ascii_lower(column.cast(pa.string())).cast(pa.binary())
                return rows.first + group.start + rows_with(column, wanted)

            found += side_by_side(look, row_groups(rows.path) if wanted else ())
        return np.concatenate(found)

    def rows_of_payments(self, payments: Payments) -> NDArray[Any]:
        """The rows of a wallet's payments in a window; of all its payments where no times are stated."""
        import numpy as np

        found, number = [np.empty(0, np.int64)], self.addresses.number(payments.wallet)
        if number is None:
            return found[0]
        for rows in self.row_files:
            for group in row_groups_to_read(rows.path, "sender", [number]):
                table = group.read(["time", *rows.columns_of("amount")])
                here = np.flatnonzero(self.sides(rows, group)[0] == number)
                times = whole_numbers(rows.path, table.column("time"), "time", UNTIMED)[here]
                upper, lower = (limb[here].tolist() for limb in self.amounts(rows, group.places, table, "amount"))
                enough = np.array([(high << LIMB) + low >= payments.least for high, low in zip(upper, lower, strict=True)], bool)
                since, until = payments.first or 0, np.iinfo(np.int64).max if payments.last is None else payments.last
                inside = ((times >= since) & (times <= until)) | (times == UNTIMED)
                found.append(rows.first + group.start + here[enough & inside])
        return np.concatenate(found)


def _all_move(rows: RowsOf, group: RowGroup, dust: int) -> bool:
    """Whether every row of a group moves something, and none of it dust, by the least amount that the file states."""
    stated = group.extent("amount") if rows.file.amounts == "decimal" else None
    return stated is not None and stated.nulls == 0 and isinstance(stated.least, Decimal) and stated.least >= max(dust, 1)


def hash_bytes(hashes: Sequence[str], form: str) -> list[bytes]:
    """The bytes that hashes may be in a file of that form."""
    return sorted({_raw(written, form) for text in hashes for written in _forms(text)} - {b""})


def _forms(tx_hash: str) -> set[str]:
    """How the files may write a hash, in small letters: with a leading 0x or without."""
    digits = bare_hash(tx_hash)
    return {digits, f"0x{digits}"}


def _raw(tx_hash: str, form: str) -> bytes:
    """A hash as its bytes in a file; none if it cannot be there."""
    if form == "text":
        return tx_hash.encode()
    try:
        return bytes.fromhex(tx_hash)
    except ValueError:
        return b""
