"""What differs from chain to chain, behind a few functions. A chain is a folder here that fills a `Chain`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from importlib import import_module
from typing import NamedTuple, Protocol

from tracer.errors import InputError
from tracer.model import Asset, Event, Exchange, Marking, Reading, Transfer


class Nodes(NamedTuple):
    """The nodes to ask, and `record`, told every answer as served before it is read (with the node that gave it).

    `patience` scales all waiting; tests have none.
    """

    urls: tuple[str, ...]
    record: Callable[[Exchange, str], None]
    per_second: float = 10.0
    proxy: str | None = None
    patience: float = 1.0


class Reader(Protocol):
    """Reads a chain account by account, from nodes or from what was recorded of them. Raises NodeError."""

    @property
    def asked(self) -> int:
        """Questions put to nodes so far, in this run and those it goes on from."""

    @property
    def tip(self) -> int:
        """The last block of the run: nothing above it is in the ledger."""

    def begin(self) -> None:
        """Settles the tip."""

    def fetch(self, address: str) -> bool:
        """Reads an account whole; False if it is too busy to be read."""

    def payments(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid since a moment (UNIX seconds; None: ever)."""

    def find(self, tx_hash: str) -> str:
        """Reads a transaction, and gives who paid it."""

    def follow(self) -> tuple[int | None, list[Transfer]]:
        """Moves the tip to the chain's last block, and gives the transfers since; with the fork, if the chain was rewritten."""

    def pending(self, address: str) -> list[Transfer]:
        """What an account announced, or would receive, and no block holds yet; their height is None."""

    def settled(self) -> bool:
        """Whether the tip is still on the chain; if not, what a reorganisation undid is forgotten, to be read again."""

    def reading(self, full: Collection[str], wallets: Collection[str] = ()) -> Reading:
        """The ledger of the accounts read and of what the wallets paid."""


class Chain(NamedTuple):
    """`asset` by the symbol of the case file and, where it has no decimals of its own, those given there; `address`
    checked and in its one form; `scan` of a recording that holds every block; `reader` of recorded answers and nodes;
    `markings` made by events, in chain order, that moved the given markers, up to the tip."""

    summary: str
    asset: Callable[[str, int | None], Asset]
    address: Callable[[str], str]
    scan: Callable[[Iterable[Exchange], Asset, str], Reading]
    reader: Callable[[Iterable[Exchange], Asset, str, Nodes | None], Reader]
    markings: Callable[[Iterable[Event], Collection[str], int | None], list[Marking]]


NAMES = ("nem",)


def chain(name: str) -> Chain:
    """The chain of that name, imported when asked for. Raises InputError for one that is not in `NAMES`."""
    if name not in NAMES:
        raise InputError(f"chain {name!r} is unknown: it is one of {', '.join(NAMES)}, or table for files of any account chain")
    found: Chain = import_module(f"tracer.chains.{name}").CHAIN
    return found
