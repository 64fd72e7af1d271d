"""A case without a label, without a source of labels, or with another choice of which labels stop the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.casefile import CaseFile
from tracer.labels.book import OWN, WORKBENCH
from tracer.model import Assumption, Label
from tracer.plan.assumption_removal import Grounds, Removal
from tracer.plan.labels import book_of
from tracer.plan.service_stops import ends_the_trace, services_named, stops_of


def without_labels(case: Grounds) -> Iterator[Removal]:
    """Each label that makes a service where stolen value can come; each source and pack of such labels; what makes services of them."""
    used = _used(case)
    for label in used:
        own = label.pack in (OWN, WORKBENCH)
        what = f'the {"own " if own else ""}label "{label.label}" of {label.address} by {label.source}'
        yield _without(case, Assumption("own label" if own else "label", what), [label])
    yield from _without_sources(case, used)
    yield from _without_stops(case)


def _used(case: Grounds) -> list[Label]:
    """The labels that make a service of an address where stolen value can come."""
    wanted = set(case.question.stops.categories)
    labels = (label for address in sorted(case.services) for label in case.labels.of(address))
    return list(dict.fromkeys(label for label in labels if ends_the_trace(label, wanted)))


def _without_sources(case: Grounds, used: Sequence[Label]) -> Iterator[Removal]:
    """A pack that is all of a source is taken away once; so is a source of a single label, with that label."""
    seen = set()
    for field in ("source", "pack"):
        for name in sorted({getattr(label, field) for label in used}):
            gone = [label for label in case.labels if getattr(label, field) == name]
            together = frozenset(gone)
            if len(together) > 1 and together not in seen:
                seen.add(together)
                whose = (
                    "every label made in this case" if (field, name) in (("pack", OWN), ("pack", WORKBENCH)) else f"the labels of {name}"
                )
                yield _without(case, Assumption("label source", f"{whose} ({len(gone):,})"), gone)


def _without(case: Grounds, assumption: Assumption, gone: Sequence[Label]) -> Removal:
    """Only the addresses of these labels are looked at again: a collection has labels by the hundred thousand."""
    at, out = {label.address for label in gone}, set(gone)
    kept = [label for label in case.labels if label.address in at and label not in out]
    relabelled = services_named(case.question, book_of(case.question, kept))
    services = {address: name for address, name in case.trace.stops.services.items() if address not in at} | relabelled
    return case.with_services(assumption, services, "another label says the same")


def without_each_source(case: Grounds) -> Iterator[Removal]:
    """Each source of labels that make a service where stolen value can come, with all its labels."""
    gone: dict[str, list[Label]] = {source: [] for source in sorted({label.source for label in _used(case)})}
    for label in case.labels if gone else ():
        if label.source in gone:
            gone[label.source].append(label)
    for source, labels in gone.items():
        yield _without(case, Assumption("label source", f"no labels of {source} ({len(labels):,})"), labels)


def _without_stops(case: Grounds) -> Iterator[Removal]:
    """The categories that make services, the services that the trail goes on through all the same, the least confidence of a label."""
    asked, trace, labels = case.question.stops, case.question.trace, case.question.labels
    for category in dict.fromkeys(asked.categories):
        changed = case.question._replace(stops=asked._replace(categories=_but(asked.categories, category)))
        assumption = Assumption("stop", f'the stop at the category "{category}"')
        yield _asked(case, assumption, changed, "no service that stolen value can reach has it alone")
    for name in trace.through:
        changed = case.question._replace(trace=trace._replace(through=_but(trace.through, name)))
        yield _asked(case, Assumption("stop", f'going on through "{name}"'), changed, "the trail would not stop there either")
    if labels.min_confidence:
        changed = case.question._replace(labels=labels._replace(min_confidence=0))
        assumption = Assumption("threshold", f"the least confidence of a label, {labels.min_confidence}")
        yield _asked(case, assumption, changed, "no label below it is of a service that stolen value can reach")


def _but(names: Sequence[str], gone: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != gone)


def _asked(case: Grounds, assumption: Assumption, changed: CaseFile, otherwise: str) -> Removal:
    """The case as another case file asks for it."""
    services = stops_of(changed, book_of(changed, case.labels.labels)).services
    return case.with_services(assumption, services, otherwise)
