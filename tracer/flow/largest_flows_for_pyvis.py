"""The flow graph made small enough to look at."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tracer.flow.flow_graph import FlowGraph


class Flow(NamedTuple):
    """All transfers from one address to another together: `amount` is the stolen value the `transfers` of them carried."""

    sender: str
    recipient: str
    amount: int
    transfers: int
    first: int | None
    last: int | None


def aggregate(flow: FlowGraph, rule: str) -> list[Flow]:
    """Parallel transfers that carry stolen value under a rule, added up; largest first."""
    flows: dict[tuple[str, str], Flow] = {}
    for sender, recipient, edge in flow.carried(rule):
        before = flows.get((sender, recipient), Flow(sender, recipient, 0, 0, edge["time"], edge["time"]))
        flows[sender, recipient] = before._replace(amount=before.amount + edge[rule], transfers=before.transfers + 1, last=edge["time"])
    return sorted(flows.values(), key=lambda f: (-f.amount, f.sender, f.recipient))


def top(flow: FlowGraph, rule: str, most: int) -> tuple[list[Flow], list[Flow]]:
    """At most `most` flows, taken best first outwards from the thefts' senders, and the ones left out."""
    flows = aggregate(flow, rule)
    leaving: dict[str, list[Flow]] = {}
    for summed in flows:
        leaving.setdefault(summed.sender, []).append(summed)
    reached: set[str] = set()
    queue: list[tuple[int, str, str, Flow]] = []

    def reach(address: str) -> None:
        if address not in reached:
            reached.add(address)
            for summed in leaving.get(address, ()):
                heapq.heappush(queue, (-summed.amount, summed.sender, summed.recipient, summed))

    for theft in flow.about.outcome.thefts:
        reach(theft.sender)
    shown: list[Flow] = []
    while queue and len(shown) < most:
        shown.append(heapq.heappop(queue)[-1])
        reach(shown[-1].recipient)
    return shown, sorted(set(flows) - set(shown), key=lambda f: (-f.amount, f.sender, f.recipient))
