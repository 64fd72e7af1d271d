"""A pyvis network of the largest flows: for a notebook, or as a small file. The page to work with is `html`.

pyvis 0.3.2 fetches two files from a network on opening, and writes headings, menus and linked titles unescaped: so no
heading, no menu, no physics, text escaped, those two tags removed (reported upstream as pyvis issues 228 and 229).
"""

from __future__ import annotations

import html
import re
import warnings
from itertools import groupby
from typing import Any

import networkx
from pyvis.network import Network

from tracer.flow import Flow, FlowGraph, top
from tracer.render.box_places import Grid, Layout, spread
from tracer.wording import counted

GRID = Grid(between=430, line=120, half_width=130, half_height=40)
"""In vis units: a box is at most about 230 wide and 55 high, with room around it."""

LONGEST_NAME = 18

BOX_FONT, FLOW_FONT = 26, 20
"""Large, because the whole is shrunk to fit the window on opening."""

MOST = 60
"""Flows that are still readable side by side."""

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""What the page may do: run the script in it, and fetch nothing."""

COLOURS = {"victim": "#2f3e4e", "recipient": "#c62828", "service": "#1565c0", "boundary": "#8d6e63", "account": "#607d8b"}


class Picture(Network):  # type: ignore[misc]
    """A pyvis network whose page fetches nothing when it is opened, and says above the picture what it shows."""

    def __init__(self, caption: str) -> None:
        super().__init__(directed=True, height="900px", width="100%", cdn_resources="in_line")
        self.caption = caption
        self.toggle_physics(False)

    def generate_html(self, *arguments: Any, **settings: Any) -> str:
        """The page as text, without the tags that pyvis fetches files by."""
        page: str = super().generate_html(*arguments, **settings)
        page = re.sub(r"<link\b[^>]*\bhref=\"https?://[^>]*>", "", page)
        page = re.sub(r"<script\b[^>]*\bsrc=\"https?://[^>]*>\s*</script>", "", page, flags=re.DOTALL)
        page = page.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">', 1)
        return page.replace("<body>", f"<body><p>{_safe(self.caption)}</p>", 1)


def to_pyvis(flow: FlowGraph, most: int = MOST) -> Picture:
    """At most `most` aggregated flows, best first from the thefts outwards, at fixed places: hops left to right.

    No line runs behind a box that it does not touch; a flow for which there is no such line is left out. More than MOST cannot be
    read side by side: MOST are drawn then, and a warning says so, as the picture itself does.
    """
    if most > MOST:
        warnings.warn(f"{most} flows cannot be read side by side: at most {MOST} are drawn", stacklevel=2)
    rule = flow.leading_rule
    shown, hidden = top(flow, rule, min(most, MOST))
    places, lines = _layout(flow, shown)
    drawn = [arrow for arrow in shown if (arrow.sender, arrow.recipient) in lines]
    network = Picture(_caption(flow, drawn, len(shown) + len(hidden)))
    for address, (x, y) in places.items():
        node = flow.nodes[address]
        network.add_node(
            address,
            label=_safe(_name(address, node["label"])),
            title=_safe(f"{address}\n{node['label'] or ''} {node['role']}\narrived {flow.asset.stated(node['traced'][rule])} ({rule})"),
            color=COLOURS[node["role"]],
            shape="box",
            font={"color": "#ffffff", "size": BOX_FONT},
            widthConstraint={"maximum": 2 * GRID.half_width - 40},
            x=x,
            y=y,
        )
    largest = max((arrow.amount for arrow in drawn), default=1)
    pairs = {(arrow.sender, arrow.recipient) for arrow in drawn}
    for arrow in drawn:
        network.add_edge(
            arrow.sender,
            arrow.recipient,
            label=_safe(flow.asset.format(arrow.amount)),
            title=_safe(f"{flow.asset.stated(arrow.amount)} stolen ({rule}) in {arrow.transfers} transfers"),
            width=1 + 9 * arrow.amount // largest,
            font={"size": FLOW_FONT, "strokeWidth": 4, "strokeColor": "#ffffff"},
            smooth={"enabled": True, "type": "curvedCW", "roundness": 0.04} if (arrow.recipient, arrow.sender) in pairs else False,
        )
    return network


def pyvis_page(flow: FlowGraph, most: int = MOST) -> tuple[str, int]:
    """The page as text, with nothing in it that reaches for a network, and how many flows it leaves out."""
    network = to_pyvis(flow, most)
    shown, hidden = top(flow, flow.leading_rule, most)
    return network.generate_html(notebook=False), len(shown) + len(hidden) - len(network.edges)


def _caption(flow: FlowGraph, drawn: list[Flow], flows: int) -> str:
    """What the picture shows, and what it leaves out."""
    left = flows - len(drawn)
    rest = f"; {counted(left, 'smaller flow')} not drawn" if left else ""
    shown = f"{counted(len(drawn), 'flow')} of {flows:,}, under {flow.leading_rule}{rest}"
    several = flow.about.several
    asset = f", in {several.names[0]} alone, as it was followed" if several else ""
    return f"{flow.about.title}: {shown}{asset}. {flow.about.stamp}."


def _layout(flow: FlowGraph, shown: list[Flow]) -> Layout:
    """Columns by distance from the thefts; within a column those with most arriving value first."""
    graph = networkx.DiGraph([(arrow.sender, arrow.recipient) for arrow in shown])
    sources = {theft.sender for theft in flow.about.outcome.thefts} & set(graph)
    hops = dict(networkx.multi_source_dijkstra_path_length(graph, sources)) if sources else {}
    rule = flow.leading_rule
    ordered = sorted(graph, key=lambda address: (hops.get(address, 0), -flow.nodes[address]["traced"][rule], address))
    columns = [list(members) for _, members in groupby(ordered, key=lambda address: hops.get(address, 0))]
    largest_first = sorted(shown, key=lambda arrow: -arrow.amount)
    return spread(columns, [(arrow.sender, arrow.recipient) for arrow in largest_first], GRID)


def _name(address: str, label: str | None) -> str:
    """What fits into a box; the address in full is in the box's title."""
    if label is None:
        return f"{address[:6]}...{address[-4:]}"
    return label if len(label) <= LONGEST_NAME else f"{label[: LONGEST_NAME - 3]}..."


def _safe(text: str) -> str:
    """Text that neither HTML nor pyvis (which treats a title with "href" in it as HTML) takes for anything else."""
    visible = "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)
    return html.escape(visible.replace("href", "h-ref"))
