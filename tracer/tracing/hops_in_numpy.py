"""Hops by the million, in NumPy; few of them are done by Python, which is as fast and imports nothing."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY = 200_000
"""From so many numbers on NumPy is faster, its import included."""

MANY_ONCE_IMPORTED = 5_000
"""The same where it is imported already, as it is when a data set was read."""


def standing_at(numbers: Sequence[int], places: Sequence[int]) -> Sequence[int]:
    """The numbers that stand at these places.

    >>> standing_at(array("i", [7, 8, 9]), array("q", [2, 0]))
    array('i', [9, 7])
    """
    if are_many(numbers, places):
        return in_array(as_numpy(numbers)[as_numpy(places)])
    found = map(numbers.__getitem__, places)
    return array(numbers.typecode, found) if isinstance(numbers, array) else list(found)


def sums_by(keys: Sequence[int], amounts: Sequence[int]) -> dict[int, int]:
    """The amounts, 0 or more each, added up by key; exact, however large the sums are.

    >>> sums_by([3, 4, 3], [1, 2, 1 << 63])
    {3: 9223372036854775809, 4: 2}
    """
    if not are_many(keys, amounts):
        totals: dict[int, int] = {}
        for key, amount in zip(keys, amounts, strict=True):
            totals[key] = totals.get(key, 0) + amount
        return totals
    import numpy as np

    by, units = as_numpy(keys), as_numpy(amounts)
    if (by[1:] < by[:-1]).any():
        order = by.argsort(kind="stable")
        by, units = by[order], units[order]
    first = _begins(by)
    # in two halves, as a sum may pass the 64 bits that each amount fits
    upper, lower = (np.add.reduceat(half, first).tolist() for half in (units >> 32, units & 0xFFFFFFFF))
    return {key: (high << 32) + low for key, high, low in zip(by[first].tolist(), upper, lower, strict=True)}


def runs(numbers: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Each number, and how often it stands there in a row.

    >>> list(runs([7, 7, 5, 7]))
    [(7, 2), (5, 1), (7, 1)]
    """
    if not isinstance(numbers, array) or not are_many(numbers):
        return ((number, sum(1 for _ in run)) for number, run in groupby(numbers))
    import numpy as np

    column = as_numpy(numbers)
    first = _begins(column)
    return zip(column[first].tolist(), np.diff(first, append=len(column)).tolist(), strict=True)


def places_among(numbers: Sequence[int], among: Iterable[int]) -> Sequence[int]:
    """At which places one of `among` stands, none of which is below 0.

    >>> places_among([5, 1, 5, 2], {5, 2})
    [0, 2, 3]
    """
    if not are_many(numbers):
        wanted = set(among)
        return [place for place, number in enumerate(numbers) if number in wanted]
    import numpy as np

    column = as_numpy(numbers)
    wanted_here = np.zeros(int(column.max()) + 1, bool)
    wanted_here[[number for number in among if number < len(wanted_here)]] = True
    return in_array(np.flatnonzero(wanted_here[column]))


def _begins(column: NDArray[Any]) -> NDArray[Any]:
    """The places of numbers that differ from the one before."""
    import numpy as np

    return np.flatnonzero(np.concatenate(([True], column[1:] != column[:-1])))


def in_array(numbers: NDArray[Any]) -> array[int]:
    """An array as numbers of Python, in as little memory."""
    found = array(numbers.dtype.char if numbers.dtype.char != "l" else "q")
    found.frombytes(numbers.tobytes())
    return found


def are_many(*columns: Sequence[int]) -> bool:
    """Whether NumPy is to work on these columns: all are arrays, and the last is long."""
    many = min(MANY, MANY_ONCE_IMPORTED) if "numpy" in sys.modules else MANY
    return len(columns[-1]) >= many and all(isinstance(column, array) for column in columns)


def as_numpy(numbers: Sequence[int]) -> NDArray[Any]:
    """The same memory as an array of NumPy's."""
    import numpy as np

    assert isinstance(numbers, array)
    return np.frombuffer(numbers, numbers.typecode)
