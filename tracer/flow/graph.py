"""What everyone who draws, stores or exports reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx

from tracer.flow.about import About
from tracer.model import Asset

if TYPE_CHECKING:
    import pandas

    from tracer.ledger.frames import Units


class FlowGraph(networkx.MultiDiGraph):  # type: ignore[type-arg]
    """A networkx `MultiDiGraph` of the transfers that carried stolen value, and of the addresses only touched or marked.

    A node is an address, with `NodeAttributes`. An edge is one row of the ledger, keyed by its row key, with `EdgeAttributes` and one
    attribute a rule: the stolen value it carried. An edge that carries none under any rule is there because it was the first to touch
    its recipient. `about` is what the graph says of its case; it goes along into copies and subgraphs.
    """

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

        return frame(edge_columns(self, self.rules), ("amount", "fee", *self.rules), self.asset, units).set_index("row")

    def flattened(self) -> networkx.MultiDiGraph[Any]:
        """The same graph with nothing in it but texts, numbers and flags, which networkx's own writers take: GEXF, GraphML, GML, JSON.

        Amounts are integers of the smallest unit; where one passes 64 bits, all are decimal text.
        """
        from tracer.flow.export import flattened

        return flattened(self)

    def to_gexf(self, target: str | Path) -> Path:
        """Writes the graph as GEXF, for Gephi; gives the path."""
        return self._written(target, "gexf")

    def to_graphml(self, target: str | Path) -> Path:
        """Writes the graph as GraphML, for yEd, Cytoscape, R; gives the path."""
        return self._written(target, "graphml")

    def _written(self, target: str | Path, kind: str) -> Path:
        from tracer.flow.export import FORMATS

        Path(target).write_text(FORMATS[kind](self), encoding="utf-8", newline="\n")
        return Path(target)
