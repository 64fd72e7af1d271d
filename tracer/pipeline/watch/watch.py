"""The watch: polls, judges what is new on the chain, keeps it, hands it on, traces again. What fails is a note, never the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from tracer.chains import Reader
from tracer.errors import NodeError, TracerError
from tracer.model import Transfer
from tracer.pipeline.watch import stoppable_list
from tracer.pipeline.watch.alerts import Alert, AlertPlace, Sighting, alert_of, drop_of, keyed, withdrawal_of
from tracer.pipeline.watch.already_told_or_too_small import to_be_told
from tracer.pipeline.watch.delivery import Outbox
from tracer.pipeline.watch.heartbeat import Pulse
from tracer.pipeline.watch.journal import SHOWN, Cursor, Journal, State, write_durably
from tracer.pipeline.watch.target import Target
from tracer.pipeline.watch.watched_accounts import Watched

Note = Callable[[str], None]


class Clock(NamedTuple):
    """What time it is (UNIX seconds), and how to let it pass."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Session:
    """A reader held open, and how far it has judged the chain. Up to the block `stands` the trace says who moved stolen value.

    `behind`: the case is to be traced again. `arrived`: the last block was read, not only some on a long way to it.
    `listed`: the list of what can still be stopped is as the trace says.
    """

    watched: Watched
    nodes: Reader
    judged: int
    stands: int
    behind: bool
    arrived: bool = True
    listed: bool = False


class Watch:
    """A watch on a case or on addresses. Whatever it finds is on disk before anybody hears of it.

    What is due follows from the trace, the blocks recorded since, and the alerts given: so a watch that was killed, whenever that was,
    finds the same again and gives what it had not given. `least`: smallest units below which nothing is told. `outboxes` and `woken`:
    who is handed the alerts, and what to call when there are new ones.
    """

    def __init__(self, target: Target, least: int = 0, clock: Clock | None = None) -> None:
        self.target, self.least, self.clock = target, least, clock or Clock()
        self.journal = Journal(target.folder)
        self.outboxes: list[Outbox] = []
        self.woken: list[Callable[[], None]] = []
        self._shown = Cursor(self.journal, SHOWN)
        self._pulse = Pulse(self.clock.now)
        self._open, self._opened = ExitStack(), False
        self._session: Session | None = None

    def alerts(self, polls: int | None, every: float, note: Note) -> Iterator[Alert]:
        """Polls (for ever where `polls` is None) every so many seconds. An alert counts as shown when the next one is asked for.

        Raises TracerError where the folder cannot be used at all; whatever fails later is a note, and tried again at the next poll.
        """
        with self._open:
            for number in count(1) if polls is None else range(1, polls + 1):
                if number > 1:
                    self.clock.sleep(every)
                yield from self._poll(note)
                self._beat(note)
        self._session = None

    def _poll(self, note: Note) -> Iterator[Alert]:
        """What the record holds already, and tracing where it is past the case; then what the nodes have that is new."""
        yield from self._done(self._look_back, note)
        if self._behind:
            yield from self._traced(note)
        yield from self._done(self._list, note)
        failed = self._behind
        while (followed := (yield from self._done(self._follow, note))) and self._session and not self._session.arrived:
            self._beat(note)
        if followed:
            yield from self._done(self._look_ahead, note)
        if self._behind and not failed:
            yield from self._traced(note)

    def _done(self, step: Callable[[], None], note: Note) -> Generator[Alert, None, bool]:
        """Does a step, and gives the alerts that were not shown yet; returns whether nothing failed."""
        succeeded = True
        try:
            step()
        except TracerError as error:
            if not self._opened and not isinstance(error, NodeError):
                raise
            succeeded = False
            self._begin_anew()
            note(f"{error}; trying again at the next poll")
        while self._shown.taken < len(self.journal.alerts):
            yield self.journal.alerts[self._shown.taken]
            self._shown.move_to(self._shown.taken + 1)
        return succeeded

    def _begin_anew(self) -> None:
        """Closes the folder where all that was read is forgotten, since it rested on a lie: the next poll begins anew, and traces."""
        try:
            if self._session is None or self._session.nodes.tip:
                return
        except NodeError:
            self._open.close()
            self._session = None
            self._keep(behind=True)

    def _beat(self, note: Note) -> None:
        if self._session and self.journal.state and self._pulse.due:
            note(self._pulse.beat(self._session.watched, self.journal.state, self.outboxes))

    @property
    def _behind(self) -> bool:
        return self._session is not None and self._session.behind

    def _traced(self, note: Note) -> Iterator[Alert]:
        """Traces the case again. Where that fails the watch goes on, and tries again at the next poll."""
        self._open.close()
        self._session = None
        self._keep(behind=True)
        try:
            self.target.trace()
        except TracerError as error:
            note(f"not traced again yet: {error}; trying again at the next poll")
        else:
            self._keep(behind=False)
            note(f"{self.target.folder} is traced up to the last block")
        yield from self._done(self._look_back, note)
        yield from self._done(self._list, note)

    def _keep(self, **changed: int | bool) -> None:
        if self.journal.state is not None:
            self.journal.keep(self.journal.state._replace(**changed))  # type: ignore[arg-type]

    def _look_back(self) -> None:
        """Opens the folder, where it is not open, and judges what is recorded there."""
        if self._session is not None:
            return
        watched, nodes = self._open.enter_context(self.target.opened())
        self._opened = True
        try:
            nodes.begin()
            self._session = self._begun(watched, nodes)
        finally:
            if self._session is None:
                self._open.close()

    def _begun(self, watched: Watched, nodes: Reader) -> Session:
        """A session on what was opened, all of it judged that may not have been: alerts already given are given by nobody again."""
        first = watched.tip if watched.has_trace else nodes.tip
        state = self.journal.state or self.journal.keep(State(first, watched.near, first))
        stands = watched.tip if watched.has_trace else state.since
        if state.behind and state.through < stands:
            stands = state.through
            watched.undone(stands)
        session = Session(watched, nodes, 0, stands, watched.has_trace and (state.behind or nodes.tip > watched.tip))
        near = state.since - watched.finality
        floor = min(max(state.since, state.through - watched.finality), state.through)
        if state.behind:  # a fork since the trace may have undone what it holds, however far the watch went on after that
            floor = min(floor, max(state.since, watched.tip - watched.finality))
        self._judge(session, floor, [each for each in watched.traced if (each.transfer.height or 0) > near])
        return session

    def _list(self) -> None:
        """Writes the list of what can still be stopped where a line of it changed, and gives the alert that names those lines.

        Both follow from the trace and the list as it was last written; the alert comes first, so that a watch that is killed between
        the two finds the same change again, and that it was told. The first list of a watch is no news.
        """
        session = self._session
        if session is None or session.listed or session.behind or session.watched.listing is None:
            return
        path = self.journal.folder / stoppable_list.FILE
        sent = stoppable_list.kept(path)
        listing = session.watched.listing(sent)
        found = list(stoppable_list.line_changes(listing))
        key = stoppable_list.key_of(session.watched.name, listing)
        if sent is not None and found and stoppable_list.is_news(listing, found, max(self.least, 1)) and not self.journal.last_list_is(key):
            times = self.journal.times(key, "changed")
            place = self._place(session)
            self._add(stoppable_list.alert_of_changes(key, listing, found, times, len(self.journal.alerts) + 1, place))
        if sent is None or found:
            write_durably(path, stoppable_list.list_as_csv(listing))
        session.listed = True

    def _follow(self) -> None:
        """Moves to the last block and judges what came since. All nodes are tried, whatever they were given up for, except those
        that asked to be left alone."""
        session = self._session
        if session is None:
            return
        session.nodes.retry()
        session.arrived = session.nodes.follow(lambda fork: self._forked(session, fork))
        self._judge(session, session.judged)
        self._pulse.polled(session.nodes)

    def _forked(self, session: Session, fork: int) -> None:
        """Keeps that the blocks above `fork` no longer stand, before they are forgotten."""
        if self.journal.state is not None:
            self._keep(through=min(self.journal.state.through, fork), behind=session.watched.has_trace)
        session.judged, session.stands = min(session.judged, fork), min(session.stands, fork)
        session.behind = session.watched.has_trace
        session.watched.undone(fork)

    def _judge(self, session: Session, floor: int, traced: Sequence[Sighting] = ()) -> None:
        """Gives the alerts that the blocks above `floor` call for, and those of `traced`: suspected thefts, what was undone, hops."""
        watched, nodes = session.watched, session.nodes
        rows = list(keyed(watched.name, nodes.since(floor)))
        there = dict(rows)
        found = list(watched.found(rows, session.stands))
        session.behind = session.behind or any(each.kind == "hop" for each in found)
        found += (each for each in traced if (each.transfer.height or 0) <= floor or each.key in there)
        place = self._place(session)
        for sighting in (each for each in found if each.kind == "suspected_theft"):
            self._give(sighting, place, watched)
        self._take_back(session, floor, there, place)
        for sighting in (each for each in found if each.kind != "suspected_theft"):
            self._give(sighting, place, watched)
        session.judged = nodes.tip
        if self.journal.state is not None:
            self._keep(through=max(self.journal.state.through, nodes.tip))

    def _take_back(self, session: Session, floor: int, there: dict[str, Transfer], place: AlertPlace) -> None:
        """Withdraws what was told, or traced, of a block above `floor` and stands in none now."""

        def gone(key: str, height: int | None) -> bool:
            return height is not None and floor < height <= place.tip and key not in there

        for alert in [each for each in self.journal.last.values() if each.status == "confirmed" and gone(each.key, each.height)]:
            times = self.journal.times(alert.key, "withdrawn")
            self._add(withdrawal_of(alert, times, len(self.journal.alerts) + 1, place))
        for sighting in session.watched.traced:
            if (
                sighting.key not in self.journal.last
                and sighting.kind != "suspected_theft"
                and gone(sighting.key, sighting.transfer.height)
            ):
                self._give(sighting._replace(status="withdrawn"), place, session.watched)

    def _look_ahead(self) -> None:
        """Gives what the drained and the holders announced, and no block holds yet; and what became of it where it will not come."""
        if self._session is None:
            return
        watched, nodes = self._session.watched, self._session.nodes
        self._pulse.full.clear()
        for payer in watched.payers(self.least):
            announced = nodes.pending(payer)
            if announced.full:
                self._pulse.full.append(payer)
            for sighting in watched.announced(announced.transfers, payer, announced.full):
                self._give(sighting, self._place(self._session), watched)
        place = self._place(self._session)
        for alert in self.journal.waiting:
            if alert.tx_hash and (why := nodes.lost(alert.tx_hash)):
                times = self.journal.times(alert.key, "dropped")
                self._add(drop_of(alert, why, times, len(self.journal.alerts) + 1, place))

    def _place(self, session: Session) -> AlertPlace:
        watched = session.watched
        return AlertPlace(watched.name, watched.asset, session.nodes.node, session.nodes.tip, watched.finality, watched.gaps)

    def _give(self, sighting: Sighting, place: AlertPlace, watched: Watched) -> None:
        """Puts the alert of a sighting on disk, if it is news."""
        if to_be_told(sighting, self.journal, self.least):
            label = watched.label(sighting.transfer.recipient or "")
            self._add(alert_of(sighting, self.journal.times(sighting.key, sighting.status), len(self.journal.alerts) + 1, place, label))

    def _add(self, alert: Alert) -> None:
        self.journal.add(alert)
        for wake in self.woken:
            wake()
