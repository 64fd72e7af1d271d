"""Both answers of a case of several assets, as tables: where the stolen value is in each asset, and what became what on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracer.casefolder.valuation import head_tables
from tracer.cli.output import print_table, say
from tracer.cli.valuation_table import print_head_table
from tracer.evidence.both_answers import SAID, SeveralAssets, sides, why_not
from tracer.evidence.valuation_all_assets import unlisted_sentences
from tracer.model import Conversion, Endpoint, Leg, Recognised
from tracer.plan.conversions import several_assets
from tracer.report.address_conversions import TookPart, in_every_asset
from tracer.store.record.conversions import other_balances
from tracer.tracing import Reconciliation
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

CALLED = {
    "stolen": "stolen",
    "converted_in": "+ received for stolen value",
    "fees": "= fees",
    "converted_out": "= given for another asset, and followed in what was received",
}

PARTS = {"owner": "it converted", "pool": "its pool was this address", "counterparty": "on the other side"}


def print_answers(case: CaseFolder) -> None:
    """The tables of both answers, the finding first, and what is named and not substituted; nothing for a case of one asset."""
    several = several_assets(case.question, case.answers)
    if several is None:
        return
    rules, tables = case.outcome.rules, head_tables(case)
    for answer in several.order:
        mark = {None: " (no answer is declared)", answer: " (the finding, as declared)"}.get(several.declared, "")
        say(f"{SAID[answer]}{mark}.")
        print_head_table(tables[answer], several.names, case.outcome)
        rows = [
            (several.names[number], CALLED.get(line.what, f"= {line.place}"), *(asset.format(line.amounts[rule]) for rule in rules))
            for number, lines in several.lines(answer)
            for asset in [several.answers.assets[number]]
            for line in lines
        ]
        print_table("", ["asset", "what", *rules], rows, numeric=range(2, 2 + len(rules)), units_differ=True)
    for line in (*exchange_lines(several), *unlisted_sentences(several.answers.unlisted)):
        say(f"- {line}")


def answers_json(case: CaseFolder) -> dict[str, Any]:
    """Both answers as JSON values, amounts as text; nothing for a case of one asset."""
    several = several_assets(case.question, case.answers)
    if several is None:
        return {}
    answers, names = several.answers, several.names
    through = {*answers.exchanges.substituted}

    def by_rule(units: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
        return {rule: str(sum(parts)) for rule, parts in units.items()}

    assets = {
        answer: [
            {"asset": names[each.asset], **{name: by_rule(getattr(each, name)) for name in Reconciliation._fields[1:]}}
            for each in reconciled
        ]
        for answer, reconciled in answers.reconciliation.items()
    }
    ends = {answer: [end_json(several, end) for end in endpoints] for answer, endpoints in answers.endpoints.items()}
    conversions = [conversion_json(several, each, number in through) for number, each in enumerate(answers.exchanges.conversions)]
    named = [recognised_json(several, each) for each in answers.exchanges.recognised]
    worth = {answer: table.as_data(names) for answer, table in head_tables(case).items()}
    found = {"reconciliation": assets, "worth": worth, "endpoints": ends, "conversions": conversions, "named": named}
    return {"answers": {"declared": several.declared, **found}}


def end_json(several: SeveralAssets, end: Endpoint) -> dict[str, Any]:
    """What ended at an address, by rule, in the smallest unit of its asset."""
    where = {"asset": several.names[end.asset], "address": end.address, "reason": end.reason, "service": end.service, "basis": end.basis}
    return where | {rule: str(units) for rule, units in end.amounts.items()}


def conversion_json(several: SeveralAssets, each: Conversion, substituted: bool) -> dict[str, Any]:
    """What became what."""
    return {
        "tx_hash": each.tx_hash, "owner": each.owner, "kind": each.kind, "pool": each.pool, "given": _leg(several, each.given),
        "received": _leg(several, each.received), "doubts": each.doubts, "substituted": substituted,
    }  # fmt: skip


def recognised_json(several: SeveralAssets, each: Recognised) -> dict[str, Any]:
    """What is only named."""
    given = [_leg(several, leg) for leg in each.given]
    far = {"far_chain": each.far_chain, "far_address": each.far_address, "far_id": each.far_id}
    return {"tx_hash": each.tx_hash, "owner": each.owner, "kind": each.kind, "given": given, **far}


def _leg(several: SeveralAssets, leg: Leg) -> dict[str, Any]:
    return {"asset": several.names[leg.asset], "amount": str(leg.amount), "row_keys": list(map(str, leg.rows))}


def print_in_every_asset(case: CaseFolder, address: str, balance: int | None) -> None:
    """What ended at an address in each asset, in both answers, and what it converted; nothing in a case of one asset. `balance`: of
    the first one."""
    several = several_assets(case.question, case.answers)
    if several is None:
        return
    found, rules = in_every_asset(several, {0: balance, **other_balances(case.db, address)}, address), case.outcome.rules
    rows = [
        (answer, several.names[end.asset], end.service or end.reason, *(asset.format(end.amounts[rule]) for rule in rules))
        for answer, ends in found.ends.items()
        for end in ends
        for asset in [several.answers.assets[end.asset]]
    ]
    say("All of the above is of the first asset, followed. In every asset and in both answers:")
    held = (f"{several.answers.assets[n].format(units)} {several.names[n]}" for n, units in found.balances.items() if units)
    say(f"After the last row it holds {'; '.join(held) or 'nothing that is known'}.")
    if rows:
        say("What ended here:")
        print_table("", ["answer", "asset", "why", *rules], rows, numeric=range(3, 3 + len(rules)), units_differ=True)
    else:
        say("In neither answer did stolen value, or anything got for it, end here.")
    for took_part in found.exchanges:
        say(f"- {PARTS[took_part.part]}: {_exchanged(several, took_part)}")


def _exchanged(several: SeveralAssets, took_part: TookPart) -> str:
    """A conversion in a line, and why it is not substituted where it is not."""
    each = took_part.exchange
    given, received = (" and ".join(map(several.stated, legs)) or "nothing that the case counts" for legs in sides(each))
    where = each.tx_hash or "a transaction without a hash"
    why = why_not(each) if isinstance(each, Conversion) else each.said.removeprefix(f"{each.tx_hash}: ").rstrip(".")
    how = "substituted" if took_part.substituted else f"not substituted: {why}"
    return f"{each.kind.replace('_', ' ')} of {given} for {received} in {where}; {how}"


def in_every_asset_json(case: CaseFolder, address: str, balance: int | None) -> dict[str, Any]:
    """The same as JSON values."""
    several = several_assets(case.question, case.answers)
    if several is None:
        return {}
    found = in_every_asset(several, {0: balance, **other_balances(case.db, address)}, address)
    exchanges = [
        {"part": part, **(conversion_json(several, each, through) if isinstance(each, Conversion) else recognised_json(several, each))}
        for part, each, through in found.exchanges
    ]
    ends = {answer: [end_json(several, end) for end in of_answer] for answer, of_answer in found.ends.items()}
    balances = {several.names[n]: None if units is None else str(units) for n, units in found.balances.items()}
    return {"answers": {"declared": several.declared, "balances": balances, "endpoints": ends, "exchanges": exchanges}}


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
