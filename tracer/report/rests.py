"""What a case rests on, as a table that others read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tracer.report.tables import Table

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Place, Rests

NOWHERE = ("", "")


def rests_table(case: CaseFolder, rests: Rests) -> Table:
    """A line for each assumption and each place whose figures are others without it, before and after; one line without a place where no
    figure is another, or it cannot be taken away. Amounts are smallest units; floors and ceilings are empty where there are none."""
    rules = case.outcome.rules
    figures = [name for rule in (*rules, "least", "most") for name in (rule, f"{rule}_without")]
    names = ("assumption", "kind", "without", "came", "why", "no_bounds", "place", "reason", *figures)
    return Table(names, _lines(rests, rules))


def _lines(rests: Rests, rules: tuple[str, ...]) -> Iterator[list[Any]]:
    before = {(place.name, place.reason): place for place in rests.places}
    for number, line in enumerate(rests.lines, 1):
        first = [str(number), *line.assumption, line.came, line.why, line.no_bounds]
        if not line.places:
            yield [*first, *NOWHERE, *[""] * (2 * len(rules) + 4)]
        for place in line.places:
            pairs = zip(_figures(before.get((place.name, place.reason)), rules), _figures(place, rules), strict=True)
            yield [*first, place.name, place.reason, *(figure for pair in pairs for figure in pair)]


def _figures(place: Place | None, rules: tuple[str, ...]) -> list[str]:
    """Amounts by rule, least and most; nought where nothing was, empty where no bound was computed."""
    amounts = [str(place.amounts[rule]) if place else "0" for rule in rules]
    return [*amounts, *(map(str, place.bound) if place and place.bound else ("", ""))]
