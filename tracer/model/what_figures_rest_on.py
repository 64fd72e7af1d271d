"""What a result rests on: each assumption of a case taken away, and what the figures are then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tracer.model.asset import Asset
from tracer.model.bounds import Bound, Customer
from tracer.model.conversions import Answer, Doubt

Kind = Literal[
    "theft", "label", "own label", "label source", "statement", "stop", "threshold", "opening", "order", "stated rows", "unread",
    "conversion", "pool", "kind of conversion",
]  # fmt: skip
"""What sort of assumption. `stop`: a category of services, or that the trail goes on through one; `unread`: a history that is not there;
`conversion`: that the trail goes on in what was got for something, or ends there; `pool`, `kind of conversion`: of several at once."""

Came = Literal["changes", "changes nothing", "cannot be taken away"]


class PlaceKey(NamedTuple):
    """The name of a service, or an address; the reason; of which customer, or of which victim, if of one only; the number of the asset."""

    name: str
    reason: str
    customer: Customer | None = None
    victim: str | None = None
    asset: int = 0


class Place(NamedTuple):
    """Where stolen value is: all of a service by its `name`, else an address, with the reason; or the fees (no name). `asset`: of which
    asset, by its number.

    With a `customer` it is only that customer's part of the service; with a `victim`, the address of a victim, only what was taken
    there. `amounts` by rule; `bound` is None where it was not computed, `any_order`, the same whatever the order of rows inside a block,
    also where rows have no blocks or a theft could take stolen money in some order.
    """

    name: str
    reason: str
    amounts: Mapping[str, int]
    bound: Bound | None = None
    any_order: Bound | None = None
    customer: Customer | None = None
    victim: str | None = None
    asset: int = 0

    @property
    def key(self) -> PlaceKey:
        return PlaceKey(self.name, self.reason, self.customer, self.victim, self.asset)


class Assumption(NamedTuple):
    """What a figure may rest on. `what` completes a sentence: "without ...". `conversions` are the numbers of those it is about, and
    `doubts` what speaks against it: against going on in what was got for something."""

    kind: Kind
    what: str
    conversions: tuple[int, ...] = ()
    doubts: tuple[Doubt, ...] = ()


class Without(NamedTuple):
    """The case without an assumption: the places whose figures are others then, as they are then; and of services the `parts`.

    `why` nothing changes, or it cannot be taken away; `no_bounds`: why no place has a bound then.
    """

    assumption: Assumption
    came: Came
    places: tuple[Place, ...] = ()
    why: str = ""
    no_bounds: str = ""
    parts: tuple[Place, ...] = ()


class Rests(NamedTuple):
    """The places of a case, as they were traced, and each assumption taken away. `no_bounds`: why no place has a bound, or "".

    `parts` of services are what each customer has there, and what was taken from each of several victims: they are in the places already.
    `left_out` says, a sentence each, which assumptions were not tried one by one. Of a case of several assets `answer` is the one whose
    figures these are, `assets` are all of it, each by what people call it, and `prices` what one whole coin of each cost at the time of
    the first theft (decimal text in `currency`; None where nobody knows).
    """

    places: tuple[Place, ...]
    lines: tuple[Without, ...]
    no_bounds: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[Place, ...] = ()
    answer: Answer | None = None
    assets: tuple[Asset, ...] = ()
    prices: tuple[str | None, ...] = ()
    currency: str | None = None
