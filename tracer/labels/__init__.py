"""Who an address is, according to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.labels.book import LabelBook
from tracer.labels.markers_against_trace import Marked, compare_markings
from tracer.labels.network_filter import TakenLabels, Wanted

if TYPE_CHECKING:
    from tracer.labels.label_files import read_labels
    from tracer.labels.tagpack import read_tagpack, written

__all__ = ["LabelBook", "Marked", "TakenLabels", "Wanted", "compare_markings", "read_labels", "read_tagpack", "written"]


def __getattr__(name: str) -> Any:
    """Reading and writing TagPacks needs YAML; a command that only reads a case does without."""
    if name not in ("read_labels", "read_tagpack", "written"):
        raise AttributeError(f"module 'tracer.labels' has no attribute {name!r}")
    from tracer.labels import label_files, tagpack

    return getattr(label_files if name == "read_labels" else tagpack, name)
