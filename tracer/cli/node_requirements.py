"""What the nodes of a case can do, before anything is read of them: a table on a terminal, a list in --json."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tracer.cli.output import print_table
from tracer.errors import TracerError

if TYPE_CHECKING:
    from tracer.casefile import CaseFile


def abilities_shown(question: CaseFile, *, quiet: bool, as_json: bool) -> list[dict[str, Any]]:
    """What each node can do, with the remedy for what it cannot; shown on stderr where that is a terminal, and asked only for somebody
    who sees it. Raises nothing: the run itself says what fails."""
    seen = sys.stderr.isatty() and not quiet
    if not (question.nodes and (seen or as_json)):
        return []
    from tracer.workbench.nodes import able, row_of

    try:
        found = [row_of(each) for each in able(question)]
    except TracerError:
        return []
    if seen:
        rows = [[each["node"], "yes" if each["can"] else "NO", each["what"], "" if each["can"] else each["remedy"]] for each in found]
        print_table("What the nodes can do", ["node", "", "what a trace needs", "remedy"], rows, err=True)
    return found
