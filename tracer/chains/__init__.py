"""What differs from chain to chain, behind a few functions. A chain is a folder here that fills a `Chain`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from importlib import import_module
from typing import NamedTuple, Protocol

from tracer.chains.node_requirements import Ability
from tracer.chains.plugins import Provider, brought, provider_of
from tracer.errors import AddressError, InputError
from tracer.model import NO_TERMS, Asset, Event, Exchange, Marking, OraclePrice, Reading, Recognition, Terms, Transfer


class Nodes(NamedTuple):
    """The nodes to ask, and `record`, told every answer as served before it is read (with the node that gave it).

    `patience` scales all waiting; tests have none. `chain_id`: that a node has to name, where the case file says it.
    """

    urls: tuple[str, ...]
    record: Callable[[Exchange, str], None]
    per_second: float = 10.0
    proxy: str | None = None
    patience: float = 1.0
    chain_id: int | None = None


class Pending(NamedTuple):
    """Payments of an account that no block holds yet; `full`: as many as a node lists at most, so that more may wait."""

    transfers: Sequence[Transfer] = ()
    full: bool = False


class NodeBalance(NamedTuple):
    """What a node says that an account holds after a block, in smallest units, and the block's time (UNIX seconds, None where blocks
    state none). `amount` and `height` are None where it is not known, for the reason that `why` says."""

    amount: int | None
    height: int | None = None
    time: int | None = None
    why: str = ""


class Reader(Protocol):
    """Reads a chain account by account, from nodes or from what was recorded of them.

    Raises NodeError; ReadAgainError where everything is to be read again, from `begin` on.
    """

    @property
    def asked(self) -> int:
        """Questions put to nodes so far, in this run and those it goes on from."""

    @property
    def tip(self) -> int:
        """The last block of the run: nothing above it is in the ledger."""

    def begin(self) -> None:
        """Settles the tip."""

    def ahead(self, addresses: Iterable[str]) -> Iterator[str]:
        """The addresses that are read next, each when it is to be read: what is asked about several may be put together."""

    def fetch(self, address: str) -> bool:
        """Reads an account whole; False if it is too busy to be read."""

    def fetch_small(self, wallet: str) -> bool:
        """Reads a wallet whole if there is little to read; False if there is not."""

    def least(self, address: str) -> int:
        """Questions that reading an account whole takes at the least, by what is recorded; 0 where all of it is."""

    def payments(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid since a moment (UNIX seconds; None: ever)."""

    def find(self, tx_hash: str) -> str:
        """Reads a transaction, and gives who paid it."""

    @property
    def node(self) -> str:
        """The node in use."""

    @property
    def tip_time(self) -> int | None:
        """The time of the last block (UNIX seconds); None where blocks state none."""

    def retry(self) -> None:
        """Lets every node be asked again, whatever it was given up for."""

    def follow(self, forked: Callable[[int], None]) -> bool:
        """Moves the tip towards the chain's last block, and says whether it came there. If the chain was rewritten, `forked` is told
        the last block that stands, before anything above it is forgotten."""

    def since(self, height: int) -> list[Transfer]:
        """The transfers of all blocks above a height, up to the tip."""

    def pending(self, address: str) -> Pending:
        """What an account announced, or would receive, and no block holds yet; their height is None."""

    def lost(self, tx_hash: str) -> str:
        """Why a payment that was announced will not come, as a node says; "" where it may, and where that is not known."""

    def balance(self, address: str) -> NodeBalance:
        """What an account holds now, asked for anew, with the block after which it holds it."""

    def settled(self) -> bool:
        """Whether the tip is still on the chain; if not, what a reorganisation undid is forgotten, to be read again."""

    def reading(self, full: Collection[str], wallets: Collection[str] = ()) -> Reading:
        """The ledger of the accounts read and of what the wallets paid."""


ReaderOf = Callable[[Iterable[Exchange], Asset, str, Nodes | None], Reader]
"""The reader of what was recorded (with the name of the recording) and of nodes; None asks nobody."""


class RowKind(NamedTuple):
    """A kind of row. `sender`, `recipient`: whether it has one; coins are made by nobody and burnt to nobody."""

    name: str
    sender: bool = True
    recipient: bool = True


COMMON_KINDS = (RowKind("transfer"), RowKind("fee"), RowKind("mint", sender=False), RowKind("burn", recipient=False))
"""The kinds of rows that every chain has."""


class Chain(NamedTuple):
    """All that differs from chain to chain. Errors are InputError, of an address AddressError, in a sentence that names the mend.

    `terms`: what its rules mean for a ledger, as data. `kinds`: its own kinds of rows besides COMMON_KINDS. `default_asset`: what a
    case file that `tracer new` writes counts; None where it must be named. `max_rate`: questions a second that its nodes bear.

    `asset` by the symbol of the case file and, where it has no decimals of its own, those given there. `address` and `marker`: checked,
    in their one form. `tx_hash`: the one form of a hash, by which two writings of it are equal. `markings` made by events, in chain
    order, that moved the given markers, up to the tip. `scan` of a recording that holds every block; `reader` of recorded answers and
    nodes; None where the chain has none. `numbered`: whether nodes name their chain by a number. `freezes`: whether the issuer of an asset
    is known to be able to freeze it at any address. `abilities`: what a trace needs of a node. `recognises`: what became what of a case's
    assets in recorded answers; `oracle`: what a price feed, by its contract, logged in them; None where the chain knows of no such thing.
    """

    summary: str
    asset: Callable[[str, int | None], Asset]
    address: Callable[[str], str]
    tx_hash: Callable[[str], str]
    terms: Terms = NO_TERMS
    kinds: tuple[RowKind, ...] = ()
    default_asset: str | None = None
    max_rate: int = 10
    marker: Callable[[str], str] = str
    markings: Callable[[Iterable[Event], Collection[str], int | None], list[Marking]] = lambda *_: []
    scan: Callable[[Iterable[Exchange], Asset, str], Reading] | None = None
    reader: ReaderOf | None = None
    numbered: bool = False
    freezes: Callable[[Asset], bool] = lambda _: False
    abilities: Callable[[], tuple[Ability, ...]] = tuple
    recognises: Callable[[Iterable[Exchange], Sequence[Asset], str], Recognition] | None = None
    oracle: Callable[[Iterable[Exchange], str, str], Iterable[OraclePrice]] | None = None


NAMES = ("nem", "evm")
"""The chains that are part of tracer, a folder each."""

DEFAULT = NAMES[0]
"""The chain of a case that names none."""

GROUP = "tracer.chains"
"""The entry points by which another distribution brings a chain: a name, and the `Chain` that it loads."""


def chain(name: str) -> Chain:
    """The chain of that name, imported when asked for; "table" is any account chain, of files alone.

    Raises InputError for one that is neither in `NAMES` nor brought by an installed distribution.
    """
    if name == "table":
        return TABLE
    if name in NAMES:
        imported: Chain = import_module(f"tracer.chains.{name}").CHAIN
        return imported
    of_others = brought(GROUP, name, Chain)
    if of_others is None:
        raise InputError(f"chain {name!r} is unknown: it is one of {', '.join(NAMES)}, or table for files of any account chain")
    return of_others


def freezes(asset: Asset) -> bool:
    """Whether the issuer of an asset is known to be able to freeze it at any address."""
    return chain(asset.chain).freezes(asset)


def provider(name: str) -> Provider | None:
    """Which distribution brought a chain; None for one of our own."""
    return None if name in (*NAMES, "table") else provider_of(GROUP, name)


def kinds() -> tuple[RowKind, ...]:
    """The common kinds of rows and those of all chains in `NAMES`: what a table may name."""
    own = [kind for name in NAMES for kind in chain(name).kinds]
    return tuple(dict.fromkeys((*COMMON_KINDS, *own)))


def bare_hash(text: str) -> str:
    """A hash in hexadecimal, whether it was written with 0x and capitals or without.

    >>> bare_hash(" 0xAB12 ")
    'ab12'
    """
    return text.strip().lower().removeprefix("0x")


def _table_asset(symbol: str, decimals: int | None) -> Asset:
    if decimals is None:
        raise InputError('chain = "table" needs decimals = ..., the digits after the point of the asset')
    return Asset("table", symbol, decimals)


def _table_address(text: str) -> str:
    """The text as it stands, but for capitals in hexadecimal: they make no other address (EIP-55: they are a checksum)."""
    address = text.strip()
    if not address:
        raise AddressError("is empty, and no address is")
    return address.lower() if HEXADECIMAL.fullmatch(address) else address


HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]+")

TABLE = Chain("files of any account chain", _table_asset, _table_address, bare_hash)
"""What is known of a chain of which only files are read."""
