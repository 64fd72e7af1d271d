"""The network of a case in which the rows of one block have no order: whoever makes a block can choose it.

Within a block whatever comes to an account may leave it again; between blocks it keeps at most what it holds then, which no order changes.
So whatever the order, a rule that is admissible in it is a flow here. There may be more flows than that: bounds are rounded outward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from tracer.errors import BoundsError
from tracer.ledger import NOBODY, Ledger
from tracer.model import CLEAN, Memo, Reason
from tracer.tracing.bounds_network import Ending, HeldAs, Loot, Network, ending_of
from tracer.tracing.bounds_preconditions import memos_of, require_known_money
from tracer.tracing.followed_rows import Flows


def network_in_any_order(ledger: Ledger, flows: Flows, reasons: Mapping[int, Reason], held_as: HeldAs) -> Network | None:
    """The network of rows that are followed, `reasons` has those that are cut; None where a row has no height, or where in some order a
    theft could take money that was stolen before, or stolen money pass an account that bears no bound."""
    heights = ledger.columns.height[: len(flows.amount)]
    if any(height is None for height in heights):
        return None
    made = Network(sum(flows.amount[row] for row in flows.thefts if row < len(heights)), cyclic=True)
    build = _Build(made, flows, reasons, memos_of(ledger, reasons))
    for _, rows in groupby(range(len(heights)), key=heights.__getitem__):
        build.block(list(rows))
    try:
        require_known_money(ledger, flows, made)
    except BoundsError:
        return None
    return None if made.retaken else build.finished(held_as)


class _Build:
    """A network in the making: per account what it holds, its node if it can hold stolen value, and whether it has paid from it."""

    def __init__(self, made: Network, flows: Flows, reasons: Mapping[int, str], memos: Mapping[int, Memo]) -> None:
        self.made, self.flows, self.reasons, self.memos = made, flows, reasons, memos
        self.thefts = set(flows.thefts)
        self.held = list(flows.openings)
        self.node: dict[int, int] = {}
        self.paid: set[int] = set()

    def block(self, rows: Sequence[int]) -> None:
        """Adds the rows of one block."""
        tainted = self._tainted(rows)
        if tainted or not self.thefts.isdisjoint(rows):
            for account in self._receiving(rows) & tainted:
                self._begin(account, rows[0])
            for row in rows:
                self._connect(row)
        for row in rows:
            self._move(row)
        for account in {account for row in rows for account in (self.flows.sender[row], self.flows.recipient[row])} & tainted:
            if not self.held[account]:
                del self.node[account]

    def _moved(self, row: int) -> int:
        """What of the row changes hands: who pays himself pays the fee only."""
        return 0 if self.flows.sender[row] == self.flows.recipient[row] else int(self.flows.amount[row])

    def _tainted(self, rows: Sequence[int]) -> set[int]:
        """Who can hold stolen value at some moment of the block."""
        found, grown = set(self.node), True
        while grown:
            grown = False
            for row in rows:
                payer, payee = self.flows.sender[row], self.flows.recipient[row]
                if payee == NOBODY or payee in found or row in self.reasons or not self._moved(row):
                    continue
                if row in self.thefts or payer in found:
                    found.add(payee)
                    grown = True
        return found

    def _receiving(self, rows: Sequence[int]) -> set[int]:
        return {self.flows.recipient[row] for row in rows if self._moved(row)}

    def _begin(self, account: int, row: int) -> None:
        """The account's node of this block: a new one if it paid from the one before, which passes on what was held between blocks."""
        before = self.node.get(account)
        if before is not None and account not in self.paid:
            return
        self.node[account] = self.made.node(account, row)
        self.paid.discard(account)
        if before is not None and self.held[account]:
            self.made.connect(before, self.node[account], self.held[account])

    def _connect(self, row: int) -> None:
        payer, payee, amount = self.flows.sender[row], self.flows.recipient[row], self._moved(row)
        tail = self.node.get(payer, CLEAN)
        if tail != CLEAN:
            self.made.burn(tail, row, self.flows.fee[row])
        if row in self.thefts:
            if tail != CLEAN:
                self.made.retaken.append(row)
            tail = CLEAN
        elif tail == CLEAN:
            return
        if amount:
            ending = ending_of(payer, payee, self.reasons[row], self.memos.get(row)) if row in self.reasons else None
            head = self.made.place(ending) if ending else self.node[payee]
            if tail == CLEAN:
                self.made.sources.append(Loot(head, amount, row))
            else:
                self.made.connect(tail, head, amount, row)

    def _move(self, row: int) -> None:
        payer, payee, amount = self.flows.sender[row], self.flows.recipient[row], self._moved(row)
        if payer != NOBODY:
            self.held[payer] -= amount + self.flows.fee[row]
            if payer in self.node:
                self.paid.add(payer)
        if payee != NOBODY:
            self.held[payee] += amount

    def finished(self, held_as: HeldAs) -> Network:
        """With what left as fees, and what is held at the end."""
        self.made.connect_burnt()
        for account, node in sorted(self.node.items()):
            if self.held[account]:
                self.made.connect(node, self.made.place(Ending(account, held_as(account))), self.held[account])
        return self.made
