"""`tracer rests` of a case of several assets: what moves without each assumption, an asset at a time, and what that was worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracer.model import Rests, Without


def several_lines(rests: Rests, lines: Sequence[Without], rule: str) -> Iterator[str]:
    """A paragraph for each assumption: what that moves without it was worth, and of each asset how much, and the place where most does."""
    from tracer.evidence.valuation import decimal
    from tracer.evidence.valuation_all_assets import to_the_cent
    from tracer.evidence.what_figures_rest_on import worth_moved

    for number, line in enumerate(lines, 1):
        worth = worth_moved(rests, line).get(rule)
        said = f": {to_the_cent(decimal(worth))} {rests.currency} is elsewhere, or not stolen, under {rule}" if worth else ""
        yield f"{number}. Without {line.assumption.what}{said}"
        yield from _moves(rests, line, rule)


def _moves(rests: Rests, line: Without, rule: str) -> Iterator[str]:
    """Of each asset what is elsewhere, or no longer stolen; where nothing is under the rule, under the one where most is."""
    from tracer.evidence.what_figures_rest_on import moved

    for number, asset in enumerate(rests.assets):
        by_rule = moved(rests, line, number)
        if any(by_rule.values()):
            under = rule if by_rule[rule] else max(by_rule, key=by_rule.__getitem__)
            before = {place.key: place.amounts[under] for place in rests.places}
            places = [place for place in line.places if place.asset == number]
            at = max(places, key=lambda place: before.get(place.key, 0) - place.amounts[under])
            where = f"{at.name} ({at.reason})" if at.name else at.reason
            there = f"{where} has {asset.format(at.amounts[under])} instead of {asset.format(before.get(at.key, 0))}"
            yield f"   {asset.stated(by_rule[under])}{'' if under == rule else f', under {under}'}; most of it: {there}"
