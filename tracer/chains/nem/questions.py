"""Questions to NIS nodes: one answer, one list, one block, each believed only if it can be."""

from __future__ import annotations

import json
from typing import Any

from tracer.chains.nem.answers import Answers, Json
from tracer.chains.nem.codec import UnknownTypeError, block_hash, block_signature_holds
from tracer.chains.nem.scan import EPOCH, MISSHAPEN
from tracer.chains.nem.terms import TERMS
from tracer.chains.node.client import NodeClient
from tracer.chains.node.questions import SAID, BusyError, Head, NodeQuestions
from tracer.errors import NodeError
from tracer.model import Exchange

PAGE = 100  # the largest page a node gives (nis: DefaultPage)
BUSY = 200  # pages after which an account is too busy to be anybody's but a service's
DAY = 86_400  # a transaction is included at most a day after its time stamp


class Questions(NodeQuestions[Json]):
    """Asks NIS nodes through a client, or nobody where it is None; what is answered goes into `answers`."""

    answers: Answers

    def __init__(self, answers: Answers, client: NodeClient | None) -> None:
        super().__init__(answers, client, TERMS.finality)

    def ask_height(self) -> Exchange:
        return self.ask("GET", "/chain/height")

    def ask_block(self, height: int, may_refuse: bool = False) -> Exchange:
        """Raises as `ask` does; a block that its harvester did not sign is no answer."""
        body = json.dumps({"height": height})
        return self.ask("POST", "/block/at/public", body, sound=lambda e: _is_block(e, height), may_refuse=may_refuse)

    def last_block(self) -> Json:
        exchange = self.on_one_node(lambda: self.ask("GET", "/chain/last-block", sound=_is_last_block))
        found: Json = json.loads(exchange.answer)
        return found

    def block_in(self, exchange: Exchange) -> Json | None:
        found: Json | None = json.loads(exchange.answer) if exchange.status == 200 else None
        return found

    def head(self, block: Json) -> Head:
        return Head(block["height"], block_hash(block), block["prevBlockHash"]["data"], block["timeStamp"] + EPOCH)

    def refusal(self, exchange: Exchange) -> str:
        try:
            return str(json.loads(exchange.answer).get("message"))[:SAID]
        except MISSHAPEN:
            return f"status {exchange.status}"

    def read_list(self, path: str, address: str, since: int | None = None) -> None:
        """A list to its empty page, or to what can only be older than `since`, on one node; the cursor strictly falls."""
        cursor: int | None = None
        who = f"address={address}&" if address else ""
        for _ in range(BUSY):
            path_asked = f"{path}?{who}pageSize={PAGE}" + (f"&id={cursor}" if cursor is not None else "")
            below = cursor
            exchange = self.ask("GET", path_asked, sound=lambda e, below=below: _falls(e, below))  # type: ignore[misc]
            if exchange.status != 200:
                raise NodeError(f"{path} of {address}: {self.refusal(exchange)}")
            rows = json.loads(exchange.answer)["data"]
            if not rows or (since is not None and all(latest(row["transaction"]) < since for row in rows)):
                return
            cursor = min(_ids(exchange))
        raise BusyError


def _falls(exchange: Exchange, below: int | None) -> bool:
    """Whether a page has no more rows than were asked for, and all ids below the cursor: else it would be the same page again."""
    try:
        ids = _ids(exchange)
        return len(ids) <= PAGE and all(below is None or each < below for each in ids)
    except MISSHAPEN:
        return False


def _ids(exchange: Exchange) -> list[int]:
    rows: list[dict[str, Any]] = json.loads(exchange.answer)["data"]
    return [row["meta"]["id"] if "meta" in row else row["id"] for row in rows]


def _is_block(exchange: Exchange, height: int) -> bool:
    """Whether the answer is the block asked for, as its harvester signed it."""
    try:
        block = json.loads(exchange.answer)
        return bool(block["height"] == height and block_signature_holds(block))
    except UnknownTypeError:
        return True
    except MISSHAPEN:
        return False


def _is_last_block(exchange: Exchange) -> bool:
    try:
        return exchange.status == 200 and _is_block(exchange, json.loads(exchange.answer)["height"])
    except MISSHAPEN:
        return False


def latest(transaction: Json) -> int:
    """The last moment (UNIX seconds) at which a transaction can have been included."""
    return int(transaction["timeStamp"]) + EPOCH + DAY
