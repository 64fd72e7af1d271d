"""The greatest flow through a network, exact whatever its width, by a solver that holds 64 bits.

Why rounds of the solver come to the exact flow. A round leaves out the lowest `shift` bits of every capacity. What it finds is a flow,
and what is left of the capacities carries the rest. A least cut of the rounded network is full but for what was left out, less than
2^shift an arc: so the rest is less than that many arcs times 2^shift, and the next round needs no more bits than that. With fewer
than 2^22 arcs a round takes 40 bits off; amounts of 127 bits take three rounds, ether in wei two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.errors import BoundsError, InputError
from tracer.wording import missing_extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 62
"""Of what the solver is given, so that sums of it still fit 64 bits."""

SOURCE, SINK = 0, 1
"""The nodes that a flow begins and ends at."""


class GreatestFlow(NamedTuple):
    """A greatest flow: what each arc carries of it, and two least cuts, which may be one: the nodes that SOURCE can still send more to,
    and those that could still send more to SINK."""

    value: int
    used: NDArray[Any]
    near: Sequence[int]
    far: Sequence[int]


def exact(amounts: Sequence[int]) -> NDArray[Any]:
    """The amounts as an array: of 64 bits where they have room in it, else of Python integers."""
    from numpy import array, int64

    return array(amounts, object if max(amounts, default=0) >> BITS else int64)


def greatest(
    tails: NDArray[Any], heads: NDArray[Any], capacities: NDArray[Any], total: int, begun: NDArray[Any] | None = None
) -> GreatestFlow:
    """The greatest flow from SOURCE to SINK, where none can be more than `total`; `begun` is what the arcs carry of some flow to begin
    from. One of `total` is the greatest, if nothing but SOURCE itself bounds it so. Raises BoundsError if the solver gives up."""
    import numpy

    used = numpy.zeros_like(capacities) if begun is None else begun
    value = sum(used[tails == SOURCE].tolist())
    if begun is not None and value == total:
        return GreatestFlow(value, used, [SOURCE], range(1, int(max(tails.max(), heads.max())) + 1))
    total -= value
    while True:
        enough = total + 1  # no arc of so much is ever full, so what is cut off above it moves no cut
        shift = max(0, enough.bit_length() - BITS)
        left, back = capacities - used, numpy.flatnonzero(used)
        rounded = numpy.concatenate([numpy.minimum(left, enough), numpy.minimum(used[back], enough)]) >> shift
        ends = numpy.concatenate([tails, heads[back]]), numpy.concatenate([heads, tails[back]])
        flow, more, near, far = _solved(*ends, rounded.astype(numpy.int64))
        value += flow << shift
        more = more.astype(capacities.dtype) << shift
        used += more[: len(tails)]
        used[back] -= more[len(tails) :]
        if not shift:
            return GreatestFlow(value, used, near, far)
        total = min(total - (flow << shift), len(rounded) << shift)


def _solved(tails: NDArray[Any], heads: NDArray[Any], capacities: NDArray[Any]) -> tuple[int, NDArray[Any], Sequence[int], Sequence[int]]:
    """The greatest flow from SOURCE to SINK, what each arc carries of it, and the near and the far side of its least cuts."""
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
    return int(flow.optimal_flow()), flow.flows(arcs), flow.get_source_side_min_cut(), flow.get_sink_side_min_cut()
