"""One address in a case of several assets: what ended there in each asset, in both answers, and what it converted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from tracer.evidence.both_answers import SeveralAssets
from tracer.model import Answer, Conversion, Endpoint, Recognised

Part = Literal["owner", "pool", "counterparty"]


class TookPart(NamedTuple):
    """A conversion that an address took part in: as whoever gave, as its pool, or as whoever else was on the other side. `substituted`:
    the trail goes on in what was received, in the answer that substitutes."""

    part: Part
    exchange: Conversion | Recognised
    substituted: bool


class InEveryAsset(NamedTuple):
    """`balances`: by the number of an asset, what the address holds of it after the last row, None where its history was not read; without
    assets of which it never had any. `ends`: the endpoints at the address in each answer, the finding first."""

    balances: Mapping[int, int | None]
    ends: Mapping[Answer, tuple[Endpoint, ...]]
    exchanges: tuple[TookPart, ...]


def in_every_asset(several: SeveralAssets, balances: Mapping[int, int | None], address: str) -> InEveryAsset:
    """What both answers say of an address."""
    ends = {answer: tuple(end for end in several.answers.endpoints[answer] if end.address == address) for answer in several.order}
    return InEveryAsset(balances, ends, tuple(_took_part(several, address)))


def _took_part(several: SeveralAssets, address: str) -> Iterator[TookPart]:
    exchanges = several.answers.exchanges
    through = {*exchanges.substituted}
    for number, each in enumerate(exchanges.conversions):
        if each.owner == address:
            yield TookPart("owner", each, number in through)
        elif address in (each.pool, *each.pools):
            yield TookPart("pool", each, number in through)
    for named in exchanges.recognised:
        if address in (named.owner, named.counterparty):
            yield TookPart("owner" if named.owner == address else "counterparty", named, False)
