"""A case traced, from its sources to the picture; and tagged again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracer.casefile import CaseFile
from tracer.casefile.differences import differences
from tracer.casefile.whole_and_exact_files import read_exact
from tracer.casefolder import CaseFolder
from tracer.casefolder.as_of import require_latest
from tracer.casefolder.log import act, append
from tracer.casefolder.masked_flow_graph import flow_columns_of
from tracer.casefolder.page_inputs_of_case import drawing_of
from tracer.casefolder.run import work
from tracer.casefolder.when_rule_was_declared import declared_now
from tracer.errors import StoreError
from tracer.evidence import Context
from tracer.gc_pause import collector_paused
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, audit, gaps_of
from tracer.ledger.split_by_asset import of_first_asset
from tracer.model import Advance, BaseRate, Looked, Progress, Tag, quiet
from tracer.pipeline.unchanged_since_run import unchanged
from tracer.plan.conversions import both_answers
from tracer.plan.evidence_claims_prices import context_of
from tracer.plan.how_sources_are_read import read_sources
from tracer.plan.labels import book_of, labels_of
from tracer.plan.preconditions import require_chain, require_sound
from tracer.plan.service_stops import stops_of
from tracer.plan.tags import tagged, thresholds_of
from tracer.plan.thefts import thefts_of
from tracer.store.record.bounds import load_bounds
from tracer.store.record.conversions import load_answers, save_answers
from tracer.store.record.coverage_statement import save_stated
from tracer.store.record.database import CaseDb
from tracer.store.record.evidence_claims_prices import load_context, save_context
from tracer.store.record.tags import save_tags
from tracer.store.record.trace import left_in_record, load_labels, load_left_out, save_substituted, save_trace
from tracer.store.record.what_figures_rest_on import load_rests
from tracer.tracing import BothAnswers, Trace, follow
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.dataset.data_set_of_case import Opened

MOST_CHANGES = 50  # changes of a case file that an entry of the log names


def trace(
    question: CaseFile,
    folder: str | Path,
    *,
    allow_gaps: bool = False,
    offline: bool = False,
    patience: float = 1.0,
    progress: Progress = quiet,
    by: str | None = None,
    accepted: str | None = None,
    name: str = "trace",
    opened: Opened | None = None,
) -> CaseFolder:
    """Traces a case from its sources to the picture, and gives the finished folder.

    `offline` asks no node: what was recorded must suffice. `patience` scales all waiting for nodes. `by`, `accepted` and `name` go into
    the audit log: who says to be tracing, None where nobody said; what of suspected thefts they accepted; and the command. `opened` is
    what looks through a data set where that is not this process (`dataset.data_set_on_spark.on_spark`).

    Where case file, sources and tracer are those of the finished run in `folder`, nothing is made again: what it holds stays, its bounds
    too, and the log says so. Raises TracerError; whatever stood in `folder` is untouched then, and what was already read is kept for the
    next run.
    """
    from tracer.render import drawn

    require_chain(question)
    thresholds_of(question)
    if (before := unchanged(question, Path(folder), allow_gaps=allow_gaps)) is not None:
        append(before.folder, act(name, by, unchanged=True, **({"accepted": accepted} if accepted else {})))
        return before
    with work(Path(folder), question) as run:
        live = run.reading(offline=offline, patience=patience)
        run.begin()
        progress(Advance("reading"))
        whole = run.ledger(lambda: read_sources(question, progress, live, opened))
        progress(Advance("auditing"))
        verdict = audit(whole)
        require_sound(question, whole, verdict, allow_gaps)
        with collector_paused():
            ledger = of_first_asset(whole)
            found = followed(question, ledger, audit(ledger) if whole.others else verdict, run.db, progress, whole)
            found = found._replace(trace=left_in_record(run.db, ledger, found.trace))
            if whole.others:  # what was allowed is of any asset
                run.db.note(gaps=json.dumps(gaps_of(whole, verdict)))
            progress(Advance("writing the page"))
            done = act(name, by, **changed_since(run.folder, question), **({"accepted": accepted} if accepted else {}))
            told, digest = declared_now(run.folder, question, done).sentences, run.results_digest()
            parts = question, ledger, found.audit, found.trace, found.labels, found.context
            flow = flow_columns_of(
                *parts,
                tags=found.tags,
                rates=found.base_rates,
                answers=found.answers,
                looked=found.looked,
                results_digest=digest,
                declared=told,
            )
            save_stated(run.db, flow.about.coverage, flow.about.unlabelled)
            run.finish(*drawn(drawing_of(flow, question, ledger, found.trace, found.labels, run.db)), done)
    return _with_its_record(CaseFolder.open(folder), found).knowing(flow_columns=flow, outcome=flow.about.outcome)


def changed_since(folder: Path, question: CaseFile) -> dict[str, list[str]]:
    """What the case file says differently from the one that was traced in the folder before, for the audit log."""
    traced = folder / "case.toml"
    if not traced.exists():
        return {}
    changed = differences(read_exact(traced), question.text)
    more = [f"and {len(changed) - MOST_CHANGES} more"] if len(changed) > MOST_CHANGES else []
    return {"changed": [*changed[:MOST_CHANGES], *more]} if changed else {}


class Followed(NamedTuple):
    """What a case comes to on its ledger, under the names by which a CaseFolder has it."""

    ledger: Ledger
    audit: Audit
    trace: Trace
    labels: LabelBook
    context: Context
    tags: tuple[Tag, ...]
    base_rates: tuple[BaseRate, ...]
    looked: Looked
    answers: BothAnswers | None


def followed(question: CaseFile, ledger: Ledger, verdict: Audit, db: CaseDb, progress: Progress, whole: Ledger | None = None) -> Followed:
    """The trace of a ledger, with labels, tags and what stands beside it; all of it is kept in the record.

    `whole`: the ledger of all assets, where they are several. Then the trace ends where something is given for another asset, and both
    answers over all assets stand beside it.
    """
    book = labels_of(question)
    context = context_of(question, ledger)
    progress(Advance(f"tracing {counted(len(ledger), 'row')} under {counted(len(question.trace.rules), 'rule')}"))
    stops = stops_of(question, book)
    prices = {0: context.prices, **context.other_prices}
    answers, substituted = both_answers(question, whole, stops, prices) if whole and whole.others else (None, None)
    if answers:
        stops = stops._replace(exchanges=answers.exchanges.followed)
    traced = follow(ledger, thefts_of(question, ledger), stops, question.trace.rules)
    save_trace(db, ledger, book.labels, traced, book.left_out)
    if whole and answers and substituted:
        save_answers(db, answers)
        save_substituted(db, whole, substituted)
    progress(Advance("tagging"))
    found = tagged(question, ledger, book, traced)
    save_context(db, context)
    save_tags(db, ledger, *found)
    db.note(gaps=json.dumps(gaps_of(ledger, verdict)))
    return Followed(ledger, verdict, traced, book, context, found.tags, found.rates, found.looked, answers)


def _with_its_record(case: CaseFolder, found: Followed) -> CaseFolder:
    """A finished case with what its run still holds; hops that the run left in the record are read from where it lies now."""
    return case.knowing(**found._replace(trace=left_in_record(case.db, found.ledger, found.trace))._asdict())


@collector_paused()
def tag(folder: str | Path, by: str | None = None, *, everywhere: bool = False) -> CaseFolder:
    """Tags a traced case again, with the thresholds that its case file states now, and gives the finished folder. `everywhere`: at every
    address that stolen value could have reached, however many they are.

    Raises StoreError if anything else has changed since it was traced: then it is to be traced again.
    """
    from tracer.render import drawn

    before = CaseFolder.open(folder)
    require_latest(before, "tag")
    question = with_thresholds_of_now(before)
    thresholds_of(question)
    with work(before.folder, question) as run:
        ledger, traced = run.traced()
        book = book_of(question, load_labels(run.db), load_left_out(run.db))
        tags, rates, looked, of_all = tagged(question, ledger, book, traced, everywhere=everywhere)
        save_tags(run.db, ledger, tags, rates, looked, of_all)
        done = act("tag", by)
        told = declared_now(run.folder, question, done).sentences
        beside = load_context(run.db), load_bounds(run.db), tags, load_rests(run.db), rates, load_answers(run.db)
        digest = before.stamp.results_digest
        parts = question, ledger, audit(ledger), traced, book, *beside
        flow = flow_columns_of(*parts, looked=looked, results_digest=digest, declared=told)
        save_stated(run.db, flow.about.coverage, flow.about.unlabelled)
        run.finish(*drawn(drawing_of(flow, question, ledger, traced, book, run.db)), done)
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
