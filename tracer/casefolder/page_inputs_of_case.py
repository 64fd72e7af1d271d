"""What the page of a case is drawn from: its flow graph, the rows beside it, and the case traced under a few other assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.casefile import CaseFile
from tracer.casefolder.case import Case
from tracer.errors import LedgerError
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.store.record.conversions import load_answers
from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import load_whole
from tracer.store.record.trace import load_substituted
from tracer.tracing import Trace

if TYPE_CHECKING:
    from tracer.flow.flow_columns import Drawable
    from tracer.flow.page_inputs import Drawing
    from tracer.flow.substituted_answer import InAsset


WITHHELD = "other assumptions: third parties are redacted, and rows that another assumption would follow are not in this page"
"""Why a redacted page has no other run."""


def drawing_of_case(case: Case, flow: Drawable) -> Drawing:
    """What the page of a finished case is drawn from, with its flow graph, masked or not.

    A redacted case is traced under no other assumption: rows that only such a run would follow are not in it.
    """
    if case.withheld:
        from tracer.flow.page_inputs import Drawing
        from tracer.flow.untraced_neighbours import beside_of
        from tracer.plan.deposits_to_freeze import freezables

        listed = freezables(case.question, case.ledger, case.trace, case.labels)
        return Drawing(flow, beside_of(flow, case.ledger, case.trace, case.labels, set()), [], [WITHHELD], listed)
    return drawing_of(flow, case.question, case.ledger, case.trace, case.labels, case.db)


def drawing_of(flow: Drawable, question: CaseFile, ledger: Ledger, trace: Trace, labels: LabelBook, db: CaseDb) -> Drawing:
    """The other assumptions are traced now, by the same engine: nothing of it is kept but the page. `db`: the record, of which the answer
    that substitutes is read."""
    from tracer.flow.page_inputs import Drawing
    from tracer.flow.substituted_answer import elsewhere_of
    from tracer.flow.untraced_neighbours import beside_of
    from tracer.flow.what_if import what_if
    from tracer.plan.assumption_removal import Grounds
    from tracer.plan.deposits_to_freeze import freezables
    from tracer.plan.what_ifs import what_ifs

    planned = what_ifs(Grounds(question, ledger, trace, labels))
    runs, not_run = [], list(planned.not_run)
    for run in planned.runs:
        says = run.assumption.what
        try:
            runs.append(what_if(says, ledger, trace, run.asked().traced(trace.rules)))
        except LedgerError as error:  # more rows are followed than in the case as asked, and their sums can be wider
            not_run.append(f"{says}: {error}")
    wanted = {row for run in runs for row in run.rows}
    listed = freezables(question, ledger, trace, labels)
    beside, substituted = beside_of(flow, ledger, trace, labels, wanted), _substituted(ledger, db)
    elsewhere = elsewhere_of(substituted, {*flow.addresses.address, *beside.addresses.address}, labels, trace)
    return Drawing(flow, beside, runs, not_run, listed, substituted, elsewhere)


def _substituted(ledger: Ledger, db: CaseDb) -> list[InAsset]:
    """The answer that substitutes, an asset at a time; none of it in a case of one asset."""
    from tracer.flow.substituted_answer import in_each_asset

    answers = load_answers(db)
    if answers is None:
        return []
    whole = load_whole(db, ledger)
    return list(in_each_asset(whole, load_substituted(db, whole, answers), answers))
