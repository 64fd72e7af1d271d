"""Questions to NIS nodes: one answer, one list, one block, each believed only if it can be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from tracer.chains.nem.answers import Answers, Json
from tracer.chains.nem.client import NodeClient, NodeLostError
from tracer.chains.nem.codec import UnknownTypeError, block_hash, block_signature_holds
from tracer.chains.nem.scan import EPOCH, MISSHAPEN
from tracer.errors import NodeError
from tracer.model import Exchange

T = TypeVar("T")
PAGE = 100  # the largest page a node gives (nis: DefaultPage)
BUSY = 200  # pages after which an account is too busy to be anybody's but a service's
DAY = 86_400  # a transaction is included at most a day after its time stamp
REWRITE_LIMIT = 360  # blocks a node may still rewrite (nis: nis.blockChainRewriteLimit)


class BusyError(Exception):
    """An account's list is longer than BUSY pages."""


class Questions:
    """Asks through a client, or nobody where it is None; what is answered goes into `answers`."""

    def __init__(self, answers: Answers, client: NodeClient | None) -> None:
        self.answers, self.client = answers, client

    @property
    def node(self) -> str:
        """The node in use, for messages."""
        return self.client.node if self.client else self.answers.source

    @property
    def tip(self) -> int:
        """The last block of the run. Raises NodeError where nothing recorded says it."""
        if self.answers.pinned is None:
            raise NodeError("the recording does not say how high the chain was")
        return self.answers.pinned

    def ask(self, method: str, path: str, body: str | None = None, sound: Callable[[Exchange], bool] = lambda _: True) -> Exchange:
        if (path, body) in self.answers.refused:
            return self.answers.refused[path, body]
        if self.client is None:
            raise NodeError(f"offline, and the recording does not answer {method} {path} {body or ''}: run once without --offline")
        return self.client.ask(method, path, body, lambda exchange: sound(exchange) and self.answers.take(exchange))

    def on_one_node(self, read: Callable[[], T]) -> T:
        """What `read` gives, begun again from its start on the next node when one gives up: a cursor never crosses nodes."""
        while True:
            try:
                return read()
            except NodeLostError:
                self._same_chain()

    def _same_chain(self) -> None:
        """Checks that the node now in use has the chain that was read so far, down to where it can no longer be rewritten."""
        deep = [height for height in self.answers.blocks if height <= self.tip - REWRITE_LIMIT] if self.answers.pinned else []
        if deep and not self.still(max(deep), self.answers.blocks[max(deep)]):
            raise NodeError(
                f"{self.node} has another block {max(deep)} than the node before it, deeper than nodes "
                f"may rewrite ({REWRITE_LIMIT}): they are of two chains. Compare them by hand before you go on"
            )

    def block(self, height: int) -> Json:
        if height not in self.answers.blocks:
            body = json.dumps({"height": height})
            exchange = self.on_one_node(lambda: self.ask("POST", "/block/at/public", body, sound=lambda e: _is_block(e, height)))
            if exchange.status != 200:
                raise NodeError(f"block {height}: {message(exchange)}")
        return self.answers.blocks[height]

    def still(self, height: int, known: Json) -> bool:
        """Whether the chain has the block at that height that was read."""
        body = json.dumps({"height": height})
        exchange = self.on_one_node(lambda: self.ask("POST", "/block/at/public", body, sound=lambda e: _is_block(e, height)))
        return exchange.status == 200 and block_hash(json.loads(exchange.answer)) == block_hash(known)

    def height(self) -> int:
        before = self.answers.pinned
        exchange = self.ask("GET", "/chain/height")
        height = self.answers.tip
        if height is None or exchange.status != 200:
            raise NodeError(f"/chain/height: {message(exchange)}")
        if before is not None and height < before and self.client:
            self.client.give_up(f"is behind: height {height} after {before} was known")
            raise NodeLostError
        return height

    def read_list(self, path: str, address: str, since: int | None = None) -> None:
        """A list to its empty page, or to what can only be older than `since`, on one node; the cursor strictly falls."""
        cursor: int | None = None
        who = f"address={address}&" if address else ""
        for _ in range(BUSY):
            path_asked = f"{path}?{who}pageSize={PAGE}" + (f"&id={cursor}" if cursor is not None else "")
            below = cursor
            exchange = self.ask("GET", path_asked, sound=lambda e, below=below: _falls(e, below))  # type: ignore[misc]
            if exchange.status != 200:
                raise NodeError(f"{path} of {address}: {message(exchange)}")
            rows = json.loads(exchange.answer)["data"]
            if not rows or (since is not None and all(latest(row["transaction"]) < since for row in rows)):
                return
            cursor = min(_ids(exchange))
        raise BusyError

    def note(self, what: str, **stated: int) -> None:
        """Writes into the recording what is no answer, but changes which answers count."""
        if self.client is not None:
            query = "&".join(f"{key}={value}" for key, value in stated.items())
            self.client.record(Exchange(0, "NOTE", f"{what}?{query}", None, 200, "{}"), self.client.node)

    def last_block(self) -> Json:
        """The block at the top of the chain."""
        exchange = self.on_one_node(lambda: self.ask("GET", "/chain/last-block", sound=_is_last_block))
        found: Json = json.loads(exchange.answer)
        return found


def _falls(exchange: Exchange, below: int | None) -> bool:
    """Whether a page's ids are all below the cursor: the node would be giving the same page again else."""
    try:
        return all(below is None or each < below for each in _ids(exchange))
    except (ValueError, KeyError, TypeError):
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


def message(exchange: Exchange) -> str:
    try:
        return str(json.loads(exchange.answer).get("message"))[:200]
    except (ValueError, AttributeError):
        return f"status {exchange.status}"
