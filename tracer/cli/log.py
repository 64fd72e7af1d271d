"""`tracer log`: what was done to a case, and whether the log holds together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_json, folder_argument, wide
from tracer.cli.output import print_json, print_table, say
from tracer.errors import InputError
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder.log import Entry

SHOWN = ("instead_of", "rule", "reason", "results_seen", "changed", "accepted", "as_of", "labels", "file", "graph")
"""What else of an act the table shows, in this order; --json has all of it."""


@click.command("log")
@folder_argument
@click.option("--head", metavar="HASH", help="Check that the log still has the entry with this hash, which somebody outside has kept.")
@click.option(
    "--timestamp-root", "root", type=click.Path(path_type=Path), help="The root certificates of the time-stamping authority, in PEM."
)
@as_json
@wide
def log_command(folder: Path, head: str | None, root: Path | None, as_json: bool) -> int:
    """Show what was done to a case: each action, when it was done, by whom, and with what result. The exit code is 2 if the log has been
    altered.

    Each entry holds the hash of the one before, so any entry that was changed, moved or removed shows. If somebody cut off the end of
    the log, or wrote a new log, only a hash kept outside the folder can show it: every freeze list carries the latest one. A time stamp
    that the log keeps (tracer declare DIR --timestamp-token) shows that an entry existed no later than a certain time. DIR@3 means the
    case as it was after entry 3; every command that shows something accepts it.
    """
    from tracer.casefolder.breaks_in_log import audited

    if head is not None and not (len(head) >= 8 and set(head.lower()) <= set("0123456789abcdef")):
        raise InputError(f"--head {head}: is no hash of an entry: 64 hexadecimal digits, or the first 8 of them at least")
    found = audited(folder, head, root)
    if as_json:
        said = {
            "holds": not found.faults,
            "faults": found.faults,
            "head": found.head,
            "known_outside": found.known,
            "notes": found.notes,
            "times": found.times,
        }
        print_json({**said, "entries": [entry.as_data() for entry in found.entries]})
    else:
        _print(found.entries)
        for sentence in (*found.faults, *found.notes, *found.times):
            say(sentence)
    return 2 if found.faults else 0


def _print(entries: Sequence[Entry]) -> None:
    rows = [
        [e.number, e.time, e.act, e.by or "not stated", (e.after and e.after.results_digest[:12]), "; ".join(_more(e))] for e in entries
    ]
    print_table("", ["", "time", "action", "by", "results", "what"], rows, numeric=[0], whole=[5])
    if entries:
        say(f"{counted(len(entries), 'entry', 'entries')}; the last has the hash {entries[-1].hash}")


def _more(entry: Entry) -> Iterator[str]:
    """What an act did, in a few words."""
    if entry.before and entry.after and entry.before.results_digest != entry.after.results_digest:
        yield "the figures are others than before"
    if entry.after and entry.before and entry.before.primary != entry.after.primary:
        yield f"primary {entry.before.primary or 'none'} -> {entry.after.primary or 'none'}"
    for key in SHOWN:
        if key in entry.more and entry.more[key] not in (None, [], ""):
            yield f"{key.replace('_', ' ')}: {_text(entry.more[key])}"
    if files := entry.more.get("files"):
        yield counted(len(files), "file")


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
