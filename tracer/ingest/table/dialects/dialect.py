"""What a dialect is: the columns of a well-known file, and how its header tells it from others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from tracer.ingest.table.cells import CellReader
from tracer.ingest.table.table_rows import Values

Arrange = Callable[[Values], dict[int, str]]
"""Makes our columns of the dialect's own, in place; gives the rows that cannot be understood, and why."""

NEEDED = ("sender", "recipient", "amount")
DIRECTIONS = ("amount_in", "amount_out")
CHOOSING = ("token", *DIRECTIONS)
OPTIONAL = ("height", "position", "time", "tx_hash", "fee", "kind", "memo", "basis")


class Dialect(NamedTuple):
    """What is known of a well-known file.

    `columns` are our names and the file's: `Txhash|Hash` is either, capitals do not count, and `Value(*)` has the symbol of any coin
    in it. `told_by` are those that tell it from other files, `unlike` those that it never has. `readers` are for what only the dialect
    knows, of which `needs` must be there. `unit`: what its amounts are stated in; None where the case file has to say so. `utc`: its
    times without an offset are in UTC. `status`: columns of success, each with the values that mean it. `ignore`: columns that only
    look as if they changed what an amount means. `thousands`: its amounts have commas between thousands. `symbol`, `decimals`: of
    the asset, where it is always the same. `hash_once`: a transaction has one line, so a line that repeats another is the same row.
    `silent` is what such a file does not say, `refused` why none can be traced.
    """

    columns: Mapping[str, str]
    told_by: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    readers: Mapping[str, CellReader] = {}
    needs: tuple[str, ...] = ()
    unit: Literal["smallest", "coin"] | None = "smallest"
    utc: bool = False
    status: Mapping[str, tuple[str, ...]] = {}
    ignore: tuple[str, ...] = ()
    thousands: bool = False
    symbol: str = ""
    decimals: int | None = None
    hash_once: bool = False
    silent: str = ""
    refused: str = ""
    arrange: Arrange = lambda _: {}

    def told(self, header: Sequence[str]) -> bool:
        """Whether a file with this header is of the dialect."""
        return (
            bool(self.told_by)
            and all(column_meant(name, header) for name in self.told_by)
            and not any(column_meant(n, header) for n in self.unlike)
        )

    def has(self, ours: str, theirs: str) -> bool:
        """Whether the file's column `theirs` is what the dialect reads as `ours`."""
        return ours in self.columns and column_meant(self.columns[ours], (theirs,)) is not None


OUR_NAMES = Dialect(columns={name: name for name in (*NEEDED, *OPTIONAL)}, unit=None)
"""A table whose columns are called as ours are."""


def column_meant(name: str, header: Sequence[str]) -> str | None:
    """The column of a header that a dialect's name means, as it is written there.

    >>> column_meant("Hash|Value_IN(*)", ["Value_IN(USD)", "value_in(ETH)"])
    'value_in(ETH)'
    """
    for pattern in _patterns(name):
        for column in header:
            if pattern.fullmatch(column):
                return column
    return None


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """A coin is any but the dollar: the same files have a fee in ether and one in dollars side by side."""
    anything = r"(?!usd\))[^()]*"
    return tuple(re.compile(anything.join(map(re.escape, pattern.split("*"))), re.IGNORECASE) for pattern in name.split("|"))
