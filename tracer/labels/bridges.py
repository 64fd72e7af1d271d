"""Bridge requests: a payment to a labelled bridge whose memo names where, on another chain, the money is to come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracer.labels import LabelBook
from tracer.model import Memo, Transfer
from tracer.wording import plain, utc

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
    """`transfer` asks a bridge to pay out at `address`, which has the form of an address of `network`."""

    transfer: Transfer
    network: str
    address: str

    def stated(self) -> str:
        """The request in a sentence."""
        return (
            f"Bridge request: the memo of {self.transfer.tx_hash or 'row ' + str(self.transfer.row)} ({utc(self.transfer.time)}) asks for "
            f"the money at {plain(self.address)}, which has the form of an address of {self.network}."
        )


def bridge_requests(transfers: Iterable[Transfer], book: LabelBook) -> Iterator[BridgeRequest]:
    """Those of the transfers that are paid to a labelled bridge, with the address of another chain in their memo."""
    for transfer in transfers:
        kinds = {kind for label in book.of(transfer.recipient or "") for kind in (label.category, *label.concepts)}
        far = far_address(transfer.memo) if kinds & BRIDGES else None
        if far is not None:
            yield BridgeRequest(transfer, *far)


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
