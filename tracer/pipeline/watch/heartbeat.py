"""The line that says that a watch is alive: whom it watches, from which block, how old the last one is, when it polled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracer.chains import Reader
from tracer.pipeline.watch.delivery import Outbox
from tracer.pipeline.watch.journal import State
from tracer.pipeline.watch.watched_accounts import Watched
from tracer.wording import counted, shortened, utc

SELDOM = 60  # seconds between two lines, at least
MINUTE, HOUR, DAY = 60, 3600, 86_400


class Pulse:
    """What the last polls came to, and when a line was said of it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.full: list[str] = []
        self._polled: tuple[int, int, int | None, str] | None = None
        self._said: float | None = None

    def polled(self, nodes: Reader) -> None:
        """Notes that the nodes were read up to their last block."""
        self._polled = int(self.now()), nodes.tip, nodes.tip_time, nodes.node

    @property
    def due(self) -> bool:
        """Whether it is time for a line."""
        return self._said is None or self.now() - self._said >= SELDOM

    def beat(self, watched: Watched, state: State, outboxes: Sequence[Outbox]) -> str:
        """The line, and that it was said."""
        self._said = self.now()
        return "; ".join((_whom(watched, state), self._when(watched), *self._lacks(watched, outboxes)))

    def _when(self, watched: Watched) -> str:
        if self._polled is None:
            return "no node has answered yet"
        at, tip, time, node = self._polled
        age = "" if time is None else f" of {utc(time)}, {_lasting(at - time)} old then"
        traced = f", traced up to {watched.tip:,}" if watched.has_trace else ""
        return f"last poll {utc(at)} at {node}: block {tip:,}{age}{traced}"

    def _lacks(self, watched: Watched, outboxes: Sequence[Outbox]) -> Sequence[str]:
        waiting = [f"{counted(box.waiting, 'alert')} for the {box.name}, not taken yet" for box in outboxes if box.waiting]
        full = [f"list full at {counted(len(self.full), 'account')}, others may wait unseen: {self.full[0]}"] if self.full else []
        gaps = [f"THE LEDGER DOES NOT ADD UP, {counted(len(watched.gaps), 'gap')}: {watched.gaps[0]}"] if watched.gaps else []
        return [*waiting, *full, *gaps]


def _whom(watched: Watched, state: State) -> str:
    """Whom it watches, and from which block on."""
    if not watched.has_trace:
        return f"watching {shortened(', '.join(watched.held))} from block {state.since:,}"
    holders, drained = counted(len(watched.held), "holder"), counted(len(watched.drained), "drained wallet")
    return f"watching {holders} of stolen value and {drained} of {watched.name} from block {state.since:,}"


def _lasting(seconds: int) -> str:
    """A span of time for people.

    >>> _lasting(59), _lasting(7300), _lasting(900_000)
    ('59 s', '2 h', '10 days')
    """
    for size, unit in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size:,} {unit}"
    return f"{seconds} s"
