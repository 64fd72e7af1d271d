"""Whether what a run left in a folder still answers the question, on the sources as they are now; else the answer is out of date."""

from __future__ import annotations

from pathlib import Path

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.inputs_digest import asked_before, inputs_of
from tracer.errors import TracerError
from tracer.plan.how_sources_are_read import source_digests


def unchanged(question: CaseFile, folder: Path, *, allow_gaps: bool) -> CaseFolder | None:
    """The finished case in `folder` where it answers this very question on these very sources, and is as its run left it; None where
    something is to be made."""
    if not asked_before(folder, question):
        return None
    try:
        case = CaseFolder.open(folder)
    except TracerError:
        return None
    sources = source_digests(question)
    same = [dict(stated) for stated in case.manifest["sources"]] == [source._asdict() for source in sources]  # labels and prices too
    if (
        not same
        or case.db.noted("inputs") != inputs_of(question, sources, folder)
        or (case.gaps and not allow_gaps)
        or case.altered_files()
    ):
        case.db.close()
        return None
    return case
