"""The nouns every stage reads and gives. Amounts are integers of the asset's smallest unit, times UNIX seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, get_args

Basis = Literal["chain", "reported", "modelled"]
Coverage = Literal["full", "boundary"]
Rule = Literal["fifo", "lifo", "haircut", "clean_first", "dirty_first"]
Reason = Literal["service", "returned", "unspent", "dust", "not_fetched"]

RULE_NAMES: tuple[Rule, ...] = get_args(Rule)
"""The tracing rules, in the order they are shown. What each says: `tracing.RULES`."""

REASONS: tuple[Reason, ...] = ("service", "returned", "unspent", "dust", "not_fetched")
"""Why a trail ends."""

BASES: tuple[Basis, ...] = ("chain", "reported", "modelled")
"""Strongest first: read from a block; said by a published source; assumed by us."""

POSITION_BITS = 20
"""The width of a position in the row key of a table's rows, and of a chain's that says no other."""

Fees = Literal["earned", "burnt", "kept"]


def row_key(height: int, position: int, bits: int = POSITION_BITS) -> int:
    """The identity of a row: `height << bits | position`, an int64.

    >>> row_key(19, 6 * 64)
    19923328
    """
    return height << bits | position


class Asset(NamedTuple):
    """What a ledger counts: `symbol` on `chain`, with `decimals` digits after the point."""

    chain: str
    symbol: str
    decimals: int

    def format(self, amount: int) -> str:
        """The amount for people: a decimal point, thousands apart, no trailing zeros.

        >>> Asset("nem", "xem", 6).format(526_300_010_000_000)
        '526,300,010'
        >>> Asset("nem", "xem", 6).format(-1_250_000)
        '-1.25'
        """
        sign, units = "-" * (amount < 0), abs(amount)
        whole, part = divmod(units, 10**self.decimals)
        digits = f"{part:0{self.decimals}d}".rstrip("0") if part else ""
        return f"{sign}{whole:,}" + (f".{digits}" if digits else "")

    def stated(self, amount: int) -> str:
        """The amount with what it is an amount of.

        >>> Asset("nem", "xem", 6).stated(1_250_000)
        '1.25 xem'
        """
        return f"{self.format(amount)} {self.symbol}"


class Memo(NamedTuple):
    """Bytes that travelled with a transfer. `kind`: plain, hex (bytes no text was meant by) or encrypted."""

    kind: Literal["plain", "hex", "encrypted"]
    content: bytes

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

    `sender` is None where a block pays who made it and for coins made, `recipient` None for coins burnt; `height` is None
    where a source reports no blocks. `row` counts from 0 in ledger order and is -1 before the ledger has given it.
    """

    row_key: int
    height: int | None
    position: int
    time: int
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
    """An address and what is known of its money. `served` is the balance the source itself states at `served_height`.

    `omits` says which income the account's history does not name, where that is known.
    `opening` is None only in a Reading that does not know it; a Ledger has filled it in, marked modelled.
    """

    address: str
    opening: int | None
    opening_basis: Basis
    coverage: Coverage
    served: int | None = None
    served_height: int | None = None
    omits: str = ""


class Exchange(NamedTuple):
    """A question to a node and its answer as served, from line `line` of a recording."""

    line: int
    method: str
    path: str
    body: str | None
    status: int
    answer: str


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

    `tip` is the last block the source knew, None where it has no blocks. `complete` claims that every movement
    between the first row and `tip` is here, so that fees and supply can be audited as a whole. `cut_from` is how many
    rows the source has where these are a slice of them, None where they are all. `terms` are the chain's.
    """

    transfers: Iterable[Transfer]
    events: list[Event]
    accounts: list[Account]
    rejections: list[Rejection]
    tip: int | None
    complete: bool
    cut_from: int | None = None
    terms: Terms = NO_TERMS


class Rejection(NamedTuple):
    """A record that was not understood, and why. Counted, shown, never guessed at."""

    source: str
    place: str
    reason: str
    record: str


class Label(NamedTuple):
    """Who an address is, according to a source.

    `level` is the confidence as a number, `lastmod` the day the source states (ISO 8601); `context`, `abuse`, `tag_type` and
    `network` are kept as the pack states them, and not acted on.
    """

    address: str
    label: str
    category: str | None
    concepts: tuple[str, ...]
    source: str
    confidence: str
    level: int
    lastmod: str | None
    actor: str | None
    pack: str
    context: str | None = None
    abuse: str | None = None
    tag_type: str | None = None
    network: str | None = None

    @property
    def name(self) -> str:
        """Who it is: the actor, whose addresses may have several labels; else the label."""
        return self.actor or self.label


class Marking(NamedTuple):
    """An address held a marker from block `first` to block `last` (the one it left in, or was gone; None: to the tip).

    `ended`: why it no longer does: returned to whoever defined it, moved_on to somebody else, definition_gone.
    """

    marker: str
    address: str
    marked_by: str
    tx_hash: str | None
    first: int
    first_time: int
    last: int | None = None
    last_time: int | None = None
    ended: Literal["returned", "moved_on", "definition_gone"] | None = None

    @property
    def still(self) -> bool:
        """Whether it was marked at the tip."""
        return self.last is None


class Evidence(NamedTuple):
    """Graded evidence that is not on the chain. It is shown beside the trace and is never an amount of it.

    `grade` is of the Admiralty code: the source's reliability A to F, the credibility of what it says 1 to 6.
    `third_party`: it names somebody who is no part of the case; masked in what leaves the folder.
    """

    kind: str
    value: str
    time: int
    source: str
    grade: str
    status: Literal["stands", "explained", "superseded"]
    subject: str
    third_party: bool = False


class Claim(NamedTuple):
    """A published aggregate: shown, compared, never in the ledger and never traced.

    `least` and `most` are smallest units, None where the source states none; `since` and `until` times, None open.
    """

    sender: str
    recipient: str
    least: int | None
    most: int | None
    since: int | None
    until: int | None
    says: str
    source: str


class Price(NamedTuple):
    """What one whole coin cost at a time, in `currency`: `price` is decimal text, exact."""

    time: int
    price: str
    currency: str
    source: str


class Theft(NamedTuple):
    """A transfer that is the crime. `amount` is its face amount."""

    label: str
    row: int
    row_key: int
    tx_hash: str | None
    time: int
    sender: str
    recipient: str
    amount: int
    basis: Basis


CLEAN = -1
"""The origin of money that no theft has touched."""


class Hop(NamedTuple):
    """A transfer that carried stolen value, under one rule and of one theft."""

    row: int
    theft: int
    amount: int


class Endpoint(NamedTuple):
    """Where a part of the stolen value is and why the trail stops there.

    `amounts` and `by_theft` have every rule that was run, 0 included.
    """

    address: str
    reason: Reason
    service: str | None
    basis: Basis
    amounts: Mapping[str, int]
    by_theft: Mapping[str, tuple[int, ...]]


class Bound(NamedTuple):
    """The least and the most that any admissible rule puts at a place; some rule does put each there."""

    least: int
    most: int


class Bounds(NamedTuple):
    """What was bounded: endpoints by (address, reason), and all places of a service together, by its name."""

    endpoints: Mapping[tuple[str, Reason], Bound]
    services: Mapping[str, Bound]


NO_BOUNDS = Bounds({}, {})


class Measure(NamedTuple):
    """One observed number against one threshold, with the rows of the ledger it was read from.

    `value` is an exact integer in `unit`, shares as parts per million (ppm), rounded down; or a text; None where it
    cannot be said, with the reason in `note`. `threshold` is a whole condition, such as "at least 10"; None for what
    is only told. `rows` are the first MOST_ROWS of them; `value` counts all.
    """

    name: str
    value: int | str | None
    unit: str
    threshold: int | str | None
    holds: bool
    rows: tuple[int, ...] = ()
    note: str = ""


ERROR_RATE = "error rate on this chain: unknown"
"""Said with every tag, as long as nobody has measured it there."""

MOST_ROWS = 1000
"""Rows that a measure or a tag names; a hub has more, and its measures count them all."""


class Tag(NamedTuple):
    """What an address, or one hop to it (`row`), does according to a heuristic: never who somebody is.

    `status`: fact (it stands in the ledger), pattern (a shape under stated thresholds) or lead (a hint to look further).
    `presets` that fire, loosest first: how stable the tag is. `measures` all hold. `against` are the look-alikes that
    were checked: one that holds explains the same rows innocently.
    """

    name: str
    subject: str
    row: int | None
    status: Literal["fact", "pattern", "lead"]
    presets: tuple[str, ...]
    measures: tuple[Measure, ...]
    against: tuple[Measure, ...]
    rows: tuple[int, ...]
