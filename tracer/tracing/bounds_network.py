"""What admissible rules can do with the stolen money, as a network; the least and the most by maximal flows (docs/bounds.md).

A node is an account for a while in which it first only receives and then only pays. An arc is a payment, or what the account
keeps for its next while.

A rule is admissible if it moves at most what a transfer moves, holds at most what an account holds, and loses nothing.

    most(E)  = maxflow(thefts -> E)
    least(E) = stolen - maxflow(thefts -> everywhere but E)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tracer.ledger import NOBODY
from tracer.model import CLEAN, Memo
from tracer.tracing.followed_rows import Becomes, Flows

if TYPE_CHECKING:
    import numpy


class Ending(NamedTuple):
    """Where value ends: the number of an account, the reason, and at a service the memo by which it knows its customer, or the deposit
    address that forwarded it."""

    account: int
    reason: str
    memo: Memo | None = None
    depositor: str | None = None


FEES = Ending(NOBODY, "fees")


class Loot(NamedTuple):
    """Where a theft puts what it took: a node or a place, how much, and the row that is the theft."""

    head: int
    amount: int
    row: int


class Burnt(NamedTuple):
    """What a row takes away from a node as its fee."""

    node: int
    row: int
    amount: int


NO_ROW = -1
"""The row of an arc that is no payment: what an account keeps, and all that a node burns."""


@dataclass
class Network:
    """Arcs in the order of time: whatever enters a node stands before all that leaves it, unless the network is `cyclic`.

    Nodes count from 0; a place has a negative number, which finds it at the end of a list of all nodes and places.
    `rows` has the row of each arc; `owners` and `begun` the account of each node and the row from which it is that account's.
    `sources` is where the thefts put what they took; `burnt` what left each node as fees, together one arc a node; `passed` the
    accounts that can have held stolen value; `retaken` the thefts that can have taken money stolen before, with which the network
    says nothing. Capacities are those of the ledger: what can come in at a node is at most what can go out.
    """

    stolen: int
    cyclic: bool = False
    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    sources: list[Loot] = field(default_factory=list)
    burnt: list[Burnt] = field(default_factory=list)
    places: dict[Ending, int] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)
    retaken: list[int] = field(default_factory=list)

    @property
    def nodes(self) -> int:
        return len(self.owners)

    def place(self, where: Ending) -> int:
        return self.places.setdefault(where, ~len(self.places))

    def node(self, account: int, row: int) -> int:
        """A new node, of this account from this row on."""
        self.passed.add(account)
        self.owners.append(account)
        self.begun.append(row)
        return len(self.owners) - 1

    def connect(self, tail: int, head: int, capacity: int, row: int = NO_ROW) -> None:
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)
        self.rows.append(row)

    def burn(self, node: int, row: int, amount: int) -> None:
        if amount:
            self.burnt.append(Burnt(node, row, amount))

    def connect_burnt(self) -> None:
        """One arc to the fees for all that a node burns."""
        total: dict[int, int] = {}
        for burnt in self.burnt:
            total[burnt.node] = total.get(burnt.node, 0) + burnt.amount
        for node, amount in total.items():
            self.connect(node, self.place(FEES), amount)

    @cached_property
    def arcs(self) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        """Tails, heads and capacities as arrays, once the network is whole; capacities that pass 64 bits as Python integers."""
        from numpy import array, int64

        from tracer.tracing.maxflow import exact

        return array(self.tails, int64), array(self.heads, int64), exact(self.capacities)

    @cached_property
    def timelines(self) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        """The nodes account by account, in the order of time: their owners, the rows they begin at, and their numbers."""
        from numpy import argsort, array, int64

        owners = array(self.owners, int64)
        order = argsort(owners, kind="stable")
        return owners[order], array(self.begun, int64)[order], order


NOBODYS: Mapping[int, str] = {}
"""Where no row forwards what somebody deposited."""

HeldAs = Callable[[int], str]
"""Why the trail ends with what an account, by its number, holds at the end."""


def network(
    flows: Flows, reasons: Mapping[int, str], memos: Mapping[int, Memo], held_as: HeldAs, depositors: Mapping[int, str] = NOBODYS
) -> Network:
    """All that admissible rules can do with these rows, which must add up; `reasons` has the rows that are cut, `memos` those of
    the rows that pay a customer of a service, `depositors` the addresses that forward to one. All that is received in a conversion counts
    as stolen here."""
    thefts = {row for row in flows.thefts if row < len(flows.amount)}
    exchanges: dict[int, list[Becomes]] = {}
    for each in flows.exchanges:
        exchanges.setdefault(each.place, []).append(each)
    stolen_at_most = sum(flows.amount[row] for row in thefts) + sum(each.received for each in flows.exchanges)
    build = _Build(Network(stolen_at_most), list(flows.openings))
    made = build.made
    for row, (sender, recipient, amount, fee) in enumerate(zip(*flows.moves, strict=True)):
        for each in exchanges.get(row, ()):
            build.become(each, row)
        if sender == recipient:
            amount = 0
        tail, most = build.pay(row, sender, amount, fee) if sender != NOBODY else (CLEAN, 0)
        stolen = amount > 0 and (tail != CLEAN or row in thefts)
        if row in thefts:
            if tail != CLEAN:
                made.retaken.append(row)
            tail, most = CLEAN, amount
        if row in reasons or not stolen:
            if stolen:
                where = ending_of(sender, recipient, reasons[row], memos.get(row), depositors.get(row))
                build.arrive(tail, made.place(where), amount, row)
            if amount and recipient != NOBODY:
                build.receive_clean(recipient, amount, row)
        else:
            build.arrive(tail, build.receive(recipient, amount, most, row), amount, row)
    return build.finished(held_as)


def ending_of(sender: int, recipient: int, reason: str, memo: Memo | None = None, depositor: str | None = None) -> Ending:
    """Where a row that is cut ends: coins that nobody gets, at who had them."""
    return Ending(sender, reason) if recipient == NOBODY else Ending(recipient, reason, memo, depositor)


class _Build:
    """A network in the making: per account what it holds, at most how much of it is stolen, and its node of the moment."""

    def __init__(self, made: Network, held: list[int]) -> None:
        self.made = made
        self.held = held
        self.most = [0] * len(self.held)
        self.node = [0] * len(self.held)
        self.paid = [False] * len(self.held)

    def pay(self, row: int, account: int, amount: int, fee: int) -> tuple[int, int]:
        """The node that pays, and how much of `amount` can be stolen; CLEAN where nothing can."""
        self.held[account] -= amount + fee
        if self.held[account] < 0:  # it pays what it receives for something later in the transaction: clean money, as rules top it up
            self.held[account] = 0
        most = self.most[account]
        if not most:
            return CLEAN, 0
        node = self.node[account]
        self.made.burn(node, row, fee)
        self.paid[account] = True
        if not self.held[account]:
            self.most[account] = 0
        return node, min(amount, most)

    def arrive(self, tail: int, head: int, amount: int, row: int) -> None:
        """Lets up to `amount` go to a node or place; of a theft, that is what it puts there."""
        if tail == CLEAN:
            self.made.sources.append(Loot(head, amount, row))
        else:
            self.made.connect(tail, head, amount, row)

    def receive_clean(self, account: int, amount: int, row: int) -> None:
        """A clean deposit only matters where the account had paid so much that what it held bounds the stolen part."""
        if 0 < self.most[account] > self.held[account]:
            self.begin(account, row)
        self.held[account] += amount

    def receive(self, account: int, amount: int, most: int, row: int) -> int:
        """The node that receives. What comes after a payment cannot leave with it: a new node, entered by what was left."""
        if not self.most[account] or self.paid[account]:
            self.begin(account, row)
        self.held[account] += amount
        self.most[account] = min(self.most[account] + most, self.made.stolen)
        return self.node[account]

    def become(self, exchange: Becomes, row: int) -> None:
        """What an account was given becomes as much of another asset, of which any part can be stolen."""
        account, received = exchange.account, exchange.received
        node = self.made.node(account, row)
        self.held[account], self.node[account], self.most[account], self.paid[account] = received, node, received, False
        self.made.sources.append(Loot(node, received, row))

    def begin(self, account: int, row: int) -> None:
        """The account's next node; the account can bring along what it holds."""
        brings, held = self.most[account], self.held[account]
        node = self.made.node(account, row)
        if brings and held:
            self.made.connect(self.node[account], node, held)
        self.node[account], self.most[account], self.paid[account] = node, min(brings, held), False

    def finished(self, held_as: HeldAs) -> Network:
        """With what left as fees, and what is held at the end."""
        self.made.connect_burnt()
        for account in sorted(self.made.passed):
            if self.most[account]:
                self.made.connect(self.node[account], self.made.place(Ending(account, held_as(account))), self.held[account])
        return self.made
