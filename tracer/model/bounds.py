"""The least and the most that any admissible rule puts somewhere, and the proofs of both (docs/bounds.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from tracer.model.ledger_nouns import Memo
from tracer.model.trace import Reason

BoundedKind = Literal["endpoint", "service", "customer", "union"]

Figure = Literal["least", "most", "least_any_order", "most_any_order"]
"""What a proof proves. Those in any order hold whatever the order of the rows inside a block."""

Listed = Literal["near", "far"]


class Bound(NamedTuple):
    """The least and the most that any admissible rule puts at a place; some rule does put each there."""

    least: int
    most: int


class Customer(NamedTuple):
    """Whom a service knows by a deposit address, or by the memo of what was paid to its address."""

    address: str
    memo: Memo | None = None


class Bounded(NamedTuple):
    """What a bound is of.

    An endpoint (`address`, `reason`), a `service`, a customer of one (`address`, `memo`), or several places together (`names`). With a
    `theft`, by its number from 0, of what that one alone can have brought there.
    """

    kind: BoundedKind
    address: str | None = None
    reason: Reason | None = None
    service: str | None = None
    memo: Memo | None = None
    theft: int | None = None
    names: tuple[str, ...] = ()


class Bounds(NamedTuple):
    """What was bounded: endpoints by (address, reason); all places of a service together, by its name; customers; unions, by the names
    they put together; and `alone`, what one of several thefts can have brought to any of them.

    `any_order` has the same of all of them whatever the order of rows inside a block; a subject is not in it where the
    rows have no blocks, or where in some order a theft takes money that was stolen before. That is rounded outward: it may be that no order
    and no rule reach it.
    """

    endpoints: Mapping[tuple[str, Reason], Bound]
    services: Mapping[str, Bound]
    customers: Mapping[Customer, Bound] = {}
    unions: Mapping[tuple[str, ...], Bound] = {}
    alone: Mapping[Bounded, Bound] = {}
    any_order: Mapping[Bounded, Bound] = {}


NO_BOUNDS = Bounds({}, {})


def bounded_by(bounds: Bounds) -> Iterator[tuple[Bounded, Bound]]:
    """Every bound and what it is of, in the order they are shown."""
    for (address, reason), bound in bounds.endpoints.items():
        yield Bounded("endpoint", address, reason), bound
    for service, bound in bounds.services.items():
        yield Bounded("service", service=service), bound
    for customer, bound in bounds.customers.items():
        yield Bounded("customer", customer.address, "service", memo=customer.memo), bound
    for names, bound in bounds.unions.items():
        yield Bounded("union", names=names), bound
    yield from bounds.alone.items()


def bounds_of(found: Mapping[Bounded, Bound], any_order: Mapping[Bounded, Bound]) -> Bounds:
    """The bounds by what they are of."""
    together = {subject: bound for subject, bound in found.items() if subject.theft is None}
    return Bounds(
        endpoints={(s.address, s.reason): bound for s, bound in together.items() if s.kind == "endpoint" and s.address and s.reason},
        services={s.service: bound for s, bound in together.items() if s.kind == "service" and s.service is not None},
        customers={Customer(address=s.address, memo=s.memo): bound for s, bound in together.items() if s.kind == "customer" and s.address},
        unions={s.names: bound for s, bound in together.items() if s.kind == "union"},
        alone={subject: bound for subject, bound in found.items() if subject.theft is not None},
        any_order=any_order,
    )


class Side(NamedTuple):
    """An account on one side of a cut, from row `first` on and before row `until`; None is the end."""

    address: str
    first: int
    until: int | None


class Cut(NamedTuple):
    """Which accounts lie near the thefts while they can hold stolen value, and which lie far.

    `listed` says of which side `sides` has all accounts and rows; every other account and row is on the other side. What crosses from
    near to far, added up, is all that can be far.
    """

    listed: Listed
    sides: tuple[Side, ...]


class Proof(NamedTuple):
    """Why a figure is neither more nor less: a cut whose crossings are the figure, and the allocation that reaches it.

    `allocation` is the name of a rule, or of one of the allocations beside the proofs; None where only the cut is claimed.
    """

    cut: Cut
    allocation: str | None


class Moved(NamedTuple):
    """What of a row is stolen in an allocation: of its amount, and of its fee or of what it destroys."""

    row: int
    amount: int
    fee: int


class Proofs(NamedTuple):
    """The proof of every figure, and the allocations they name: what each row moves, in ledger order."""

    by_figure: Mapping[tuple[Bounded, Figure], Proof]
    allocations: Mapping[str, tuple[Moved, ...]]


NO_PROOFS = Proofs({}, {})
