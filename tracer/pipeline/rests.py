"""What the figures of a case rest on: each assumption taken away, the case traced again, and what is otherwise then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act
from tracer.casefolder.run import amend
from tracer.errors import BoundsError
from tracer.ledger import audit
from tracer.model import Advance, Bound, Place, Progress, Reason, Rests, Without
from tracer.pipeline.bounds import largest
from tracer.plan.assumptions import assumed
from tracer.plan.grounds import Asked, Grounds, Removal
from tracer.store.record.rests import save_rests
from tracer.tracing import Outcome, follow, outcome_of
from tracer.tracing.bounds import network_of, places_of, services_of
from tracer.tracing.extremes import bound

Key: TypeAlias = tuple[str, str]
"""The name of a service, or an address, and the reason."""

End: TypeAlias = tuple[str, Reason]
"""An endpoint, by its address and reason."""

NOTHING = Bound(0, 0)


class Figures(NamedTuple):
    """What a trace comes to, by place, and its bounds there; `no_bounds` says why there are none."""

    amounts: Mapping[Key, Mapping[str, int]]
    bounds: Mapping[Key, Bound]
    no_bounds: str = ""


def rested(case: CaseFolder, most_ends: int, most_blocks: int, advance: Progress) -> tuple[CaseFolder, Rests]:
    """What the case rests on, computed anew, and the case with it: it is kept in the folder, whose page is drawn again.

    Services have floors and ceilings, and so have the `most_ends` other endpoints of most value. Raises StoreError.
    """
    from tracer.render import drawn

    rests = rests_of(case, most_ends, most_blocks, advance)
    if rests == case.rests:
        return case, rests
    return amend(case, lambda db: save_rests(db, rests), drawn, act("rests")), rests


def rests_of(case: CaseFolder, most_ends: int, most_blocks: int, advance: Progress) -> Rests:
    """Each assumption taken away, in the order in which `assumed` has them. Nothing is kept."""
    grounds = Grounds(case.question, case.ledger, case.trace, case.labels, case.context.statements)
    removals, left_out = assumed(grounds, most_blocks)
    ends = largest([end for end in case.outcome.endpoints if end.reason != "service"], case.question.leading_rule, most_ends)
    base = _figures(case.outcome, grounds.asked, ends, bounded=True)
    lines = []
    for done, removal in enumerate(removals):
        advance(Advance("without an assumption", done, len(removals), "assumptions"))
        lines.append(_without(removal, case.outcome.rules, base, ends))
    nothing = dict.fromkeys(case.outcome.rules, 0)
    places = tuple(Place(*key, base.amounts.get(key, nothing), base.bounds.get(key)) for key in {**base.amounts, **base.bounds})
    return Rests(places, tuple(lines), base.no_bounds, tuple(left_out))


def _without(removal: Removal, rules: Sequence[str], base: Figures, ends: Sequence[End]) -> Without:
    if removal.anew is None:
        return Without(removal.assumption, "changes nothing" if removal.possible else "cannot be taken away", why=removal.why)
    asked = removal.anew()
    after = _figures(outcome_of(follow(*asked, rules)), asked, ends, bounded=not base.no_bounds)
    changed = _changed(rules, base, after)
    no_bounds = "" if base.no_bounds else after.no_bounds
    if not changed and not no_bounds:
        return Without(removal.assumption, "changes nothing", why="every figure is the same, to the unit")
    return Without(removal.assumption, "changes", changed, no_bounds=no_bounds)


def _changed(rules: Sequence[str], base: Figures, after: Figures) -> tuple[Place, ...]:
    """The places whose figures are others, as they are after."""
    nothing = dict.fromkeys(rules, 0)
    changed = []
    for key in {**base.amounts, **after.amounts, **base.bounds, **after.bounds}:
        amounts = after.amounts.get(key, nothing)
        ends = None if after.no_bounds else after.bounds.get(key, NOTHING if key in base.bounds else None)
        ends_differ = not after.no_bounds and ends != base.bounds.get(key, NOTHING if key in after.bounds else None)
        if amounts != base.amounts.get(key, nothing) or ends_differ:
            changed.append(Place(*key, amounts, ends))
    return tuple(changed)


def _figures(outcome: Outcome, asked: Asked, ends: Sequence[End], *, bounded: bool) -> Figures:
    amounts: dict[Key, dict[str, int]] = {}
    for end in outcome.endpoints:
        at = amounts.setdefault((end.service or end.address, end.reason), dict.fromkeys(outcome.rules, 0))
        for rule, amount in end.amounts.items():
            at[rule] += amount
    amounts["", "fees"] = dict(outcome.fees)
    if not bounded:
        return Figures(amounts, {})
    try:
        return Figures(amounts, _bounds(asked, ends))
    except BoundsError as error:
        return Figures(amounts, {}, str(error))


def _bounds(asked: Asked, ends: Sequence[End]) -> dict[Key, Bound]:
    """Of every service that stolen value can have reached, and of these endpoints."""
    ledger, thefts, stops = asked
    made = network_of(ledger, audit(ledger), thefts, stops)
    bounds = {(service, "service"): bound(made, places) for service, places in services_of(made, ledger, stops).items()}
    for address, reason in ends:
        bounds[address, reason] = bound(made, places_of(made, ledger.index[address], reason))
    return bounds
