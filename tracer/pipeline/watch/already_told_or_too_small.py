"""An event is told once: whether a sighting is news, after what was told already. By what it is known again: `keyed` in `alerts.py`."""

from __future__ import annotations

from tracer.pipeline.watch.alerts import Sighting
from tracer.pipeline.watch.journal import Journal


def to_be_told(sighting: Sighting, journal: Journal, least: int) -> bool:
    """Whether nobody was told, and it is worth `least`. A payment that moved to another block, or came back, is news again."""
    last = journal.last.get(sighting.key)
    if sighting.status == "confirmed" and last is not None:
        return last.status == "withdrawn" or last.height != sighting.transfer.height
    if sighting.status == "unconfirmed" and (last is not None or sighting.key in journal.unconfirmed):
        return False
    known = journal.state.known if journal.state else ()
    if sighting.status == "confirmed" and (sighting.kind == "theft" or sighting.key in known):
        return False
    return sighting.worth >= max(least, 1)
