"""Exchanges of which no pool says the rate: what their sides were worth tells whether they were of value for value, and where several
assets were exchanged at once how much of each became how much of which.

Worth is an amount times the last price at or before the moment, exact. Of every asset given, the received ones are bought in proportion to
their worth, and of every asset received, the given ones pay in proportion to theirs: each share is what is due up to it less what is due up
to the one before, rounded down, so that nothing is left over and each asset adds up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import NamedTuple

from tracer.evidence.price_at_a_moment import price_at
from tracer.ledger import Ledger
from tracer.model import OFF_MARKET, Basket, Conversion, Doubt, Leg, Price, Recognition, Theft
from tracer.terminal_and_csv_escaping import plain

Prices = Mapping[int, Sequence[Price]]
"""By the number of an asset, in the order of time."""


def with_worth(found: Recognition, ledger: Ledger, prices: Prices, thefts: Sequence[Theft] = ()) -> Recognition:
    """The same, with what prices tell. No theft is split.

    Without a price of every asset in it a conversion stays as it is.
    """
    wanted = {leg.rows[0] for each in found.conversions for leg in (each.given,)} | {each.named.given[0].rows[0] for each in found.baskets}
    times = {key: time for key, time in zip(ledger.columns.row_key, ledger.columns.time, strict=True) if key in wanted} if prices else {}
    worths = _Worths(ledger, prices, times)
    stolen = {theft.row_key for theft in thefts}
    conversions = [worths.rated(each) for each in found.conversions]
    named = list(found.recognised)
    for basket in found.baskets:
        keys = {key for leg in (*basket.named.given, *basket.named.received) for key in leg.rows}
        if not keys & stolen and (pairs := list(worths.split(basket))):
            conversions += pairs
            named.remove(basket.named)
    return found._replace(conversions=tuple(conversions), recognised=tuple(named))


class _Pair(NamedTuple):
    """How much of one asset became how much of another one."""

    given: Leg
    received: Leg


class _Worths:
    """What amounts of the assets of a ledger were worth at the times of rows."""

    def __init__(self, ledger: Ledger, prices: Prices, times: Mapping[int, int | None]) -> None:
        self._assets, self._prices, self._times = ledger.assets, prices, times

    def rated(self, each: Conversion) -> Conversion:
        """A conversion of which no pool says the rate, by prices."""
        if each.doubts != ("no_rate",):
            return each
        return self._judged(each, each.given.rows[0])

    def split(self, basket: Basket) -> Iterator[Conversion]:
        """Every pair of what was given and received, as a conversion; none where an asset has no price, or a share comes to nothing."""
        named = basket.named
        when = named.given[0].rows[0]
        given, received = ([self._worth(leg, when) for leg in side] for side in (named.given, named.received))
        weights = [[worth for worth in side if worth] for side in (given, received)]
        if [len(side) for side in weights] != [len(named.given), len(named.received)]:
            return
        paid = [shares(leg.amount, weights[1]) for leg in named.given]
        bought = [shares(leg.amount, weights[0]) for leg in named.received]
        if not all(map(all, (*paid, *bought))):
            return
        for i, one in enumerate(named.given):
            for j, other in enumerate(named.received):
                sides = _Pair(one._replace(amount=paid[i][j]), other._replace(amount=bought[j][i]))
                pair = Conversion(named.owner, named.tx_hash, "swap", *sides, named.counterparty, pools=basket.pools)
                yield self._judged(pair, when)

    def _judged(self, each: Conversion, when: int) -> Conversion:
        """A conversion with the rate of prices at a row, by its key, and what that says against it; as it is where there is no price."""
        units = self._worth(each.given._replace(amount=1), when), self._worth(each.received._replace(amount=1), when)
        if not units[0] or not units[1]:
            return each
        rate = units[0] / units[1]
        off = Fraction(each.received.amount, each.given.amount) / rate - 1
        doubts: tuple[Doubt, ...] = ("off_market",) if abs(off) > OFF_MARKET else ()
        tenths = round(abs(off) * 1000)
        by = f"{tenths // 10}.{tenths % 10} % {'less' if off < 0 else 'more'} came than by prices"
        said = f"{each.tx_hash}: no pool says the rate of what was exchanged; {by} ({self._sources(each, when)})."
        return each._replace(before=(rate.numerator, rate.denominator), doubts=doubts, said=(said,))

    def _worth(self, leg: Leg, key: int) -> Fraction | None:
        price = self._price(leg.asset, key)
        return Fraction(price.price) * leg.amount / 10 ** self._assets[leg.asset].decimals if price else None

    def _price(self, asset: int, key: int) -> Price | None:
        return price_at(self._prices.get(asset, ()), self._times.get(key))

    def _sources(self, each: Conversion, when: int) -> str:
        found = (self._price(leg.asset, when) for leg in (each.given, each.received))
        return ", ".join(dict.fromkeys(plain(price.source) for price in found if price))


def shares(amount: int, weights: Sequence[Fraction]) -> list[int]:
    """An amount in proportion to weights: what is due up to each less what is due up to the one before, rounded down.

    >>> shares(10, [Fraction(1), Fraction(1), Fraction(1)])
    [3, 3, 4]
    """
    due = [int(amount * up_to / sum(weights)) for up_to in accumulate(weights, initial=Fraction(0))]
    return [after - before for before, after in pairwise(due)]
