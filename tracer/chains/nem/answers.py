"""What NIS nodes answered, looked up by meaning: block by height, account by address; the last good answer wins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tracer.chains.nem.addresses import address_of, network_version
from tracer.chains.nem.effects import mosaic_name
from tracer.chains.node.answers import NodeAnswers
from tracer.errors import InputError
from tracer.model import Exchange

Json = Mapping[str, Any]


class Listed(NamedTuple):
    """A transaction as an account's list names it. `transaction` is the list's own copy: order and time come from the block."""

    height: int
    tx_hash: str
    transaction: Json


class Page(NamedTuple):
    """Entries of a list by transaction hash, or by height of a harvested block; `lowest` is the cursor of the page after it."""

    entries: dict[Any, Any]
    lowest: int | None


class Pages:
    """An account's list. Its pages are walked from a first page (the newest entries) by their cursors to the empty one.

    Of several first pages the last counts whose walk comes to an end: others were asked with another page size, of another
    node, or by a run that was killed.
    """

    def __init__(self) -> None:
        self._firsts: list[Page] = []
        self._after: dict[int, Page] = {}
        self._walked: tuple[dict[Any, Any], bool] | None = None

    def add(self, cursor: int | None, page: Page) -> None:
        if cursor is None:
            self._firsts.append(page)
        else:
            self._after[cursor] = page
        self._walked = None

    @property
    def entries(self) -> dict[Any, Any]:
        return self._walk()[0]

    @property
    def closed(self) -> bool:
        """Whether the walk comes to the empty page: nothing is missing between the newest entry and the oldest."""
        return self._walk()[1]

    def reaches(self, old: Callable[[Any], bool]) -> bool:
        """Whether the walk comes to a page all of whose entries are `old`: what is older was not asked for."""
        return any(page.entries and all(map(old, page.entries.values())) for page in (*self._firsts[-1:], *self._after.values()))

    def _walk(self) -> tuple[dict[Any, Any], bool]:
        if self._walked is None:
            walks = [self._walk_from(first) for first in reversed(self._firsts)] or [({}, False)]
            self._walked = next((walk for walk in walks if walk[1]), walks[0])
        return self._walked

    def _walk_from(self, page: Page) -> tuple[dict[Any, Any], bool]:
        entries = dict(page.entries)
        while page.lowest is not None:
            following = self._after.get(page.lowest)
            if following is None or (following.lowest or -1) >= page.lowest:
                return entries, False
            page = following
            entries |= page.entries
        return entries, True


class Answers(NodeAnswers[Json]):
    """What NIS nodes said."""

    def __init__(self, exchanges: Iterable[Exchange], source: str) -> None:
        self.hashes: dict[str, str] = {}
        self.heights: dict[str, int] = {}
        self.accounts: dict[str, Json] = {}
        self.mosaics: dict[str, dict[str, int]] = {}
        self.creators: dict[str, str] = {}
        self.levied: dict[str, str] = {}
        self.all_definitions = False
        self.transfers: dict[str, Pages] = {}
        self.payments: dict[str, Pages] = {}
        self.payments_by: dict[str, dict[str, Pages]] = {}
        self.harvests: dict[str, Pages] = {}
        self.pending: dict[str, list[Json]] = {}
        super().__init__(exchanges, source)

    def taker(self, exchange: Exchange) -> Callable[[], object] | None:
        url = urlsplit(exchange.path)
        take = _TAKERS.get(url.path)
        if take is None:
            return None
        return lambda: take(self, json.loads(exchange.answer), {key: values[-1] for key, values in parse_qs(url.query).items()})

    def knows(self, address: str) -> bool:
        """Whether the chain knows the address: NIS answers for any valid one, with no key and no coins if it was never seen."""
        account = self.accounts[address]["account"]
        return bool(account["balance"] or account["publicKey"])

    def served(self, address: str, symbol: str) -> int | None:
        """What the node says the address holds, in smallest units; None where it was not asked."""
        if symbol != "xem":
            owned = self.mosaics.get(address)
            return None if owned is None else owned.get(symbol, 0)
        answer = self.accounts.get(address)
        return None if answer is None else int(answer["account"]["balance"])

    def complete(self, address: str) -> bool:
        """Also, if its state is of a height below the tip: every block since."""
        served = self.served_height.get(address)
        lists = (self.transfers.get(address), self.harvests.get(address))
        if served is None or not all(pages is not None and pages.closed for pages in lists):
            return False
        return all(height in self.blocks for height in range(served + 1, (self.pinned or 0) + 1))

    def forget(self, address: str) -> None:
        for kept in (self.transfers, self.harvests, self.payments):
            kept.pop(address, None)
        self.served_height.pop(address, None)

    def forget_lists(self) -> None:
        self.payments.clear()
        self.payments_by.clear()
        self.creators.clear()  # with a mosaic's creator the list of what that account announced is read again

    def forget_blocks(self, above: int) -> None:
        self.hashes.clear()
        super().forget_blocks(above)

    def scanned_blocks(self) -> list[Json]:
        """Blocks 1 to the tip, in order. Raises InputError naming the first one that is missing."""
        if self.tip is None:
            raise InputError("nothing in it says how high the chain was: it has no answer to /chain/height")
        missing = next((height for height in range(1, self.tip + 1) if height not in self.blocks), None)
        if missing is not None:
            raise InputError(f"block {missing} of {self.tip} is missing, so it is no block scan: record every block from 1 to the tip")
        return [self.blocks[height] for height in range(1, self.tip + 1)]

    def _take_height(self, answer: Json, _: Json) -> None:
        self.keep_height(whole(answer["height"]))

    def _take_block(self, answer: Json, _: Json) -> None:
        height = whole(answer["height"])
        whole(answer["timeStamp"])
        address_of(answer["signer"], answer["version"])
        if not isinstance(answer["transactions"], list) or len(answer["prevBlockHash"]["data"]) != 64:
            raise ValueError("no list of transactions, or no hash of the block before")
        self.keep_block(height, answer)

    def _take_explorer_block(self, answer: Json, _: Json) -> None:
        for entry in answer["txes"]:
            self.hashes[entry["tx"]["signature"]] = entry["hash"]
        self._take_block(answer["block"], {})

    def _take_explorer_blocks(self, answer: Json, _: Json) -> None:
        for block in answer["data"]:
            self._take_explorer_block(block, {})

    def _take_transaction(self, answer: Json, _: Json) -> Listed:
        listed = Listed(whole(answer["meta"]["height"]), answer["meta"]["hash"]["data"], answer["transaction"])
        self.hashes[listed.transaction["signature"]] = listed.tx_hash
        self.heights[listed.tx_hash] = listed.height
        inner = answer["meta"].get("innerHash") or {}
        if "data" in inner:
            self.heights[inner["data"]] = listed.height
        return listed

    def _take_transfers(self, answer: Json, asked: Json) -> None:
        _page(self.transfers, answer, asked, self._listed(answer))

    def _take_payments(self, answer: Json, asked: Json) -> None:
        listed = self._listed(answer)
        _page(self.payments, answer, asked, listed)
        _page(self.payments_by.setdefault(self._giver, {}), answer, asked, listed)
        self.given_by["list", (asked["address"].upper(), self._giver)] = self._giver

    def _take_incoming(self, answer: Json, asked: Json) -> None:
        self._listed(answer)

    def _listed(self, answer: Json) -> dict[str, Listed]:
        return {listed.tx_hash: listed for listed in (self._take_transaction(row, {}) for row in answer["data"])}

    def _take_harvests(self, answer: Json, asked: Json) -> None:
        _page(self.harvests, answer, asked, {whole(row["height"]): whole(row["totalFee"]) for row in answer["data"]})

    def _take_account(self, answer: Json, asked: Json) -> None:
        address = str(answer["account"]["address"])
        if address != asked.get("address", address).upper():
            raise ValueError(f"it is of {address}, and {asked['address']} was asked for")
        whole(answer["account"]["balance"])
        key = answer["account"]["publicKey"]
        if key is not None and address_of(key, network_version(address)) != address:
            raise ValueError(f"the public key served with {address} is another account's")
        self.accounts[address] = answer
        self.keep_served(address)

    def _take_owned(self, answer: Json, asked: Json) -> None:
        owned = {mosaic_name(m["mosaicId"]): whole(m["quantity"]) for m in answer["data"]}
        self.mosaics[asked["address"].upper()] = owned

    def _take_definition(self, answer: Json, _: Json) -> None:
        name = mosaic_name(answer["id"])
        self.creators[name] = answer["creator"]
        if answer.get("levy"):
            self.levied[answer["levy"]["recipient"]] = name

    def _take_definitions(self, answer: Json, asked: Json) -> None:
        for row in answer["data"]:
            self._take_definition(row["mosaic"], asked)
        self.all_definitions = not answer["data"]

    def _take_pending(self, answer: Json, asked: Json) -> None:
        self.pending[asked["address"].upper()] = [row["transaction"] for row in answer["data"]]


def whole(value: Any) -> int:
    """The value, if it is a whole number of 0 or more. Raises ValueError else: JSON has true, 1.0 and "1" too."""
    if type(value) is not int or not 0 <= value < 1 << 62:
        raise ValueError(f"{str(value)[:40]!r} is no whole number that could be")
    return value


def _page(lists: dict[str, Pages], answer: Json, asked: Json, entries: dict[Any, Any]) -> None:
    """Adds a page; those asked for by hash are nobody's next page."""
    if "hash" in asked and "id" not in asked:
        return
    ids = [whole(row["meta"]["id"] if "meta" in row else row["id"]) for row in answer["data"]]
    cursor = int(asked["id"]) if "id" in asked else None
    lists.setdefault(asked["address"].upper(), Pages()).add(cursor, Page(entries, min(ids, default=None)))


_TAKERS = {
    "/chain/height": Answers._take_height,
    "/chain/last-block": Answers._take_block,
    "/block/at/public": Answers._take_block,
    "/local/block/at": Answers._take_explorer_block,
    "/local/chain/blocks-after": Answers._take_explorer_blocks,
    "/account/get": Answers._take_account,
    "/account/get/from-public-key": Answers._take_account,
    "/account/transfers/all": Answers._take_transfers,
    "/account/transfers/outgoing": Answers._take_payments,
    "/account/transfers/incoming": Answers._take_incoming,
    "/account/harvests": Answers._take_harvests,
    "/account/mosaic/owned": Answers._take_owned,
    "/account/unconfirmedTransactions": Answers._take_pending,
    "/mosaic/definition": Answers._take_definition,
    "/mosaic/definition/last": Answers._take_definition,
    "/mosaic/definition/page": Answers._take_definitions,
    "/transaction/get": Answers._take_transaction,
}
