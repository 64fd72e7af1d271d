"""All labels of a case. Conflicts are kept: the book chooses a name to show, it never drops a label."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property

from tracer.model import Label
from tracer.wording import utc

OWN = "own_labels.csv"
"""The file of the labels that were made in a case. It is their pack, so that they can be told apart."""

WORKBENCH = "Labels made in the workbench"
"""The pack of those that were made on the page of `tracer view`."""


def author_of(label: Label) -> str | None:
    """Who wrote a label, where its list says so."""
    try:
        stated = json.loads(label.context or "null")
    except ValueError:
        return None
    author = stated.get("author") if isinstance(stated, dict) else None
    return author if isinstance(author, str) else None


class LabelBook:
    """Labels by address, those with the highest confidence first, then in the order of their text."""

    def __init__(self, labels: Iterable[Label], min_confidence: int = 0, left_out: Mapping[str, int] | None = None) -> None:
        self.labels: tuple[Label, ...] = tuple(labels)
        self.min_confidence = min_confidence
        self.left_out: Mapping[str, int] = left_out or {}
        """How many tags of the label files are not among the labels, by reason."""
        by_address: dict[str, list[Label]] = {}
        for label in sorted(self.labels, key=lambda label: (-label.level, label.label, label.source)):
            if label.level >= min_confidence:
                by_address.setdefault(label.address, []).append(label)
        self.by_address: Mapping[str, list[Label]] = by_address
        """The labels that reach the case's least confidence. Which of them end the trace: `plan/service_stops.py`."""

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)

    def of(self, address: str) -> list[Label]:
        """The labels of an address that reach the case's least confidence."""
        return self.by_address.get(address, [])

    def name(self, address: str) -> str | None:
        """What to call an address: its label of highest confidence, None if it has none."""
        labels = self.of(address)
        return labels[0].label if labels else None

    def addresses(self, name: str) -> set[str]:
        """The addresses whose label or actor is that, capitals aside."""
        wanted = name.casefold()
        return {label.address for label in self.labels if wanted in (label.label.casefold(), label.name.casefold())}

    @cached_property
    def categories(self) -> set[str]:
        """All categories and concepts that a label of the least confidence has."""
        named = (category for labels in self.by_address.values() for label in labels for category in (label.category, *label.concepts))
        return {category for category in named if category}

    def missing(self, categories: Iterable[str], unless: Iterable[str]) -> list[str]:
        """Those of the categories that no label has, where labels were read; none if the categories are `unless` and one is there."""
        asked = list(categories)
        absent = [category for category in asked if category not in self.categories]
        usual = asked == list(unless) and len(absent) < len(asked)
        return absent if (self.labels or self.left_out) and not usual else []

    @cached_property
    def conflicts(self) -> dict[str, list[Label]]:
        """The addresses whose labels disagree, whatever their confidence: on who it is, or on its category."""
        by_address: dict[str, list[Label]] = {}
        for label in self.labels:
            by_address.setdefault(label.address, []).append(label)
        return {address: labels for address, labels in by_address.items() if len(labels) > 1 and _disagree(labels)}

    def among(self, addresses: Container[str]) -> LabelBook:
        """The labels of some addresses, such as those of a ledger. Nothing else that the book holds is of them."""
        return LabelBook((label for label in self.labels if label.address in addresses), self.min_confidence)

    def younger(self, last: Mapping[str, int]) -> list[Label]:
        """The labels dated after the last transfer of their address (`last`: address -> UNIX seconds).

        Such a label says who held the address on its day; that it was the same one before is an assumption.
        """
        return [
            label for label in self.labels if label.lastmod and label.address in last and label.lastmod[:10] > utc(last[label.address])[:10]
        ]


def _disagree(labels: Iterable[Label]) -> bool:
    """Whether two of the labels name another one, or put it into another category."""
    labels = list(labels)
    return len({label.name.casefold() for label in labels}) > 1 or len({label.category for label in labels} - {None}) > 1
