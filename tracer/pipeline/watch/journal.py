"""What a watch keeps on disk: its alerts, how far whoever is told has them, and how far the chain was judged.

DIR/watch/alerts.jsonl   every alert, one a line, in the order they are told
DIR/watch/state.json     where the watch began, how far it has judged the chain
DIR/watch/stoppable.csv  what can still be stopped, and by whom, as of the last trace
DIR/watch/NAME           how many of the alerts NAME has taken: shown, webhook, hook

All of it is written before anybody acts on it, and reaches the disk before that: a watch that is killed goes on where it was.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tracer.casefile.whole_and_exact_files import put_whole
from tracer.errors import StoreError
from tracer.pipeline.watch.alerts import Alert, Status

FOLDER = "watch"
ALERTS = "alerts.jsonl"
STATE = "state.json"
SHOWN = "shown"
WEBHOOK = "webhook"
HOOK = "hook"


class State(NamedTuple):
    """`since`: the last block before the watch. `known`: the payments near it that were there before the watch, which are no news.

    `through`: the last block that was judged and has stood since. `behind`: the chain was rewritten, or tracing was begun, since the
    case was traced.
    """

    since: int
    known: frozenset[str] = frozenset()
    through: int = 0
    behind: bool = False


class Journal:
    """The alerts of a watch, and its state. One process writes; couriers read what is in `alerts` already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        _refuse_links(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / ALERTS
        self.alerts: list[Alert] = []
        self.last: dict[str, Alert] = {}
        self.unconfirmed: dict[str, Alert] = {}
        self.state = _state(self.folder / STATE)
        self._told: Counter[tuple[str, str]] = Counter()
        for alert in _read(self.path):
            self._take(alert)

    def keep(self, state: State) -> State:
        """Keeps the state, if it is another; gives it."""
        if state != self.state:
            write_durably(self.folder / STATE, json.dumps({**state._asdict(), "known": sorted(state.known)}))
            self.state = state
        return state

    def times(self, key: str, status: Status) -> int:
        """How often an alert with this status was given of a payment."""
        return self._told[key, status]

    def add(self, alert: Alert) -> None:
        """Appends an alert; it is on disk when this returns."""
        with self.path.open("ab") as file:
            file.write(json.dumps(alert.as_json()).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._take(alert)

    def _take(self, alert: Alert) -> None:
        self._told[alert.key, alert.status] += 1
        if alert.status == "unconfirmed":
            self.unconfirmed[alert.key] = alert
        else:
            self.last[alert.key] = alert
        self.alerts.append(alert)

    @property
    def waiting(self) -> list[Alert]:
        """The payments that were announced, and of which nothing else was said."""
        return [alert for key, alert in self.unconfirmed.items() if key not in self.last]

    def last_list_is(self, key: str) -> bool:
        """Whether the last that was told of the list of what can still be stopped is that it is this one."""
        return next((alert.key == key for alert in reversed(self.alerts) if alert.kind == "list"), False)

    def stands(self, key: str) -> bool:
        """Whether the last that was said of a payment is that a block holds it."""
        return key in self.last and self.last[key].status == "confirmed"


class Cursor:
    """How many alerts somebody has taken. Whoever is named for the first time begins with the next one."""

    def __init__(self, journal: Journal, name: str) -> None:
        self.path = journal.folder / name
        try:
            self.taken = int(self.path.read_text())
        except FileNotFoundError:
            self.move_to(len(journal.alerts))
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.path}: holds no number: delete it, and what was not taken before now is not sent") from error

    def move_to(self, taken: int) -> None:
        write_durably(self.path, str(taken))
        self.taken = taken


def write_durably(path: Path, text: str) -> None:
    """Puts a file in place of another, whole, and its name on disk too when this returns."""
    put_whole(path, text)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_links(folder: Path) -> None:
    """Raises StoreError where a watch would write through a link: a case folder may come from a stranger."""
    for path in (folder, *(sorted(folder.iterdir()) if folder.is_dir() else ())):
        if path.is_symlink():
            raise StoreError(f"{path}: is a link, and a watch would write there: move it away")


def _state(path: Path) -> State | None:
    """The state as it was kept; None before a watch began. Raises StoreError where it cannot be read."""
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text())
        return State(int(content["since"]), frozenset(content["known"]), int(content["through"]), bool(content["behind"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: cannot be read ({type(error).__name__}): delete it, and the watch begins anew") from error


def _read(path: Path) -> list[Alert]:
    """The alerts in a file. A last line that a killed watch left half written is cut off: its alert was told to nobody.

    Raises StoreError for any other line that is no alert.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        with path.open("rb+") as file:
            file.truncate(sum(map(len, lines[:-1])))
        lines.pop()
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(Alert.of(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(f"{path}:{number}: no alert ({type(error).__name__}): move the file away to begin anew") from error
    return found
