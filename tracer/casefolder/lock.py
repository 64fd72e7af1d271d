"""Locks of a case folder: SQLite's own, which end with the process, however it ends."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tracer.errors import StoreError
from tracer.store.record.database import cause


def locked(
    path: Path, seconds: float = 0, busy: str = "another run is at work in it: wait for it, or name another folder with -o"
) -> sqlite3.Connection:
    """Holds the folder of this file for one writer, after waiting so long at most. Raises StoreError; `busy` where another has it."""
    if path.is_symlink():
        raise StoreError(f"{path}: is a link, and a run would write there: move it away")
    lock = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise StoreError(f"{path}: {cause(error)}") from error
        raise StoreError(f"{path.parent}: {busy}") from error
    return lock
