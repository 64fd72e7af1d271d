"""What stands beside the trace: labels, markings, evidence off the chain, claims, prices."""

from __future__ import annotations

from typing import Literal, NamedTuple


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


class Statement(NamedTuple):
    """What a service says it did with a deposit: paid on `amount` (decimal text, whole coins of `asset`), `paid_to` an
    address of a `network`.

    `deposit` and `withdrawal` are hashes; what is not stated is None, or "" where it is text. A word, never in the ledger.
    """

    deposit: str
    withdrawal: str
    paid_to: str
    amount: str | None
    asset: str
    network: str
    time: int | None
    says: str
    source: str
    grade: str


class OraclePrice(NamedTuple):
    """What an oracle's contract logged in a block: `answer` in units that its own decimals say, in its `round`. `time` is the block's."""

    height: int
    block_hash: str
    time: int
    answer: int
    round: int


class Price(NamedTuple):
    """What one whole coin cost at a time, in `currency`: `price` is decimal text, exact."""

    time: int
    price: str
    currency: str
    source: str
