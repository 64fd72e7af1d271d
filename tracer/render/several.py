"""Both answers of a case of several assets, as the page has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracer.evidence.answers import SAID, SeveralAssets, coins_before, off_text, rate_of, rate_text, sides, why_not
from tracer.flow.columns import FlowTransfers
from tracer.model import Conversion, Leg, Recognised
from tracer.render.ends import texts
from tracer.render.several_schema import ShownAssetLine, ShownExchange, ShownLeg, ShownNamedAsset, ShownSeveral


def shown_several(several: SeveralAssets, edges: FlowTransfers, number: Mapping[str, int], rules: tuple[str, ...]) -> ShownSeveral:
    """Addresses and transfers by their numbers on the page."""
    exchanges, through = several.answers.exchanges, {*several.answers.exchanges.substituted}
    edge_of_key = {key: edge for edge, key in enumerate(edges.key)}
    listed: Iterable[tuple[Conversion | Recognised, bool]] = (
        *((each, at in through) for at, each in enumerate(exchanges.conversions)),
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
        lines=list(_lines(several, rules)),
        exchanges=[_exchange(several, each, substituted, edges, edge_of_key, number) for each, substituted in listed],
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
    partner = each.pool if isinstance(each, Conversion) else each.counterparty
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
