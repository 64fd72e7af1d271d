"""A page that is served while a run reads: what the nodes can do, then what was read so far, and again as it grows."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tracer.casefile import CaseFile
from tracer.casefolder.run import recording_under_way
from tracer.casefolder.working_folder import under_way
from tracer.errors import TracerError
from tracer.pipeline.trace_so_far import read_so_far
from tracer.workbench.nodes import able, row_of
from tracer.workbench.served_case import Desk

SOON = 1.0  # seconds between two looks at what was read
SHARE = 4  # of the time goes to the run, for one that goes to showing it: a picture is made of all that was read each time


@contextmanager
def kept_up(desk: Desk) -> Iterator[None]:
    """While it lasts, the desk shows what the run in its folder has read so far."""
    over = threading.Event()
    keeping = threading.Thread(target=_keep_up, args=(desk, over), name="so far", daemon=True)
    keeping.start()
    try:
        yield
    finally:
        over.set()
        keeping.join()


def look_at_nodes(desk: Desk, question: CaseFile) -> None:
    """Asks the nodes of a case what they can do, and shows each answer as it comes; raises nothing: the run itself says what fails."""
    try:
        for found in able(question):
            desk.nodes = [*desk.nodes, row_of(found)]
    except TracerError:
        return


def _keep_up(desk: Desk, over: threading.Event) -> None:
    size, pause = -1, SOON
    while not over.wait(pause):
        recorded = _size(desk)
        if recorded in (None, size):
            continue
        size, began = recorded or 0, time.monotonic()
        try:
            case = read_so_far(desk.folder)
            if not over.is_set():
                desk.show(case)
        except TracerError:  # the thefts are not read yet, or the run has just ended
            pass
        pause = max(SOON, SHARE * (time.monotonic() - began))


def _size(desk: Desk) -> int | None:
    """How much a first run in the folder has recorded; None where none is at work."""
    try:
        return recording_under_way(desk.folder).stat().st_size if under_way(desk.folder) else None
    except OSError:  # it has ended between the two looks
        return None
