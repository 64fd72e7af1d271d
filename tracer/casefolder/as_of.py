"""Which earlier state of a case folder `DIR@A` names: an act by its number in the log, a day or moment, or the first digits of a digest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracer.casefolder.log import Entry, FolderState
from tracer.errors import InputError, StoreError
from tracer.wording import shortened

if TYPE_CHECKING:
    from tracer.casefolder.case import Case

LEAST = 6  # digits of a digest that name one


class Named(NamedTuple):
    """A folder, and what stands behind the @; None where it names the folder as it is."""

    folder: Path
    when: str | None


def folder_named(text: str | Path) -> Named:
    """What `DIR@A` names. A folder whose own name has an @ is meant by it."""
    folder, at, when = str(text).rpartition("@")
    return Named(Path(folder), when) if at and folder and when and not Path(text).exists() else Named(Path(text), None)


def state_at(folder: Path, entries: Sequence[Entry], when: str) -> tuple[int, FolderState]:
    """The number of the last act that is meant, and what the folder held after it. Raises InputError where nothing is meant."""
    where = f"{folder}@{shortened(when)}"
    if not entries:
        raise InputError(f"{where}: the folder has no audit log, so it knows of no earlier result")
    number = _number(entries, when)
    if number is None:
        raise InputError(
            f"{where}: names no act of the case: write a number from 1 to {len(entries)}, a day such as {entries[0].time[:10]}, or the "
            f"first {LEAST} digits of a results digest (tracer log {folder} has them)"
        )
    state = next((entry.after for entry in reversed(entries[:number]) if entry.after), None)
    if state is None:
        raise InputError(f"{where}: the case had no result then: its first is of {next(e.time for e in entries if e.after)}")
    return number, state


def require_latest(case: Case, what: str) -> None:
    """Raises StoreError where the case is an earlier result: it is shown, and nothing is added to it."""
    if case.as_of is not None:
        raise StoreError(f"{case.folder}@{case.as_of}: is an earlier result, which {what} would change: leave @{case.as_of} out")


def _number(entries: Sequence[Entry], when: str) -> int | None:
    if re.fullmatch(r"[0-9]{1,5}", when, re.ASCII):
        return int(when) if 1 <= int(when) <= len(entries) else None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{5,8}Z?)?", when, re.ASCII):
        until = when.rstrip("Z")
        return next((entry.number for entry in reversed(entries) if entry.time[: len(until)] <= until), None)
    if re.fullmatch(r"[0-9a-f]{" + str(LEAST) + r",64}", when, re.ASCII):
        return next(
            (e.number for e in reversed(entries) if e.hash.startswith(when) or (e.after and e.after.results_digest.startswith(when))), None
        )
    return None
