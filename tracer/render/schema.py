"""What the page is made of, key by key.

`payload.py` fills it; `viewer/base/10_payload.js` has the same keys once more and refuses a payload that lacks one (a test compares
the two). Nothing is optional: what is not known is None, what there is none of an empty list. Amounts are decimal text, because
JavaScript's numbers cannot hold them; times are UNIX seconds; addresses and transfers are named by their number in the columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from tracer.evidence import ComparedText
from tracer.model import Reason

ByRule = Mapping[str, str]
"""Rule -> amount: of every rule that was run."""


class ShownAsset(TypedDict):
    """What is counted."""

    chain: str
    symbol: str
    decimals: int


class ShownTheft(TypedDict):
    """A theft: `amount` on its face, `stolen` what it newly took, `edge` None where its row has one end only."""

    label: str
    tx_hash: str | None
    amount: str
    basis: str
    edge: int | None
    stolen: ByRule


class ShownEndpoint(TypedDict):
    """Where value ended; `least` and `most` under any rule, None until `tracer bounds` was run."""

    node: int
    reason: Reason
    service: str | None
    basis: str
    amounts: ByRule
    least: str | None
    most: str | None


class ShownService(TypedDict):
    """What all places of a service together can hold under any rule; there is none until `tracer bounds` was run."""

    service: str
    least: str
    most: str


class ShownCustomer(TypedDict):
    """What whoever has one memo at the address of a service can hold under any rule, and the deposits it is known by: numbers of edges."""

    node: int
    edges: list[int]
    least: str
    most: str


class ShownEvidence(TypedDict):
    """Evidence off the chain, masked."""

    kind: str
    value: str
    time: int
    grade: str
    status: str
    subject: str
    source: str


class ShownStatement(TypedDict):
    """What a service says it did with a deposit; `amount` as it words it, `deposited` and `traced` in smallest units of the case."""

    deposit: str
    deposited: str
    traced: ByRule
    amount: str | None
    asset: str
    network: str
    paid_to: str
    withdrawal: str
    time: int | None
    says: str
    source: str
    grade: str
    why: str


class ShownPrice(TypedDict):
    """A price that the worths are made with."""

    time: int
    price: str
    source: str


class ShownValuation(TypedDict):
    """What was stolen, each theft, and by rule what ended at each endpoint, in the currency; None where no price is old enough."""

    currency: str
    rule: str
    total: str | None
    prices: list[ShownPrice]
    thefts: list[str | None]
    endpoints: list[Mapping[str, str | None]]


class ShownTag(TypedDict):
    """What an address does, how that was seen, what else would explain it, and how much of that was `checked`. `base_rate`:
    how many unrelated accounts do it too; "" where none was read whole. `measured`: which sentence of the page says how often it was
    false elsewhere."""

    node: int
    row: int | None
    name: str
    status: str
    presets: list[str]
    base_rate: str
    measured: int | None
    measures: list[str]
    against: list[str]
    checked: int


class ShownLabel(TypedDict):
    """What a label says, on whose word, and whether it is younger than the transfers."""

    label: str
    category: str | None
    source: str
    confidence: str
    lastmod: str | None
    younger: bool


class ShownMarking(TypedDict):
    """When an address was marked, in blocks, and by whom; `last` is None where it still is."""

    marker: str
    by: str
    tx_hash: str | None
    first: int
    last: int | None
    ended: str | None


class ShownNodes(TypedDict):
    """The addresses, as columns; `fees` by rule. `balance` is None where it was not read; `beside` is 1 for those that are there only
    because an untraced transfer is theirs."""

    address: list[str]
    label: list[str | None]
    labels: list[list[ShownLabel]]
    conflict: list[int]
    marked: list[list[ShownMarking]]
    role: list[str]
    service: list[str | None]
    touched_only: list[int]
    beside: list[int]
    balance: list[str | None]
    fees: Mapping[str, list[str]]


class ShownEdges(TypedDict):
    """The transfers in ledger order, as columns; `stolen` by rule. `theft` is its number, -1 for what is none; `tie` as in
    the flow graph.

    Where `memo_text` is 0, `memo` has the bytes in hexadecimal. `beside` is 1 for untraced transfers: no sum counts them, and they have no
    memo.
    """

    row: list[int]
    height: list[int | None]
    position: list[int]
    time: list[int | None]
    tx_hash: list[str | None]
    sender: list[int]
    recipient: list[int]
    amount: list[str]
    fee: list[str]
    kind: list[str]
    memo: list[str | None]
    memo_kind: list[str | None]
    memo_text: list[int]
    basis: list[str]
    verified: list[int]
    tie: list[str | None]
    provisional: list[int]
    beside: list[int]
    theft: list[int]
    cut: list[str | None]
    stolen: Mapping[str, list[str]]


class ShownFreezable(TypedDict):
    """What freeze lists say of their deposits beside the transfers, as columns; `edge` is the number of the transfer."""

    edge: list[int]
    line_id: list[str]
    inner_hash: list[str | None]
    confirmations: list[str | None]
    thefts: list[str]
    far_address: list[str | None]
    customer_address: list[str | None]
    customer_deposits: list[str | None]


class ShownWhatIf(TypedDict):
    """The case traced under another assumption, which `says` names: what a theft newly took, where value ended, and what of the transfers
    (`edges`) and addresses (`nodes`) is otherwise, as it is then. Amounts are by rule."""

    says: str
    stolen: ByRule
    fees: ByRule
    taken: list[ByRule]
    endpoints: list[ShownEndpoint]
    edges: list[int]
    cut: list[str | None]
    carried: Mapping[str, list[str]]
    nodes: list[int]
    role: list[str]
    service: list[str | None]
    touched_only: list[int]
    paid: Mapping[str, list[str]]


class Payload(TypedDict):
    """All that the page shows; all of it is of the first asset, followed."""

    title: str
    case: str
    tracer: str
    results_digest: str
    asset: ShownAsset
    rules: list[str]
    primary: str | None
    reason: str
    declared: list[str]
    stolen: ByRule
    fees: ByRule
    thefts: list[ShownTheft]
    endpoints: list[ShownEndpoint]
    services: list[ShownService]
    customers: list[ShownCustomer]
    coverage: list[str]
    limits: list[str]
    rests: list[str]
    gaps: list[str]
    checked: str
    evidence: list[ShownEvidence]
    caveats: list[str]
    claims: list[ComparedText]
    statements: list[ShownStatement]
    valuation: ShownValuation | None
    tags: list[ShownTag]
    error_rate: str
    measured: list[str]
    beside_left_out: int
    what_ifs: list[ShownWhatIf]
    not_run: list[str]
    freezable: ShownFreezable | None
    nodes: ShownNodes
    edges: ShownEdges
