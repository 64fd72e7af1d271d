"""What changes one asset into another within a transaction: conversions, and what looks like one and is not followed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

Exchanged = Literal["wrap", "unwrap", "swap"]
"""A coin for its token one to one, back, or anything else."""

Doubt = Literal["off_market", "young_pool", "own_pool", "no_rate"]
"""Why a conversion is named and not substituted: more than 10 % off the pool's rate of the block before; a pool younger than the
theft; a pool whose liquidity an owner of stolen value gave; no rate is known."""

OFF_MARKET = Fraction(1, 10)
"""How far from a rate a conversion may be, and still be one of value for value."""

Kind = Literal["loan", "pool_share", "nft", "solver_fill", "bridge", "unmatched"]

RECOGNISED: tuple[Kind, ...] = get_args(Kind)
"""What takes an asset and gives something back that is no substitute for it in the same hands, or not in the same transaction; and
exchanges whose sides are not one asset each that the case counts, given and received once and for all (`unmatched`)."""

Answer = Literal["followed", "substituted"]

ANSWERS: tuple[Answer, ...] = get_args(Answer)
"""Two answers of one case: the trail stays with the asset and ends where it is given away; or goes on in what was got for it."""


class Leg(NamedTuple):
    """One side of a conversion: rows of one asset, by their row keys, and what they move together, in its smallest units.

    `asset` is its number among the assets of the ledger. `worth` is decimal text in the currency of the case's prices, None where no
    price is known.
    """

    asset: int
    amount: int
    rows: tuple[int, ...]
    worth: str | None = None


class Conversion(NamedTuple):
    """A conversion of one asset for another within a transaction, net of routers that end with nothing.

    `owner` pays the rows of `given`, and gets those of `received` unless they name somebody else. `pool` is who exchanges, the first of
    `pools` where it goes through several. `before` is their rate at the end of the block before, as so many units received for so many
    given, None where nobody knows it. Where several assets were exchanged at once it is one pair of them, with its part of the rows, and
    `before` the rate of prices.
    `doubts` are what speaks against the exchange being one of value for value: with any, it is substituted only where the case file
    goes on `through` the pool. `said` has a sentence for each of them, and for what is not known.
    """

    owner: str
    tx_hash: str | None
    kind: Exchanged
    given: Leg
    received: Leg
    pool: str | None = None
    before: tuple[int, int] | None = None
    doubts: tuple[Doubt, ...] = ()
    said: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()


class Recognised(NamedTuple):
    """What is named and not substituted: the trail of what is given ends there, `converted`.

    `far_chain`, `far_address` and `far_id` are what a bridge's own request says of the other side, a fact that is shown and not followed.
    """

    kind: Kind
    owner: str
    tx_hash: str | None
    given: tuple[Leg, ...]
    received: tuple[Leg, ...] = ()
    counterparty: str | None = None
    said: str = ""
    far_address: str | None = None
    far_id: str | None = None
    far_chain: str | None = None


class Pool(NamedTuple):
    """What is known of a pool besides its rate. `made` is the height and time (UNIX seconds) of its making, None where no block that was
    read tells of it. `providers`: by account that gave it liquidity, the height at which it first did."""

    address: str
    made: tuple[int, int] | None = None
    providers: Mapping[str, int] = {}


class Unlisted(NamedTuple):
    """A token that the case does not list, by its contract: the addresses that received it, and those of them that held it at the end."""

    token: str
    received_by: tuple[str, ...]
    held_by: tuple[str, ...] = ()


class Basket(NamedTuple):
    """An exchange of several assets for others, all of the case and each moved one way only, as it is `named`, and the `pools` that were
    in it: where all have a price, worth tells how much became which."""

    named: Recognised
    pools: tuple[str, ...] = ()


class Recognition(NamedTuple):
    """Every exchange that a source holds, whoever's it is: in which the trail may go on, and which are only named; and their pools; and
    the tokens that the case does not list. `baskets` are those of what is named that worth could split."""

    conversions: tuple[Conversion, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    pools: tuple[Pool, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    baskets: tuple[Basket, ...] = ()


class Exchanges(NamedTuple):
    """All conversions of a case, and what is only named; `substituted` are the numbers of those in which the trail goes on.
    `elsewhere`: the row keys of what is given in exchanges that stolen value does not come to; it would end there if it came, as it does
    where something else is assumed."""

    conversions: tuple[Conversion, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    substituted: tuple[int, ...] = ()
    elsewhere: frozenset[int] = frozenset()

    @property
    def through(self) -> tuple[Conversion, ...]:
        """The conversions in which the trail goes on: where several share a row, all of them or none."""
        through, chosen = [*self.substituted], {*self.substituted}
        out = [number for number in range(len(self.conversions)) if number not in chosen]
        while out:
            keys = {key for number in out for leg in self._legs(number) for key in leg.rows}
            out = [number for number in through if any(key in keys for leg in self._legs(number) for key in leg.rows)]
            through = [number for number in through if number not in out]
        return tuple(self.conversions[number] for number in through)

    def _legs(self, number: int) -> tuple[Leg, Leg]:
        return self.conversions[number].given, self.conversions[number].received

    @property
    def answer(self) -> Answer:
        """Which of the two answers this is."""
        return "substituted" if self.substituted else "followed"

    @property
    def passed(self) -> frozenset[int]:
        """The row keys of what is given where the trail goes on."""
        return frozenset(key for each in self.through for key in each.given.rows)

    @property
    def followed(self) -> Exchanges:
        """The same where the trail stays with the asset."""
        return self._replace(substituted=())

    @property
    def ends(self) -> frozenset[int]:
        """The row keys of what is given for something in which the trail does not go on."""
        named = [key for each in self.recognised for leg in each.given for key in leg.rows]
        given = {key for each in self.conversions for key in each.given.rows} - self.passed
        return self.elsewhere.union(named, given)


NO_EXCHANGES = Exchanges()
"""Of a case in which nothing is known to change into another asset."""
