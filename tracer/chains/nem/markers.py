"""Markers: labels made on chain, by sending an address a mosaic. Who marked whom, and between which blocks it held.

An address is marked from the block in which it first holds a marker to the block in which it last does: until it sends all of it
back or on, or until the mosaic's namespace is no longer paid for. Whoever defined or hands out the mosaic is not marked by it.
A new definition takes a marker from nobody: since block 1,110,000 NIS allows one only while the creator owns everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from tracer.model import Event, Marking

LIFETIME = 365 * 24 * 60
"""Blocks a namespace is rented for; then its mosaics are gone (nis: estimatedBlocksPerYear, Namespace.isActive)."""


def markings(events: Iterable[Event], markers: Collection[str], tip: int | None) -> list[Marking]:
    """Every span in which an address held one of the markers (`namespace:name`), in the order they began. `events` in chain order."""
    told = [event for event in events if event.kind == "namespace_rented" or "mosaic" in event.attributes]
    marks: list[Marking] = []
    for marker in dict.fromkeys(markers):
        spans = _Spans(marker, _sources(told, marker))
        for event in told:
            if event.kind in _TELL:
                _TELL[event.kind](spans, event)
        spans.expire(tip)
        marks += [*spans.over, *spans.open.values()]
    return sorted(marks, key=lambda mark: (mark.first, mark.marker, mark.address))


def _sources(events: Iterable[Event], marker: str) -> set[str]:
    """Who defined the marker, and who sent it before having been sent any: they hand it out."""
    sources: set[str] = set()
    received: set[str] = set()
    for event in events:
        if event.attributes.get("mosaic") != marker:
            continue
        if event.kind != "mosaic_moved" or event.subject not in received:
            sources.add(event.subject)
        if event.kind == "mosaic_moved" and event.object:
            received.add(event.object)
    return sources


class _Spans:
    """The spans of one marker, as far as the events were read."""

    def __init__(self, marker: str, sources: set[str]) -> None:
        self.marker, self.sources = marker, sources
        self.root = marker.partition(":")[0].partition(".")[0]
        self.rented: int | None = None
        self.held: dict[str, int] = {}
        self.open: dict[str, Marking] = {}
        self.over: list[Marking] = []

    def move(self, event: Event) -> None:
        if event.attributes["mosaic"] != self.marker or event.object is None or event.subject == event.object:
            return
        self.expire(event.height)
        amount = int(event.attributes["amount"])
        self._leaves(event, event.subject, amount)
        if event.object not in self.sources and amount:
            self.held[event.object] = self.held.get(event.object, 0) + amount
            begun = Marking(self.marker, event.object, event.subject, event.tx_hash, event.height, event.time)
            self.open.setdefault(event.object, begun)

    def _leaves(self, event: Event, address: str, amount: int) -> None:
        if address not in self.open:
            return
        self.held[address] -= amount
        if self.held[address] <= 0:
            span = self.open.pop(address)._replace(last=event.height, last_time=event.time)
            self.over.append(span._replace(ended="returned" if event.object in self.sources else "moved_on"))

    def rent(self, event: Event) -> None:
        if event.attributes.get("namespace") == self.root:
            self.expire(event.height)
            self.rented = event.height

    def expire(self, height: int | None) -> None:
        """Ends all spans if the namespace was no longer paid for at that height."""
        if self.rented is None or height is None or height < self.rented + LIFETIME:
            return
        gone = self.rented + LIFETIME
        self.over += [mark._replace(last=gone, ended="definition_gone") for mark in self.open.values()]
        self.open, self.held = {}, {}


_TELL: dict[str, Callable[[_Spans, Event], None]] = {"mosaic_moved": _Spans.move, "namespace_rented": _Spans.rent}
