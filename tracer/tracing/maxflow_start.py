"""A flow to begin from in a large network: waves in the order of time, each giving back what got stuck.

A solver that knows nothing of time needs minutes where hubs are chains of ten thousand nodes; a wave passes every arc once. The solver
then finds what waves leave out, which has to take back what went elsewhere. So waves decide how long a bound takes, never what it is.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.tracing.maxflow import BITS, SINK, SOURCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

WAVES_FROM = 250_000
"""Arcs from which waves are worth loading numba for."""

MOST_WAVES = 4000
"""After so many the solver goes on: what they still move is little."""


def are_worth_it(capacities: NDArray[Any], total: int) -> bool:
    """Whether to send waves: through a large network whose sums fit 64 bits, where numba is there."""
    fits = capacities.dtype != object and total.bit_length() < BITS
    return len(capacities) >= WAVES_FROM and fits and find_spec("numba") is not None


class Arcs(NamedTuple):
    """Arcs in the order of time."""

    tails: NDArray[Any]
    heads: NDArray[Any]
    capacities: NDArray[Any]


class _Waves:
    """Waves of at most `goal` from one node to another."""

    def __init__(self, arcs: Arcs, source: int, sink: int, goal: int) -> None:
        import numpy

        self.arcs, self.source, self.sink = arcs, source, sink
        self.nodes = int(max(arcs.tails.max(), arcs.heads.max())) + 1
        self.used = numpy.zeros_like(arcs.capacities)
        self.excess, self.passed, self.rooms = (numpy.zeros(self.nodes, numpy.int64) for _ in range(3))
        self.excess[source] = self.rooms[sink] = goal
        _kernel("room")(*arcs, goal, self.rooms)

    def send(self, shut: NDArray[Any]) -> None:
        """Sends waves, into no node that is shut, until nothing is stuck; a node where something was is shut too."""
        for _ in range(MOST_WAVES):
            _kernel("push")(*self.arcs, self.sink, self.rooms, shut, self.used, self.excess, self.passed)
            stuck = self._between(self.excess > 0)
            if not stuck.any():
                return
            shut = shut | stuck
            self._give_back(shut)
        self._give_back(shut | True)

    def _between(self, nodes: NDArray[Any]) -> NDArray[Any]:
        nodes[[self.source, self.sink]] = False
        return nodes

    def _give_back(self, shut: NDArray[Any]) -> None:
        _kernel("give_back")(self.arcs.tails, self.arcs.heads, self._between(shut), self.used, self.excess, self.passed)


def forward(arcs: Arcs, goal: int, late: NDArray[Any]) -> NDArray[Any]:
    """What each arc carries of a flow that goes forward in time; through the nodes `late` only what finds no other way."""
    import numpy

    waves = _Waves(arcs, SOURCE, SINK, goal)
    for shut in (late, numpy.zeros_like(late)):
        waves.send(shut)
    return waves.used


def backward(arcs: Arcs, goal: int) -> NDArray[Any]:
    """What each arc carries of a flow that is drawn back in time from the places it ends in."""
    import numpy

    turned = Arcs(*(numpy.ascontiguousarray(each[::-1]) for each in (arcs.heads, arcs.tails, arcs.capacities)))
    waves = _Waves(turned, SINK, SOURCE, goal)
    waves.send(numpy.zeros(waves.nodes, bool))
    return waves.used[::-1].copy()


def _kernel(name: str) -> Any:
    from tracer.tracing.compiled import compiled

    return compiled(name)
