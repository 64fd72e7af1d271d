"""Acquisition that follows the money: from the thefts outwards, next always the account that may hold most of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from tracer.chains import Reader
from tracer.errors import NodeError, ReadAgainError
from tracer.ledger import Ledger, assemble
from tracer.model import Asset, Reading


class Frontier(NamedTuple):
    """The accounts money reached whose history was not read, with the value that may lie there (smallest units), most first.

    `stolen` is all that was stolen, so that the share followed can be told.
    """

    wanted: Sequence[tuple[str, int]]
    stolen: int


class Budget(NamedTuple):
    """What a run may read."""

    accounts: int
    requests: int


class Seeds(NamedTuple):
    """Where to begin: hashes of thefts, and wallets with the moment (UNIX seconds, None: ever) from which their payments count.

    `read`: accounts that somebody asked for. They are read whatever value lies there, beyond the budget of accounts.
    """

    hashes: tuple[str, ...]
    wallets: tuple[tuple[str, int | None], ...]
    read: tuple[str, ...] = ()


class Standing(NamedTuple):
    """How far an acquisition is: accounts read whole, questions asked, the frontier as it was ranked last.

    `unread` accounts are known to be wanted, which takes `left` questions more at the least: each account read may name others.
    """

    accounts: int
    asked: int
    frontier: Frontier
    unread: int
    left: int


Rank = Callable[[Ledger], Frontier]
Report = Callable[[Standing], None]

EIGHTH = 8
"""After every eighth of the accounts read so far the frontier is ranked anew: often while it matters, seldom when it costs."""


class Acquisition:
    """Accounts read until no stolen value lies at the frontier or the budget is spent; `report` is told how far it is.

    `so_far`: an account that the recording does not hold whole is left at the boundary, like one that is too busy.
    """

    def __init__(self, asset: Asset, budget: Budget, report: Report, *, so_far: bool = False) -> None:
        self.asset, self.budget, self.report, self.so_far = asset, budget, report, so_far
        self._begin()

    def _begin(self) -> None:
        self.full: set[str] = set()
        self.left_out: set[str] = set()
        self.asked_for = 0
        self.frontier = Frontier((), 0)
        self.costs: dict[str, int] = {}  # of the accounts that are known to be wanted: what each takes at the least, when it was ranked
        self.at_hand: str | None = None

    @property
    def most(self) -> int:
        """How many accounts are read: what the budget allows, besides those that somebody asked for."""
        return self.budget.accounts + self.asked_for

    def acquire(self, reader: Reader, seeds: Seeds, rank: Rank) -> Reading:
        """The accounts read, and again if the chain was rewritten meanwhile or a node lied. Small wallets that were drained are read
        whole besides. What is left at the frontier is at the boundary of the ledger. Raises NodeError."""
        while True:
            with suppress(ReadAgainError):
                reading = self._one_pass(reader, seeds, rank)
                if reader.settled():
                    return reading

    def _one_pass(self, reader: Reader, seeds: Seeds, rank: Rank) -> Reading:
        self._begin()
        full = self.full
        reader.begin()
        wallets = set(payers(reader, seeds))
        drained = {wallet for wallet in sorted(wallets) if self._whole(reader.fetch_small, wallet)}
        for address in seeds.read:
            self._fetch(reader, address)
        self.asked_for = len(full)
        while True:
            reading = reader.reading(full | drained, wallets)
            self.frontier = rank(assemble(self.asset, [reading]))
            left = [address for address, _ in self.frontier.wanted if address not in full | self.left_out | drained]
            self.costs = {address: reader.least(address) for address in left}
            self.told(reader)
            if not left:
                return reading
            for address in reader.ahead(left[: 1 + len(full) // EIGHTH]):
                if len(full) >= self.most or reader.asked >= self.budget.requests:
                    return reader.reading(full | drained, wallets)
                self._fetch(reader, address)

    def _fetch(self, reader: Reader, address: str) -> None:
        self.at_hand = address
        self.costs.pop(address, None)
        (self.full if self._whole(reader.fetch, address) else self.left_out).add(address)
        self.at_hand = None
        self.told(reader)

    def _whole(self, fetch: Callable[[str], bool], address: str) -> bool:
        try:
            return fetch(address)
        except NodeError:
            if self.so_far:
                return False
            raise

    def told(self, reader: Reader) -> None:
        """Reports how far it is, after every answer and every account. Nothing is left that the budget does not allow."""
        asked, budget = reader.asked, self.budget
        begun = self.at_hand is not None
        places = max(0, self.most - len(self.full) - begun)
        left = sum(sorted(self.costs.values())[:places]) + (reader.least(self.at_hand) if self.at_hand else 0)
        unread = min(len(self.costs), places) + begun
        self.report(Standing(len(self.full), asked, self.frontier, unread, min(left, max(0, budget.requests - asked))))


def read_payments(reader: Reader, seeds: Seeds) -> Reading:
    """Only what the seeds name, read again where a node lied. Raises NodeError."""
    while True:
        with suppress(ReadAgainError):
            reader.begin()
            return reader.reading((), set(payers(reader, seeds)))


def payers(reader: Reader, seeds: Seeds) -> Iterable[str]:
    """Reads the payments that the seeds name, and gives the wallets that made them."""
    for wallet, since in seeds.wallets:
        reader.payments(wallet, since)
        yield wallet
    for tx_hash in seeds.hashes:
        yield reader.find(tx_hash)
