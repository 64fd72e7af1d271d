"""Both answers of a case of several assets, as tables: where the stolen value is in each asset, and what became what on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracer.cli.output import print_table, say
from tracer.evidence.answers import SAID, SeveralAssets, why_not
from tracer.model import Leg
from tracer.plan.exchanges import several_assets
from tracer.tracing import Reconciliation
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

CALLED = {
    "stolen": "stolen",
    "converted_in": "+ got for stolen value",
    "fees": "= fees",
    "converted_out": "= given, and followed in what was got",
}


def print_answers(case: CaseFolder) -> None:
    """The tables of both answers, the finding first, and what is named and not substituted; nothing for a case of one asset."""
    several = several_assets(case.question, case.answers)
    if several is None:
        return
    rules = case.outcome.rules
    for answer in several.order:
        mark = {None: " (no answer is declared)", answer: " (the finding, as declared)"}.get(several.declared, "")
        say(f"{SAID[answer]}{mark}.")
        rows = [
            (several.names[number], CALLED.get(line.what, f"= {line.place}"), *(asset.format(line.amounts[rule]) for rule in rules))
            for number, lines in several.lines(answer)
            for asset in [several.answers.assets[number]]
            for line in lines
        ]
        print_table("", ["asset", "what", *rules], rows, numeric=range(2, 2 + len(rules)), units_differ=True)
    for line in exchange_lines(several):
        say(f"- {line}")


def answers_json(case: CaseFolder) -> dict[str, Any]:
    """Both answers as JSON values, amounts as text; nothing for a case of one asset."""
    several = several_assets(case.question, case.answers)
    if several is None:
        return {}
    answers, names = several.answers, several.names
    through = {*answers.exchanges.substituted}

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
    return {"answers": {"declared": several.declared, **found}}


def exchange_lines(several: SeveralAssets) -> Iterator[str]:
    """What was substituted, counted; what speaks against the others, and what is only named, one by one."""
    exchanges = several.answers.exchanges
    yield (
        f"Of {counted(len(exchanges.conversions), 'conversion')} that stolen value came to, {len(exchanges.substituted):,} substituted; "
        "amounts of different assets are nowhere added."
    )
    for each in several.not_substituted:
        said = f"{each.kind} of {several.stated(each.given)} for {several.stated(each.received)}"
        yield f"not substituted: {said} in {each.tx_hash or 'a transaction without a hash'}: {why_not(each)}."
    for named in exchanges.recognised:
        given = " and ".join(map(several.stated, named.given))
        far = f" Asked for at {named.far_address} on {named.far_chain}." if named.far_address else ""
        where = named.tx_hash or "a transaction without a hash"
        yield f"named, not substituted: {named.kind.replace('_', ' ')} for {given} in {where}.{far}"
