"""Who an address is, according to whom."""

from tracer.labels.book import LabelBook
from tracer.labels.markers import Marked, beside, markings
from tracer.labels.tagpack import read_tagpack, written

__all__ = ["LabelBook", "Marked", "beside", "markings", "read_tagpack", "written"]
