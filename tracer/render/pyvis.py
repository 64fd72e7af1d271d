"""A pyvis network of the largest flows: for a notebook, or as a small file. The page to work with is `html`.

pyvis 0.3.2 fetches two files from a network on opening, and writes headings, menus and linked titles unescaped: so no
heading, no menu, no physics, text escaped, those two tags removed (reported upstream as pyvis issues 228 and 229).
"""

from __future__ import annotations

import html
import re
from itertools import groupby

import networkx
from pyvis.network import Network

from tracer.flow import Flow, FlowGraph, top

COLUMN, LINE = 260, 70
"""Pixels between hops, and between addresses of one hop."""

COLOURS = {"victim": "#2f3e4e", "recipient": "#c62828", "service": "#1565c0", "boundary": "#8d6e63", "account": "#607d8b"}


def to_pyvis(flow: FlowGraph, most: int = 150) -> Network:
    """At most `most` aggregated flows, best first from the thefts outwards, at fixed places: hops left to right."""
    rule = flow.leading_rule
    shown, _ = top(flow, rule, most)
    network = Network(directed=True, height="900px", width="100%", cdn_resources="in_line")
    network.toggle_physics(False)
    for address, (x, y) in _places(flow, shown).items():
        node = flow.nodes[address]
        network.add_node(
            address,
            label=_safe(node["label"] or f"{address[:6]}...{address[-4:]}"),
            title=_safe(f"{address}\n{node['role']}\narrived {_amount(flow, node['traced'][rule])} ({rule})"),
            color=COLOURS[node["role"]],
            shape="box",
            font={"color": "#ffffff"},
            x=x,
            y=y,
        )
    largest = max((each.amount for each in shown), default=1)
    for each in shown:
        network.add_edge(
            each.sender,
            each.recipient,
            label=_safe(_amount(flow, each.amount)),
            title=_safe(f"{_amount(flow, each.amount)} stolen ({rule}) in {each.transfers} transfers"),
            width=1 + 9 * each.amount // largest,
        )
    return network


def pyvis_page(flow: FlowGraph, most: int = 150) -> tuple[str, int]:
    """The page as text, with nothing in it that reaches for a network, and how many flows it leaves out."""
    _, hidden = top(flow, flow.leading_rule, most)
    page: str = to_pyvis(flow, most).generate_html(notebook=False)
    page = re.sub(r"<link\b[^>]*\bhref=\"https?://[^>]*>", "", page)
    page = re.sub(r"<script\b[^>]*\bsrc=\"https?://[^>]*>\s*</script>", "", page, flags=re.DOTALL)
    return page, len(hidden)


def _places(flow: FlowGraph, shown: list[Flow]) -> dict[str, tuple[int, int]]:
    """Columns by distance from the thefts; within a column those with most arriving value on top."""
    graph = networkx.DiGraph([(each.sender, each.recipient) for each in shown])
    sources = {theft.sender for theft in flow.graph["thefts"]} & set(graph)
    hops = dict(networkx.multi_source_dijkstra_path_length(graph, sources)) if sources else {}
    rule = flow.leading_rule
    ordered = sorted(graph, key=lambda address: (hops.get(address, 0), -flow.nodes[address]["traced"][rule], address))
    places = {}
    for hop, column in groupby(ordered, key=lambda address: hops.get(address, 0)):
        members = list(column)
        for line, address in enumerate(members):
            places[address] = int(hop) * COLUMN, (2 * line - len(members)) * LINE // 2
    return places


def _amount(flow: FlowGraph, amount: int) -> str:
    return f"{flow.asset.format(amount)} {flow.asset.symbol}"


def _safe(text: str) -> str:
    """Text that neither HTML nor pyvis (which treats a title with "href" in it as HTML) takes for anything else."""
    visible = "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)
    return html.escape(visible.replace("href", "h-ref"))
