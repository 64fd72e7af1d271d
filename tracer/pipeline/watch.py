"""Following the tip: an alert for every move of traced value, within one poll of its appearance."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Generator, Iterator
from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.run import work
from tracer.chains import Reader
from tracer.errors import NodeError, StoreError
from tracer.ingest.chain import asset_of
from tracer.ingest.node.live import Live, reader
from tracer.model import Transfer
from tracer.pipeline.trace import trace
from tracer.plan.gates import require_chain
from tracer.plan.stops import stops_of
from tracer.wording import utc

ALERTS = "alerts.jsonl"
"""Every alert given, in the case folder: a watch that is started again gives none twice."""

HOLDERS = 40  # accounts whose unconfirmed transactions are asked for at each poll, those that hold most


class Alert(NamedTuple):
    """A move of traced value. `status`: unconfirmed, confirmed, or undone by a reorganisation.

    `held` is the most stolen value the sender can have held, by rule, in smallest units: the move may carry it on.
    """

    status: str
    time: str
    height: int | None
    tx_hash: str
    sender: str
    recipient: str
    recipient_label: str | None
    amount: int
    memo: str | None
    held: dict[str, int]

    def as_json(self) -> dict[str, object]:
        """Amounts as decimal strings."""
        held = {rule: str(amount) for rule, amount in self.held.items()}
        return {**self._asdict(), "amount": str(self.amount), "held": held}


class Watch:
    """A watch on a traced case. `alerts` yields each alert once and keeps it; the case is traced again after a confirmed move."""

    def __init__(self, folder: Path, question: CaseFile, patience: float = 1.0) -> None:
        require_chain(question)
        self.folder, self.question, self.patience = folder, question, patience
        self._given = _given(folder)

    def alerts(self, polls: int | None, every: float, note: Callable[[str], None]) -> Iterator[Alert]:
        """Polls (for ever where `polls` is None) every so many seconds. A node that is lost is a note, and asked again at the next poll."""
        done = 0
        while polls is None or done < polls:
            with work(self.folder, self.question) as run:
                live = run.reading(offline=False, patience=self.patience)
                if live is None:
                    raise StoreError(f"{self.folder}: was not traced on a node, so there is no tip to follow: add --node URL")
                done, moved = yield from self._until_moved(live, polls, every, note, done)
            if moved:
                trace(self.question, self.folder, allow_gaps=True, patience=self.patience)
                note(f"{self.folder} is traced up to the last block")

    def _until_moved(
        self, live: Live, polls: int | None, every: float, note: Callable[[str], None], done: int
    ) -> Generator[Alert, None, tuple[int, bool]]:
        """Polls until a move is confirmed; gives the polls done, and whether one was."""
        case = CaseFolder.open(self.folder)
        source, *_ = self.question.nodes
        with reader(self.question, source, asset_of(self.question), live) as nodes:
            while polls is None or done < polls:
                if done:
                    time.sleep(every)
                done += 1
                try:
                    confirmed = yield from self._poll(case, nodes)
                except NodeError as error:
                    note(f"{error}; asking again in {every:g} s")
                    continue
                if confirmed:
                    return done, True
        return done, False

    def _poll(self, case: CaseFolder, nodes: Reader) -> Generator[Alert, None, bool]:
        """Gives the alerts of one poll; says whether any move is confirmed, or undone."""
        nodes.begin()
        held = holders(case)
        absorbing = stops_of(self.question, case.labels).services
        fork, mined = nodes.follow()
        changed = fork is not None
        if fork is not None:
            yield from self._undone(fork)
        for transfer in mined:
            if transfer.sender in held and transfer.amount:
                changed = True
                yield from self._once(_alert("confirmed", transfer, held[transfer.sender], case))
                _hand_on(transfer, held, absorbing)
        for address in sorted(held, key=lambda each: -max(held[each].values()))[:HOLDERS]:
            for transfer in nodes.pending(address):
                if transfer.sender == address and transfer.amount:
                    yield from self._once(_alert("unconfirmed", transfer, held[address], case))
        return changed

    def _once(self, alert: Alert) -> Iterator[Alert]:
        if (alert.status, alert.tx_hash) not in self._given:
            self._given[alert.status, alert.tx_hash] = alert
            with (self.folder / ALERTS).open("a", encoding="utf-8") as file:
                file.write(json.dumps(alert.as_json()) + "\n")
            yield alert

    def _undone(self, fork: int) -> Iterator[Alert]:
        """Alerts confirmed above the fork stand no longer; if a transaction comes back, it is a new alert."""
        above = [alert for (status, _), alert in self._given.items() if status == "confirmed" and (alert.height or 0) > fork]
        for alert in above:
            del self._given["confirmed", alert.tx_hash]
            self._given.pop(("undone", alert.tx_hash), None)
            yield from self._once(alert._replace(status="undone"))


def holders(case: CaseFolder) -> dict[str, dict[str, int]]:
    """The accounts that hold stolen value, or whose history was not read, with the value by rule."""
    return case.trace.ended(("unspent", "not_fetched"))


def _hand_on(transfer: Transfer, held: dict[str, dict[str, int]], absorbing: Collection[str]) -> None:
    """Who was paid by a holder is one too from then on: several hops may lie between two polls."""
    if transfer.recipient and transfer.recipient not in absorbing:
        carried = {rule: min(amount, transfer.amount) for rule, amount in held[str(transfer.sender)].items()}
        before = held.get(transfer.recipient, {})
        held[transfer.recipient] = {rule: before.get(rule, 0) + amount for rule, amount in carried.items()}


def _alert(status: str, transfer: Transfer, held: dict[str, int], case: CaseFolder) -> Alert:
    return Alert(
        status=status,
        time=utc(transfer.time) or "",
        height=transfer.height,
        tx_hash=str(transfer.tx_hash),
        sender=str(transfer.sender),
        recipient=str(transfer.recipient),
        recipient_label=case.labels.name(transfer.recipient or ""),
        amount=transfer.amount,
        memo=transfer.memo and (transfer.memo.text or transfer.memo.content.hex()),
        held=held,
    )


def _given(folder: Path) -> dict[tuple[str, str], Alert]:
    given: dict[tuple[str, str], Alert] = {}
    path = folder / ALERTS
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            told = json.loads(line)
            held = {rule: int(amount) for rule, amount in told["held"].items()}
            alert = Alert(**{**told, "amount": int(told["amount"]), "held": held})
        except (ValueError, TypeError, KeyError):
            continue  # a line that a killed watch left half written: its alert is given again
        given[alert.status, alert.tx_hash] = alert
        if alert.status == "undone":
            given.pop(("confirmed", alert.tx_hash), None)
    return given
