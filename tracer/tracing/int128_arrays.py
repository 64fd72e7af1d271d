"""Arrays of integers up to 128 bits, as two limbs of 64 bits each: what numpy holds for the wide kernels (`multiply_and_divide_128.py`)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

LIMBS = np.dtype([("low", np.uint64), ("high", np.int64)][:: 1 if sys.byteorder == "little" else -1])
"""As the processor has an integer of 128 bits."""


class Wide(np.ndarray[Any, Any]):
    """An array of LIMBS, which `int128.py` has numba read as integers."""

    __numba_array_subtype_dispatch__ = True


def widened(units: Iterable[int]) -> Wide:
    """The integers, each from -2^127 up to below 2^127."""
    return np.frombuffer(bytearray().join(number.to_bytes(16, sys.byteorder, signed=True) for number in units), LIMBS).view(Wide)


def zeros(count: int) -> Wide:
    """So many noughts."""
    return np.full(count, 0, LIMBS).view(Wide)


def listed(cells: Wide) -> list[int]:
    """The integers again, as Python has them."""
    upper: list[int] = cells["high"].tolist()
    lower: list[int] = cells["low"].tolist()
    return [low + (high << 64) for low, high in zip(lower, upper, strict=True)] if any(upper) else lower
