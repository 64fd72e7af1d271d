"""A traced case, looked at for what it assumes, and the nouns of an assumption that is taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Assumption, Statement, Theft
from tracer.tracing import Stops, Trace


class Asked(NamedTuple):
    """What a trace is made of."""

    ledger: Ledger
    thefts: Sequence[Theft]
    stops: Stops


class Removal(NamedTuple):
    """An assumption, and how it is taken away. `anew` is None where no figure can change, or where it cannot be taken away (not
    `possible`); `why` says which."""

    assumption: Assumption
    anew: Callable[[], Asked] | None = None
    why: str = ""
    possible: bool = True


@dataclass(frozen=True)
class Grounds:
    """A traced case. What stolen value cannot touch moves none of it, whatever is assumed there (docs/rests.md)."""

    question: CaseFile
    ledger: Ledger
    trace: Trace
    labels: LabelBook
    statements: Sequence[Statement] = ()

    @property
    def asked(self) -> Asked:
        return Asked(self.ledger, self.trace.thefts, self.trace.stops)

    @cached_property
    def touched(self) -> frozenset[int]:
        """The numbers of the accounts that stolen value can touch."""
        return frozenset(self.ledger.index[address] for address in self.trace.touched)

    @cached_property
    def services(self) -> dict[str, str]:
        """The services that stolen value can touch."""
        return self.among_touched(self.trace.stops.services)

    def among_touched(self, services: Mapping[str, str]) -> dict[str, str]:
        return {address: name for address, name in services.items() if address in self.trace.touched}

    def with_services(self, assumption: Assumption, services: Mapping[str, str], otherwise: str) -> Removal:
        """The case with these services, unless they are the same wherever stolen value can come: then nothing changes, for the reason
        that `otherwise` gives."""
        if self.among_touched(services) == self.services:
            return Removal(assumption, why=otherwise)
        return self.with_stops(assumption, self.trace.stops._replace(services=services))

    def with_stops(self, assumption: Assumption, stops: Stops) -> Removal:
        return Removal(assumption, partial(self.asked._replace, stops=stops))
