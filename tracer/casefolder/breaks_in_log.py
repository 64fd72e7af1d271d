"""Whether the audit log of a folder holds together, agrees with the folder, and is known outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tracer.casefolder.log import UNLOGGED, Entry, FolderState, read_log
from tracer.casefolder.manifest import LOG, manifested
from tracer.casefolder.trusted_time_tokens import tokens_in
from tracer.errors import InputError, StoreError
from tracer.wording import counted

NO_TIME = "Time: nothing outside vouches for the times of these entries: they are of this machine's clock, and no time stamp is kept."


class Audited(NamedTuple):
    """A log, and what is to be said of it. `faults` contradict it; `known`: the entry that a head from outside vouches for, None where none
    was given or it is not there; `times`: what the time stamps in it prove, or that there is none."""

    entries: list[Entry]
    head: str | None
    faults: list[str]
    known: int | None
    notes: list[str]
    times: list[str]


def audited(folder: Path, head: str | None, root: Path | None = None) -> Audited:
    """The log of a folder, verified; `head` is the hash of an entry, or its first digits, as somebody outside has kept it; `root` has the
    certificates of the authority whose time stamps it keeps.

    Raises StoreError where there is neither a log nor a result, RecordError for a line that is no entry.
    """
    entries, now = read_log(folder), FolderState.of(manifested(folder))
    if not entries and not now:
        raise StoreError(f"{folder}: holds no case, and no {LOG}: make one with tracer trace case.toml -o {folder}")
    faults = [f"THE LOG IS BROKEN: {fault}." for fault in (*faults_of(entries), *_against_folder(entries, now))]
    wanted = head and head.lower()
    known = next((entry.number for entry in entries if wanted and entry.hash.startswith(wanted)), None)
    if wanted and known is None:
        faults.append(f"THE LOG IS BROKEN: it has no entry with the hash {wanted}: entries were removed from its end, or it was made anew.")
    times, wrong = _times(entries, root)
    faults += wrong
    notes = list(_notes(entries, known, bool(faults), bool(head)))
    return Audited(entries, entries[-1].hash if entries else None, faults, known, notes, times)


def faults_of(entries: Sequence[Entry]) -> list[str]:
    """Where a log does not hold together, a sentence each; none where every entry follows from the one before."""
    faults = []
    previous, state, started = "", None, False
    for place, entry in enumerate(entries, 1):
        if entry.hashed().hash != entry.hash:
            faults.append(f"entry {place} was edited: its hash is not that of what it says")
        if entry.number != place:
            faults.append(f"entry {entry.number} stands in place {place}: entries were removed, added or put in another order")
        if entry.previous != previous:
            faults.append(f"entry {place} does not follow the one before it: an entry was removed, edited or put in another order")
        if started and entry.before != state:
            faults.append(f"what entry {place} found in the folder is not what the entry before it left")
        previous, state, started = entry.hash, entry.after, True
    return faults


def _times(entries: list[Entry], root: Path | None) -> tuple[list[str], list[str]]:
    """What the time stamps prove, and those that prove nothing."""
    said, wrong = [], []
    for kept in tokens_in(entries):
        try:
            said.append(kept.said(root))
        except ValueError as error:
            wrong.append(f"THE LOG IS BROKEN: the time stamp in entry {kept.held.number} {error}.")
        except InputError as error:
            if root is not None:
                raise
            said.append(f"Time: entry {kept.held.number} keeps a time stamp that was not looked at: {error}.")
    return said or [NO_TIME] * (not wrong), wrong


def _against_folder(entries: list[Entry], now: FolderState | None) -> Iterator[str]:
    left = entries[-1].after if entries else None
    if now and not entries:
        yield f"the folder holds a result and no {LOG}: the log was removed, or the result is of a version that kept none"
    elif left != now:
        yield "what the folder holds is not what the last entry left: entries were removed, or the folder was changed without them"


def _notes(entries: list[Entry], known: int | None, broken: bool, asked: bool) -> Iterator[str]:
    if not broken and entries:
        said = counted(len(entries), "entry, each with the hash of the one before", "entries, each with the hash of the one before")
        yield f"The log holds together: {said}, and the folder is as the last left it."
    if known is not None:
        later = len(entries) - known
        yield (
            f"The head given is entry {known}: what stands up to it is what stood there when that hash left the folder; "
            f"{counted(later, 'entry', 'entries')} came later."
        )
    elif not asked:
        yield (
            "No head from outside was given (--head), and the folder itself does not show whether something was cut off the end, the whole "
            "log made anew, or the folder deleted and begun again."
        )
    if entries and UNLOGGED in entries[0].more:
        yield "The folder held a result before its log began."
    for before, after in pairwise(entries):
        if after.time < before.time:
            yield f"Entry {after.number} is dated before entry {before.number}: a clock was set back, or was wrong before."
