"""The flow graph for other programs: GEXF (Gephi), GraphML (yEd, Cytoscape, R), with nothing in it but texts, numbers and flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

import networkx

from tracer.flow.case_attributes import About
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import utc

Graph: TypeAlias = "networkx.MultiDiGraph[Any]"  # a FlowGraph, which imports this

BEYOND_INT64 = 1 << 63


def gexf(flow: Graph) -> str:
    """The graph as GEXF 1.2."""
    text = "\n".join(networkx.generate_gexf(flattened(flow))) + "\n"
    made_of = escape(str(flow.graph["about"].stamp))
    return text.replace("</creator>", f"</creator>\n    <description>{made_of}</description>", 1)


def graphml(flow: Graph) -> str:
    """The graph as GraphML."""
    return "\n".join(networkx.generate_graphml(flattened(flow))) + "\n"


FORMATS: Mapping[str, Callable[[Graph], str]] = {"gexf": gexf, "graphml": graphml}


def flattened(flow: Graph) -> networkx.MultiDiGraph[Any]:
    """The same graph with plain attributes: rules in the name (`traced_fifo`), lists as one text, unknown ones left out.

    Amounts are integers of the smallest unit; where one passes 64 bits, which these formats do not hold, all are decimal text. A time
    has its moment in UTC beside it. Texts are made inert: the formats have no place for control characters. In a case of several assets
    each address and transfer names the asset of its amounts, and the answer they are of.
    """
    amount: Callable[[int], int | str] = str if _widest(flow) >= BEYOND_INT64 else int
    about: About = flow.graph["about"]
    of = {"asset": about.several.names[0], "answer": "followed"} if about.several else {}
    flat: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph(name=plain(about.title), made_of=str(about.stamp))
    for address, node in flow.nodes(data=True):
        plainly = {name: node[name] for name in ("service", "role", "coverage", "stop", "touched", "conflict")}
        by_rule = {f"{name}_{rule}": amount(units) for name in ("traced", "endpoint", "fees") for rule, units in node[name].items()}
        lists = {"tags": " ".join(node["tags"]), "marked": " ".join(sorted({marking.marker for marking in node["marked"]}))}
        label = node["label"] or address
        flat.add_node(plain(address), **_known({"label": label, **plainly, "balance": amount(node["balance"]), **lists, **by_rule, **of}))
    names = ("row", "height", "position", "time", "tx_hash", "kind", "basis", "verified", "provisional", "theft", "cut")
    for sender, recipient, key, edge in flow.edges(keys=True, data=True):
        amounts = {name: amount(edge[name]) for name in ("amount", "fee", *about.outcome.rules)}
        more = {"time_utc": utc(edge["time"]), "memo": edge["memo"].text if edge["memo"] else None, "tags": " ".join(edge["tags"])}
        attributes = _known({**{name: edge[name] for name in names}, "row_key": str(key), **amounts, **more, **of})
        flat.add_edge(plain(sender), plain(recipient), key=key, **attributes)
    return flat


def _known(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, str) else value for name, value in attributes.items() if value is not None}


def _widest(flow: Graph) -> int:
    of_edges = (edge[name] for _, _, edge in flow.edges(data=True) for name in ("amount", "fee", *flow.graph["about"].outcome.rules))
    of_nodes = (units for _, node in flow.nodes(data=True) for units in (node["balance"], *node["traced"].values()))
    return max(max(of_edges, default=0), max(of_nodes, default=0))
