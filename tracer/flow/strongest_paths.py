"""The strongest ways from one address to another that time allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tracer.flow.flow_graph import FlowGraph


class StrongPath(NamedTuple):
    """Transfers in time order, and the least stolen value any of them carried."""

    bottleneck: int
    hops: tuple[tuple[str, str, dict[str, Any]], ...]


class _Arrival(NamedTuple):
    bottleneck: int
    hop: tuple[str, str, dict[str, Any]] | None
    before: _Arrival | None


Edge = tuple[str, str, dict[str, Any]]


def strongest_path(flow: FlowGraph, source: str, target: str, rule: str) -> StrongPath | None:
    """The path whose weakest transfer carries most stolen value under `rule`, each transfer later than the one before.

    A transfer at which the trail stops can only be the last one. Of equally strong paths the one that arrives first. None where
    time allows no path.
    """
    return next(iter(strongest_paths(flow, [source], [target], rule)), None)


def strongest_paths(flow: FlowGraph, sources: Collection[str], targets: Collection[str], rule: str, most: int = 1) -> list[StrongPath]:
    """At most `most` paths from any source to any target, strongest first, no two with the same weakest transfer.

    The first is the strongest of all; each next one is the strongest of those that use no transfer which was the weakest of a
    path before it (of several equally weak ones, the earliest). So every one is the answer to: if that money had not gone that
    way, which way carried most? Paths may share their other transfers: what they carry must not be added up. Exact; each is one
    pass over the edges in ledger order, because what an address has been reached with so far is all that a later transfer can
    build on.
    """
    edges = flow.carried(rule)
    paths: list[StrongPath] = []
    while len(paths) < most and (path := _strongest(edges, set(sources), set(targets), rule)):
        paths.append(path)
        weakest = next(edge["row"] for _, _, edge in path.hops if edge[rule] == path.bottleneck)
        edges = [edge for edge in edges if edge[2]["row"] != weakest]
    return paths


def _strongest(edges: Iterable[Edge], sources: set[str], targets: set[str], rule: str) -> StrongPath | None:
    best: dict[str, _Arrival] = {}
    arrival: _Arrival | None = None
    for sender, recipient, edge in edges:
        first, before = sender in sources, best.get(sender)
        bottleneck = edge[rule] if first else min(before.bottleneck, edge[rule]) if before else 0
        candidate = _Arrival(bottleneck, (sender, recipient, edge), None if first else before)
        if recipient in targets and bottleneck > (arrival.bottleneck if arrival else 0):
            arrival = candidate
        if edge["cut"] is None and recipient not in sources and bottleneck > (best[recipient].bottleneck if recipient in best else 0):
            best[recipient] = candidate
    return StrongPath(arrival.bottleneck, _hops(arrival)) if arrival else None


def _hops(arrival: _Arrival) -> tuple[Edge, ...]:
    hops = []
    step: _Arrival | None = arrival
    while step is not None and step.hop is not None:
        hops.append(step.hop)
        step = step.before
    return tuple(reversed(hops))
