"""Bounds of a finished case: computed with their proofs, kept in its folder, drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracer.casefolder import CaseFolder
from tracer.casefolder.as_of import require_latest
from tracer.casefolder.log import act
from tracer.casefolder.run import amend
from tracer.errors import BoundsError, InputError, StoreError
from tracer.ingest.chain_and_asset_of_case import as_address
from tracer.ledger import audit
from tracer.model import NO_BOUNDS, Bounds, Endpoint, Progress, Reason, Rule, quiet
from tracer.store.record.bounds import save_bounds
from tracer.tracing.bounds_of_case import figures_of, proven_of
from tracer.tracing.bounds_through_conversions import Place, figures_through

MOST = 1000
"""Endpoints that are bounded where nobody asks for more."""

LARGEST = 100  # endpoints of most value that are given floor and ceiling where nobody has asked for bounds


def bounded(
    case: CaseFolder, most: int, advance: Progress, by: str | None = None, union: Sequence[str] = (), *, alone: bool = True
) -> CaseFolder:
    """The case with proven bounds of its services, their customers, of at least its `most` endpoints of most value, and of the places that
    `union` names together, and where `alone` of each of several thefts there; computed unless they are there.

    Raises BoundsError where the ledger does not bear them, InputError where a name means nothing; the folder then stays as it was.
    """
    wanted, together = largest(case.trace.endpoints, case.question.leading_rule, most), union_names(case, union)
    had = case.bounds
    alone = len(case.trace.thefts) > 1 and (alone or bool(had.alone))
    if wanted and set(wanted) <= had.endpoints.keys() and (not together or together in had.unions) and bool(had.alone) >= alone:
        return case
    unions = [*had.unions, *([together] if together else [])]
    return bounded_at(case, list(dict.fromkeys([*wanted, *had.endpoints])), unions, advance, by, alone=alone)


def bounded_at(
    case: CaseFolder,
    endpoints: Sequence[tuple[str, Reason]],
    unions: Sequence[tuple[str, ...]],
    advance: Progress,
    by: str | None = None,
    *,
    alone: bool,
) -> CaseFolder:
    """The case with proven bounds of its services, their customers, these endpoints and unions, in this order, and no others; where
    `alone`, of each of several thefts there.

    Raises BoundsError where the ledger does not bear them, InputError where a name means nothing; the folder then stays as it was.
    """
    from tracer.render import drawn

    require_latest(case, "bounds")
    found = proven_of(case.ledger, case.audit, case.trace, endpoints, unions, advance, alone=alone)
    return amend(case, lambda db: save_bounds(db, case.ledger, *found), drawn, act("bounds", by))


def floored(case: CaseFolder, advance: Progress, by: str | None = None) -> tuple[CaseFolder, str | None]:
    """The case, with floors and ceilings where no rule is declared, as it is shown then; or as it is, and why there can be none."""
    return (case, None) if case.question.trace.primary is not None else with_proofs(case, advance, by)


def with_proofs(case: CaseFolder, advance: Progress, by: str | None = None) -> tuple[CaseFolder, str | None]:
    """The case with floors and ceilings and their proofs, computed unless they are there; or as it is, and why there can be none.

    Those of one theft alone are left to `tracer bounds`: with dozens of thefts they take as many times longer.
    """
    try:
        return bounded(case, LARGEST, advance, by, alone=False), None
    except (BoundsError, InputError, StoreError) as error:
        return case, str(error)


def bounds_at_hand(case: CaseFolder, advance: Progress = quiet) -> tuple[Bounds, str]:
    """The bounds of a case; computed where its folder has none, of its services and the endpoints of most value, and not kept. Or none, and
    why there are none."""
    if case.so_far:
        return NO_BOUNDS, "the run that reads the chain is still at work"
    if case.bounds.services or case.bounds.endpoints:
        return case.bounds, ""
    ends = [(end.address, end.reason) for end in case.trace.endpoints if end.reason == "service"]
    wanted = list(dict.fromkeys([*ends, *largest(case.trace.endpoints, case.question.leading_rule, LARGEST)]))
    try:
        return figures_of(case.ledger, case.audit, case.trace, wanted, advance), ""
    except (BoundsError, InputError) as error:  # they do not hold here, or the library that computes them is not there
        return NO_BOUNDS, str(error)


def bounds_through(case: CaseFolder, swept: Mapping[int, str], advance: Progress = quiet) -> tuple[Mapping[int, Bounds], str]:
    """The bounds of a case of several assets in the answer that substitutes, by the number of the asset: of its services, the endpoints of
    most value and the addresses that `swept` to services, by their rows; computed each time. Or none, and why there are none."""
    if case.so_far:
        return {}, "the run that reads the chain is still at work"
    trace, rule = case.traces["substituted"], case.question.leading_rule
    wanted: dict[Place, None] = {}
    for asset in range(len(case.assets)):
        ends = [end for end in trace.endpoints if end.asset == asset]
        places = [(end.address, end.reason) for end in ends if end.reason == "service"]
        wanted.update(dict.fromkeys((asset, *place) for place in (*places, *largest(ends, rule, LARGEST))))
    try:
        return figures_through(case.whole, audit(case.whole), trace, wanted, swept, advance), ""
    except (BoundsError, InputError) as error:
        return {}, str(error)


def union_names(case: CaseFolder, names: Sequence[str]) -> tuple[str, ...]:
    """The names of a union as they are kept: an address in the form that the chain gives it."""
    return tuple(form if (form := as_address(case.question, name)) in case.ledger.index else name.strip() for name in names)


def largest(ends: Iterable[Endpoint], rule: Rule, most: int) -> list[tuple[str, Reason]]:
    """The endpoints of most value under a rule, the largest first."""
    ordered = sorted(ends, key=lambda end: -end.amounts[rule])
    return [(end.address, end.reason) for end in ordered[:most]]
