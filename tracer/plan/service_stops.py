"""Where the trail of a case stops, and which kinds of label end it."""

from __future__ import annotations

from collections.abc import Collection

from tracer.casefile import CaseFile
from tracer.ingest.chain_and_asset_of_case import as_address
from tracer.labels import LabelBook
from tracer.model import Label
from tracer.plan.labels import book_of
from tracer.tracing import Stops
from tracer.wording import seconds


def stops_of(question: CaseFile, book: LabelBook) -> Stops:
    """The stops the case file declares: labelled services, dust, the last moment.

    Raises CaseError for a service in `through` that no label names.
    """
    known = {name for label in book.labels for name in (label.address, label.label, label.actor)}
    for number, name in enumerate(question.trace.through):
        if not {name, as_address(question, name)} & known:
            raise question.fault(("trace", "through", number), f"through: no label, service or labelled address is called {name!r}")
    return Stops(
        services=services_named(question, book),
        dust=question.stops.dust,
        until=seconds(question.stops.until),
    )


def stops_without(question: CaseFile, labels: list[Label], kept: list[Label]) -> Stops:
    """The stops of the case if only the labels `kept` were known. What `through` names needs no label then."""
    return stops_of(question, book_of(question, labels))._replace(services=services_named(question, book_of(question, kept)))


def services_named(question: CaseFile, book: LabelBook) -> dict[str, str]:
    """The services at which these labels stop the trail: address -> name."""
    return labelled_services(book, question.stops.categories, _through(question))


def labelled_services(book: LabelBook, categories: Collection[str], through: Collection[str] = ()) -> dict[str, str]:
    """Addresses labelled with one of the categories, and the name of the service: the label's actor, else its text.

    A service named in `through` (by name, label or address) is left out: the trail deliberately goes on there.
    """
    wanted, passed = set(categories), set(through)
    names: dict[str, str] = {}
    for address, labels in book.by_address.items():
        for label in labels:
            if ends_the_trace(label, wanted) and not passed & {address, label.name, label.label}:
                names.setdefault(address, label.name)
    return names


def ends_the_trace(label: Label, categories: set[str]) -> bool:
    """Whether a label is of a kind at which the trace ends: its category or one of its concepts is one of the categories.

    What the categories are where the case file names none: `casefile/stopping_categories.py`.
    """
    return bool(categories & {label.category, *label.concepts})


def _through(question: CaseFile) -> set[str]:
    """The services to go on through: names as they stand, addresses in their one form too."""
    return {form for name in question.trace.through for form in (name, as_address(question, name))}
