"""The flow graph to look at: one offline HTML page, and pyvis for small graphs."""

from tracer.flow import FlowGraph
from tracer.render.html import digest, page
from tracer.render.payload import payload

__all__ = ["digest", "drawn", "page", "payload"]


def drawn(flow: FlowGraph) -> tuple[str, str]:
    """The page of a flow graph, and its digest."""
    shown = payload(flow)
    return page(shown), digest(shown)
