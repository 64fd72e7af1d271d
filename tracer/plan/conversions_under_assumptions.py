"""A traced case of several assets, as assumptions change it: what becomes what is decided anew for each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.evidence.both_answers import SeveralAssets
from tracer.ledger import Ledger
from tracer.model import Answer, Exchanges, Leg, Recognition, Theft
from tracer.plan.assumption_removal import Asked
from tracer.plan.conversions import but_thefts, decided
from tracer.plan.rates_from_prices import Prices, with_worth
from tracer.tracing import Stops


class Exchanging(NamedTuple):
    """The case. `answer` is the one whose figures are looked at, `recognised` every exchange that its sources hold, whoever's it is, and
    `prices` tell more of them; `whole` the ledger of all assets, `thefts` and `stops` are on it. `said` has both answers, and what people
    call each asset."""

    question: CaseFile
    answer: Answer
    recognised: Recognition
    prices: Prices
    whole: Ledger
    thefts: Sequence[Theft]
    stops: Stops
    said: SeveralAssets

    @property
    def exchanges(self) -> Exchanges:
        """The exchanges that stolen value came to, with those that are substituted in the answer."""
        known = self.said.answers.exchanges
        return known if self.answer == "substituted" else known.followed

    def found(self, thefts: Sequence[Theft]) -> Recognition:
        """Every conversion, with what prices tell of it where these are the thefts."""
        return with_worth(self.recognised, self.whole, self.prices, thefts)

    def settled(self, asked: Asked) -> Asked:
        """The same where the trail ends, or goes on, in what the changed case makes of the exchanges: other accounts may be reached in it,
        so that other pools are a thief's own. What is only followed ends at every conversion, whoever comes to it."""
        found = but_thefts(_at(self.found(self.thefts), asked.keys) if asked.keys else self.found(asked.thefts), asked.thefts)
        if self.answer == "followed":
            exchanges = Exchanges(found.conversions, found.recognised)
        else:
            exchanges = decided(self.question, found, asked.ledger, asked.thefts, asked.stops).exchanges
        return asked._replace(stops=asked.stops._replace(exchanges=exchanges))

    def reached(self) -> frozenset[str]:
        """The addresses that stolen value may have come to, whatever is substituted; nobody where it is only followed."""
        if self.answer == "followed":
            return frozenset()
        return decided(self.question, self.found(self.thefts), self.whole, self.thefts, self.stops).reached

    def with_substituted(self, numbers: Collection[int]) -> Asked:
        """The case with these conversions substituted and no other."""
        exchanges = self.exchanges._replace(substituted=tuple(sorted(numbers)))
        return Asked(self.whole, self.thefts, self.stops._replace(exchanges=exchanges))


def _at(found: Recognition, keys: Mapping[int, int]) -> Recognition:
    """The exchanges by the row keys of another order."""

    def legs(*sides: Leg) -> tuple[Leg, ...]:
        return tuple(leg._replace(rows=tuple(keys.get(key, key) for key in leg.rows)) for leg in sides)

    conversions = (each._replace(given=legs(each.given)[0], received=legs(each.received)[0]) for each in found.conversions)
    named = (each._replace(given=legs(*each.given), received=legs(*each.received)) for each in found.recognised)
    return found._replace(conversions=tuple(conversions), recognised=tuple(named))
