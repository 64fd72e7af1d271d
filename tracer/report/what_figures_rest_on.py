"""What a case rests on, as a table that others read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tracer.report.bounds import FIGURES
from tracer.report.tables import Table

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Place, Rests

NOWHERE = ("",) * 6


def rests_table(case: CaseFolder, rests: Rests) -> Table:
    """A line for each assumption and each place whose figures are others without it, before and after; one line without a place where no
    figure is another, or it cannot be taken away. With `customer` (and `memo_hex`) or `victim` it is a part of the service, which has a
    line of its own. `asset` is its number in the case, `conversions` are numbers of lines in the table of conversions. Amounts are
    smallest units of the asset; floors and ceilings are empty where there are none."""
    rules = case.outcome.rules
    figures = [name for rule in (*rules, *FIGURES) for name in (rule, f"{rule}_without")]
    about = ("assumption", "kind", "without", "conversions", "doubts", "came", "why", "no_bounds")
    return Table((*about, "place", "reason", "customer", "memo_hex", "victim", "asset", *figures), _lines(rests, rules))


def _lines(rests: Rests, rules: tuple[str, ...]) -> Iterator[list[Any]]:
    before = {place.key: place for place in (*rests.places, *rests.parts)}
    for number, line in enumerate(rests.lines, 1):
        of, numbers = line.assumption, line.assumption.conversions
        first = [str(number), of.kind, of.what, " ".join(map(str, numbers)), " ".join(of.doubts), line.came, line.why, line.no_bounds]
        if not line.places and not line.parts:
            yield [*first, *NOWHERE, *[""] * 2 * (len(rules) + len(FIGURES))]
        for place in (*line.places, *line.parts):
            pairs = zip(_figures(before.get(place.key), rules), _figures(place, rules), strict=True)
            customer = place.customer
            memo = customer.memo.content.hex() if customer and customer.memo else ""
            where = [place.name, place.reason, customer.address if customer else "", memo, place.victim or "", str(place.asset)]
            yield [*first, *where, *(figure for pair in pairs for figure in pair)]


def _figures(place: Place | None, rules: tuple[str, ...]) -> list[str]:
    """Amounts by rule, least and most; nought where nothing was, empty where no bound was computed."""
    amounts = [str(place.amounts[rule]) if place else "0" for rule in rules]
    bounds = (place.bound, place.any_order) if place else (None, None)
    return [*amounts, *(figure for bound in bounds for figure in (map(str, bound) if bound else ("", "")))]
