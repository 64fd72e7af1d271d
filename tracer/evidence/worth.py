"""What stolen value was worth: exact decimal arithmetic, nothing rounded, and every figure has its price and the age of that price."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tracer.ledger import Ledger
from tracer.model import Price
from tracer.tracing import Trace

RULE = "the last price at or before the moment; of an endpoint, at each arrival, and of what is held, at the last row followed"
"""Which price a figure takes. Printed with the figures."""


class Value(NamedTuple):
    """What an amount was worth: decimal text in the currency of the price, exact. `age` is how old the price was, in seconds."""

    worth: str
    price: Price
    age: int


class Valuation(NamedTuple):
    """The worth of each theft and, by endpoint and rule, of what ended there; None where no price is old enough, or no
    source states when it was.

    `endpoints` are in the order of the trace's endpoints.
    """

    currency: str
    prices: tuple[Price, ...]
    thefts: tuple[Value | None, ...]
    endpoints: tuple[Mapping[str, str | None], ...]

    def as_data(self) -> dict[str, Any]:
        """The same as JSON values, with the rule it follows and every price it takes."""
        thefts = [
            None if value is None else {"worth": value.worth, **value.price._asdict(), "age_seconds": value.age} for value in self.thefts
        ]
        return {
            "currency": self.currency,
            "rule": RULE,
            "total": self.total,
            "prices": [price._asdict() for price in self.prices],
            "thefts": thefts,
            "endpoints": [dict(by_rule) for by_rule in self.endpoints],
        }

    @property
    def total(self) -> str | None:
        """The worth of all thefts on their face; None where one of them has none."""
        known = [Fraction(value.worth) for value in self.thefts if value is not None]
        return decimal(sum(known, Fraction(0))) if len(known) == len(self.thefts) else None


def decimal(value: Fraction) -> str:
    """A fraction whose denominator is a power of ten (or divides one), as exact decimal text.

    >>> decimal(Fraction(1250, 1000))
    '1.25'
    """
    places = 0
    while value.denominator != 1 and (value * 10**places).denominator != 1:
        places += 1
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def price_at(prices: Sequence[Price], time: int | None) -> Price | None:
    """The last price at or before a moment; None if all are later, or nobody knows the moment. `prices` in order of time."""
    if time is None:
        return None
    at = bisect_right(prices, time, key=lambda price: price.time)
    return prices[at - 1] if at else None


def valued(trace: Trace, ledger: Ledger, prices: Sequence[Price]) -> Valuation:
    """The worth of the thefts and of what ended at each endpoint, under every rule."""
    unit = 10**ledger.asset.decimals

    def worth(amount: int, time: int | None) -> Fraction | None:
        price = price_at(prices, time)
        return None if price is None else Fraction(amount, unit) * Fraction(price.price)

    def of_theft(amount: int, time: int | None) -> Value | None:
        price, value = price_at(prices, time), worth(amount, time)
        return None if price is None or value is None or time is None else Value(decimal(value), price, time - price.time)

    arrivals = _arrivals(trace, ledger)
    endpoints = []
    for endpoint in trace.endpoints:
        by_rule = {}
        for rule in endpoint.amounts:
            parts = arrivals.get((endpoint.address, endpoint.reason, rule), [])
            known = [value for value in (worth(*part) for part in parts) if value is not None]
            by_rule[rule] = decimal(sum(known, Fraction(0))) if len(known) == len(parts) else None
        endpoints.append(by_rule)
    return Valuation(
        prices[0].currency, tuple(prices), tuple(of_theft(theft.amount, theft.time) for theft in trace.thefts), tuple(endpoints)
    )


def _arrivals(trace: Trace, ledger: Ledger) -> dict[tuple[str, str, str], list[tuple[int, int | None]]]:
    """Amount and time of every arrival at which the trail stopped, by address, reason and rule; of what is held, the last row's."""
    arrivals: dict[tuple[str, str, str], list[tuple[int, int | None]]] = {}
    last = ledger.columns.time[trace.rows - 1] if trace.rows else None
    for rule, stolen in trace.rules.items():
        for row, amount in stolen.by_row.items():
            if row in trace.cuts:
                address = ledger.accounts[ledger.columns.recipient[row]].address
                arrivals.setdefault((address, trace.cuts[row], rule), []).append((amount, ledger.columns.time[row]))
        for address, _, amount in stolen.held:
            arrivals.setdefault((address, ledger.held_reason(ledger.index[address]), rule), []).append((amount, last))
    return arrivals
