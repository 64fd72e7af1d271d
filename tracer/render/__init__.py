"""The flow graph to look at: one offline HTML page, and pyvis for small graphs."""

from tracer.flow.page_inputs import Drawing
from tracer.render.html import digest, page, page_and_digest
from tracer.render.payload import payload, payload_to_write

__all__ = ["digest", "drawn", "page", "payload"]


def drawn(drawing: Drawing) -> tuple[str, str]:
    """The page of a case, and its digest."""
    return page_and_digest(payload_to_write(drawing))
