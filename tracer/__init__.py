"""tracer: given a drained wallet, where the stolen money went, how sure that is, and the proof."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.version import __version__

if TYPE_CHECKING:
    from tracer.casefile import CaseFile
    from tracer.casefolder import CaseFolder
    from tracer.flow import FlowGraph

__all__ = ["CaseFile", "CaseFolder", "FlowGraph", "__version__", "tag", "trace"]


def trace(
    case: CaseFile,
    folder: str | Path,
    *,
    allow_gaps: bool = False,
    offline: bool = False,
    patience: float = 1.0,
    progress: Callable[[str, int, int], None] | None = None,
) -> CaseFolder:
    """Traces a case from its sources to the picture, and gives the finished folder.

    `offline` asks no node: what was recorded must suffice. `patience` scales all waiting for nodes.

    Raises TracerError; whatever stood in `folder` is untouched then, and what was already read is kept for the next run.
    """
    from tracer import casefolder, ingest, ledger, render, stages, tracing

    stages.thresholds_of(case)
    with casefolder.work(Path(folder), case) as work:
        live = work.reading(offline=offline, patience=patience)
        book = work.ledger(lambda: ingest.read_ledger(case, progress or ingest.quiet, live, stages.slicing_of(case)))
        verdict = ledger.audit(book)
        stages.require_sound(case, book, verdict, allow_gaps)
        labels = stages.labels_of(case)
        names = stages.book_of(case, labels)
        context = stages.context_of(case, book)
        found = tracing.follow(book, stages.thefts_of(case, book), stages.stops_of(case, names), case.trace.rules)
        work.db.write_trace(book, labels, found)
        tags = stages.tagged(case, book, names, found)
        work.db.write_context(*context)
        work.db.write_tags(book, tags)
        work.db.note(gaps=json.dumps(ledger.gaps_of(book, verdict)))
        flow = casefolder.flow_of(case, book, verdict, found, names, context, tags=tags)
        work.finish(*render.drawn(flow))
    return casefolder.CaseFolder.open(folder).knowing(
        ledger=book, audit=verdict, trace=found, labels=names, context=context, tags=tags, flow=flow
    )


def tag(folder: str | Path) -> CaseFolder:
    """Tags a traced case again, with the thresholds that its case file states now, and gives the finished folder.

    Raises StoreError if anything else has changed since it was traced: then it is to be traced again.
    """
    from tracer import casefolder, ledger, render, stages

    traced = casefolder.CaseFolder.open(folder)
    case = casefolder.with_thresholds_of_now(traced)
    stages.thresholds_of(case)
    with casefolder.work(traced.folder, case) as work:
        book, found = work.traced()
        names = stages.book_of(case, work.db.read_labels())
        tags = stages.tagged(case, book, names, found)
        work.db.write_tags(book, tags)
        flow = casefolder.flow_of(case, book, ledger.audit(book), found, names, casefolder.context_in(work.db), work.db.read_bounds(), tags)
        work.finish(*render.drawn(flow), "tag")
    return casefolder.CaseFolder.open(folder)


_HOMES = {"CaseFile": "tracer.casefile.schema", "CaseFolder": "tracer.casefolder", "FlowGraph": "tracer.flow"}


def __getattr__(name: str) -> Any:
    """The public names, imported when asked for: the command line starts without networkx."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tracer' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
