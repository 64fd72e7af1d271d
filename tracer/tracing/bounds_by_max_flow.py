"""How much can flow into some places, or past them: one greatest flow each way through the part of the network that matters."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.model import Bound
from tracer.tracing.bounds_network import Ending, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Extreme(NamedTuple):
    """The most that can flow into the places, or past them where `away`.

    `used` is what each arc of the network carries of it; `sides` has least cuts: for every node, and every place behind them, whether
    it lies near the thefts.
    """

    value: int
    away: bool
    used: NDArray[Any]
    sides: tuple[NDArray[Any], ...]


def bound(made: Network, places: Collection[Ending]) -> Bound:
    """The least and the most that can have ended in these places together; nothing, in a place that nothing can reach."""
    past, into = (extreme(made, places, away=away) for away in (True, False))
    return Bound(made.stolen - past.value, into.value)


def extreme(made: Network, places: Collection[Ending], *, away: bool) -> Extreme:
    """The most that can flow into the places, or past them.

    Only what can reach the places is handed to the solver. Value elsewhere is held by accounts that can pass on all they hold, and none of
    it to the places: it never arrives, and it has passed.
    """
    import numpy

    from tracer.tracing.maxflow import SINK, SOURCE, exact, greatest
    from tracer.tracing.maxflow_start import Arcs, are_worth_it, backward, forward

    targets = sorted({made.places[place] for place in places if place in made.places})
    within = reaching(made, targets)
    thefts = SINK + 1  # all of them together: from there on what each took goes where it went first
    number = numpy.cumsum(within) + thefts
    number[~within] = SINK if away else -1
    number[targets] = -1 if away else SINK
    tails, heads, capacities = made.arcs
    kept = numpy.flatnonzero(within[tails] & (number[heads] >= 0))
    into = [source for source in made.sources if within[source.head] and number[source.head] >= 0]
    passed = sum(source.amount for source in made.sources if not within[source.head]) if away else 0
    total = sum(source.amount for source in into)
    tails = numpy.concatenate([[SOURCE], [thefts] * len(into), number[tails[kept]]])
    heads = numpy.concatenate([[thefts], [number[source.head] for source in into], number[heads[kept]]])
    taken = numpy.concatenate([exact([total, *(source.amount for source in into)]), capacities[kept]])
    begun, goal = None, total
    if into and not made.cyclic and are_worth_it(taken, total):
        goal = min(total, sum(taken[heads == SINK].tolist()))
        taken[0] = goal  # more would only be pushed to and fro
        arcs = Arcs(tails, heads, taken)
        begun = forward(arcs, goal, _of_accounts(made, places, number, within)) if away else backward(arcs, goal)
    flow = greatest(tails, heads, taken, goal, begun)
    used = numpy.zeros_like(capacities)
    used[kept] = flow.used[1 + len(into) :]
    sides: tuple[NDArray[Any], ...] = numpy.isin(number, flow.near), ~numpy.isin(number, flow.far)
    if flow.value == goal < total:  # the places are full
        sides = (number != SINK,)
    for side in sides:
        side[~within], side[targets] = not away, away
    return Extreme(flow.value + passed, away, used, sides)


def _of_accounts(made: Network, places: Collection[Ending], number: NDArray[Any], within: NDArray[Any]) -> NDArray[Any]:
    """For every node of the solver whether it is one of the accounts that the places belong to."""
    import numpy

    owners, _, order = made.timelines
    own = order[numpy.isin(owners, [place.account for place in places])]
    found = numpy.zeros(int(number.max()) + 1, bool)
    found[number[own[within[own]]]] = True
    return found


def reaching(made: Network, targets: Collection[int]) -> NDArray[Any]:
    """For every node and place whether it can reach a target: back in time, once; more often where a block has no order."""
    import numpy

    found = bytearray(made.nodes + len(made.places))
    for target in targets:
        found[target] = 1
    grown = True
    while grown:
        grown = False
        for tail, head in zip(reversed(made.tails), reversed(made.heads), strict=True):
            if found[head] and not found[tail]:
                found[tail] = 1
                grown = made.cyclic
    return numpy.frombuffer(found, numpy.uint8).astype(bool)
