"""What changes one asset into another in a case, as a table: the rows of each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.report.tables import Table

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


def conversions_table(case: CaseFolder) -> Table:
    """A line a row of each conversion, and of what is only named: in figures of the first asset, what is given ends there either way."""
    answers = case.answers
    exchanges = answers.exchanges if answers else case.trace.stops.exchanges
    found = [
        (str(each.kind), side, str(leg.asset), str(key), "yes" if number in exchanges.substituted else "no")
        for number, each in enumerate(exchanges.conversions)
        for side, leg in (("given", each.given), ("received", each.received))
        for key in leg.rows
    ]
    found += [
        (str(each.kind), side, str(leg.asset), str(key), "no")
        for each in exchanges.recognised
        for side, legs in (("given", each.given), ("received", each.received))
        for leg in legs
        for key in leg.rows
    ]
    return Table(("kind", "side", "asset", "row_key", "substituted"), found)
