"""The greatest flow through a network, exact whatever its width, by a solver that holds 64 bits.

Why rounds of the solver come to the exact flow. A round leaves out the lowest `shift` bits of every capacity. What it finds is a flow,
and what is left of the capacities carries the rest. A least cut of the rounded network is full but for what was left out, less than
2^shift an arc: so the rest is less than that many arcs times 2^shift, and the next round needs no more bits than that. With fewer
than 2^22 arcs a round takes 40 bits off; amounts of 127 bits take three rounds, ether in wei two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tracer.errors import BoundsError, InputError
from tracer.wording import missing_extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 62
"""Of what the solver is given, so that sums of it still fit 64 bits."""

SOURCE, SINK = 0, 1
"""The nodes that a flow begins and ends at."""


def exact(amounts: Sequence[int]) -> NDArray[Any]:
    """The amounts as an array: of 64 bits where they have room in it, else of Python integers."""
    from numpy import array, int64

    return array(amounts, object if max(amounts, default=0) >> BITS else int64)


def greatest(tails: NDArray[Any], heads: NDArray[Any], capacities: NDArray[Any], total: int) -> int:
    """The greatest flow from SOURCE to SINK, where none can be more than `total`. Raises BoundsError if the solver gives up."""
    import numpy

    value = 0
    while total:
        shift = max(0, total.bit_length() - BITS)
        rounded = (numpy.minimum(capacities, total) >> shift).astype(numpy.int64)
        flow, used = _solved(tails, heads, rounded)
        value += flow << shift
        if not shift:
            break
        used = used.astype(object) << shift
        total = min(total - (flow << shift), len(tails) << shift)
        left = numpy.concatenate([capacities - used, used])
        open_ = left > 0
        tails, heads = numpy.concatenate([tails, heads])[open_], numpy.concatenate([heads, tails])[open_]
        capacities = left[open_]
    return value


def _solved(tails: NDArray[Any], heads: NDArray[Any], capacities: NDArray[Any]) -> tuple[int, NDArray[Any]]:
    """The greatest flow from SOURCE to SINK, and what each arc carries of it."""
    from numpy import int32

    try:
        from ortools.graph.python.max_flow import SimpleMaxFlow
    except ImportError as error:
        raise InputError(missing_extra("bounds", "a bound")) from error

    flow = SimpleMaxFlow()
    arcs = flow.add_arcs_with_capacity(tails.astype(int32), heads.astype(int32), capacities)
    status = flow.solve(SOURCE, SINK)
    if status != flow.OPTIMAL:
        raise BoundsError(f"the flow library gave up ({status.name}): please report this")
    return int(flow.optimal_flow()), flow.flows(arcs)
