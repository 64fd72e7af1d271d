"""Lines of a table that repeat another, found over columns on disk: column files leave no line out, so these are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.dataset.layout import DTYPES, PART
from tracer.errors import InputError
from tracer.model import POSITION_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

ODD = 0x9E3779B97F4A7C15
"""Multiplying by an odd number loses nothing of 64 bits: 2^64 over the golden ratio spreads neighbours apart (Knuth, TAOCP 3, 6.4)."""


def require_no_doubles(path: Path, work: Path, rows: int, hash_bytes: int, *, counted: bool) -> None:
    """Raises InputError naming two rows of the table `path`, poured into `work`, of which one repeats the other.

    `counted`: the table states no places, so that those in the row keys are only counted.
    """
    import numpy as np

    columns: dict[str, NDArray[Any]] = {}
    for name in DTYPES:
        if (work / name).exists():
            shape = (rows, hash_bytes) if name == "tx_hash" else (rows,)
            columns[name] = np.memmap(work / name, DTYPES[name], "r", shape=shape)
    if counted:
        columns["row_key"] = columns["row_key"] >> POSITION_BITS
    if found := first_double(columns):
        one, other = (row + 1 for row in found)
        raise InputError(
            f'{path}: rows {one} and {other} are the same payment: if they are two, write doubles = "each" in the source; if they are one, '
            "take one out, since column files leave no line out, or trace the table itself"
        )


def first_double(columns: Mapping[str, NDArray[Any]]) -> tuple[int, int] | None:
    """Two rows that say the same in all of these columns, the earlier first; None where no two do.

    What is held is a number of 64 bits a row; rows that share it are then compared themselves.
    """
    import numpy as np

    numbers = _numbers(columns)
    in_order = np.sort(numbers)
    shared = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    seen: dict[tuple[Any, ...], int] = {}
    for row in np.flatnonzero(np.isin(numbers, shared)).tolist() if len(shared) else ():
        before = seen.setdefault(tuple(column[row].tobytes() for column in columns.values()), row)
        if before != row:
            return before, row
    return None


def _numbers(columns: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """A number for each row, the same for rows that are alike."""
    import numpy as np

    made = np.zeros(len(next(iter(columns.values()))), np.uint64)
    for start in range(0, len(made), PART):
        part = made[start : start + PART]  # a view: what is written to it is written to `made`
        for column in columns.values():
            values = column[start : start + PART]
            for each in values.T if values.ndim == 2 else [values]:
                part ^= each.astype(np.uint64)
                part *= np.uint64(ODD)
                part ^= part >> np.uint64(29)
    return made
