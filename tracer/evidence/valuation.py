"""What stolen value was worth: exact decimal arithmetic, nothing rounded, and every figure has its price and the age of that price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tracer.evidence.price_at_a_moment import price_at
from tracer.ledger import Ledger
from tracer.model import Price
from tracer.tracing import HeldAtTheEnd, Trace, end_of_row
from tracer.wording import counted

RULE = "the last price at or before the moment; of an endpoint, at each arrival, and of what is held, at the last row followed"
"""Which price a figure takes. Printed with the figures."""

SOURCES = 3  # of prices, named one by one


class Value(NamedTuple):
    """What an amount was worth: decimal text in the currency of the price, exact. `age` is how old the price was, in seconds."""

    worth: str
    price: Price
    age: int


class Behind(NamedTuple):
    """What a worth of several arrivals rests on: the age of the oldest price, in seconds, and who says so, in the order of time."""

    oldest: int
    sources: tuple[str, ...]


class Valuation(NamedTuple):
    """The worth of each theft and, by endpoint and rule, of what ended there; None where no price is old enough, or no
    source states when it was.

    `endpoints`, and what is `behind` them, are in the order of the trace's endpoints; nothing is behind a worth that is unknown or of
    nothing. `prices` are those that some worth is made with.
    """

    currency: str
    prices: tuple[Price, ...]
    thefts: tuple[Value | None, ...]
    endpoints: tuple[Mapping[str, str | None], ...]
    behind: tuple[Mapping[str, Behind | None], ...]

    def as_data(self) -> dict[str, Any]:
        """The same as JSON values, with the rule it follows and every price it takes."""
        thefts = [
            None if value is None else {"worth": value.worth, **value.price._asdict(), "age_seconds": value.age} for value in self.thefts
        ]
        return {
            "currency": self.currency,
            "rule": self.rule,
            "total": self.total,
            "prices": [price._asdict() for price in self.prices],
            "thefts": thefts,
            "endpoints": [dict(by_rule) for by_rule in self.endpoints],
            "behind": [
                {
                    rule: None if behind is None else {"oldest_seconds": behind.oldest, "sources": behind.sources}
                    for rule, behind in by.items()
                }
                for by in self.behind
            ],
        }

    @property
    def rule(self) -> str:
        """Which price a figure takes, who says what the coin cost, and how old the oldest of these prices was."""
        return f"{RULE}. {self.basis}" if self.basis else RULE

    @property
    def basis(self) -> str:
        """Who says what the coin cost, and how old the oldest price was that a worth is made with; "" where there is no worth."""
        every = [behind for by_rule in self.behind for behind in by_rule.values() if behind]
        every += [Behind(value.age, (value.price.source,)) for value in self.thefts if value]
        if not every:
            return ""
        sources = list(dict.fromkeys(price.source for price in self.prices))
        named = ", ".join(sources[:SOURCES]) + (f" and {counted(len(sources) - SOURCES, 'other')}" if len(sources) > SOURCES else "")
        age = old(max(behind.oldest for behind in every))
        return f"Source of the price: {named}. No price is more than {age} older than the payment that it values."

    @property
    def total(self) -> str | None:
        """The worth of all thefts on their face; None where one of them has none."""
        known = [Fraction(value.worth) for value in self.thefts if value is not None]
        return decimal(sum(known, Fraction(0))) if len(known) == len(self.thefts) else None


def old(seconds: int) -> str:
    """How old a price was at most, in the largest unit that says enough: rounded up.

    >>> old(90), old(7200), old(30360), old(259200)
    ('2 min', '2 h', '9 h', '3 days')
    """
    days, hours, minutes = (-(-seconds // unit) for unit in (86400, 3600, 60))
    return f"{days} days" if days > 1 else f"{hours} h" if hours > 1 else f"{minutes} min"


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


def valued(trace: Trace, ledger: Ledger, prices: Sequence[Price]) -> Valuation:
    """The worth of the thefts and of what ended at each endpoint, under every rule."""
    unit = 10**ledger.asset.decimals

    def priced(amount: int, time: int | None) -> tuple[Fraction, Price, int] | None:
        price = price_at(prices, time)
        return None if price is None or time is None else (Fraction(amount, unit) * Fraction(price.price), price, time - price.time)

    arrivals = _arrivals(trace, ledger)
    thefts = [priced(theft.amount, theft.time) for theft in trace.thefts]
    used = {price for _, price, _ in filter(None, thefts)}
    endpoints: list[dict[str, str | None]] = []
    behind: list[dict[str, Behind | None]] = []
    for endpoint in trace.endpoints:
        endpoints.append({})
        behind.append({})
        for rule in endpoint.amounts:
            parts = arrivals.get((endpoint.address, endpoint.reason, rule), [])
            known = [found for found in (priced(*part) for part in parts if part[0]) if found]
            whole = len(known) == sum(1 for part, _ in parts if part)
            endpoints[-1][rule] = decimal(sum((value for value, _, _ in known), Fraction(0))) if whole else None
            behind[-1][rule] = _behind(known) if whole else None
            used.update(price for _, price, _ in known)
    return Valuation(
        prices[0].currency,
        tuple(sorted(used, key=lambda price: price.time)),
        tuple(None if found is None else Value(decimal(found[0]), found[1], found[2]) for found in thefts),
        tuple(endpoints),
        tuple(behind),
    )


def _behind(known: Sequence[tuple[Fraction, Price, int]]) -> Behind | None:
    if not known:
        return None
    prices = sorted({price for _, price, _ in known}, key=lambda price: price.time)
    return Behind(max(age for _, _, age in known), tuple(dict.fromkeys(price.source for price in prices)))


def _arrivals(trace: Trace, ledger: Ledger) -> dict[tuple[str, str, str], list[tuple[int, int | None]]]:
    """Amount and time of every arrival at which the trail stopped, by address, reason and rule; of what is held, the last row's."""
    arrivals: dict[tuple[str, str, str], list[tuple[int, int | None]]] = {}
    last, held = ledger.columns.time[trace.rows - 1] if trace.rows else None, HeldAtTheEnd(ledger, trace.stops.until)
    for rule, stolen in trace.rules.items():
        for row, amount in stolen.by_row.items():
            if row in trace.cuts:
                address = ledger.accounts[end_of_row(ledger, row)].address
                arrivals.setdefault((address, trace.cuts[row], rule), []).append((amount, ledger.columns.time[row]))
        for address, _, amount in stolen.held:
            arrivals.setdefault((address, held.reason(ledger.index[address]), rule), []).append((amount, last))
    return arrivals
