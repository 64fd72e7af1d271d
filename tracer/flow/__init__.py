"""The flow graph: the one input of graph store, viewer, pyvis and every exporter."""

from tracer.flow.about import About
from tracer.flow.attributes import EdgeAttributes, NodeAttributes
from tracer.flow.build import build
from tracer.flow.graph import FlowGraph
from tracer.flow.paths import StrongPath, strongest_path, strongest_paths
from tracer.flow.reduce import Flow, aggregate, top

__all__ = [
    "About",
    "EdgeAttributes",
    "Flow",
    "FlowGraph",
    "NodeAttributes",
    "StrongPath",
    "aggregate",
    "build",
    "strongest_path",
    "strongest_paths",
    "top",
]
