"""Both answers of a case of several assets, as tables: where the stolen value is in each asset, and what became what on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tracer.cli.output import print_table, say
from tracer.model import Answer, Leg
from tracer.plan.exchanges import asset_names, declared_answer
from tracer.tracing import Reconciliation
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.tracing import BothAnswers

SAID = {
    "followed": "Followed: the trail stays with the asset, and ends where that is given for another one",
    "substituted": "Substituted: the trail goes on in what was got, the stolen part the same part, rounded down",
}
DOUBTS = {
    "off_market": "more than 10 % off the rate of the block before",
    "young_pool": "the pool is younger than the theft",
    "own_pool": "an owner of stolen value gave the pool liquidity",
    "no_rate": "no rate is known",
}


def print_answers(case: CaseFolder) -> None:
    """The tables of both answers, the finding first, and what is named and not substituted; nothing for a case of one asset."""
    answers = case.answers
    if answers is None:
        return
    declared, names = declared_answer(case.question), asset_names(case.question, answers)
    order: tuple[Answer, ...] = ("followed", "substituted") if declared == "followed" else ("substituted", "followed")
    for answer in order:
        mark = " (the finding, as declared)" if answer == declared else " (no answer is declared)" if declared is None else ""
        say(f"{SAID[answer]}{mark}.")
        rows = [row for each in answers.reconciliation[answer] for row in _rows(case, answers, names[each.asset], answer, each)]
        rules = case.outcome.rules
        print_table("", ["asset", "what", *rules], rows, numeric=range(2, 2 + len(rules)), final=False)
    for line in exchange_lines(answers, names):
        say(f"- {line}")


def answers_json(case: CaseFolder) -> dict[str, Any]:
    """Both answers as JSON values, amounts as text; nothing for a case of one asset."""
    answers = case.answers
    if answers is None:
        return {}
    names, through = asset_names(case.question, answers), {*answers.exchanges.substituted}

    def leg(side: Leg) -> dict[str, Any]:
        return {"asset": names[side.asset], "amount": str(side.amount), "row_keys": list(map(str, side.rows))}

    def by_rule(units: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
        return {rule: str(sum(parts)) for rule, parts in units.items()}

    assets = {
        answer: [
            {"asset": names[each.asset], **{name: by_rule(getattr(each, name)) for name in Reconciliation._fields[1:]}}
            for each in reconciled
        ]
        for answer, reconciled in answers.reconciliation.items()
    }
    ends = {
        answer: [
            {"asset": names[end.asset], "address": end.address, "reason": end.reason, "service": end.service, "basis": end.basis}
            | {rule: str(units) for rule, units in end.amounts.items()}
            for end in endpoints
        ]
        for answer, endpoints in answers.endpoints.items()
    }
    conversions = [
        {"tx_hash": each.tx_hash, "owner": each.owner, "kind": each.kind, "pool": each.pool, "given": leg(each.given)}
        | {"received": leg(each.received), "doubts": each.doubts, "substituted": number in through}
        for number, each in enumerate(answers.exchanges.conversions)
    ]
    named = [
        {"tx_hash": each.tx_hash, "owner": each.owner, "kind": each.kind, "given": list(map(leg, each.given))}
        | {"far_chain": each.far_chain, "far_address": each.far_address, "far_id": each.far_id}
        for each in answers.exchanges.recognised
    ]
    found = {"reconciliation": assets, "endpoints": ends, "conversions": conversions, "named": named}
    return {"answers": {"declared": declared_answer(case.question), **found}}


def _rows(case: CaseFolder, answers: BothAnswers, name: str, answer: Answer, each: Reconciliation) -> Iterator[Sequence[str]]:
    """The lines of one asset, which add up: stolen + converted in = where it is + fees + converted out. Without any value, none."""
    asset, rules = answers.assets[each.asset], case.outcome.rules

    def line(what: str, units: Sequence[int]) -> Sequence[str]:
        return (name, what, *map(asset.format, units))

    if not any(any(units) for sums in (each.stolen, each.converted_in) for units in sums.values()):
        return
    if any(map(any, each.stolen.values())):
        yield line("stolen", [sum(each.stolen[rule]) for rule in rules])
    if any(map(any, each.converted_in.values())):
        yield line("+ got for stolen value", [sum(each.converted_in[rule]) for rule in rules])
    places: dict[str, list[int]] = {}
    for end in answers.endpoints[answer]:
        if end.asset == each.asset:
            sums = places.setdefault(end.service or end.reason, [0] * len(rules))
            sums[:] = [units + end.amounts[rule] for units, rule in zip(sums, rules, strict=True)]
    for place, units in places.items():
        yield line(f"= {place}", units)
    yield line("= fees", [sum(each.fees[rule]) for rule in rules])
    if any(map(any, each.converted_out.values())):
        yield line("= given, and followed in what was got", [sum(each.converted_out[rule]) for rule in rules])


def exchange_lines(answers: BothAnswers, names: Sequence[str]) -> Iterator[str]:
    """What was substituted, counted; what speaks against the others, and what is only named, one by one."""
    exchanges, through = answers.exchanges, {*answers.exchanges.substituted}

    def stated(leg: Leg) -> str:
        return f"{answers.assets[leg.asset].format(leg.amount)} {names[leg.asset]}"

    yield (
        f"Of {counted(len(exchanges.conversions), 'conversion')} that stolen value came to, {len(through):,} substituted; amounts of "
        "different assets are nowhere added."
    )
    for number, each in enumerate(exchanges.conversions):
        if number not in through:
            why = "; ".join(DOUBTS[doubt] for doubt in each.doubts) or "the case file does not substitute it"
            sides = f"{stated(each.given)} for {stated(each.received)}"
            yield f"not substituted: {each.kind} of {sides} in {each.tx_hash or 'a transaction without a hash'}: {why}."
    for named in exchanges.recognised:
        given = " and ".join(map(stated, named.given))
        far = f" Asked for at {named.far_address} on {named.far_chain}." if named.far_address else ""
        where = named.tx_hash or "a transaction without a hash"
        yield f"named, not substituted: {named.kind.replace('_', ' ')} for {given} in {where}.{far}"
