"""What moves: rows of the ledger, accounts, events, and what a source holds before it is a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, get_args

Basis = Literal["chain", "reported", "modelled"]

Coverage = Literal["full", "partial", "boundary"]
"""What was read of an account: its whole history, as a source claims; the rows at hand, among them payments of its own; or only what
others' rows say of it, because it never pays in the ledger or the source says so."""

BASES: tuple[Basis, ...] = ("chain", "reported", "modelled")
"""Strongest first: read from a block; said by a published source; assumed by us."""

Tie = Literal["signed", "balanced", "stated"]

TIES: tuple[Tie, ...] = get_args(Tie)
"""What binds a row to its chain, strongest first: a signed transaction, or a log under a receipts root; the proven balances of its sides
alone; nothing but a node's word. Rows of chains that know no other than signed ones state none."""

POSITION_BITS = 20
"""The width of a position in the row key of a table's rows, and of a chain's that says no other."""

Fees = Literal["earned", "burnt", "kept"]

OrderBasis = Literal["chain", "file", "time"]
"""What the order of rows rests on: height and place in the block; height, and within a block the file; time, and then the file."""


def row_key(height: int, position: int, bits: int = POSITION_BITS) -> int:
    """The identity of a row: `height << bits | position`, an int64.

    >>> row_key(19, 6 * 64)
    19923328
    """
    return height << bits | position


def holding_of(address: str, asset: int) -> str:
    """The name of what an address holds of an asset: the address itself, and of any other asset than the first its number behind it.

    >>> holding_of("alice", 0), holding_of("alice", 1)
    ('alice', 'alice:1')
    """
    return f"{address}:{asset}" if asset else address


def holder_of(holding: str) -> tuple[str, int]:
    """The address and the number of the asset of a holding, by its name in a ledger of several assets.

    >>> holder_of("alice"), holder_of("alice:1")
    (('alice', 0), ('alice', 1))
    """
    address, _, asset = holding.rpartition(":")
    return (address, int(asset)) if address and asset.isdecimal() else (holding, 0)


class Memo(NamedTuple):
    """Bytes that travelled with a transfer. `kind`: plain, hex (bytes no text was meant by) or encrypted."""

    kind: Literal["plain", "hex", "encrypted"]
    content: bytes

    def as_json(self) -> dict[str, str | None]:
        """Its kind, its text where it is text, and its bytes."""
        return {"kind": self.kind, "text": self.text, "hex": self.content.hex()}

    @property
    def text(self) -> str | None:
        """The text of a plain memo; None where the bytes are no text, or secret."""
        if self.kind != "plain":
            return None
        try:
            return self.content.decode()
        except UnicodeDecodeError:
            return None


class Transfer(NamedTuple):
    """One movement of one asset: a row of the ledger, seen from outside.

    `sender` is None where a block pays who made it and for coins made, `recipient` None for coins burnt; `height` is None where a source
    reports no blocks, `time` (UNIX seconds) where it states none. `row` counts from 0 in ledger order and is -1 before the ledger has
    given it. `asset` is the number of what moves among the assets of the ledger, and `fee` is of the same.
    """

    row_key: int
    height: int | None
    position: int
    time: int | None
    tx_hash: str | None
    sender: str | None
    recipient: str | None
    amount: int
    fee: int
    kind: str
    memo: Memo | None
    basis: Basis
    source: str
    verified: bool
    attributes: Mapping[str, Any]
    asset: int = 0
    row: int = -1


class Event(NamedTuple):
    """What is no movement of the asset but matters: who can sign changed, a marker moved, a delegation. Kinds: the glossary."""

    height: int
    position: int
    time: int
    tx_hash: str | None
    kind: str
    subject: str
    object: str | None
    attributes: Mapping[str, Any]


class Account(NamedTuple):
    """A holding: an address and what is known of its money, of the asset of that number in the ledger. `served` is the balance the source
    itself states at `served_height`.

    `omits` says which income the account's history does not name, where that is known.
    `opening` is None only in a Reading that does not know it; a Ledger has filled it in, marked modelled. `coverage` is what the source
    claims: "partial" where it claims nothing; the Ledger has "boundary" for those of them that never pay.
    """

    address: str
    opening: int | None
    opening_basis: Basis
    coverage: Coverage
    served: int | None = None
    served_height: int | None = None
    omits: str = ""
    asset: int = 0

    @property
    def holding(self) -> str:
        """The name of the holding, by which a ledger finds its number."""
        return holding_of(self.address, self.asset)


class Exchange(NamedTuple):
    """A question to a node and its answer as served, from line `line` of a recording. `node` gave it; "" where nobody wrote that down."""

    line: int
    method: str
    path: str
    body: str | None
    status: int
    answer: str
    node: str = ""


class NodeSource(NamedTuple):
    """A node that was read: what it said of itself, and what of the ledger is on its word.

    `height` and `tip_time`: the block its chain ended with at `read_time`. Times are UNIX seconds, `read_time` and `given_up_time` by
    the clock of whoever read; None where it was not asked or did not say. `accounts`, `lists`, `blocks`: how many balances, lists of
    what a wallet paid, and blocks it gave last. `given_up`: why it was asked no further, "" where it was not given up.
    """

    url: str
    version: str | None = None
    height: int | None = None
    tip_time: int | None = None
    read_time: int | None = None
    accounts: int = 0
    lists: int = 0
    blocks: int = 0
    given_up: str = ""
    given_up_time: int | None = None


class Terms(NamedTuple):
    """What a chain's own rules mean for a ledger of it. They travel with the ledger, as nothing after `ingest` asks a chain.

    `finality`: blocks below the tip that the chain may still rewrite; what lies there is provisional. `fees`: what becomes of the
    fees paid in a block: all are earned in it, by rows of the kind `earning`; or what those rows do not earn is burnt; or kept by
    somebody of whom no row tells. `position_bits`: the width of a position in a row key. `fee_band`: the chain's usual fee grows
    with every so many whole coins, None where it does not depend on the amount.
    """

    finality: int = 0
    fees: Fees = "kept"
    earning: str | None = None
    position_bits: int = POSITION_BITS
    fee_band: int | None = None


NO_TERMS = Terms()
"""The terms of a ledger of which no chain says anything."""


class Reading(NamedTuple):
    """What a source holds of one asset, before it is a ledger.

    `tip` is the last block the source knew, None where it has no blocks, `tip_hash` its hash. `complete` claims that every movement
    between the first row and `tip` is here, so that fees and supply can be audited as a whole. `cut_from` is how many
    rows the source has where these are a slice of them, None where they are all. `terms` are the chain's. `placed`: the source
    states where in its block each row stands; without, rows of one block stand as in the file. `notes` say how it was read, a
    sentence each, where that is not what one would take for granted. `owner`: whose export it was taken for, with all its payments,
    without anybody having said so. `nodes` are those that were read. `hints`: what to know before saying which payments are thefts.
    `chain_id`: the number by which a source names its chain, where one does.
    """

    transfers: Iterable[Transfer]
    events: list[Event]
    accounts: list[Account]
    rejections: list[Rejection]
    tip: int | None
    complete: bool
    cut_from: int | None = None
    terms: Terms = NO_TERMS
    placed: bool = True
    notes: tuple[str, ...] = ()
    owner: str | None = None
    nodes: tuple[NodeSource, ...] = ()
    tip_hash: str | None = None
    hints: tuple[str, ...] = ()
    chain_id: int | None = None


RECORD_CHARS = 4096
"""Characters kept of a record that was not understood."""


class Rejection(NamedTuple):
    """A record that was not understood, and why. Counted, shown, never guessed at."""

    source: str
    place: str
    reason: str
    record: str
