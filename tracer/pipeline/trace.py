"""A case traced, from its sources to the picture; and tagged again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.flow import flow_of
from tracer.casefolder.run import work
from tracer.errors import StoreError
from tracer.ingest.sources import quiet
from tracer.ledger import audit, gaps_of
from tracer.plan.context import context_of
from tracer.plan.gates import require_chain, require_sound
from tracer.plan.labels import book_of, labels_of
from tracer.plan.sources import read_sources
from tracer.plan.stops import stops_of
from tracer.plan.tags import tagged, thresholds_of
from tracer.plan.thefts import thefts_of
from tracer.store.record.context import load_context, save_context
from tracer.store.record.tags import save_tags
from tracer.store.record.trace import load_bounds, load_labels, load_left_out, save_trace
from tracer.tracing import follow


def trace(
    question: CaseFile,
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
    from tracer.render import drawn

    require_chain(question)
    thresholds_of(question)
    with work(Path(folder), question) as run:
        live = run.reading(offline=offline, patience=patience)
        ledger = run.ledger(lambda: read_sources(question, progress or quiet, live))
        verdict = audit(ledger)
        require_sound(question, ledger, verdict, allow_gaps)
        book = labels_of(question)
        context = context_of(question, ledger)
        traced = follow(ledger, thefts_of(question, ledger), stops_of(question, book), question.trace.rules)
        save_trace(run.db, ledger, book.labels, traced, book.left_out)
        tags = tagged(question, ledger, book, traced)
        save_context(run.db, context)
        save_tags(run.db, ledger, tags)
        run.db.note(gaps=json.dumps(gaps_of(ledger, verdict)))
        flow = flow_of(question, ledger, verdict, traced, book, context, tags=tags)
        run.finish(*drawn(flow))
    return CaseFolder.open(folder).knowing(ledger=ledger, audit=verdict, trace=traced, labels=book, context=context, tags=tags, flow=flow)


def tag(folder: str | Path) -> CaseFolder:
    """Tags a traced case again, with the thresholds that its case file states now, and gives the finished folder.

    Raises StoreError if anything else has changed since it was traced: then it is to be traced again.
    """
    from tracer.render import drawn

    before = CaseFolder.open(folder)
    question = with_thresholds_of_now(before)
    thresholds_of(question)
    with work(before.folder, question) as run:
        ledger, traced = run.traced()
        book = book_of(question, load_labels(run.db), load_left_out(run.db))
        tags = tagged(question, ledger, book, traced)
        save_tags(run.db, ledger, tags)
        flow = flow_of(question, ledger, audit(ledger), traced, book, load_context(run.db), load_bounds(run.db), tags)
        run.finish(*drawn(flow), "tag")
    return CaseFolder.open(folder)


def with_thresholds_of_now(traced: CaseFolder) -> CaseFile:
    """The case as it was traced, with the [thresholds] that its case file states now.

    Raises StoreError if the case file says anything else differently now.
    """
    then = traced.question
    if not then.path.exists():
        return then
    now = CaseFile.load(then.path).with_options(then.options)
    if now._replace(thresholds=then.thresholds, text=then.text, path=then.path) != then:
        raise StoreError(f"{then.path}: more than [thresholds] has changed since {traced.folder} was traced: run tracer trace again")
    return now
