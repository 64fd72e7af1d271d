"""What figures rest on, in words: how far each falls without one assumption, and how much value is elsewhere then."""

from __future__ import annotations

from collections.abc import Sequence
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
}


def moved(rests: Rests, line: Without) -> dict[str, int]:
    """The value that is no longer where the trace has it, without an assumption, by rule: elsewhere, or no longer stolen."""
    before = {place.key: place.amounts for place in rests.places}
    gone: dict[str, int] = {}
    for place in line.places:
        had = before.get(place.key, {})
        for rule, amount in place.amounts.items():
            gone[rule] = gone.get(rule, 0) + max(0, had.get(rule, 0) - amount)
    return gone


def ranked(rests: Rests, rule: str) -> list[Without]:
    """The assumptions without which some figure is another, those first without which most value moves under the rule."""

    def weight(line: Without) -> tuple[int, int, int]:
        by_rule = moved(rests, line)
        floors = {place.key: place.bound.least for place in (*rests.places, *rests.parts) if place.bound}
        after = ((place.key, place.bound) for place in (*line.places, *line.parts))
        fallen = (floors[key] - bound.least for key, bound in after if bound and key in floors)
        return by_rule.get(rule, 0), max(by_rule.values(), default=0), max(fallen, default=0)

    return sorted((line for line in rests.lines if line.came == "changes"), key=weight, reverse=True)


def rests_sentences(rests: Rests, asset: Asset, rule: str, service: str | None = None) -> list[str]:
    """A sentence for each service with value: its floor, or where bounds are refused its figure under the rule, and how far it falls
    without an assumption. `service`: only of this one."""
    services = [p for p in rests.places if p.reason == "service" and service in (None, p.name) and _figure(p, rule)]
    sentences = [_sentence(rests, place, asset, rule) for place in sorted(services, key=lambda place: (-place.amounts[rule], place.name))]
    if rests.no_bounds and service is None:
        sentences.append(f"No floors to compare: {rests.no_bounds.removeprefix('no bounds: ')}.")
    return sentences


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
    parts = sorted((part for part in rests.parts if _figure(part, rule)), key=lambda part: -_figure(part, rule))
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
    """The assumptions that leave the same of a figure and are of one kind, together; those that leave least first."""
    groups: dict[tuple[int, str], list[Without]] = {}
    for line in lines:
        left = _left(line, place, rule)
        if left is not None:
            groups.setdefault((left, line.assumption.kind), []).append(line)
    return sorted(((left, together) for (left, _), together in groups.items()), key=lambda group: group[0])


def _any_of(lines: Sequence[Without]) -> str:
    first = lines[0].assumption
    return first.what if len(lines) == 1 else f"any one of {len(lines):,} {KINDS[first.kind]}, such as {first.what}"


def _and_more(lines: Sequence[Without]) -> str:
    return f" or one of {len(lines) - 1:,} others" if len(lines) > 1 else ""


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
