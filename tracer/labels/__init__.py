"""Who an address is, according to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.labels.book import LabelBook

if TYPE_CHECKING:
    from tracer.labels.tagpack import read_tagpack

__all__ = ["LabelBook", "read_tagpack"]


def __getattr__(name: str) -> Any:
    """Reading TagPacks needs YAML; a command that only reads a case does without."""
    if name != "read_tagpack":
        raise AttributeError(f"module 'tracer.labels' has no attribute {name!r}")
    from tracer.labels.tagpack import read_tagpack

    return read_tagpack
