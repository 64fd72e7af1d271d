"""How a case is shown in which no rule is declared: floor, the rules side by side, ceiling; what has the highest floor stands first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from tracer.model import Bound

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Endpoint

T = TypeVar("T")

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


def by_floor(case: CaseFolder, things: Iterable[T], bound: Callable[[T], Bound | None], amounts: Callable[[T], Iterable[int]]) -> list[T]:
    """The things in the order of their floors where no rule is declared, else as they are.

    Where floors are equal or unknown, the least that any rule puts there decides, then the most.
    """
    if not undeclared(case):
        return list(things)

    def key(thing: T) -> Any:
        floor, by_rule = bound(thing), list(amounts(thing))
        return -floor.least if floor else 0, -min(by_rule, default=0), -max(by_rule, default=0)

    return sorted(things, key=key)


def endpoints_in_order(case: CaseFolder) -> list[Endpoint]:
    """The endpoints of a case: those of most value under the declared rule first, or those of the highest floor where none is declared."""
    bounds = case.bounds.endpoints
    return by_floor(case, case.outcome.endpoints, lambda e: bounds.get((e.address, e.reason)), lambda e: e.amounts.values())


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
