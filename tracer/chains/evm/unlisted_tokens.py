"""Tokens that a case does not list: who received them in its blocks, and who still held them at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from tracer.chains.evm.movements_for_conversions import Executed
from tracer.model import Unlisted

THING = "#"
"""Between the contract of a single thing and its number."""


class Tokens:
    """What moved of everything but the `listed` assets. Things of one contract are counted together."""

    def __init__(self, listed: Container[str]) -> None:
        self.listed = listed
        self.received: dict[str, dict[str, None]] = {}
        self.held: dict[str, Counter[str]] = {}

    def learn(self, executed: Executed) -> None:
        """Adds what moved within a transaction."""
        for move in executed.moves:
            token = move.asset.partition(THING)[0]
            if token not in self.listed:
                held = self.held.setdefault(token, Counter())
                for address, change in ((move.sender, -move.amount), (move.recipient, move.amount)):
                    if address is not None:
                        held[address] += change
                if move.recipient is not None:
                    self.received.setdefault(token, {})[move.recipient] = None

    def found(self) -> tuple[Unlisted, ...]:
        """Each token that somebody received, in the order of first receipt."""
        return tuple(
            Unlisted(token, tuple(accounts), tuple(each for each in accounts if self.held[token][each] > 0))
            for token, accounts in self.received.items()
        )
