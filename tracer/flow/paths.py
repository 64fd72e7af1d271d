"""The strongest way from one address to another that time allows."""

from __future__ import annotations

from typing import Any, NamedTuple

from tracer.flow.graph import FlowGraph


class Path(NamedTuple):
    """Transfers in time order, and the least stolen value any of them carried."""

    bottleneck: int
    hops: tuple[tuple[str, str, dict[str, Any]], ...]


class _Arrival(NamedTuple):
    bottleneck: int
    hop: tuple[str, str, dict[str, Any]] | None
    before: _Arrival | None


def strongest_path(flow: FlowGraph, source: str, target: str, rule: str) -> Path | None:
    """The path whose weakest transfer carries most stolen value under `rule`, each transfer later than the one before.

    Exact, in one pass over the edges in ledger order: what an address has been reached with so far is all that a later
    transfer can build on. A transfer at which the trail stops can only be the last one. Of equally strong paths the one
    that arrives first. None where time allows no path.
    """
    best: dict[str, _Arrival] = {}
    arrival: _Arrival | None = None
    for sender, recipient, edge in flow.carried(rule):
        before = best.get(sender)
        bottleneck = edge[rule] if sender == source else min(before.bottleneck, edge[rule]) if before else 0
        found = _Arrival(bottleneck, (sender, recipient, edge), None if sender == source else before)
        if recipient == target and bottleneck > (arrival.bottleneck if arrival else 0):
            arrival = found
        if edge["cut"] is None and recipient != source and bottleneck > (best[recipient].bottleneck if recipient in best else 0):
            best[recipient] = found
    if arrival is None:
        return None
    hops = []
    step: _Arrival | None = arrival
    while step is not None and step.hop is not None:
        hops.append(step.hop)
        step = step.before
    return Path(arrival.bottleneck, tuple(reversed(hops)))
