"""The memory that kernels fill: lists, arrays, or arrays of two limbs, as the amounts of the rows are."""

from __future__ import annotations

from itertools import chain
from typing import Any

from tracer.tracing.followed_rows import Flows
from tracer.tracing.kernel_output import is_list, is_wide
from tracer.tracing.kernels import STEP, Cells

TOGETHER = 8
"""STEP of kernels compiled on 64 bits: where an account's lots lie, and its first two lots, are then one line of the processor's cache."""

LINE = 64
"""Bytes that a processor fetches at once."""


def cells_with(flows: Flows, count: int, value: int = 0) -> Cells:
    """So many cells of one value; those of an array begin where a line does.

    An array is written whole: of memory that is only promised to be 0, numpy asks for small pages.
    """
    if is_list(flows.sender):
        return [value] * count
    import numpy as np

    return _at_a_line(np.full(count + LINE // 8, value, np.int64), count)


def noughts(flows: Flows, count: int) -> Cells:
    """So many amounts of 0, as wide as those of the rows."""
    if not is_wide(flows.amount):
        return cells_with(flows, count)
    from tracer.tracing.int128_arrays import zeros

    return _at_a_line(zeros(count + LINE // 16), count)


def of_width(flows: Flows, *units: int) -> Cells:
    """Cells that hold these numbers, as wide as the amounts of the rows."""
    if is_list(flows.sender):
        return list(units)
    if is_wide(flows.amount):
        from tracer.tracing.int128_arrays import widened

        return widened(units)
    import numpy as np

    return np.array(units, np.int64)


def unwritten(flows: Flows, count: int) -> Cells:
    """So many cells to be written to before they are read."""
    return [0] * count if is_list(flows.sender) else _unwritten(flows.amount, count)


def doubled(cells: Cells) -> Cells:
    """The same cells and as many more, of which those of an array say nothing yet: a kernel writes before it reads."""
    if is_list(cells):
        return cells + [0] * len(cells)
    larger = _unwritten(cells, 2 * len(cells))
    larger[: len(cells)] = cells
    return larger


def step_of_lots(flows: Flows) -> int:
    """The STEP of the kernels that run these rows. Beyond 64 bits lots are as wide as amounts, and what says where they lie is not."""
    return STEP if is_list(flows.sender) or is_wide(flows.amount) else TOGETHER


def step_of_pools(flows: Flows) -> int:
    """The cells of a pool: balance, stolen, and of several thefts what is of each. Those of an array are full lines, or divide one."""
    thefts = len(flows.thefts)
    if thefts == 1:
        return 2
    if is_list(flows.sender):
        return 2 + thefts
    return 4 if thefts < 3 else -(-(2 + thefts) // 8) * 8


def parts_of_pools(flows: Flows, pool: Cells) -> Cells:
    """What each pool holds of each theft: an array of 64 bits has a row for each pool, anything else one after the other."""
    thefts, step = len(flows.thefts), step_of_pools(flows)
    if thefts == 1:
        return pool[1::2]
    if is_list(pool):
        return list(chain.from_iterable(pool[start : start + thefts] for start in range(2, len(pool), step)))
    parts = pool.reshape(-1, step)[:, 2 : 2 + thefts]
    return parts.reshape(-1) if is_wide(pool) else parts


def _at_a_line(cells: Cells, count: int) -> Cells:
    """So many of the cells of an array, from the first that begins a line on."""
    bytes_of_one = cells.itemsize
    start = -cells.__array_interface__["data"][0] % LINE // bytes_of_one
    return cells[start : start + count]


def _unwritten(like: Cells, count: int) -> Any:
    import numpy as np

    return _at_a_line(np.empty_like(like, shape=count + LINE // like.itemsize), count)
