"""What the page of a case of several assets is made of besides, key by key: both answers, and what became what (schema.py)."""

from __future__ import annotations

from typing import TypedDict

from tracer.render.schema import ByRule, Payload


class ShownNamedAsset(TypedDict):
    """An asset of a case of several; `name` is what people call it."""

    name: str
    symbol: str
    decimals: int


class ShownAssetLine(TypedDict):
    """A line of the reconciliation of an asset, by its number, in an answer; `place` is where it ended, "" for all that is no end."""

    answer: str
    asset: int
    what: str
    place: str
    amounts: ByRule


class ShownLeg(TypedDict):
    """One side of an exchange: an asset by its number, and how much of it."""

    asset: int
    amount: str


class ShownExchange(TypedDict):
    """What became what, or what is only named. Addresses have their number on this page beside them, None where they have none; `ended`
    are those to which the rows given went, `edge` the first of these rows, where they are on this page. `rate`, `before` and `off` are
    text, "" where nobody knows them; `why` says why it is not substituted, `far` what a bridge was asked for."""

    kind: str
    height: int
    tx_hash: str | None
    owner: str
    owner_node: int | None
    partner: str | None
    partner_node: int | None
    given: list[ShownLeg]
    received: list[ShownLeg]
    rate: str
    before: str
    off: str
    substituted: int
    why: str
    far: str
    edge: int | None
    ended: list[int]


class ShownSeveral(TypedDict):
    """Both answers of a case of several assets, the finding first; `declared`: which is the finding, None where the case file leaves that
    open; `said`: what each of them is."""

    declared: str | None
    reason: str
    said: list[str]
    assets: list[ShownNamedAsset]
    lines: list[ShownAssetLine]
    exchanges: list[ShownExchange]


class SeveralPayload(Payload):
    """The same of a case of several assets."""

    several: ShownSeveral
