"""The tags of a case, under the thresholds it states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.casefile import CaseFile
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import BaseRate, Tag
from tracer.tracing import Trace

if TYPE_CHECKING:
    from tracer.tagging import Examined, Thresholds, View


def thresholds_of(question: CaseFile) -> Thresholds:
    """The thresholds of all tags, with those of the case file in every preset. Raises CaseError naming the line at fault."""
    from tracer.tagging import fault_in, overridden

    fault = fault_in(question.thresholds)
    if fault:
        where, why = fault
        raise question.fault(("thresholds", *where), why)
    return overridden(question.thresholds)


def view_of(ledger: Ledger, book: LabelBook, trace: Trace) -> View:
    """What the heuristics look at: a traced ledger."""
    from tracer.tagging import Reach, View

    reach = Reach(
        touched=trace.touched,
        carried={row: min(trace.carried(row).values()) for row in trace.carrying},
        services=trace.stops.services,
        robbed={theft.sender for theft in trace.thefts},
        dust=trace.stops.dust,
    )
    return View(ledger, book, reach)


def tagged(question: CaseFile, ledger: Ledger, book: LabelBook, trace: Trace) -> tuple[tuple[Tag, ...], tuple[BaseRate, ...]]:
    """Every tag of a traced case; and how many accounts that no disputed money can have reached have the shape of each too."""
    from tracer.tagging import HEURISTICS, base_rates_of, tags_of

    view, thresholds = view_of(ledger, book, trace), thresholds_of(question)
    return tags_of(view, HEURISTICS, thresholds), base_rates_of(view, HEURISTICS, thresholds)


def examined(question: CaseFile, ledger: Ledger, book: LabelBook, trace: Trace, address: str) -> list[Examined]:
    """What every heuristic says of one address, holding or not; nothing where stolen value could not have come."""
    from tracer.tagging import HEURISTICS, examine

    return examine(view_of(ledger, book, trace), address, HEURISTICS, thresholds_of(question))
