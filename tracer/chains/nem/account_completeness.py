"""What the answers say of one account: where it is named, whether its lists can be whole, whether its balance closes."""

from __future__ import annotations

from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.answers import Answers, Json, Listed
from tracer.chains.nem.effects import XEM, mosaic_name
from tracer.chains.nem.hashes_and_signatures import MOSAIC_DEFINITION, MOSAIC_SUPPLY, NAMESPACE, hash_of
from tracer.chains.nem.scan import MISSHAPEN, opening_of_nemesis, rows_of
from tracer.model import Asset

SINKS = {
    "NBMOSAICOD4F54EE5CDMR23CCBGOAM2XSIUX6TRS": "fees for mosaics, which its list does not name",
    "TBMOSAICOD4F54EE5CDMR23CCBGOAM2XSJBR5OLC": "fees for mosaics, which its list does not name",
}
"""Accounts whose list leaves out what they earn (nis: TransactionRegistry)."""


class Histories:
    """Accounts as far as the answers know them."""

    def __init__(self, answers: Answers, asset: Asset) -> None:
        self.answers, self.asset = answers, asset
        self._indexed: set[int] = set()
        self._named: dict[str, set[int]] = {}
        self._hashes: dict[int, tuple[Json, set[str]]] = {}

    def closes(self, address: str) -> bool:
        """Whether the account's rows explain the balance served: those its lists name, and those other accounts' blocks hold of it."""
        heights = self.heights(address) | self._mentions(address)
        blocks = [self.answers.blocks[height] for height in sorted(heights) if height in self.answers.blocks]
        rows = rows_of(blocks, self.asset, self.answers.source, self.answers.hashes, {address})
        held = opening_of_nemesis(rows).get(address, 0)
        limit = self.answers.served_height.get(address) or 0
        for t in rows.transfers:
            if (t.height or 0) <= limit:
                held += (t.amount if t.recipient == address else 0) - (t.amount + t.fee if t.sender == address else 0)
        return held == self.answers.served(address, self.asset.symbol)

    def leaves_out(self, address: str) -> bool:
        """Whether a block read for somebody else holds a payment by or to the account that its own list lacks."""
        listed = self.answers.transfers[address].entries
        limit = self.answers.served_height.get(address) or 0
        for height in self._mentions(address):
            if height <= limit and height in self.answers.blocks:
                for transaction in self.answers.blocks[height]["transactions"]:
                    if address in _named_in({"transactions": [transaction]}) and hash_of(transaction) not in listed:
                        return True
        return False

    def heights(self, address: str) -> set[int]:
        listed = {entry.height for entry in self.answers.transfers[address].entries.values()}
        heights = listed | self.answers.harvests[address].entries.keys()
        return heights | self._definition_heights(address)

    def _mentions(self, address: str) -> set[int]:
        """Heights of the blocks read so far that name the account: an account may leave out of its list what others' lists hold."""
        for height in self.answers.blocks.keys() - self._indexed:
            self._indexed.add(height)
            for named in _named_in(self.answers.blocks[height]):
                self._named.setdefault(named, set()).add(height)
        return self._named.get(address, set())

    def _definition_heights(self, address: str) -> set[int]:
        """Heights at which the mosaics that an account moved were defined: what levies they take depends on it."""
        heights = set()
        for name in self.mosaics_moved(address):
            for listed in self.announced(self.creator(name) or ""):
                inner = listed.transaction.get("otherTrans", listed.transaction)
                if inner["type"] in (MOSAIC_DEFINITION, MOSAIC_SUPPLY, NAMESPACE):
                    heights.add(listed.height)
        return heights

    def announced(self, address: str) -> list[Listed]:
        """What an account announced, from whichever of its lists was read to the end."""
        lists = (self.answers.payments.get(address), self.answers.transfers.get(address))
        pages = next((pages for pages in lists if pages is not None and pages.closed), None)
        return list(pages.entries.values()) if pages else []

    def mosaics_moved(self, address: str) -> set[str]:
        names = set()
        for listed in self.answers.transfers[address].entries.values():
            inner = listed.transaction.get("otherTrans", listed.transaction)
            for mosaic in inner.get("mosaics") or ():
                names.add(mosaic_name(mosaic["mosaicId"]))
        return names - {XEM}

    def creator(self, name: str) -> str | None:
        """The address of whoever defined a mosaic; None where no node knows."""
        key = self.answers.creators.get(name)
        block = next(iter(self.answers.blocks.values()), None)
        return None if key is None or block is None else address_of(key, block["version"])

    def hashes_in(self, height: int) -> set[str]:
        """The hashes of a block's transactions; computed once, as long as it is the same block."""
        block = self.answers.blocks[height]
        known, hashes = self._hashes.get(height, (None, set()))
        if known is not block:
            self._hashes[height] = block, hashes = block, _hashes_of(block)
        return hashes

    def omits(self, address: str) -> str:
        if address in SINKS and self.asset.symbol == "xem":
            return SINKS[address]
        if address in self.answers.levied:
            return f"the levy of {self.answers.levied[address]}, which its list does not name"
        return ""


def _hashes_of(block: Json) -> set[str]:
    hashes = set()
    for transaction in block["transactions"]:
        try:
            hashes.add(hash_of(transaction))
        except MISSHAPEN:
            continue
    return hashes


def _named_in(block: Json) -> set[str]:
    """Who pays or is paid in a block."""
    named = set()
    for transaction in block["transactions"]:
        inner = transaction.get("otherTrans", transaction)
        try:
            named |= {address_of(inner["signer"], inner["version"]), inner.get("recipient", "")}
        except MISSHAPEN:
            continue
    return named
