"""How a case is shown in which no rule is declared: floor, the rules side by side, ceiling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tracer.model import Bound

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Endpoint

UNKNOWN_FLOORS = 'Floors and ceilings are not known: "tracer bounds" computes them.'


def undeclared(case: CaseFolder) -> bool:
    """Whether no rule is declared, so that no rule's figure may stand for the others."""
    return case.question.trace.primary is None


def with_bounds(case: CaseFolder, rules: Sequence[str], ends: Sequence[str | None]) -> list[str | None]:
    """Cells of the rules with those of floor and ceiling: on either side where no rule is declared, else behind; empty where there are
    none for this line, left out where there are none for the case."""
    if not case.bounds.endpoints:
        return [*rules]
    floor, ceiling = ends or (None, None)
    return [floor, *rules, ceiling] if undeclared(case) else [*rules, floor, ceiling]


def together(case: CaseFolder, ends: Iterable[Endpoint]) -> Bound | None:
    """A floor and a ceiling of several endpoints together, as far as those of each go: sums, the ceiling at most what was stolen.

    A service's own, found for all its addresses together, is narrower and stands instead. None where one of them is unknown.
    """
    ends, bounds = list(ends), case.bounds
    names = {end.service for end in ends if end.service}
    if len(names) == 1 and all(end.service for end in ends) and (found := bounds.services.get(str(*names))):
        return found
    found_each = [bounds.endpoints.get((end.address, end.reason)) for end in ends]
    known = [each for each in found_each if each is not None]
    if not known or len(known) < len(found_each):
        return None
    face = sum(theft.amount for theft in case.outcome.thefts)
    return Bound(sum(each.least for each in known), min(face, sum(each.most for each in known)))
