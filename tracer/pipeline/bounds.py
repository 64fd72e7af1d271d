"""Bounds of a finished case: computed, kept in its folder, drawn."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.casefolder import CaseFolder
from tracer.casefolder.run import amend
from tracer.ingest.chain import as_address
from tracer.model import Bound, Bounds, Progress, Reason
from tracer.store.record.trace import save_bounds
from tracer.tracing.bounds import all_bounds, bound, network_of, places_named
from tracer.tracing.network import Network


def bounded(case: CaseFolder, most: int, advance: Progress) -> CaseFolder:
    """The case with bounds of its services and of at least its `most` endpoints of most value; computed unless they are there.

    Raises BoundsError where the ledger does not bear them; the folder then stays as it was.
    """
    from tracer.render import drawn

    wanted = _largest(case, most)
    if wanted and set(wanted) <= case.bounds.endpoints.keys():
        return case
    bounds = all_bounds(_network(case), case.ledger, case.trace.stops, wanted, advance)
    return amend(case, lambda db: save_bounds(db, bounds), drawn, "bounds")


def bounds_of(case: CaseFolder, most: int, advance: Progress) -> Bounds:
    """The bounds that the folder has, or else those of all services and of the `most` endpoints of most value; nothing is kept.

    Raises BoundsError where the ledger does not bear them.
    """
    if case.bounds.endpoints or case.bounds.services or not case.trace.endpoints:
        return case.bounds
    return all_bounds(_network(case), case.ledger, case.trace.stops, _largest(case, most), advance)


def union_of(case: CaseFolder, names: Sequence[str]) -> Bound:
    """The least and the most at all places these names mean together."""
    made = _network(case)
    forms = [form if (form := as_address(case.question, name)) in case.ledger.index else name.strip() for name in names]
    return bound(made, [place for name in forms for place in places_named(made, case.ledger, case.trace.stops, name)])


def _network(case: CaseFolder) -> Network:
    return network_of(case.ledger, case.audit, case.trace.thefts, case.trace.stops)


def _largest(case: CaseFolder, most: int) -> list[tuple[str, Reason]]:
    """The endpoints with most value under the primary rule, or else the first."""
    rule = case.question.leading_rule
    ordered = sorted(case.trace.endpoints, key=lambda endpoint: -endpoint.amounts[rule])
    return [(endpoint.address, endpoint.reason) for endpoint in ordered[:most]]
