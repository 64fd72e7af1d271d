"""What stolen value is worth over all assets of a case, in one currency, at the time of each theft: nothing is added without a price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias

from tracer.evidence import Context
from tracer.evidence.price_at_a_moment import price_at
from tracer.evidence.valuation import SOURCES, decimal, old
from tracer.model import ANSWERS, Answer, Price, Reason, Theft, Unlisted
from tracer.tracing import BothAnswers, Reconciliation
from tracer.wording import counted, grouped, place_text

What = Literal["stolen", "exchanged", "ended", "fees"]

Key: TypeAlias = tuple[What, Reason | None, str | None]
"""A line: what it is of and, of what ended, why the trail stops there and at which service."""

Sums: TypeAlias = dict[Key, dict[str, Fraction]]

NAMED = 3  # unlisted tokens, named one by one


class HeadLine(NamedTuple):
    """A line of the table, by rule, as exact decimal text. `exchanged` is what was got for stolen value less what was given for it, at the
    prices of the table: below nought where exchanges lost. Of what ended: the `reason` why the trail stops there, and the service."""

    what: What
    worth: Mapping[str, str]
    reason: Reason | None = None
    service: str | None = None

    @property
    def called(self) -> str:
        """What the line is called in the summary and on the page."""
        if self.reason is not None:
            return f"= {place_text(self.reason, self.service)}"
        called = {"stolen": "stolen", "exchanged": "+ received in conversions, less what was given", "fees": "= fees"}
        return called[self.what]


class AssetWorth(NamedTuple):
    """An asset that stolen value came to, and what its lines were worth. `prices`: by theft, the last price at or before it. Where the
    asset has no price at a theft of which it holds a part, `why` says so: it has no lines, and is in no sum."""

    asset: int
    prices: tuple[Price | None, ...]
    lines: tuple[HeadLine, ...] = ()
    why: str = ""


class HeadTable(NamedTuple):
    """One answer of a case of several assets in one currency, None where no asset has a price. What each theft took or became has the price
    of its time, so that `lines` add up, under every rule: stolen + exchanged = ended + fees. They sum the assets that have a price."""

    answer: Answer
    currency: str | None
    lines: tuple[HeadLine, ...]
    assets: tuple[AssetWorth, ...]
    unlisted: tuple[Unlisted, ...] = ()

    @property
    def title(self) -> str:
        """What the lines are of, and how they are rounded where they are printed."""
        rounding = "the lines add up before they are rounded towards zero, to the cent"
        return f"All assets with a price, in {self.currency} at the time of each theft ({rounding})"

    @property
    def summed(self) -> list[AssetWorth]:
        """The assets in the sum."""
        return [each for each in self.assets if not each.why]

    @property
    def left_out(self) -> list[AssetWorth]:
        """The assets that are not in the sum, for want of a price."""
        return [each for each in self.assets if each.why]

    def as_data(self, names: Sequence[str]) -> dict[str, Any]:
        """The same as JSON values. `names`: what people call each asset."""
        assets = [
            {"asset": names[each.asset], "why_not_in_the_sum": each.why or None}
            | {"prices": [price and price._asdict() for price in each.prices], "lines": list(map(_line_as_data, each.lines))}
            for each in self.assets
        ]
        unlisted = [each._asdict() for each in self.unlisted]
        return {"currency": self.currency, "sum": list(map(_line_as_data, self.lines)), "assets": assets, "unlisted": unlisted}


def tables_in_money(answers: BothAnswers | None, thefts: Sequence[Theft], context: Context) -> Mapping[Answer, HeadTable]:
    """Each answer at the prices of `context`; nothing of a case of one asset."""
    if answers is None:
        return {}
    prices = {0: context.prices, **context.other_prices}
    return {answer: head_table(answers, answer, thefts, prices) for answer in ANSWERS}


def head_table(answers: BothAnswers, answer: Answer, thefts: Sequence[Theft], prices: Mapping[int, Sequence[Price]]) -> HeadTable:
    """What an answer is worth. `prices`: by the number of an asset, in the order of time, all in one currency."""
    assets, sums = [], Sums()
    for each in answers.reconciliation[answer]:
        if any(any(parts) for came in (each.stolen, each.converted_in) for parts in came.values()):
            at = tuple(price_at(prices.get(each.asset, ()), theft.time) for theft in thefts)
            if why := _unpriced(each, at, thefts, prices.get(each.asset, ())):
                assets.append(AssetWorth(each.asset, at, why=why))
            else:
                found = _sums(answers, answer, each, at)
                assets.append(AssetWorth(each.asset, at, tuple(_lines(found))))
                for key, by_rule in found.items():
                    total = sums.setdefault(key, dict.fromkeys(by_rule, Fraction(0)))
                    for rule, worth in by_rule.items():
                        total[rule] += worth
    currency = next((known[0].currency for known in prices.values() if known), None)
    return HeadTable(answer, currency, tuple(_lines(sums)), tuple(assets), answers.unlisted)


def _unpriced(each: Reconciliation, at: Sequence[Price | None], thefts: Sequence[Theft], known: Sequence[Price]) -> str:
    """Why an asset has no worth; "" where it has one."""
    if not known:
        return "no price"
    for number, (theft, price) in enumerate(zip(thefts, at, strict=True)):
        if price is None and any(by[rule][number] for by in (each.stolen, each.converted_in) for rule in by):
            return f"no price at the time of theft {number + 1}" + (", which is not known" if theft.time is None else "")
    return ""


def _sums(answers: BothAnswers, answer: Answer, each: Reconciliation, at: Sequence[Price | None]) -> Sums:
    """What the lines of one asset are worth."""
    unit = 10 ** answers.assets[each.asset].decimals

    def worth(parts: Sequence[int]) -> Fraction:
        priced = (Fraction(part, unit) * Fraction(price.price) for part, price in zip(parts, at, strict=True) if part and price)
        return sum(priced, Fraction(0))

    exchanged = {rule: worth(parts) - worth(each.converted_out[rule]) for rule, parts in each.converted_in.items()}
    ended: Sums = {}
    for end in answers.endpoints[answer]:
        if end.asset == each.asset:
            there = ended.setdefault(("ended", end.reason, end.service), dict.fromkeys(exchanged, Fraction(0)))
            for rule, parts in end.by_theft.items():
                there[rule] += worth(parts)
    return {
        ("stolen", None, None): {rule: worth(parts) for rule, parts in each.stolen.items()},
        ("exchanged", None, None): exchanged,
        **ended,
        ("fees", None, None): {rule: worth(parts) for rule, parts in each.fees.items()},
    }


def _lines(sums: Sums) -> Iterator[HeadLine]:
    """The lines, of what ended the largest first; the fees last. Exchanges of nothing have none."""
    most = {key: max(by_rule.values(), default=Fraction(0)) for key, by_rule in sums.items()}
    order: tuple[What, ...] = ("stolen", "exchanged", "ended", "fees")
    for key in sorted(sums, key=lambda key: (order.index(key[0]), -most[key])):
        what, reason, service = key
        if what == "exchanged" and not any(sums[key].values()):
            continue
        yield HeadLine(what, {rule: decimal(worth) for rule, worth in sums[key].items()}, reason, service)


def _line_as_data(line: HeadLine) -> dict[str, Any]:
    return {"what": line.what, "place": line.service or line.reason, "worth": dict(line.worth)}


def to_the_cent(worth: str) -> str:
    """A worth as it is printed: to the cent, rounded towards nought.

    >>> to_the_cent("1234.567"), to_the_cent("-0.019"), to_the_cent("5.5")
    ('1,234.56', '-0.01', '5.50')
    """
    exact = Fraction(worth)
    whole, cents = divmod(abs(exact.numerator) * 100 // exact.denominator, 100)
    return f"{'-' if exact < 0 and (whole or cents) else ''}{whole:,}.{cents:02d}"


def head_sentences(table: HeadTable, names: Sequence[str], thefts: Sequence[Theft]) -> Iterator[str]:
    """How the table was made: the prices with their sources and ages, and what is not in the sum."""
    for each in table.summed:
        yield f"1 {names[each.asset]} = {_priced(each, thefts)}."
    for each in table.left_out:
        amounts = "its amounts stand below" if table.summed else "only amounts"
        yield f"{names[each.asset]}: {each.why}, so it is not in the sum; {amounts}."
    if table.left_out and table.summed:
        left = counted(len(table.left_out), "asset")
        yield f"The sum is of {counted(len(table.summed), 'asset')}, and leaves out {left} for want of a price."
    if not table.summed:
        yield "No sum over all assets: none has a price at the time of the thefts ([prices], and prices = {...} of each of [[assets]])."


def _priced(each: AssetWorth, thefts: Sequence[Theft]) -> str:
    """The prices that an asset takes, each once, with its source and its age at the theft."""
    found: dict[Price, int] = {}
    for price, theft in zip(each.prices, thefts, strict=True):
        if price is not None and theft.time is not None:
            found.setdefault(price, theft.time - price.time)
    said = [f"{grouped(price.price)} {price.currency} ({price.source}; {old(age)} old at the theft)" for price, age in found.items()]
    more = f", and {len(said) - SOURCES:,} other prices" if len(said) > SOURCES else ""
    return ", ".join(said[:SOURCES]) + more


def unlisted_sentences(unlisted: Sequence[Unlisted]) -> Iterator[str]:
    """One line for all tokens that the case does not list; nothing where there is none."""
    if not unlisted:
        return
    accounts = {account for each in unlisted for account in each.received_by}
    held = sum(bool(each.held_by) for each in unlisted)
    named = ", ".join(each.token for each in unlisted[:NAMED]) + (f" and {len(unlisted) - NAMED:,} more" if len(unlisted) > NAMED else "")
    yield (
        f"{counted(len(unlisted), 'token')} that the case does not list came to {counted(len(accounts), 'account')} that may have held "
        f"stolen value, and {held:,} of these tokens were still held at the end: {named}. They are in no trail and in no sum; list them "
        "under [[assets]] to follow them."
    )
