"""A finished run put in place whole, the manifest last; what was stopped on the way is put right by whoever writes in the folder next."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracer.casefolder.lock import locked
from tracer.casefolder.manifest import PLACED, manifested

MAKING = (".partial", ".amended")
"""Where runs and amendments work."""

WAIT = 10.0  # seconds: results are put in place in milliseconds, so whoever takes longer is stuck


@contextmanager
def placing(folder: Path) -> Iterator[None]:
    """Holds what stands in a folder, log included, for one writer; a long run does not hold it while it works.

    A run that was stopped while it put its results in place is put right first. Raises StoreError where another command stays at it.
    """
    busy = f"another command is writing in it, and has been for {WAIT:.0f} seconds: run this one again"
    lock = locked(folder / ".placing.lock", WAIT, busy)
    try:
        for name in MAKING:
            if not (folder / name).is_symlink() and manifested(folder / name, "run") is not None:
                put_in_place(folder / name, folder)
        yield
    finally:
        lock.close()


def put_in_place(made: Path, folder: Path) -> None:
    """Puts what a run made in place of what stood in the folder. Only whoever holds the folder (`placing`) may."""
    for name in PLACED:
        if (made / name).exists():
            os.replace(made / name, folder / name)
