"""tracer: given a drained wallet, where the stolen money went, what that rests on, and the proof."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tracer.version import __version__

if TYPE_CHECKING:
    from tracer.casefile import CaseFile
    from tracer.casefolder import CaseFolder
    from tracer.flow import FlowGraph
    from tracer.pipeline.trace import tag, trace

__all__ = ["CaseFile", "CaseFolder", "FlowGraph", "__version__", "tag", "trace"]

_HOMES = {
    "CaseFile": "tracer.casefile",
    "CaseFolder": "tracer.casefolder.folder",
    "FlowGraph": "tracer.flow",
    "tag": "tracer.pipeline.trace",
    "trace": "tracer.pipeline.trace",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when asked for: the command line starts without networkx."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tracer' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
