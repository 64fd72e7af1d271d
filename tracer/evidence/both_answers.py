"""Both answers of a case of several assets as people are told them: what each asset came to, line by line, and what became what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

from tracer.errors import CertificateError
from tracer.model import ANSWERS, POSITION_BITS, Answer, Asset, Conversion, Doubt, Endpoint, Leg, Reason, Recognised
from tracer.tracing import BothAnswers
from tracer.tracing.reconciliation import certify_each
from tracer.wording import place_text

SAID: Mapping[Answer, str] = {
    "followed": "Followed: the trail stays with the asset, and ends where that asset is given for another",
    "substituted": "Substituted: the trail continues in what was received, of which the same share is stolen, rounded down",
}
DOUBTS: Mapping[Doubt, str] = {
    "off_market": "more than 10 % off the market rate",
    "young_pool": "the pool is younger than the theft",
    "own_pool": "an owner of stolen value gave the pool liquidity",
    "no_rate": "no rate is known",
}
NOT_ASKED = "the case file does not substitute it"

What = Literal["stolen", "converted_in", "ended", "fees", "converted_out"]


class AssetLine(NamedTuple):
    """A line of the reconciliation of one asset, by rule. `ends`, of what ended: the endpoints that the line is the sum of, at one
    service or of one reason."""

    what: What
    amounts: Mapping[str, int]
    ends: tuple[Endpoint, ...] = ()

    @property
    def place(self) -> str:
        """Of what ended, where it did."""
        return place_text(self.ends[0].reason, self.ends[0].service) if self.ends else ""


class SeveralAssets(NamedTuple):
    """Both answers, and what the case file says of them: what people call each asset, which answer it declares to be the finding, and
    why. None is declared in a case that is still being explored: the substituted answer stands first there. `position_bits`: the width of
    a position in the chain's row keys."""

    answers: BothAnswers
    names: tuple[str, ...]
    declared: Answer | None = None
    reason: str = ""
    position_bits: int = POSITION_BITS

    @property
    def order(self) -> tuple[Answer, ...]:
        """The answers in the order they are shown: the finding first."""
        return ANSWERS if self.declared == "followed" else tuple(reversed(ANSWERS))

    @property
    def not_substituted(self) -> list[Conversion]:
        """The conversions that are only named."""
        through = {*self.answers.exchanges.substituted}
        return [each for number, each in enumerate(self.answers.exchanges.conversions) if number not in through]

    def height_of(self, each: Conversion | Recognised) -> int:
        """The block of a conversion."""
        given, _ = sides(each)
        return min(key for leg in given for key in leg.rows) >> self.position_bits

    def asset_of(self, leg: Leg) -> Asset:
        """The asset of one side of a conversion."""
        return self.answers.assets[leg.asset]

    def stated(self, leg: Leg) -> str:
        """One side of a conversion, as an amount of what people call the asset."""
        return f"{self.asset_of(leg).format(leg.amount)} {self.names[leg.asset]}"

    def lines(self, answer: Answer) -> Iterator[tuple[int, list[AssetLine]]]:
        """The assets that stolen value came to in an answer, each with its lines, which add up under every rule: stolen + got for stolen
        value = where it is + fees + given for another asset.

        Raises CertificateError where they do not.
        """
        certify_each(self.answers.reconciliation[answer])
        for each in self.answers.reconciliation[answer]:
            sums = {
                what: {rule: sum(parts) for rule, parts in getattr(each, what).items()}
                for what in ("stolen", "converted_in", "fees", "converted_out")
            }
            places: dict[tuple[Reason, str | None], list[Endpoint]] = {}
            for end in self.answers.endpoints[answer]:
                if end.asset == each.asset:
                    places.setdefault((end.reason, end.service), []).append(end)
            ended = [AssetLine("ended", _together(ends, sums["fees"]), tuple(ends)) for ends in places.values()]
            _adds_up(self.names[each.asset], sums, ended)
            if any(sums["stolen"].values()) or any(sums["converted_in"].values()):
                came = [AssetLine(what, sums[what]) for what in ("stolen", "converted_in") if any(sums[what].values())]
                out = [AssetLine("converted_out", sums["converted_out"])] if any(sums["converted_out"].values()) else []
                yield each.asset, [*came, *ended, AssetLine("fees", sums["fees"]), *out]


def _together(ends: list[Endpoint], rules: Mapping[str, int]) -> dict[str, int]:
    return {rule: sum(end.amounts[rule] for end in ends) for rule in rules}


def _adds_up(name: str, sums: Mapping[str, Mapping[str, int]], ended: list[AssetLine]) -> None:
    for rule in sums["fees"]:
        came = sums["stolen"][rule] + sums["converted_in"][rule]
        went = sum(line.amounts[rule] for line in ended) + sums["fees"][rule] + sums["converted_out"][rule]
        if came != went:
            raise CertificateError(f"{rule}, {name}: {came} units came and {went} are listed; please report this")


def why_not(each: Conversion) -> str:
    """Why a conversion is named and not substituted."""
    return "; ".join(DOUBTS[doubt] for doubt in each.doubts) or NOT_ASKED


def rate_of(each: Conversion, given: Asset, received: Asset) -> Fraction:
    """How many coins were received for one that was given."""
    return Fraction(each.received.amount, each.given.amount) * _coins(given, received)


def coins_before(each: Conversion, given: Asset, received: Asset) -> Fraction | None:
    """The same by the pools' rate at the end of the block before; None where nobody knows it."""
    return Fraction(*each.before) * _coins(given, received) if each.before else None


def _coins(given: Asset, received: Asset) -> Fraction:
    return Fraction(10**given.decimals, 10**received.decimals)


RATE_DIGITS = 6  # after the point; of a rate below one, from its first digit that is not nought


def rate_text(rate: Fraction) -> str:
    """A rate with six digits after the point, or its first six digits where it is below one; rounded down, without trailing zeros.

    >>> rate_text(Fraction(2, 3)), rate_text(Fraction(2400)), rate_text(Fraction(1, 2300))
    ('0.666666', '2,400', '0.000434782')
    """
    digits = RATE_DIGITS
    while rate < Fraction(1, 10 ** (digits - RATE_DIGITS + 1)) and rate:
        digits += 1
    return Asset("", "", digits).format(rate.numerator * 10**digits // rate.denominator)


def off_text(rate: Fraction, before: Fraction) -> str:
    """How far a rate is from that of the block before, in per cent with one digit after the point, rounded towards nought.

    >>> off_text(Fraction(9, 10), Fraction(1)), off_text(Fraction(1), Fraction(1))
    ('-10', '0')
    """
    off = (rate / before - 1) * 1000
    tenths = abs(off.numerator) // off.denominator
    return Asset("", "", 1).format(-tenths if off < 0 else tenths)


def sides(each: Conversion | Recognised) -> tuple[tuple[Leg, ...], tuple[Leg, ...]]:
    """What was given and what was got, a leg an asset."""
    if isinstance(each, Conversion):
        return (each.given,), (each.received,)
    return each.given, each.received


def partner_of(each: Conversion | Recognised) -> str | None:
    """With whom it was exchanged: the pool of a conversion, the other side of what is only named; None where it is not known."""
    return each.pool if isinstance(each, Conversion) else each.counterparty
