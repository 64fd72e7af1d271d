"""Acquisition that follows the money: from the thefts outwards, next always the account that may hold most of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from tracer.chains import Reader
from tracer.errors import ReadAgainError
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
    """Where to begin: hashes of thefts, and wallets with the moment (UNIX seconds, None: ever) from which their payments count."""

    hashes: tuple[str, ...]
    wallets: tuple[tuple[str, int | None], ...]


Rank = Callable[[Ledger], Frontier]
Report = Callable[[int, int, Frontier], None]
"""Told accounts read, questions asked, and what is left."""

EIGHTH = 8
"""After every eighth of the accounts read so far the frontier is ranked anew: often while it matters, seldom when it costs."""


def acquire(reader: Reader, asset: Asset, seeds: Seeds, rank: Rank, budget: Budget, report: Report) -> Reading:
    """Reads accounts until no stolen value lies at the frontier or the budget is spent, and again if the chain was rewritten
    meanwhile or a node lied. Small wallets that were robbed are read whole besides. What is left at the frontier is at the boundary
    of the ledger. Raises NodeError."""
    while True:
        with suppress(ReadAgainError):
            reading = _one_pass(reader, asset, seeds, rank, budget, report)
            if reader.settled():
                return reading


def read_payments(reader: Reader, seeds: Seeds) -> Reading:
    """Only what the seeds name, read again where a node lied. Raises NodeError."""
    while True:
        with suppress(ReadAgainError):
            reader.begin()
            return reader.reading((), set(payers(reader, seeds)))


def _one_pass(reader: Reader, asset: Asset, seeds: Seeds, rank: Rank, budget: Budget, report: Report) -> Reading:
    reader.begin()
    wallets = set(payers(reader, seeds))
    robbed = {wallet for wallet in sorted(wallets) if reader.fetch_small(wallet)}
    full: set[str] = set()
    busy: set[str] = set()
    while True:
        reading = reader.reading(full | robbed, wallets)
        frontier = rank(assemble(asset, [reading]))
        report(len(full), reader.asked, frontier)
        left = [address for address, _ in frontier.wanted if address not in full | busy | robbed]
        if not left:
            return reading
        for address in left[: 1 + len(full) // EIGHTH]:
            if len(full) >= budget.accounts or reader.asked >= budget.requests:
                return reader.reading(full | robbed, wallets)
            (full if reader.fetch(address) else busy).add(address)


def payers(reader: Reader, seeds: Seeds) -> Iterable[str]:
    """Reads the payments that the seeds name, and gives the wallets that made them."""
    for wallet, since in seeds.wallets:
        reader.payments(wallet, since)
        yield wallet
    for tx_hash in seeds.hashes:
        yield reader.find(tx_hash)
