"""The ledger that an earlier run kept: whether it is that of these very sources, or of one table when it had fewer lines."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tracer.casefile import CaseFile
from tracer.casefolder.inputs_digest import inputs_of
from tracer.casefolder.manifest import altered, manifested
from tracer.errors import StoreError
from tracer.ingest.source_digests import SourceDigest
from tracer.store.record.database import CaseDb
from tracer.store.record.results_digest import ledger_digest


def has_ledger(path: Path, inputs: str, vouched: dict[str, Any] | None = None) -> bool:
    """Whether a case.db holds the ledger of these sources, as it was written: `vouched` is the manifest of a finished one."""
    if not path.exists():
        return False
    try:
        with CaseDb(path) as db:
            if db.noted("inputs") != inputs:
                return False
            return not altered(db, vouched) if vouched else ledger_digest(db) == db.noted("ledger")
    except (StoreError, sqlite3.Error, KeyError, TypeError):
        return False


def shorter_table(folder: Path, question: CaseFile, sources: Sequence[SourceDigest], recording: Path) -> SourceDigest | None:
    """The table of a case, as the finished run in a folder read it, where it has another length now and that run's ledger is one of nothing
    else: the same settings, the same openings. None where that is not so, or the case has more sources or assets."""
    if [source.kind for source in question.sources] != ["table"] or question.assets:
        return None
    finished = manifested(folder) or {}
    stated = (SourceDigest(**each) for each in finished.get("sources", ()))
    before = next((each for each in stated if each.kind == "table"), None)
    if before is None or any(each.kind == "table" and each.size <= before.size for each in sources):
        return None
    then = [before if each.kind == "table" else each for each in sources]
    return before if has_ledger(folder / "case.db", inputs_of(question, then, recording), finished) else None
