"""The folder a run writes in before its results are put in place: never written through a link, and nothing deleted that no run made."""

from __future__ import annotations

from pathlib import Path

from tracer.casefolder.manifest import FILES, PLACED
from tracer.errors import StoreError
from tracer.ingest.node import RECORDING

ASKED = "asked.json"
"""What the run traces, so that others can look at what it has read so far."""

MADE = (*PLACED, RECORDING, ASKED, *(f"case.db-{end}" for end in ("wal", "shm", "journal")))
"""What a run may leave in it."""


def under_way(folder: Path) -> bool:
    """Whether a first run on nodes is at work in a folder, or was stopped there. What a link leads to is no run of this folder."""
    asked = folder / ".partial" / ASKED
    links = (asked.parent, asked, asked.with_name(RECORDING))
    return asked.exists() and not any(path.is_symlink() for path in links) and not any((folder / name).exists() for name in FILES)


def make(partial: Path) -> None:
    """The folder, as it is or new. Raises StoreError where it, or anything in it, is a link or was not made by a run; and OSError."""
    stranger = partial if partial.is_symlink() or (partial.exists() and not partial.is_dir()) else None
    if stranger is None and partial.exists():
        stranger = next((path for path in sorted(partial.iterdir()) if path.name not in MADE or path.is_symlink() or path.is_dir()), None)
    if stranger is not None:
        what = "is a link" if stranger.is_symlink() else "was not made by a run of tracer"
        raise StoreError(f"{stranger}: {what}, and a run would write or delete there: move it away, or name another folder with -o")
    partial.mkdir(parents=True, exist_ok=True)


def clear(partial: Path, keep: str | None = None) -> None:
    """Deletes what runs made in the folder, but for the file `keep`. Raises OSError."""
    for name in MADE:
        if name != keep:
            (partial / name).unlink(missing_ok=True)


def remove(partial: Path) -> None:
    """Deletes the folder with what runs made in it. Raises OSError."""
    clear(partial)
    partial.rmdir()
