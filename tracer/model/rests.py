"""What a result rests on: each assumption of a case taken away, and what the figures are then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tracer.model.bounds import Bound, Customer

Kind = Literal["theft", "label", "own label", "label source", "statement", "stop", "threshold", "opening", "order", "stated rows", "unread"]
"""What sort of assumption. `stop`: a category of services, or that the trail goes on through one; `unread`: a history that is not there."""

Came = Literal["changes", "changes nothing", "cannot be taken away"]


class Place(NamedTuple):
    """Where stolen value is: all of a service by its `name`, else an address, with the reason; or the fees (no name).

    With a `customer` it is only that customer's part of the service; with a `victim`, the address of somebody robbed, only what was taken
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

    @property
    def key(self) -> tuple[str, str, Customer | None, str | None]:
        return self.name, self.reason, self.customer, self.victim


class Assumption(NamedTuple):
    """What a figure may rest on. `what` completes a sentence: "without ..."."""

    kind: Kind
    what: str


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
    `left_out` says, a sentence each, which assumptions were not tried one by one.
    """

    places: tuple[Place, ...]
    lines: tuple[Without, ...]
    no_bounds: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[Place, ...] = ()
