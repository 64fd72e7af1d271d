"""The flow graph: the one input of graph store, viewer, pyvis and every exporter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.flow.attributes import EdgeAttributes, NodeAttributes
from tracer.flow.case_attributes import About
from tracer.flow.flow_graph_of_trace import build, flow_columns
from tracer.flow.largest_flows_for_pyvis import Flow, aggregate, top
from tracer.flow.strongest_paths import StrongPath, strongest_path, strongest_paths

if TYPE_CHECKING:
    from tracer.flow.flow_graph import FlowGraph

__all__ = [
    "About",
    "EdgeAttributes",
    "Flow",
    "FlowGraph",
    "NodeAttributes",
    "StrongPath",
    "aggregate",
    "build",
    "flow_columns",
    "strongest_path",
    "strongest_paths",
    "top",
]


def __getattr__(name: str) -> Any:
    """FlowGraph is imported when somebody asks for it: networkx takes 0.07 s, and a page is drawn without."""
    if name != "FlowGraph":
        raise AttributeError(f"module 'tracer.flow' has no attribute {name!r}")
    from tracer.flow.flow_graph import FlowGraph

    return FlowGraph
