"""What everyone who draws, stores or exports reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx

from tracer.flow.about import About
from tracer.model import Asset

if TYPE_CHECKING:
    import pandas


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

    def to_pandas(self) -> pandas.DataFrame:
        """One line per transfer, in ledger order, with `sender` and `recipient`; amounts as Python integers (dtype object).

        Times are UNIX seconds, missing (dtype Int64) where no source states one.
        """
        import pandas

        lines = [{"sender": s, "recipient": r, **edge} for s, r, edge in self.edges(data=True)]
        frame = pandas.DataFrame(lines).sort_values("row").set_index("row") if lines else pandas.DataFrame()
        if lines:
            frame = frame.astype({"theft": "Int64", "time": "Int64" if frame["time"].hasnans else "int64"})
        return frame.astype({column: object for column in ("amount", "fee", *self.rules) if column in frame.columns})
