"""The flow graph to look at: one offline HTML page, and pyvis for small graphs."""

from tracer.render.html import digest, page
from tracer.render.payload import payload

__all__ = ["digest", "page", "payload"]
