"""Progress on stderr: one line that is rewritten on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from tracer.model import Advance, Progress
from tracer.model import quiet as nobody
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import lasting

Clock = Callable[[], float]
"""Seconds since some moment, never falling."""

WINDOW = 60.0  # seconds that a rate is taken over: what a node did an hour ago says nothing of what it does now
SETTLED = 5.0  # seconds before a rate is stated
STILL = 15.0  # seconds without anything new before that is said
MINUTE = 60.0  # between two lines where there is no terminal
AWAKE = 1.0  # seconds between two looks at the clock

quiet_option = click.option("--quiet", is_flag=True, help="Show no progress.")


class Meter:
    """What is being done, in words, with a rate, and with a time left only where it follows from what is queued."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = self._changed = clock()
        self._at = Advance("beginning")
        self._seen: deque[tuple[float, int]] = deque()

    def take(self, advance: Advance) -> None:
        """Notes how far it is. A rate is of one kind of work: another begins anew."""
        now = self._clock()
        if advance.what != self._at.what:
            self._seen.clear()
        if advance.what != self._at.what or advance.done != self._at.done:
            self._changed = now
        if not self._seen or now - self._seen[-1][0] >= AWAKE:
            self._seen.append((now, advance.done))
        while now - self._seen[0][0] > WINDOW and len(self._seen) > 1:
            self._seen.popleft()
        self._at = advance

    def line(self) -> str:
        """What is being done, in one line, as of now."""
        at = self._at
        said = [f"[{lasting(self._clock() - self._began)}] {at.what}", *self._counted(at)]
        return plain(": ".join(said) + (f"; {at.besides}" if at.besides else ""))

    def _counted(self, at: Advance) -> Iterator[str]:
        if not at.unit:
            return
        per_second, left = self._rate(at), at.total - at.done
        still = self._clock() - self._changed
        speed = f" ({_speed(per_second)})" if per_second else f" (nothing new for {lasting(still)})" if still >= STILL else ""
        if at.at_least:
            longer = f", {lasting(left / per_second)} or longer" if per_second and left else ""
            yield f"{at.done:,} {at.unit}{speed}, at least {left:,} left{longer}"
        elif at.total:
            much = f"{at.done * 100 // at.total} %" if at.unit == "bytes" else f"{at.done:,} of {at.total:,} {at.unit}"
            yield much + (f", about {lasting(left / per_second)} left" if per_second else speed)
        else:
            yield f"{at.done:,} {at.unit}{speed}"

    def _rate(self, at: Advance) -> float:
        """So many a second; 0 where too little was seen, or nothing is happening."""
        seen, now = self._seen, self._clock()
        if not seen or now - seen[0][0] < SETTLED or now - self._changed >= STILL:
            return 0.0
        return max(0.0, (at.done - seen[0][1]) / (now - seen[0][0]))


def _speed(per_second: float) -> str:
    return f"{per_second:,.1f} a second" if per_second < 10 else f"{per_second:,.0f} a second"


class Minutes:
    """Prints the line of a meter on stderr once a minute."""

    def __init__(self, meter: Meter, clock: Clock) -> None:
        self._meter, self._clock = meter, clock
        self._last = clock()
        self._lock = threading.Lock()

    def look(self) -> None:
        """Prints the line if the last one is a minute old."""
        with self._lock:
            if self._clock() - self._last >= MINUTE:
                self._last = self._clock()
                click.echo(f"progress: {self._meter.line()}", err=True)


@contextmanager
def progress(quiet: bool = False, clock: Clock = time.monotonic) -> Iterator[Progress]:
    """What to tell of the progress of a command; it is shown on stderr, unless `quiet`."""
    if quiet:
        yield nobody
        return
    meter = Meter(clock)
    shown = _rewritten if sys.stderr.isatty() else _every_minute
    with shown(meter, clock) as advance:
        yield advance


@contextmanager
def _rewritten(meter: Meter, _clock: Clock) -> Iterator[Progress]:
    """One line on the terminal, drawn anew several times a second, so that one sees the time go by."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    def line() -> Text:
        return Text(meter.line(), no_wrap=True, overflow="ellipsis", end="")

    with Live(get_renderable=line, console=Console(stderr=True, highlight=False), transient=True):
        yield meter.take


@contextmanager
def _every_minute(meter: Meter, clock: Clock) -> Iterator[Progress]:
    """A line a minute, however long a single step takes."""
    minutes, over = Minutes(meter, clock), threading.Event()

    def keep_looking() -> None:
        while not over.wait(AWAKE):
            minutes.look()

    def advance(at: Advance) -> None:
        meter.take(at)
        minutes.look()

    looking = threading.Thread(target=keep_looking, daemon=True)
    looking.start()
    try:
        yield advance
    finally:
        over.set()
        looking.join()
