"""What the page of a case of several assets is made of besides, key by key: both answers, and what became what (schema.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from tracer.render.schema import ByRule, Payload, ShownEdges, ShownEndpoint


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


class ShownWorthLine(TypedDict):
    """A line of the table in money, to the cent, as text that is shown as it stands."""

    called: str
    worth: ByRule


class ShownWorth(TypedDict):
    """An answer in one currency, over all assets that have a price: no lines, and no title, where none has. `sentences`: its prices, and
    what has none."""

    answer: str
    currency: str | None
    title: str
    table: list[ShownWorthLine]
    sentences: list[str]


class ShownLeg(TypedDict):
    """One side of a conversion: an asset by its number, and how much of it."""

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


class ShownAt(TypedDict):
    """Amounts by rule at an address."""

    node: int
    amounts: ByRule


class ShownInAsset(TypedDict):
    """The answer that substitutes in one asset, by its number, in its units; transfers are its own, and their rows are counted among
    those of the asset. `taken`: by theft. `came`: what was received in conversions, `went` what was given and is followed in what was
    received. `nodes`: the addresses that have to do with it, and what they are and hold there. `given` and `received`: a conversion
    and the first transfer by which it is paid there, by their numbers."""

    asset: int
    stolen: ByRule
    taken: list[ByRule]
    fees: ByRule
    came: list[ShownAt]
    went: list[ShownAt]
    endpoints: list[ShownEndpoint]
    nodes: list[int]
    role: list[str]
    touched_only: list[int]
    balance: list[str | None]
    paid: Mapping[str, list[str]]
    given: list[list[int]]
    received: list[list[int]]
    edges: ShownEdges


class ShownSeveral(TypedDict):
    """Both answers of a case of several assets, the finding first; `declared`: which is the finding, None where the case file leaves that
    open; `said`: what each of them is. `worth`: each answer in money; `unlisted`: a sentence on tokens that the case
    does not list, where there are any. `elsewhere`: the first address that is on the page for `substituted` alone."""

    declared: str | None
    reason: str
    said: list[str]
    assets: list[ShownNamedAsset]
    worth: list[ShownWorth]
    unlisted: list[str]
    lines: list[ShownAssetLine]
    exchanges: list[ShownExchange]
    substituted: list[ShownInAsset]
    elsewhere: int


class SeveralPayload(Payload):
    """The same of a case of several assets."""

    several: ShownSeveral
