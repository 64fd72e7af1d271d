"""Rows that are not in the flow graph and touch an address that stolen value reached: with whom else it had to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from heapq import nlargest
from typing import Any, NamedTuple, TypeAlias

from tracer.flow.attributes import NodeAttributes
from tracer.flow.build import NO_SUMS, edge_of, nodes_of
from tracer.flow.graph import FlowGraph
from tracer.labels import LabelBook
from tracer.ledger import NOBODY, Ledger
from tracer.tracing import Trace

Edge: TypeAlias = tuple[str, str, dict[str, Any]]
"""Sender, recipient, and `EdgeAttributes` with the stolen value by rule."""

MOST = 20_000
"""Rows that are taken along, those of the largest amounts."""


class Beside(NamedTuple):
    """Rows that no rule puts stolen value into, in ledger order, and those of their addresses that the flow graph has not.

    They have no memo: it is a third party's. `left_out`: how many more there are, of smaller amounts.
    """

    edges: Sequence[Edge] = ()
    nodes: Mapping[str, NodeAttributes] = {}
    left_out: int = 0


def beside_of(flow: FlowGraph, ledger: Ledger, trace: Trace, labels: LabelBook, wanted: Collection[int] = (), most: int = MOST) -> Beside:
    """The `most` rows of the largest amounts; the rows `wanted` are among them in any case."""
    inside = {edge["row"] for _, _, edge in flow.edges(data=True)}
    found = [row for row in _touching(ledger, trace) if row not in inside]
    amounts = ledger.columns.amount
    chosen = {*nlargest(most, found, key=lambda row: (amounts[row], -row)), *wanted} - inside
    nothing = dict.fromkeys(trace.rules, 0)
    edges = []
    for row in sorted(chosen):
        transfer = ledger.transfer(row)
        if transfer.sender is not None and transfer.recipient is not None:
            edge = {**edge_of(transfer._replace(memo=None), ledger, trace), **nothing}
            edges.append((transfer.sender, transfer.recipient, edge))
    others = dict.fromkeys(address for edge in edges for address in edge[:2] if address not in flow.nodes)
    return Beside(edges, nodes_of(sorted(others), ledger, trace, labels, flow.about, NO_SUMS), max(0, len(found) - most))


def _touching(ledger: Ledger, trace: Trace) -> list[int]:
    """The rows up to the cut-off that move something between two accounts, one of which stolen value reached."""
    sender, recipient, amount = ledger.columns.sender, ledger.columns.recipient, ledger.columns.amount
    reached = {account for row in trace.carrying for account in (sender[row], recipient[row])} - {NOBODY}
    return [
        row
        for row in range(trace.rows)
        if amount[row] and (sender[row] in reached or recipient[row] in reached) and NOBODY not in (sender[row], recipient[row])
    ]
