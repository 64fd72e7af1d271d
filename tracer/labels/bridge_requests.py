"""Bridge requests: payments of which a bridge's event, or the memo, names where, on another chain, the money is to come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracer.labels.book import LabelBook
from tracer.model import Memo, Transfer
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import utc

BRIDGES = frozenset({"bridge", "defi_bridge"})
"""Categories and concepts of labels that make an address a bridge (INTERPOL's taxonomy has defi_bridge)."""

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
FORMS = {
    "Ethereum and chains like it": r"0x[0-9a-fA-F]{40}",
    "Bitcoin": rf"bc1[02-9ac-hj-np-z]{{11,71}}|[13][{BASE58}]{{25,34}}",
    "Tron": rf"T[{BASE58}]{{33}}",
    "Symbol": r"[NT][A-Z2-7]{38}",
}
"""How addresses of other chains are written. The form is all that is known: no checksum is computed."""


class BridgeRequest(NamedTuple):
    """`transfer` asks a bridge to pay out at `address`, which has the form of an address of `network`, or stands in an event of the
    bridge itself, which names its network (`by_event`).

    `number` is the bridge's own for the request: of its event, None where that has none; where a memo asks, the hash of the transaction, by
    which bridges of NEM and Symbol know a request (github.com/symbol/product, bridge, README of 2026: "unique identifier").
    """

    transfer: Transfer
    network: str
    address: str
    number: str | None = None
    by_event: bool = False

    def stated(self) -> str:
        """The request in a sentence."""
        where = f"{self.transfer.tx_hash or f'row {self.transfer.row}'} ({utc(self.transfer.time) or 'at an unknown time'})"
        if self.by_event:
            number = f", request {plain(self.number)}" if self.number else ""
            return (
                f"Bridge request: the event of bridge {plain(self.transfer.recipient or 'that burnt it')} in {where} "
                f"asks for the money at {plain(self.address)} on {plain(self.network)}{number}."
            )
        return (
            f"Bridge request: the memo of {where} asks for "
            f"the money at {plain(self.address)}, which has the form of an address of {self.network}."
        )


def bridge_request(transfer: Transfer, book: LabelBook) -> BridgeRequest | None:
    """What a transfer asks a bridge to pay out elsewhere: its own event says so, or it is paid to a labelled bridge with the address of
    another chain in its memo."""
    said = transfer.attributes
    if far := said.get("far_address"):
        return BridgeRequest(transfer, str(said["far_chain"]), str(far), said.get("far_id"), by_event=True)
    named = far_address(transfer.memo) if is_bridge(transfer.recipient, book) else None
    return BridgeRequest(transfer, *named, transfer.tx_hash) if named else None


def bridge_requests(transfers: Iterable[Transfer], book: LabelBook) -> Iterator[BridgeRequest]:
    """Those of the transfers by which a bridge was asked to pay out elsewhere."""
    return (found for each in transfers if (found := bridge_request(each, book)))


def is_bridge(address: str | None, book: LabelBook) -> bool:
    """Whether a label says that an address is of a bridge."""
    return any(kind in BRIDGES for label in book.of(address or "") for kind in (label.category, *label.concepts))


def far_address(memo: Memo | None) -> tuple[str, str] | None:
    """The network and the address that a memo is, or ends with after a colon or a space; None where it names none.

    >>> far_address(Memo("plain", b"ETH:0x52908400098527886E0F7030069857D2E4169EE7"))
    ('Ethereum and chains like it', '0x52908400098527886E0F7030069857D2E4169EE7')
    >>> far_address(Memo("plain", b"thanks for the bread"))
    """
    words = re.split(r"[\s:,;/]+", memo.text) if memo is not None and memo.text else []
    for word in words:
        for network, form in FORMS.items():
            if re.fullmatch(form, word):
                return network, word
    return None
