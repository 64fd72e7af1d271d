"""What the figures of a case rest on: each assumption taken away, the case traced again, and what is otherwise then."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act
from tracer.casefolder.run import amend
from tracer.model import Advance, Bound, Place, Progress, Rests, Without, quiet
from tracer.pipeline.bounds import largest
from tracer.pipeline.figures import End, Ends, Figures, figures_by_place, victims_of
from tracer.plan.assumptions import assumed
from tracer.plan.grounds import Grounds, Removal
from tracer.store.record.rests import save_rests
from tracer.tracing import follow

NOTHING = Bound(0, 0)


def rested(
    case: CaseFolder, most_ends: int, most_blocks: int, advance: Progress = quiet, by: str | None = None
) -> tuple[CaseFolder, Rests]:
    """What the case rests on, computed anew, and the case with it: it is kept in the folder, whose page is drawn again, and the log says
    who did it; neither where it is what was known.

    Services have floors and ceilings, and so have the `most_ends` other endpoints of most value. Raises StoreError.
    """
    from tracer.render import drawn

    rests = rests_of(case, most_ends, most_blocks, advance)
    if rests == case.rests:
        return case, rests
    return amend(case, lambda db: save_rests(db, rests), drawn, act("rests", by)), rests


def rests_of(case: CaseFolder, most_ends: int, most_blocks: int, advance: Progress) -> Rests:
    """Each assumption taken away, in the order in which `assumed` has them. Nothing is kept."""
    grounds = Grounds(case.question, case.ledger, case.trace, case.labels, case.context.statements)
    removals, left_out = assumed(grounds, most_blocks)
    ends = largest([end for end in case.trace.endpoints if end.reason != "service"], case.question.leading_rule, most_ends)
    victims, rules = victims_of(case.trace), tuple(case.trace.rules)
    base = figures_by_place(case.trace, grounds.asked, ends, victims, bounded=True)
    lines = []
    for done, removal in enumerate(removals):
        advance(Advance("without an assumption", done, len(removals), "assumptions"))
        lines.append(_without(removal, rules, base, ends, victims))
    nothing = dict.fromkeys(rules, 0)
    found = [base.place(key, base.amounts.get(key, nothing), base.bounds.get(key)) for key in {**base.amounts, **base.bounds}]
    places, parts = _parted(found)
    return Rests(places, tuple(lines), base.no_bounds, tuple(left_out), parts)


def _parted(found: Sequence[Place]) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The places by themselves, and the parts of services."""
    parts = tuple(place for place in found if place.customer or place.victim)
    return tuple(place for place in found if not (place.customer or place.victim)), parts


def _without(removal: Removal, rules: Sequence[str], base: Figures, ends: Sequence[End], victims: Collection[str]) -> Without:
    if removal.anew is None:
        return Without(removal.assumption, "changes nothing" if removal.possible else "cannot be taken away", why=removal.why)
    asked = removal.anew()
    after = figures_by_place(follow(*asked, rules), asked, ends, victims, bounded=not base.no_bounds)
    places, parts = _parted(_changed(rules, base, after))
    no_bounds = "" if base.no_bounds else after.no_bounds
    if not places and not parts and not no_bounds:
        return Without(removal.assumption, "changes nothing", why="every figure is the same, to the unit")
    return Without(removal.assumption, "changes", places, no_bounds=no_bounds, parts=parts)


def _changed(rules: Sequence[str], base: Figures, after: Figures) -> list[Place]:
    """The places whose figures are others, as they are after. What is bounded at one time only is out of reach at the other: nothing."""
    nothing = dict.fromkeys(rules, 0)
    changed = []
    for key in {**base.amounts, **after.amounts, **base.bounds, **after.bounds}:
        amounts, had = after.amounts.get(key, nothing), base.bounds.get(key)
        ends = None if after.no_bounds else after.bounds.get(key, had and _nothing_as(had))
        ends_differ = not after.no_bounds and ends != (had or (ends and _nothing_as(ends)))
        if amounts != base.amounts.get(key, nothing) or ends_differ:
            changed.append(after.place(key, amounts, ends))
    return changed


def _nothing_as(ends: Ends) -> Ends:
    return Ends(NOTHING, ends.any_order and NOTHING)
