"""All labels of a case. Conflicts are kept: the book chooses a name to show, it never drops a label."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.model import Label


class LabelBook:
    """Labels by address, those with the highest confidence first, then in the order of their text."""

    def __init__(self, labels: Iterable[Label], min_confidence: int = 0) -> None:
        self.labels = tuple(labels)
        self._by_address: dict[str, list[Label]] = {}
        for label in sorted(self.labels, key=lambda each: (-each.level, each.label, each.source)):
            if label.level >= min_confidence:
                self._by_address.setdefault(label.address, []).append(label)

    def of(self, address: str) -> list[Label]:
        """The labels of an address that reach the case's least confidence."""
        return self._by_address.get(address, [])

    def name(self, address: str) -> str | None:
        """What to call an address: its label of highest confidence, None if it has none."""
        found = self.of(address)
        return found[0].label if found else None

    def services(self, categories: Iterable[str], through: Iterable[str] = ()) -> dict[str, str]:
        """Addresses labelled with one of the categories, and the name of the service: the label's actor, else its text.

        A service named in `through` (by name, label or address) is left out: the trail deliberately goes on there.
        """
        wanted, passed = set(categories), set(through)
        found: dict[str, str] = {}
        for address, labels in self._by_address.items():
            for label in labels:
                name = label.actor or label.label
                if wanted & {label.category, *label.concepts} and not passed & {address, name, label.label}:
                    found.setdefault(address, name)
        return found
