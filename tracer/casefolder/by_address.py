"""A case for whoever asks about one address: of a large one only what has to do with that is read."""

from __future__ import annotations

from tracer.casefolder.folder import CaseFolder
from tracer.store.record.by_address import load_ledger_by_index, load_trace_by_index


def by_index(case: CaseFolder) -> CaseFolder:
    """The same case, whose ledger and trace are read account by account and row by row.

    It stays as it is where payments say how they were made, which tags compare with those of all others, and where statements of
    services are shown, which needs the flow graph.
    """
    everywhere = case.everywhere
    if everywhere is None or everywhere.marked or case.question.links:
        return case
    ledger = load_ledger_by_index(case.db)
    return case.knowing(ledger=ledger, trace=load_trace_by_index(case.db, ledger))
