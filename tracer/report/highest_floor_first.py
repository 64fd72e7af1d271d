"""The order of lists where no rule is declared: what has the highest floor stands first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from tracer.model import Bound
from tracer.report.undeclared_rule import undeclared

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Endpoint

T = TypeVar("T")


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
