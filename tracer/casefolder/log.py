"""The audit log of a case folder: what was done, by whom, when, what it came to; each entry holds the hash of the one before.

An entry cannot be changed, moved or taken out without every later hash changing. What was cut off the end, and a log made anew from the
start, show only against a hash that has left the folder.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracer.casefile.whole_and_exact_files import put_whole, read_exact
from tracer.casefolder.atomic_replace import placing
from tracer.casefolder.manifest import LOG, manifested
from tracer.errors import RecordError, StoreError
from tracer.version import __version__
from tracer.wording import utc

UNLOGGED = "results_before_this_log"
"""What the first entry keeps where the folder held a result that no entry tells of."""

EARLIER = "actions.jsonl"
"""The log of version 0.1, whose entries are not chained. It stays as it is; the first entry here holds its digest."""


class FolderState(NamedTuple):
    """What a folder holds: digests of the case file and of the figures, the declared rule, and the newest block that was read."""

    case_sha256: str
    run: str
    results_digest: str
    bounds_digest: str
    tags_digest: str
    primary: str | None
    newest_block: Mapping[str, Any] | None

    @staticmethod
    def of(manifest: Mapping[str, Any] | None) -> FolderState | None:
        """The state that a manifest vouches for; None where there is no manifest, or one of an earlier version."""
        names = ("run", "results_digest", "bounds_digest", "tags_digest")
        if not manifest or not manifest.keys() >= {*names}:
            return None
        digests = {name: manifest[name] for name in names}
        return FolderState(
            manifest["case"]["sha256"], **digests, primary=manifest.get("primary"), newest_block=manifest.get("newest_block")
        )


class Act(NamedTuple):
    """What somebody does to a case. `by` is who they say they are, None where nobody said: it is never guessed. `time` in UNIX seconds."""

    name: str
    by: str | None
    time: int
    more: Mapping[str, Any]


def act(name: str, by: str | None = None, **more: Any) -> Act:
    """An act that is done now; `more` is what else the log keeps of it."""
    return Act(name, by, int(time.time()), more)


class Entry(NamedTuple):
    """One act in the log. `before` and `after` are what the folder held, None where it held no result."""

    number: int
    time: str
    act: str
    by: str | None
    tracer: str
    before: FolderState | None
    after: FolderState | None
    more: Mapping[str, Any]
    previous: str
    hash: str = ""

    def hashed(self) -> Entry:
        """The entry with its hash: SHA-256 of all else that it says, as one line of JSON."""
        return self._replace(hash=hashlib.sha256(self.content()).hexdigest())

    def content(self) -> bytes:
        """What its hash is of."""
        return self._replace(hash="").line().encode()

    def as_data(self) -> dict[str, Any]:
        """The entry as JSON values."""
        return {**self._asdict(), "before": self.before and self.before._asdict(), "after": self.after and self.after._asdict()}

    def line(self) -> str:
        """The entry as it stands in the log."""
        return json.dumps(self.as_data(), separators=(",", ":"))


def read_log(folder: Path) -> list[Entry]:
    """The entries of a folder's log, as they stand there; none where it has none. Raises RecordError for a line that is no entry."""
    try:
        text = read_exact(folder / LOG)
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{folder / LOG}: cannot be read ({error}): take it from a copy") from error
    return [
        _entry(folder, number, line) for number, line in enumerate(text.split("\n")[:-1] if text.endswith("\n") else text.split("\n"), 1)
    ]


def _entry(folder: Path, number: int, line: str) -> Entry:
    try:
        said = json.loads(line)
        states = {name: None if said[name] is None else FolderState(**said[name]) for name in ("before", "after")}
        entry = Entry(**{**said, **states})
        if entry.line() != line or not isinstance(entry.more, dict) or not isinstance(entry.number, int):
            raise ValueError("it is not written as tracer writes it")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise RecordError(
            f"{folder / LOG}:{number}: is no entry of an audit log ({error}): it was altered; take the log from a copy"
        ) from error
    return entry


def chained(entries: Sequence[Entry], folder: Path, done: Act, before: FolderState | None, after: FolderState | None) -> Entry:
    """The entry of an act that follows these in a folder's log."""
    more = dict(done.more)
    if not entries and (folder / "manifest.json").exists():
        more[UNLOGGED] = True
    if not entries and (earlier := folder / EARLIER).exists():
        more["earlier_log"] = {"file": EARLIER, "sha256": hashlib.sha256(earlier.read_bytes()).hexdigest()}
    previous = entries[-1].hash if entries else ""
    return Entry(len(entries) + 1, utc(done.time), done.name, done.by, __version__, before, after, more, previous).hashed()


def log_text(entries: Sequence[Entry]) -> str:
    """A log as it stands in its file."""
    return "".join(f"{entry.line()}\n" for entry in entries)


def append(folder: Path, done: Act) -> Entry:
    """Adds an act that changed no figure, such as a list that was issued. Whoever kills it leaves the log with the entry or without.

    Raises StoreError where the log cannot be written, RecordError where what is there is no log.
    """
    try:
        with placing(folder):
            entries, state = read_log(folder), FolderState.of(manifested(folder))
            entry = chained(entries, folder, done, state, state)
            put_whole(folder / LOG, log_text([*entries, entry]))
    except OSError as error:
        raise StoreError(f"{folder / LOG}: cannot be written ({error.strerror or error}), so the act is in no log") from error
    return entry


def made_by(entries: Sequence[Entry]) -> Entry | None:
    """The entry of the act that made what a folder holds; None where no log tells."""
    return next((e for e in reversed(entries) if e.after and (e.before is None or e.before.run != e.after.run)), None)
