"""Who an address is, according to whom."""

from tracer.labels.book import LabelBook
from tracer.labels.tagpack import read_tagpack

__all__ = ["LabelBook", "read_tagpack"]
