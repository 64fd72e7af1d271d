"""Both answers of a case of several assets, as the page has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracer.evidence.both_answers import SAID, SeveralAssets, coins_before, off_text, partner_of, rate_of, rate_text, sides, why_not
from tracer.evidence.valuation_all_assets import HeadTable, head_sentences, to_the_cent, unlisted_sentences
from tracer.flow.case_attributes import About
from tracer.flow.flow_columns import FlowTransfers
from tracer.flow.substituted_answer import InAsset
from tracer.model import Conversion, Leg, Recognised, Theft
from tracer.render.schema import ShownEdges
from tracer.render.several_assets_schema import (
    ShownAssetLine,
    ShownAt,
    ShownExchange,
    ShownInAsset,
    ShownLeg,
    ShownNamedAsset,
    ShownSeveral,
    ShownWorth,
    ShownWorthLine,
)
from tracer.render.shown_endpoints import shown_endpoint, texts


def shown_several(
    about: About, several: SeveralAssets, edges: FlowTransfers, number: Mapping[str, int], substituted: list[ShownInAsset], elsewhere: int
) -> ShownSeveral:
    """Addresses and transfers by their numbers on the page."""
    rules = tuple(edges.stolen)
    exchanges, passed = several.answers.exchanges, {*several.answers.exchanges.substituted}
    edge_of_key = {key: edge for edge, key in enumerate(edges.key)}
    listed: Iterable[tuple[Conversion | Recognised, bool]] = (
        *((each, at in passed) for at, each in enumerate(exchanges.conversions)),
        *((named, False) for named in exchanges.recognised),
    )
    return ShownSeveral(
        declared=several.declared,
        reason=several.reason,
        said=[SAID[answer] for answer in several.order],
        assets=[
            ShownNamedAsset(name=name, symbol=asset.symbol, decimals=asset.decimals)
            for name, asset in zip(several.names, several.answers.assets, strict=True)
        ],
        worth=[_worth(table, several.names, about.outcome.thefts) for table in map((about.worth or {}).__getitem__, several.order)],
        unlisted=list(unlisted_sentences(several.answers.unlisted)),
        lines=list(_lines(several, rules)),
        exchanges=[_exchange(several, each, through, edges, edge_of_key, number) for each, through in listed],
        substituted=substituted,
        elsewhere=elsewhere,
    )


def shown_in_asset(found: InAsset, number: Mapping[str, int], rules: tuple[str, ...], edges: ShownEdges) -> ShownInAsset:
    """The answer that substitutes in one asset; `edges` are its transfers, as the page has them."""
    standing = list(found.holdings.values())
    return ShownInAsset(
        asset=found.asset,
        stolen=texts(found.stolen, rules),
        taken=[texts(each, rules) for each in found.taken],
        fees=texts(found.fees, rules),
        came=_at(found.came, number, rules),
        went=_at(found.went, number, rules),
        endpoints=[shown_endpoint(end, number, rules, None) for end in found.endpoints],
        nodes=[number[address] for address in found.holdings],
        role=[each.role for each in standing],
        touched_only=[int(each.touched_only) for each in standing],
        balance=[None if each.balance is None else str(each.balance) for each in standing],
        paid={rule: [str(each.fees[rule]) for each in standing] for rule in rules},
        given=[list(pair) for pair in found.given.items()],
        received=[list(pair) for pair in found.received.items()],
        edges=edges,
    )


def _at(amounts: Mapping[str, Mapping[str, int]], number: Mapping[str, int], rules: tuple[str, ...]) -> list[ShownAt]:
    return [ShownAt(node=number[address], amounts=texts(by_rule, rules)) for address, by_rule in amounts.items()]


def _worth(table: HeadTable, names: Sequence[str], thefts: Sequence[Theft]) -> ShownWorth:
    """The table in money and the sentences below it, as they are printed: the page computes nothing of it."""
    return ShownWorth(
        answer=table.answer,
        currency=table.currency,
        title=table.title if table.summed else "",
        table=[
            ShownWorthLine(called=line.called, worth={rule: to_the_cent(worth) for rule, worth in line.worth.items()})
            for line in (table.lines if table.summed else ())
        ],
        sentences=list(head_sentences(table, names, thefts)),
    )


def _lines(several: SeveralAssets, rules: tuple[str, ...]) -> Iterator[ShownAssetLine]:
    for answer in several.order:
        for asset, lines in several.lines(answer):
            for line in lines:
                yield ShownAssetLine(answer=answer, asset=asset, what=line.what, place=line.place, amounts=texts(line.amounts, rules))


def _exchange(
    several: SeveralAssets,
    each: Conversion | Recognised,
    substituted: bool,
    edges: FlowTransfers,
    edge_of_key: Mapping[int, int],
    number: Mapping[str, int],
) -> ShownExchange:
    given, received = sides(each)
    keys = sorted(key for leg in given for key in leg.rows)
    rows = [edge_of_key[key] for key in keys if key in edge_of_key]
    partner = partner_of(each)
    rate, before, off = _rates(several, each) if isinstance(each, Conversion) else ("", "", "")
    return ShownExchange(
        kind=each.kind.replace("_", " "),
        height=several.height_of(each),
        tx_hash=each.tx_hash,
        owner=each.owner,
        owner_node=number.get(each.owner),
        partner=partner,
        partner_node=None if partner is None else number.get(partner),
        given=_legs(given),
        received=_legs(received),
        rate=rate,
        before=before,
        off=off,
        substituted=int(substituted),
        why="" if substituted else _why(each),
        far=_far(each) if isinstance(each, Recognised) else "",
        edge=rows[0] if rows else None,
        ended=sorted({number[edges.recipient[row]] for row in rows}),
    )


def _legs(legs: Sequence[Leg]) -> list[ShownLeg]:
    return [ShownLeg(asset=leg.asset, amount=str(leg.amount)) for leg in legs]


def _why(each: Conversion | Recognised) -> str:
    return why_not(each) if isinstance(each, Conversion) else each.said.removeprefix(f"{each.tx_hash}: ").rstrip(".")


def _rates(several: SeveralAssets, each: Conversion) -> tuple[str, str, str]:
    assets = several.asset_of(each.given), several.asset_of(each.received)
    rate, before = rate_of(each, *assets), coins_before(each, *assets)
    return rate_text(rate), "" if before is None else rate_text(before), "" if before is None else off_text(rate, before)


def _far(each: Recognised) -> str:
    if each.far_address is None:
        return ""
    return f"{each.far_address} on {each.far_chain}" + (f", request {each.far_id}" if each.far_id else "")
