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

NARROWEST, WIDEST, LINE = 215, 430, 120
"""Between hops, and between addresses of one hop, in vis units: a box is about 210 wide and 45 high."""

LONGEST_NAME = 18

SHAPE = 1.6
"""Width to height of the whole, like the window, as far as the hops allow."""

BOX_FONT, FLOW_FONT = 26, 20
"""Large, because the whole is shrunk to fit the window on opening."""

MOST = 60
"""Flows that are still readable side by side."""

COLOURS = {"victim": "#2f3e4e", "recipient": "#c62828", "service": "#1565c0", "boundary": "#8d6e63", "account": "#607d8b"}


def to_pyvis(flow: FlowGraph, most: int = MOST) -> Network:
    """At most `most` aggregated flows, best first from the thefts outwards, at fixed places: hops left to right."""
    rule = flow.leading_rule
    shown, _ = top(flow, rule, most)
    network = Network(directed=True, height="900px", width="100%", cdn_resources="in_line")
    network.toggle_physics(False)
    for address, (x, y) in _places(flow, shown).items():
        node = flow.nodes[address]
        network.add_node(
            address,
            label=_safe(_name(address, node["label"])),
            title=_safe(f"{address}\n{node['label'] or ''} {node['role']}\narrived {flow.asset.stated(node['traced'][rule])} ({rule})"),
            color=COLOURS[node["role"]],
            shape="box",
            font={"color": "#ffffff", "size": BOX_FONT},
            x=x,
            y=y,
        )
    largest = max((arrow.amount for arrow in shown), default=1)
    for arrow in shown:
        network.add_edge(
            arrow.sender,
            arrow.recipient,
            label=_safe(flow.asset.format(arrow.amount)),
            title=_safe(f"{flow.asset.stated(arrow.amount)} stolen ({rule}) in {arrow.transfers} transfers"),
            width=1 + 9 * arrow.amount // largest,
            font={"size": FLOW_FONT, "strokeWidth": 4, "strokeColor": "#ffffff"},
        )
    return network


def pyvis_page(flow: FlowGraph, most: int = MOST) -> tuple[str, int]:
    """The page as text, with nothing in it that reaches for a network, and how many flows it leaves out."""
    _, hidden = top(flow, flow.leading_rule, most)
    page: str = to_pyvis(flow, most).generate_html(notebook=False)
    page = re.sub(r"<link\b[^>]*\bhref=\"https?://[^>]*>", "", page)
    page = re.sub(r"<script\b[^>]*\bsrc=\"https?://[^>]*>\s*</script>", "", page, flags=re.DOTALL)
    return page, len(hidden)


def _places(flow: FlowGraph, shown: list[Flow]) -> dict[str, tuple[int, int]]:
    """Columns by distance from the thefts, every other half a line lower; within a column those with most arriving value on top."""
    graph = networkx.DiGraph([(arrow.sender, arrow.recipient) for arrow in shown])
    sources = {theft.sender for theft in flow.about.outcome.thefts} & set(graph)
    hops = dict(networkx.multi_source_dijkstra_path_length(graph, sources)) if sources else {}
    rule = flow.leading_rule
    ordered = sorted(graph, key=lambda address: (hops.get(address, 0), -flow.nodes[address]["traced"][rule], address))
    columns = [list(members) for _, members in groupby(ordered, key=lambda address: hops.get(address, 0))]
    longest = max(map(len, columns), default=1)
    between = min(WIDEST, max(NARROWEST, int(SHAPE * longest * LINE) // max(1, len(columns))))
    return {
        address: (hop * between, (line - len(members) // 2) * LINE + hop % 2 * LINE // 2)
        for hop, members in enumerate(columns)
        for line, address in enumerate(members)
    }


def _name(address: str, label: str | None) -> str:
    """What fits into a box; the address in full is in the box's title."""
    if label is None:
        return f"{address[:6]}...{address[-4:]}"
    return label if len(label) <= LONGEST_NAME else f"{label[: LONGEST_NAME - 3]}..."


def _safe(text: str) -> str:
    """Text that neither HTML nor pyvis (which treats a title with "href" in it as HTML) takes for anything else."""
    visible = "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)
    return html.escape(visible.replace("href", "h-ref"))
