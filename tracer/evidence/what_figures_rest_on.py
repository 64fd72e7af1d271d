"""What figures rest on, in words: how far each falls without one assumption, and how much value is elsewhere then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from tracer.model import Asset, Place, Rests, Without
from tracer.wording import counted

NAMED = 5
"""Groups of assumptions named in the sentence of a figure; of the others it says the least that is left without one of them."""

SLIGHT = 100
"""An assumption without which a figure loses less than this part of it is not named."""

KINDS = {
    "theft": "thefts",
    "label": "labels",
    "own label": "labels made in this case",
    "label source": "sources of labels",
    "statement": "statements",
    "stop": "stops",
    "threshold": "thresholds",
    "opening": "openings",
    "order": "orders",
    "stated rows": "groups of rows that nothing verifies",
    "unread": "unread histories",
    "conversion": "conversions",
    "pool": "pools",
    "kind of conversion": "kinds of conversions",
}


def moved(rests: Rests, line: Without, asset: int = 0) -> dict[str, int]:
    """The value of an asset that is no longer where the trace has it, without an assumption, by rule: elsewhere, or no longer stolen."""
    before = {place.key: place.amounts for place in rests.places}
    gone: dict[str, int] = {}
    for place in line.places:
        if place.asset == asset:
            had = before.get(place.key, {})
            for rule, amount in place.amounts.items():
                gone[rule] = gone.get(rule, 0) + max(0, had.get(rule, 0) - amount)
    return gone


def worth_moved(rests: Rests, line: Without) -> dict[str, Fraction]:
    """What is no longer where the trace has it was worth at the time of the first theft, by rule: of the assets that had a price then."""
    worth: dict[str, Fraction] = {}
    for number, (asset, price) in enumerate(zip(rests.assets, rests.prices, strict=True)):
        for rule, amount in moved(rests, line, number).items() if price else ():
            worth[rule] = worth.get(rule, Fraction(0)) + Fraction(amount, 10**asset.decimals) * Fraction(price or 0)
    return worth


class Weight(NamedTuple):
    """How much an assumption carries. Amounts of two assets are no sum: first is what is worth most; then the largest part of any one
    asset that is elsewhere without it, of all there is of that asset; both under the rule, then under any. Last, how far a floor falls."""

    worth: Fraction
    part: Fraction
    worth_of_any: Fraction
    part_of_any: Fraction
    fallen: int


def weight(rests: Rests, line: Without, rule: str) -> Weight:
    """The weight of an assumption, under a rule."""
    worth, part = worth_moved(rests, line), dict[str, Fraction]()
    for asset in dict.fromkeys(place.asset for place in line.places):
        for each, amount in moved(rests, line, asset).items():
            there = sum(place.amounts[each] for place in rests.places if place.asset == asset)
            part[each] = max(part.get(each, Fraction(0)), Fraction(amount, there) if there else Fraction(0))
    floors = {place.key: place.bound.least for place in (*rests.places, *rests.parts) if place.bound}
    after = ((place.key, place.bound) for place in (*line.places, *line.parts))
    fallen = (floors[key] - bound.least for key, bound in after if bound and key in floors)
    nothing = Fraction(0)
    most = max(worth.values(), default=nothing), max(part.values(), default=nothing)
    return Weight(worth.get(rule, nothing), part.get(rule, nothing), *most, max(fallen, default=0))


def ranked(rests: Rests, rule: str) -> list[Without]:
    """The assumptions without which some figure is another, those first that carry most under the rule."""
    return sorted((line for line in rests.lines if line.came == "changes"), key=lambda line: weight(rests, line, rule), reverse=True)


def resting_on(rests: Rests, place: Place, rule: str) -> list[Without]:
    """The assumptions without which a figure is smaller, those first that leave least of it. Of those that leave the same, those first
    against which most speaks, and then those that carry least besides: they are about this figure."""
    stated = _figure(place, rule)
    left = [(after, line) for line in rests.lines if (after := _left(line, place, rule)) is not None and after < stated]
    return [line for _, line in sorted(left, key=lambda each: (each[0], -len(each[1].assumption.doubts), weight(rests, each[1], rule)))]


def rests_sentences(rests: Rests, asset: Asset, rule: str, service: str | None = None) -> list[str]:
    """A sentence for each service with value: its floor, or where bounds are refused its figure under the rule, and how far it falls
    without an assumption. `service`: only of this one. Of a case of several assets it begins with the answer, and ends with what rests on
    a substitution that something speaks against. `asset` is the first."""
    services = [p for p in rests.places if p.reason == "service" and service in (None, p.name) and _figure(p, rule)]
    services.sort(key=lambda place: (place.asset, -place.amounts[rule], place.name))
    sentences = [_sentence(rests, place, asset_of_place(rests, place, asset), rule) for place in services]
    if service is None and rests.answer:
        sentences.insert(0, f"These figures are of the {rests.answer} answer over {counted(len(rests.assets), 'asset')}.")
        sentences += _doubtful(rests, rule)
    if rests.no_bounds and service is None:
        sentences.append(f"No floors to compare: {rests.no_bounds.removeprefix('no bounds: ')}.")
    return sentences


def asset_of_place(rests: Rests, place: Place, first: Asset) -> Asset:
    """The asset of a figure, by what people call it; `first` is that of a case of one."""
    return rests.assets[place.asset] if rests.assets else first


def _doubtful(rests: Rests, rule: str) -> Iterator[str]:
    """What each substitution that something speaks against carries, a sentence each: the figures that fall without it, the largest fall
    of an asset first."""
    for line in rests.lines:
        if line.assumption.doubts and line.assumption.kind == "conversion":
            after = {place.key: place.amounts[rule] for place in line.places}
            fallen = [place for place in rests.places if after.get(place.key, place.amounts[rule]) < place.amounts[rule]]
            fallen.sort(key=lambda place: (place.asset, -place.amounts[rule]))
            told = [_fall(rests.assets[place.asset], place, after[place.key], rule) for place in fallen]
            more = f"; and {counted(len(told) - NAMED, 'other figure')}" if len(told) > NAMED else ""
            yield f"Something speaks against {line.assumption.what}. Without it: {'; '.join(told[:NAMED]) or 'every figure stays'}{more}."


def _fall(asset: Asset, place: Place, left: int, rule: str) -> str:
    where = f"{place.name}, {place.reason}" if place.name else place.reason
    return f"{where}: {asset.format(left)} instead of {asset.stated(place.amounts[rule])}"


def _sentence(rests: Rests, place: Place, asset: Asset, rule: str) -> str:
    stated = _figure(place, rule)
    named = f"Floor at {place.name}" if place.bound else f"{place.name}, under {rule}"
    groups = _groups(rests.lines, place, rule)
    lower = [group for group in groups if (stated - group[0]) * SLIGHT > stated][:NAMED]
    parts = [f"{named}: {asset.stated(stated)}"]
    parts += [f"without {_any_of(lines)}: {asset.format(left)}" for left, lines in lower]
    if rest := groups[len(lower) :]:
        others = sum(len(lines) for _, lines in rest)
        other = f"any one of {counted(others, 'other assumption' if lower else 'assumption')}"
        parts.append(f"without {other}: at least {asset.format(rest[0][0])}")
    refused = [line for line in rests.lines if place.bound and line.no_bounds]
    if refused:
        parts.append(f"without {refused[0].assumption.what}{_and_more(refused)}: no floor, {_why(refused[0])}")
    if place.any_order:
        parts.append(f"in any order of the rows of a block: {asset.format(place.any_order.least)}")
    if kept := [line for line in rests.lines if line.came == "cannot be taken away"]:
        parts.append(f"{counted(len(kept), 'assumption')} cannot be taken away")
    return "; ".join(parts) + "."


ONE = {"own label": "label made in this case", "label source": "source of labels", "stated rows": "group of rows that nothing verifies"}
"""Kinds that are not called by their name."""


class RestingPart(NamedTuple):
    """A part of a service, how many assumptions of which kind its figure rests on, and the least that is left without any other one."""

    part: Place
    rests_on: str
    otherwise: int


def part_name(part: Place) -> str:
    """Whose part of a service it is: a customer's, by address and memo, or what was taken from a victim."""
    if part.customer is None:
        return f"taken from {part.victim}"
    memo = part.customer.memo
    return part.customer.address + ("" if memo is None else f", memo {memo.text or memo.content.hex()}")


def resting_parts(rests: Rests, rule: str) -> list[RestingPart]:
    """What each customer and victim with a floor rests on (where bounds are refused, with a figure under the rule), the largest first."""
    parts = sorted((part for part in rests.parts if _figure(part, rule)), key=lambda part: (part.asset, -_figure(part, rule)))
    return [_resting(rests, part, rule) for part in parts]


def _resting(rests: Rests, part: Place, rule: str) -> RestingPart:
    stated, kinds, otherwise = _figure(part, rule), dict[str, int](), _figure(part, rule)
    for left, lines in _groups(rests.lines, part, rule):
        if (stated - left) * SLIGHT > stated:
            kind = lines[0].assumption.kind
            kinds[kind] = kinds.get(kind, 0) + len(lines)
        else:
            otherwise = min(otherwise, left)
    return RestingPart(part, ", ".join(counted(count, ONE.get(kind, kind), KINDS[kind]) for kind, count in kinds.items()), otherwise)


def _groups(lines: Sequence[Without], place: Place, rule: str) -> list[tuple[int, list[Without]]]:
    """The assumptions that leave the same of a figure, are of one kind and have as much against them, together; those that leave least
    first, and of the same those that have most against them."""
    groups: dict[tuple[int, int, str], list[Without]] = {}
    for line in lines:
        left = _left(line, place, rule)
        if left is not None:
            groups.setdefault((left, -len(line.assumption.doubts), line.assumption.kind), []).append(line)
    return [(left, together) for (left, *_), together in sorted(groups.items(), key=lambda group: group[0][:2])]


def _any_of(lines: Sequence[Without]) -> str:
    first = lines[0].assumption
    return first.what if len(lines) == 1 else f"any one of {len(lines):,} {KINDS[first.kind]}, such as {first.what}"


def _and_more(lines: Sequence[Without]) -> str:
    return f" or {'one of ' * (len(lines) > 2)}{counted(len(lines) - 1, 'other')}" if len(lines) > 1 else ""


def _why(line: Without) -> str:
    return line.no_bounds.removeprefix("no bounds: ")


def _figure(place: Place, rule: str) -> int:
    return place.bound.least if place.bound else place.amounts[rule]


def _left(line: Without, place: Place, rule: str) -> int | None:
    """What is left of a figure without an assumption; None where that is not known."""
    if line.came == "cannot be taken away" or (place.bound and line.no_bounds):
        return None
    after = next((each for each in (*line.places, *line.parts) if each.key == place.key), place)
    return _figure(after, rule)
