"""One stage of a traced case again: its sources read and compared with what was traced; its page drawn."""

from __future__ import annotations

from typing import NamedTuple

from tracer.casefolder import CaseFolder
from tracer.casefolder.as_of import require_latest
from tracer.casefolder.log import act
from tracer.casefolder.run import amend, work
from tracer.ledger import Audit, Ledger, audit
from tracer.model import Progress, quiet
from tracer.plan.how_sources_are_read import read_sources


class ReadAgain(NamedTuple):
    """What the sources give now; `same`: it is, row for row, the ledger that was traced."""

    ledger: Ledger
    audit: Audit
    same: bool


def read_again(case: CaseFolder, progress: Progress = quiet) -> ReadAgain:
    """Reads the sources of a case again; nodes are not asked, what was recorded of them is read.

    What was traced stays. Another ledger than was traced is kept for the next run of `trace`. Raises TracerError.
    """
    require_latest(case, "ingest")
    with work(case.folder, case.question) as run:
        live = run.reading(offline=True, patience=1.0)
        ledger = run.renew(read_sources(case.question, progress, live))
        same = run.same_ledger(case)
        if same:
            run.discard()
    return ReadAgain(ledger, audit(ledger), same)


def draw_again(case: CaseFolder, by: str | None = None) -> CaseFolder:
    """The case with its page drawn by this version. Raises StoreError."""
    from tracer.render import drawn

    return amend(case, lambda _: None, drawn, act("render", by))
