"""What everyone who draws, stores or exports reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx

from tracer.model import Asset

if TYPE_CHECKING:
    import pandas


class FlowGraph(networkx.MultiDiGraph):  # type: ignore[type-arg]
    """A networkx `MultiDiGraph` of the transfers that carried stolen value, and of the addresses only touched or marked.

    Node: the address, with `label` (its name), `labels` (all of them), `conflict` (whether they disagree), `younger` (of each label,
    whether it is dated after the address's last transfer), `marked` (its Markings), `service`, `role` (victim, recipient of a theft,
    service, boundary, account), `coverage`, `stop`, `balance`, `touched`, `traced` (rule -> stolen value that arrived,
    counted at each arrival), `endpoint` (rule -> stolen value that ended here), `fees` (rule -> stolen value it paid as fees),
    `tags` (names of what it does, according to heuristics).
    Edge: one row of the ledger, keyed by its row key, with `row`, `height`, `position`, `time` (UNIX seconds), `tx_hash`,
    `amount`, `fee`, `kind`, `memo`, `basis`, `verified`, `provisional`, `theft` (number, else None), `cut` (why the
    trail stops with it, else None), `tags` (names of the tags that name the row), and one attribute a rule with the stolen
    value it carried. An edge that carries none under any rule is there because it was the first to touch its recipient.
    Graph: `name`, `title`, `asset`, `rules`, `primary`, `reason`, `thefts`, `stolen` and `fees` (rule -> amount),
    `taken` (rule -> amount by theft), `endpoints`, `bounds`, `tags` (each `Tag` with its measures), `gaps`, `checked`, `coverage`
    and `limits` (sentences).
    What stands beside the trace: `markers` (the mosaics some address held), `evidence` (Evidence, masked unless it was asked for
    unmasked), `claims` (Compared), `valuation` (Valuation, None without prices). Amounts are Python integers of the smallest unit.
    """

    @property
    def asset(self) -> Asset:
        asset: Asset = self.graph["asset"]
        return asset

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.graph["rules"])

    @property
    def leading_rule(self) -> str:
        """The primary rule; the first that was run where none was declared."""
        return str(self.graph["primary"] or self.rules[0])

    def carried(self, rule: str) -> list[tuple[str, str, dict[str, Any]]]:
        """The edges that carry stolen value under a rule, in ledger order."""
        edges = [(sender, recipient, edge) for sender, recipient, edge in self.edges(data=True) if edge[rule]]
        return sorted(edges, key=lambda each: each[2]["row"])

    def to_pandas(self) -> pandas.DataFrame:
        """One line per transfer, in ledger order, with `sender` and `recipient`; amounts as Python integers (dtype object)."""
        import pandas

        lines = [{"sender": s, "recipient": r, **edge} for s, r, edge in self.edges(data=True)]
        frame = pandas.DataFrame(lines).sort_values("row").set_index("row") if lines else pandas.DataFrame()
        if lines:
            frame["theft"] = frame["theft"].astype("Int64")
        return frame.astype({column: object for column in ("amount", "fee", *self.rules) if column in frame.columns})
