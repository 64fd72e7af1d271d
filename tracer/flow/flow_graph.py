"""What everyone who draws, stores or exports reads."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx

from tracer.flow.case_attributes import About
from tracer.flow.flow_columns import FlowAddresses, FlowColumns, FlowTransfers, addresses_in, transfers_in
from tracer.model import Asset

if TYPE_CHECKING:
    import pandas

    from tracer.ledger.frames import Units


class FlowGraph(networkx.MultiDiGraph):  # type: ignore[type-arg]
    """A networkx `MultiDiGraph` of the transfers that carried stolen value, and of the addresses only touched or marked.

    A node is an address, with `NodeAttributes`. An edge is one row of the ledger, keyed by its row key, with `EdgeAttributes` and one
    attribute a rule: the stolen value it carried. An edge that carries none under any rule is there because it was the first to touch
    its recipient. `about` is what the graph says of its case; it goes along into copies and subgraphs.

    What is drawn or written from whole columns reads `transfers` and `addresses`, which is all there is at first: networkx's own dicts, a
    kilobyte a transfer, are made when somebody first looks into the graph, and from then on they are what counts.
    """

    _columns: tuple[FlowTransfers, FlowAddresses] | None = None

    @classmethod
    def of(cls, columns: FlowColumns) -> FlowGraph:
        """The graph of these transfers and addresses, which are all their ends and maybe others."""
        flow = cls(about=columns.about)
        flow._columns = columns.transfers, columns.addresses
        for name in ("_node", "_adj", "_pred"):
            setattr(flow, name, _OnDemand(flow, name))
        return flow

    @property
    def transfers(self) -> FlowTransfers:
        """The transfers as columns, in ledger order."""
        return transfers_in(self.edges(keys=True, data=True), self.rules) if self._columns is None else self._columns[0]

    @property
    def addresses(self) -> FlowAddresses:
        """The addresses as columns."""
        return addresses_in(self.nodes) if self._columns is None else self._columns[1]

    def filled(self, name: str) -> Mapping[Any, Any]:
        """One of networkx's own dicts, all of them made now if they were not yet."""
        if self._columns is not None:
            (transfers, addresses), self._columns = self._columns, None
            node = addresses.nodes()
            senders: dict[str, dict[str, dict[int, Any]]] = {address: {} for address in node}
            recipients: dict[str, dict[str, dict[int, Any]]] = {address: {} for address in node}
            for sender, recipient, key, edge in transfers.edges():
                if recipient not in senders[sender]:
                    senders[sender][recipient] = recipients[recipient][sender] = {}
                senders[sender][recipient][key] = edge
            self._node, self._adj, self._pred = node, senders, recipients
        made: Mapping[Any, Any] = vars(self)[name]
        return made

    @property
    def about(self) -> About:
        """The case: what was asked, what came of it, what stands beside the trace."""
        about: About = self.graph["about"]
        return about

    @property
    def asset(self) -> Asset:
        return self.about.asset

    @property
    def rules(self) -> tuple[str, ...]:
        return self.about.outcome.rules

    @property
    def leading_rule(self) -> str:
        """The primary rule; the first that was run where none was declared."""
        return self.about.primary or self.rules[0]

    def carried(self, rule: str) -> list[tuple[str, str, dict[str, Any]]]:
        """The edges that carry stolen value under a rule, in ledger order."""
        edges = [(sender, recipient, edge) for sender, recipient, edge in self.edges(data=True) if edge[rule]]
        return sorted(edges, key=lambda edge: edge[2]["row"])

    def to_pandas(self, units: Units = "smallest") -> pandas.DataFrame:
        """One line per transfer, in ledger order; `row` is the index, `time` a datetime in UTC, amounts exact.

        `units`: `smallest` for integers, `coins` for decimals of whole coins. Both ends have a label, a service and a role; a memo is
        its text, its kind and its bytes, and tags are one text. Raises InputError for other units.
        """
        from tracer.flow.frames import edge_columns
        from tracer.ledger.frames import frame

        return frame(edge_columns(self.transfers, self.addresses), ("amount", "fee", *self.rules), self.asset, units).set_index("row")

    def flattened(self) -> networkx.MultiDiGraph[Any]:
        """The same graph with nothing in it but texts, numbers and flags, which networkx's own writers take: GEXF, GraphML, GML, JSON.

        Amounts are integers of the smallest unit; where one passes 64 bits, all are decimal text.
        """
        from tracer.flow.gexf_and_graphml import flattened

        return flattened(self)

    def to_gexf(self, target: str | Path) -> Path:
        """Writes the graph as GEXF, for Gephi; gives the path."""
        return self._written(target, "gexf")

    def to_graphml(self, target: str | Path) -> Path:
        """Writes the graph as GraphML, for yEd, Cytoscape, R; gives the path."""
        return self._written(target, "graphml")

    def _written(self, target: str | Path, kind: str) -> Path:
        from tracer.flow.gexf_and_graphml import FORMATS

        Path(target).write_text(FORMATS[kind](self), encoding="utf-8", newline="\n")
        return Path(target)


class _OnDemand(UserDict[Any, Any]):
    """One of the dicts of a graph, made when somebody looks into it. networkx takes any mapping for each of them."""

    def __init__(self, flow: FlowGraph, name: str) -> None:
        self._flow, self._name = flow, name

    @property
    def data(self) -> Mapping[Any, Any]:  # type: ignore[override]
        return self._flow.filled(self._name)
