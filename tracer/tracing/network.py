"""What admissible rules can do with the stolen money, as a network; the least and the most by maximal flows (docs/bounds.md).

A node is an account for a while in which it first only receives and then only pays. An arc is a payment, or what the account
keeps for its next while.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tracer.ledger import NOBODY
from tracer.model import CLEAN
from tracer.tracing.runs import Flows

if TYPE_CHECKING:
    import numpy

Place = tuple[int, str]
"""Where value ends: the number of an account, and the reason."""

FEES: Place = (NOBODY, "fees")


@dataclass
class Network:
    """Arcs in the order of time: whatever enters a node stands before all that leaves it.

    Nodes count from 0; a place has a negative number, which finds it at the end of a list of all nodes and places.
    `sources` is where the thefts put what they took, and how much; `passed` the accounts that can have held stolen value;
    `retaken` the thefts that can have taken money stolen before, with which the network says nothing.
    """

    stolen: int
    nodes: int = 0
    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    sources: list[tuple[int, int]] = field(default_factory=list)
    places: dict[Place, int] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)
    retaken: list[int] = field(default_factory=list)

    def place(self, where: Place) -> int:
        return self.places.setdefault(where, ~len(self.places))

    def connect(self, tail: int, head: int, capacity: int) -> None:
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)

    @cached_property
    def arcs(self) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        """Tails, heads and capacities as arrays, once the network is whole; capacities that pass 64 bits as Python integers."""
        from numpy import array, int64

        from tracer.tracing.maxflow import exact

        return array(self.tails, int64), array(self.heads, int64), exact(self.capacities)


def network(flows: Flows, reasons: Mapping[int, str]) -> Network:
    """All that admissible rules can do with these rows, which must add up; `reasons` has the rows that are cut."""
    thefts = {row for row in flows.thefts if row < len(flows.amount)}
    build = _Build(Network(sum(flows.amount[row] for row in thefts)), list(flows.openings))
    for row, (sender, recipient, amount, fee) in enumerate(zip(*flows.moves, strict=True)):
        if sender == recipient:
            amount = 0
        tail, most = build.pay(sender, amount, fee) if sender != NOBODY else (CLEAN, 0)
        if row in thefts:
            if most:
                build.made.retaken.append(row)
            tail, most = CLEAN, amount
        if recipient == NOBODY:
            build.burn(tail, most)
        elif row in reasons or not most:
            if most:
                build.arrive(tail, build.made.place((recipient, reasons[row])), most)
            if amount:
                build.receive_clean(recipient, amount)
        else:
            build.arrive(tail, build.receive(recipient, amount, most), most)
    return build.finished()


class _Build:
    """A network in the making: per account what it holds, at most how much of it is stolen, and its node of the moment."""

    def __init__(self, made: Network, held: list[int]) -> None:
        self.made = made
        self.held = held
        self.most = [0] * len(self.held)
        self.node = [0] * len(self.held)
        self.paid = [False] * len(self.held)
        self.burnt: list[int] = []

    def pay(self, account: int, amount: int, fee: int) -> tuple[int, int]:
        """The node that pays, and how much of `amount` can be stolen."""
        self.held[account] -= amount + fee
        most = self.most[account]
        if not most:
            return CLEAN, 0
        node = self.node[account]
        self.burnt[node] += fee
        self.paid[account] = True
        if not self.held[account]:
            self.most[account] = 0
        return node, min(amount, most)

    def burn(self, node: int, amount: int) -> None:
        if amount:
            self.burnt[node] += amount

    def arrive(self, tail: int, head: int, most: int) -> None:
        """Lets up to `most` go to a node or place; of a theft, that is what it puts there."""
        if tail == CLEAN:
            self.made.sources.append((head, most))
        else:
            self.made.connect(tail, head, most)

    def receive_clean(self, account: int, amount: int) -> None:
        """A clean deposit only matters where the account had paid so much that what it held bounds the stolen part."""
        if 0 < self.most[account] > self.held[account]:
            self.begin(account)
        self.held[account] += amount

    def receive(self, account: int, amount: int, most: int) -> int:
        """The node that receives. What comes after a payment cannot leave with it: a new node, entered by what was left."""
        if not self.most[account] or self.paid[account]:
            self.begin(account)
        self.held[account] += amount
        self.most[account] = min(self.most[account] + most, self.made.stolen)
        return self.node[account]

    def begin(self, account: int) -> None:
        """The account's next node; the account can bring along what it holds."""
        made, left = self.made, min(self.most[account], self.held[account])
        if left:
            made.connect(self.node[account], made.nodes, left)
        made.passed.add(account)
        self.node[account], self.most[account], self.paid[account] = made.nodes, left, False
        self.burnt.append(0)
        made.nodes += 1

    def finished(self) -> Network:
        """With what left as fees, and what is held at the end."""
        for node, burnt in enumerate(self.burnt):
            if burnt:
                self.made.connect(node, self.made.place(FEES), min(burnt, self.made.stolen))
        for account in sorted(self.made.passed):
            if self.most[account]:
                self.made.connect(self.node[account], self.made.place((account, "unspent")), min(self.most[account], self.held[account]))
        return self.made
