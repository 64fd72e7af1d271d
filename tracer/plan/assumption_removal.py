"""A traced case, looked at for what it assumes, and the nouns of an assumption that is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from tracer.casefile import CaseFile
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Assumption, Statement, Theft
from tracer.tracing import Stops, Trace, follow

NOTHING: Mapping[int, int] = MappingProxyType({})


class Asked(NamedTuple):
    """What a trace is made of. `keys`: where rows were put in another order, the row key that each had, and the one of its place now."""

    ledger: Ledger
    thefts: Sequence[Theft]
    stops: Stops
    keys: Mapping[int, int] = NOTHING

    def traced(self, rules: Iterable[str]) -> Trace:
        """The whole trace. Raises LedgerError, CertificateError."""
        return follow(self.ledger, self.thefts, self.stops, rules)


class Removal(NamedTuple):
    """An assumption, and how it is taken away. `anew` is None where no figure can change, or where it cannot be taken away (not
    `possible`); `why` says which."""

    assumption: Assumption
    anew: Callable[[], Asked] | None = None
    why: str = ""
    possible: bool = True


@dataclass(frozen=True)
class Grounds:
    """A traced case. What stolen value cannot touch moves none of it, whatever is assumed there (docs/rests.md).

    Of a case of several assets `settled` decides anew which exchanges stolen value comes to, and which are substituted, and `reached` are
    the addresses that it may have come to, whatever is substituted.
    """

    question: CaseFile
    ledger: Ledger
    trace: Trace
    labels: LabelBook
    statements: Sequence[Statement] = ()
    settled: Callable[[Asked], Asked] = lambda asked: asked
    reached: frozenset[str] = frozenset()

    @property
    def asked(self) -> Asked:
        return Asked(self.ledger, self.trace.thefts, self.trace.stops)

    def asking(self, **changed: Any) -> Asked:
        """What a trace is made of with something changed."""
        return self.settled(self.asked._replace(**changed))

    @cached_property
    def touched(self) -> frozenset[int]:
        """The numbers of the accounts that stolen value can touch."""
        held = (number for address in self.reached for number in self.ledger.holdings_of(address))
        return frozenset((*map(self.ledger.index.__getitem__, self.trace.touched), *held))

    @cached_property
    def services(self) -> dict[str, str]:
        """The services that stolen value can touch."""
        return self.among_touched(self.trace.stops.services)

    def among_touched(self, services: Mapping[str, str]) -> dict[str, str]:
        return {address: name for address, name in services.items() if address in self.trace.touched or address in self.reached}

    def with_services(self, assumption: Assumption, services: Mapping[str, str], otherwise: str) -> Removal:
        """The case with these services, unless they are the same wherever stolen value can come: then nothing changes, for the reason
        that `otherwise` gives."""
        if self.among_touched(services) == self.services:
            return Removal(assumption, why=otherwise)
        return self.with_stops(assumption, self.trace.stops._replace(services=services))

    def with_stops(self, assumption: Assumption, stops: Stops) -> Removal:
        return Removal(assumption, partial(self.asking, stops=stops))
