"""What is traced: thefts, hops, endpoints, bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from tracer.model.ledger_nouns import Basis

Rule = Literal["fifo", "lifo", "haircut", "clean_first", "dirty_first"]

Reason = Literal["service", "returned", "unspent", "frozen", "destroyed", "dust", "not_fetched", "converted"]

RULE_NAMES: tuple[Rule, ...] = get_args(Rule)
"""The tracing rules, in the order they are shown. What each says: `tracing.RULES`."""

REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a trail ends."""

STILL_HELD: tuple[Reason, ...] = ("unspent", "frozen", "not_fetched")
"""The reasons of value that lies at the account it is counted at, as far as is known."""


class Theft(NamedTuple):
    """A transfer that is the crime. `amount` is its face amount."""

    label: str
    row: int
    row_key: int
    tx_hash: str | None
    time: int | None
    sender: str
    recipient: str
    amount: int
    basis: Basis


CLEAN = -1
"""The origin of money that no theft has touched."""


class Hop(NamedTuple):
    """A transfer that carried stolen value, under one rule and of one theft."""

    row: int
    theft: int
    amount: int


class HeldPart(NamedTuple):
    """What an account still holds of a theft at the end, under one rule."""

    address: str
    theft: int
    amount: int


class Endpoint(NamedTuple):
    """Where a part of the stolen value is and why the trail stops there.

    `amounts` and `by_theft` have every rule that was run, 0 included, in units of the asset of that number in the ledger.
    """

    address: str
    reason: Reason
    service: str | None
    basis: Basis
    amounts: Mapping[str, int]
    by_theft: Mapping[str, tuple[int, ...]]
    asset: int = 0
