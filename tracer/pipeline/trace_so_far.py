"""What a run in progress has read so far, traced: the run is not disturbed, nothing is asked, nothing is written."""

from __future__ import annotations

from pathlib import Path

from tracer.casefolder import CaseFolder
from tracer.casefolder.how_far_read import SoFar
from tracer.casefolder.run import question_under_way, recording_under_way
from tracer.errors import CaseError, NodeError, StoreError
from tracer.ingest.node.recording import exchanges
from tracer.ledger import audit
from tracer.model import quiet
from tracer.pipeline.trace import followed
from tracer.plan.how_sources_are_read import live_of, read_sources
from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import save_ledger


def read_so_far(folder: Path) -> CaseFolder:
    """The case as far as the run in `folder` has read it, in memory. What is not recorded yet counts as not read.

    Raises StoreError where no run reads nodes there, or the thefts themselves are not read yet.
    """
    question, recording = question_under_way(folder), recording_under_way(folder)
    live = live_of(question, recording, offline=True, patience=1.0)
    if live is None:
        raise StoreError(f"{folder}: the run in it reads files, and has nothing to show before it is done")
    try:
        answers, time = sum(each.method != "NOTE" for each in exchanges(recording, whole_lines=True)), int(recording.stat().st_mtime)
        ledger = read_sources(question, quiet, live._replace(so_far=True))
    except FileNotFoundError as error:
        raise StoreError(f"{folder}: the run in it has ended meanwhile: run the command again") from error
    except (NodeError, CaseError) as error:
        raise StoreError(f"{folder}: the thefts are not read yet, so there is nothing to show ({error})") from error
    verdict = audit(ledger)
    db = CaseDb(Path(":memory:"), create=True)
    save_ledger(db, ledger)
    found = followed(question, ledger, verdict, db, quiet)
    unread = len({endpoint.address for endpoint in found.trace.endpoints if endpoint.reason == "not_fetched"})
    so_far = SoFar(verdict.full, unread, ledger.tip, answers, time)
    return CaseFolder(folder, db, question, {}, so_far).knowing(**found._asdict())
