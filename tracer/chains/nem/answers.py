"""What a NIS node answered, looked up by meaning: block by height, account by address; the last good answer wins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tracer.errors import InputError
from tracer.model import Exchange, Rejection

Json = Mapping[str, Any]


class Answers:
    """The good answers (status 200) among recorded exchanges.

    A balance counts as served at a height only when the node stated that height both before and after it;
    otherwise a block may have come in between and `served_height` has None for the address.
    """

    def __init__(self, exchanges: Iterable[Exchange], source: str) -> None:
        self.blocks: dict[int, Json] = {}
        self.hashes: dict[str, str] = {}
        self.accounts: dict[str, Json] = {}
        self.served_height: dict[str, int | None] = {}
        self.rejections: list[Rejection] = []
        self.tip: int | None = None
        self._since_height: list[str] = []
        for exchange in exchanges:
            if exchange.status == 200:
                self._take(exchange, source)

    def _take(self, exchange: Exchange, source: str) -> None:
        url = urlsplit(exchange.path)
        take = _TAKERS.get(url.path)
        if take is None:
            return
        try:
            take(self, json.loads(exchange.answer), {key: values[-1] for key, values in parse_qs(url.query).items()})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            place = f"line {exchange.line}"
            reason = f"answer to {url.path} has another shape: {type(error).__name__} {error}"
            self.rejections.append(Rejection(source, place, reason, exchange.answer[:500]))

    def _take_height(self, answer: Json, _: Json) -> None:
        height = int(answer["height"])
        for address in self._since_height:
            self.served_height[address] = height if height == self.tip else None
        self._since_height.clear()
        self.tip = height

    def _take_block(self, answer: Json, _: Json) -> None:
        self.blocks[int(answer["height"])] = answer

    def _take_explorer_block(self, answer: Json, _: Json) -> None:
        for each in answer["txes"]:
            self.hashes[each["tx"]["signature"]] = each["hash"]
        self._take_block(answer["block"], {})

    def _take_explorer_blocks(self, answer: Json, _: Json) -> None:
        for each in answer["data"]:
            self._take_explorer_block(each, {})

    def _take_transactions(self, answer: Json, _: Json) -> None:
        for each in answer.get("data", [answer]):
            self.hashes[each["transaction"]["signature"]] = each["meta"]["hash"]["data"]

    def _take_account(self, answer: Json, _: Json) -> None:
        address = answer["account"]["address"]
        self.accounts[address] = answer
        self.served_height[address] = None
        self._since_height.append(address)

    def knows(self, address: str) -> bool:
        """Whether the chain knows the address: NIS answers for any valid one, with no key and no coins if it was never seen."""
        account = self.accounts[address]["account"]
        return bool(account["balance"] or account["publicKey"])

    def scanned_blocks(self) -> list[Json]:
        """Blocks 1 to the tip, in order. Raises InputError naming the first one that is missing."""
        if self.tip is None:
            raise InputError("nothing in it says how high the chain was: it has no answer to /chain/height")
        missing = next((height for height in range(1, self.tip + 1) if height not in self.blocks), None)
        if missing is not None:
            raise InputError(f"block {missing} of {self.tip} is missing, so it is no block scan: record every block from 1 to the tip")
        return [self.blocks[height] for height in range(1, self.tip + 1)]


_TAKERS = {
    "/chain/height": Answers._take_height,
    "/chain/last-block": Answers._take_block,
    "/block/at/public": Answers._take_block,
    "/local/block/at": Answers._take_explorer_block,
    "/local/chain/blocks-after": Answers._take_explorer_blocks,
    "/account/get": Answers._take_account,
    "/account/get/from-public-key": Answers._take_account,
    "/account/transfers/all": Answers._take_transactions,
    "/account/transfers/incoming": Answers._take_transactions,
    "/account/transfers/outgoing": Answers._take_transactions,
    "/transaction/get": Answers._take_transactions,
}
