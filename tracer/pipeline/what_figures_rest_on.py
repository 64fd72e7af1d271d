"""What the figures of a case rest on: each assumption taken away, the case traced again, and what is otherwise then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act
from tracer.casefolder.manifest import changed_sources
from tracer.casefolder.run import amend
from tracer.errors import StoreError
from tracer.evidence.price_at_a_moment import price_at
from tracer.ingest.ledger_of_sources import recognised
from tracer.model import Advance, Bound, Place, Progress, Rests, Without, quiet
from tracer.pipeline.bounds import largest
from tracer.pipeline.figures_by_place_customer_victim import Auditing, End, Ends, Figures, figures_by_place, victims_of
from tracer.plan.assumption_removal import Grounds, Removal
from tracer.plan.assumptions import assumed
from tracer.plan.conversions import several_assets
from tracer.plan.conversions_under_assumptions import Exchanging
from tracer.store.record.what_figures_rest_on import save_rests

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
    several = several_of(case)
    grounds = _grounds(case, several)
    removals, left_out = assumed(grounds, most_blocks, several)
    ends = _largest(grounds, most_ends)
    victims, rules = victims_of(grounds.trace), tuple(grounds.trace.rules)
    figures = partial(figures_by_place, ends=ends, victims=victims, audited=Auditing())
    base = figures(grounds.trace, grounds.asked, bounded=True)
    lines = []
    for done, removal in enumerate(removals):
        advance(Advance("without an assumption", done, len(removals), "assumptions"))
        lines.append(_without(removal, rules, base, figures))
    nothing = dict.fromkeys(rules, 0)
    found = [base.place(key, base.amounts.get(key, nothing), base.bounds.get(key)) for key in {**base.amounts, **base.bounds}]
    places, parts = _parted(found)
    rests = Rests(places, tuple(lines), base.no_bounds, tuple(left_out), parts)
    return _of_several(case, several, rests) if several else rests


def _largest(grounds: Grounds, most: int) -> list[End]:
    """The endpoints besides services of which most is there, of each asset."""
    rule, ends = grounds.question.leading_rule, [end for end in grounds.trace.endpoints if end.reason != "service"]
    return [
        End(address, reason, asset)
        for asset in range(len(grounds.ledger.assets))
        for address, reason in largest([end for end in ends if end.asset == asset], rule, most)
    ]


def several_of(case: CaseFolder) -> Exchanging | None:
    """The case with every conversion that its recordings hold; None of a case of one asset. Raises StoreError where a recording has changed
    since it was traced, or is not there."""
    answers, found = several_assets(case.question, case.answers), case.question
    if answers is None:
        return None
    recordings = [source for source in case.manifest["sources"] if source["kind"] == "recording"]
    if changed := next(changed_sources(found, case.folder, recordings, thorough=True), None):
        raise StoreError(changed)
    if gone := next((path for each in recordings if not (path := found.folder / each["name"]).is_file()), None):
        raise StoreError(f"{gone}: is not there, and what a case of several assets rests on is read from it: put it back")
    followed = case.traces["followed"]
    prices = {0: case.context.prices, **case.context.other_prices}
    return Exchanging(found, answers.order[0], recognised(found), prices, case.whole, followed.thefts, followed.stops, answers)


def _grounds(case: CaseFolder, several: Exchanging | None) -> Grounds:
    """The trace whose figures are looked at: of a case of several assets the finding, and of the first asset where that is followed."""
    statements = case.context.statements
    if several is None:
        return Grounds(case.question, case.ledger, case.trace, case.labels, statements)
    if several.answer == "followed":
        return Grounds(case.question, case.ledger, case.trace, case.labels, statements, several.settled)
    trace, reached = case.traces["substituted"], several.reached()
    return Grounds(case.question, case.whole, trace, case.labels, statements, several.settled, reached)


def _of_several(case: CaseFolder, several: Exchanging, rests: Rests) -> Rests:
    """The same, with the assets by their names, and what they cost at the time of the first theft."""
    first = min((theft.time for theft in several.thefts if theft.time is not None), default=None)
    prices = {0: case.context.prices, **case.context.other_prices}
    at = [price_at(prices.get(number, ()), first) for number in range(len(case.assets))]
    named = tuple(asset._replace(symbol=name) for asset, name in zip(case.assets, several.said.names, strict=True))
    currency = next((price.currency for price in at if price), None)
    return rests._replace(answer=several.answer, assets=named, prices=tuple(price and price.price for price in at), currency=currency)


def _parted(found: Sequence[Place]) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The places by themselves, and the parts of services."""
    parts = tuple(place for place in found if place.customer or place.victim)
    return tuple(place for place in found if not (place.customer or place.victim)), parts


def _without(removal: Removal, rules: Sequence[str], base: Figures, figures: Callable[..., Figures]) -> Without:
    if removal.anew is None:
        return Without(removal.assumption, "changes nothing" if removal.possible else "cannot be taken away", why=removal.why)
    asked = removal.anew()
    base = base.through_exchanges if asked.ledger.others else base
    after = figures(asked.traced(rules), asked, bounded=not base.no_bounds)
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
