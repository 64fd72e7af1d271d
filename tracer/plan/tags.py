"""The tags of a case, under the thresholds it states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracer.casefile import CaseFile
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.ledger.by_address import IndexedLedger
from tracer.model import BaseRate, Everywhere, Looked, Tag
from tracer.tracing import Trace, received_by

if TYPE_CHECKING:
    from tracer.tagging import Examined, Thresholds, View

MOST_TAGGED = 5_000
"""Addresses at which tags are looked for where stolen value could have reached more: those that tables, page and lists show first."""


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
        carried=_least_carried(trace),
        services=trace.stops.services,
        drained={theft.sender for theft in trace.thefts},
        dust=trace.stops.dust,
    )
    return View(ledger, book, reach)


def _least_carried(trace: Trace) -> dict[int, int]:
    """The stolen value that rows carried at least, whichever rule one takes; a row that is left out carried none under some rule."""
    by_rule = [stolen.by_row for stolen in trace.rules.values()]
    return {row: min([amounts.get(row, 0) for amounts in by_rule]) for row in min(by_rule, key=len)}


class Tagged(NamedTuple):
    """The tags of a case, how many accounts that no disputed money could have reached have the shape of each too, at how many addresses
    tags were looked for, and what all payments come to."""

    tags: tuple[Tag, ...]
    rates: tuple[BaseRate, ...]
    looked: Looked
    everywhere: Everywhere


def tagged(question: CaseFile, ledger: Ledger, book: LabelBook, trace: Trace, *, everywhere: bool = False) -> Tagged:
    """The tags of a traced case: of every address that stolen value could have reached, or of the MOST_TAGGED to which most of it came
    under any rule, unless `everywhere`."""
    from tracer.tagging import HEURISTICS, base_rates_of, everywhere_of, tags_of

    view, thresholds = view_of(ledger, book, trace), thresholds_of(question)
    accounts = view.subjects
    if len(accounts) > MOST_TAGGED and not everywhere:
        accounts = _of_most_value(ledger, trace, accounts)
    tags, rates = tags_of(view, HEURISTICS, thresholds, accounts), base_rates_of(view, HEURISTICS, thresholds)
    return Tagged(tags, rates, Looked(len(accounts), len(view.subjects)), everywhere_of(view))


def _of_most_value(ledger: Ledger, trace: Trace, accounts: Sequence[int]) -> list[int]:
    """The MOST_TAGGED accounts at which most stolen value arrived under any rule; of equals those that come first in the ledger."""
    arrived = {ledger.index[address]: max(by_rule.values()) for address, by_rule in received_by(ledger, trace).items()}
    return sorted(accounts, key=lambda account: (-arrived.get(account, 0), account))[:MOST_TAGGED]


def tagged_sentences(looked: Looked | None) -> Iterator[str]:
    """For the coverage statement: where no tag was looked for. Nothing where tags were looked for everywhere."""
    if looked and looked.at < looked.of:
        yield (
            f"Tags were looked for at the {looked.at:,} addresses to which most stolen value came, of {looked.of:,} that it could have "
            'reached: that another address has no tag says nothing; "tracer explain" looks at one, "tracer tag --all" at all of them.'
        )


def examined(
    question: CaseFile, ledger: Ledger, book: LabelBook, trace: Trace, address: str, everywhere: Everywhere | None = None
) -> list[Examined]:
    """What every heuristic says of one address, holding or not; nothing where stolen value could not have come. `everywhere`: what all
    payments come to, where the ledger is read by index."""
    from tracer.tagging import HEURISTICS, examine

    if everywhere and isinstance(ledger, IndexedLedger):
        view = _view_by_index(ledger, book, trace, everywhere)
    else:
        view = view_of(ledger, book, trace)
    return examine(view, address, HEURISTICS, thresholds_of(question))


def _view_by_index(ledger: IndexedLedger, book: LabelBook, trace: Trace, everywhere: Everywhere) -> View:
    from tracer.tagging import Reach
    from tracer.tagging.by_address import IndexedView

    drained = {theft.sender for theft in trace.thefts}
    reach = Reach(touched={}, carried={}, services=trace.stops.services, drained=drained, dust=trace.stops.dust)
    return IndexedView(ledger, book, reach, everywhere, lambda row: min(trace.carried(row).values()))
