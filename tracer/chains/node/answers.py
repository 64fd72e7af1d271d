"""What nodes answered, looked up by meaning: the last good answer wins. What an answer means, a chain says."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

from tracer.model import RECORD_CHARS, Exchange, NodeSource, Rejection

Block = TypeVar("Block")
DEEPEST = 64  # levels an answer may be nested: no chain's has ten, and what is far deeper ends the reader of it
MOST_VALUES = 250_000  # values of an answer: a page of a hundred transactions has some ten thousand; each takes far more memory than text

FORK = "/tracer/fork"
"""Not an answer: a note in a recording that the chain was rewritten above a height, so that older answers no longer count."""

TIP = "/tracer/tip"
"""Not an answer: a note in a recording of the tip that a run takes, or goes on to when every block up to it was read."""

NODE = "/tracer/node"
"""Not an answer: a note of what a node said of itself, with which block its chain ended, and when that was."""

LOST = "/tracer/lost"
"""Not an answer: a note that a node was given up, when and why."""

REFUSED = "/tracer/refused"
"""Not an answer: a note that the answer just before it cannot be, and never counts."""

WORDS = 300  # characters kept of what a note says
LATEST = 1 << 37  # a time (UNIX seconds) or a height beyond every calendar
NOTED_WORDS = ("version", "given_up")
NOTED_NUMBERS = ("height", "tip_time", "read_time", "given_up_time")


LEVEL_FREE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[^][{}"]+', re.DOTALL)
"""Strings, and whatever else in JSON opens or closes no level."""


def nested(text: str) -> bool:
    """Whether JSON is nested deeper than any answer can be: each turn takes the innermost levels away.

    >>> nested('{"a": [1, {"b": "[[[["}]}'), nested("[" * 100 + "]" * 100)
    (False, True)
    """
    levels = LEVEL_FREE.sub("", text)
    for _ in range(DEEPEST):
        if not levels:
            return False
        levels = levels.replace("[]", "").replace("{}", "")
    return bool(levels)


def overgrown(text: str) -> str:
    """Why JSON is larger than any answer can be, in values or in levels; "" if it is not.

    >>> overgrown('{"height": 484}'), overgrown("[" * 100 + "]" * 100)
    ('', 'nested deeper than 64 levels')
    """
    if text.count(",") + text.count("{") + text.count("[") > MOST_VALUES:
        return f"more than {MOST_VALUES:,} values"
    return f"nested deeper than {DEEPEST} levels" if nested(text) else ""


class NodeAnswers(ABC, Generic[Block]):
    """The good answers among recorded exchanges. `pinned` is the tip of the run, `tip` the height a node stated last.

    A balance counts as served at a height only when the node stated that height both before and after it;
    otherwise a block may have come in between and `served_height` has None for the address.
    """

    def __init__(self, exchanges: Iterable[Exchange], source: str) -> None:
        self.source = source
        self.blocks: dict[int, Block] = {}
        self.refused: dict[tuple[str, str | None], Exchange] = {}
        self.served_height: dict[str, int | None] = {}
        self.tip: int | None = None
        self.pinned: int | None = None
        self.seen = 0
        self.nodes: dict[str, NodeSource] = {}
        self.given_by: dict[tuple[str, object], str] = {}
        self._giver = ""
        self._rejected: dict[tuple[str, str | None], Rejection] = {}
        self._contradicted: dict[int, Rejection] = {}
        self._since_height: list[str] = []
        self._stated: dict[int, None] = {}
        for exchange in _believed(exchanges):
            self.take(exchange)
            self.seen += 1

    @abstractmethod
    def taker(self, exchange: Exchange) -> Callable[[], object] | None:
        """What learns an answer that is one (status 200); None for an answer to a question that is nobody's business here."""

    @abstractmethod
    def complete(self, address: str) -> bool:
        """Whether everything of an account was read: its lists to their ends, its balance at a known height."""

    @abstractmethod
    def forget(self, address: str) -> None:
        """Drops what an account said: it is to be read again."""

    @property
    def rejections(self) -> list[Rejection]:
        """Answers to known questions that had another shape, unless the same question was answered well later."""
        return [*self._rejected.values(), *self._contradicted.values()]

    def take(self, exchange: Exchange) -> bool:
        """Learns what an answer says, and says whether it was understood: True also for what is nobody's business here."""
        question = (exchange.path, exchange.body)
        self._giver = exchange.node
        if exchange.status in (400, 404):
            self.refused[question] = exchange._replace(answer=exchange.answer[:RECORD_CHARS])
        if exchange.status != 200:
            return True
        try:
            if why := overgrown(exchange.answer):
                raise ValueError(why)
            take = self._noted(exchange) or self.taker(exchange)
            if take is None:
                return True
            self.refused.pop(question, None)
            take()
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            reason = f"answer to {urlsplit(exchange.path).path} has another shape: {type(error).__name__} {error}"
            self._rejected[question] = Rejection(self.source, f"line {exchange.line}", reason, exchange.answer[:RECORD_CHARS])
            return False
        self._rejected.pop(question, None)
        return True

    def fault(self, exchange: Exchange) -> str:
        """Why an answer was not understood."""
        rejection = self._rejected.get((exchange.path, exchange.body))
        return rejection.reason if rejection else ""

    def _noted(self, exchange: Exchange) -> Callable[[], object] | None:
        url = urlsplit(exchange.path)
        noted = parse_qs(url.query)
        if url.path == FORK:
            return lambda: self.forget_blocks(int(noted["above"][-1]))
        if url.path == TIP:
            return lambda: self._pin(int(noted["height"][-1]))
        if exchange.node and url.path in (NODE, LOST):
            return lambda: self._meet(exchange.node, json.loads(exchange.answer))
        return None

    def _meet(self, url: str, said: dict[str, object]) -> None:
        """Keeps what a note says of a node, beside what earlier ones did. Raises ValueError for what no note of a run says."""
        kept: dict[str, object] = {}
        for name, value in said.items():
            if name in NOTED_WORDS and isinstance(value, str):
                kept[name] = value[:WORDS]
            elif (name in NOTED_NUMBERS and type(value) is int and 0 <= value < LATEST) or value is None:
                kept[name] = value
            else:
                raise ValueError(f"{name[:WORDS]} of a node is {str(value)[:WORDS]!r}")
        self.nodes[url] = self.nodes.get(url, NodeSource(url))._replace(**kept)  # type: ignore[arg-type]

    def giver(self, kind: str, what: object) -> str:
        """The node that gave a block (by height), an account or a list (by address) last; "" where nobody wrote that down."""
        return self.given_by.get((kind, what), "")

    @property
    def sources(self) -> tuple[NodeSource, ...]:
        """The nodes that were read, with how much each gave of what counts."""
        there = {"block": self.blocks.keys(), "account": {address for address, height in self.served_height.items() if height is not None}}
        gave = Counter((url, kind) for (kind, what), url in self.given_by.items() if what in there.get(kind, (what,)))
        urls = dict.fromkeys((*self.nodes, *sorted({url for url, _ in gave})))
        return tuple(
            self.nodes.get(url, NodeSource(url))._replace(accounts=gave[url, "account"], lists=gave[url, "list"], blocks=gave[url, "block"])
            for url in urls
            if url
        )

    @property
    def shown(self) -> int | None:
        """The first height a node stated and showed the block of: a height alone is a word."""
        return next((height for height in self._stated if height in self.blocks), None)

    @property
    def begun(self) -> bool:
        """Whether a balance was read at a known height: what was read since rests on the tip of then."""
        return any(height is not None for height in self.served_height.values())

    def forget_lists(self) -> None:
        """Drops what was listed up to an earlier tip and that no account's reading rests on."""

    def _pin(self, height: int) -> None:
        self.pinned = height

    def keep_block(self, height: int, block: Block) -> None:
        """Keeps a block; one that was answered before, and differently, is a rejection."""
        if height in self.blocks and self.blocks[height] != block:
            why = "was answered twice, differently: recorded across a reorganisation, or altered; the later answer counts"
            self._contradicted[height] = Rejection(self.source, f"block {height}", why, str(block)[:RECORD_CHARS])
        self.blocks[height] = block
        self.given_by["block", height] = self._giver

    def keep_height(self, height: int) -> None:
        """Keeps the height a node states: balances served since the one before count, if it is the same."""
        for address in self._since_height:
            self.served_height[address] = height if height == self.tip else None
        self._since_height.clear()
        self.tip = height
        self._stated[height] = None

    def keep_served(self, address: str) -> None:
        """Notes that a balance was served, at a height that is not known yet."""
        self.served_height[address] = None
        self.given_by["account", address] = self._giver
        self._since_height.append(address)

    def forget_blocks(self, above: int) -> None:
        """Drops blocks that a reorganisation undid, and every account that was read above the fork."""
        self.blocks = {height: block for height, block in self.blocks.items() if height <= above}
        self._contradicted = {height: block for height, block in self._contradicted.items() if height <= above}
        self.refused.clear()
        self.forget_lists()
        for address, served in list(self.served_height.items()):
            if served is None or served > above:
                self.forget(address)
        self.tip = self.pinned = None
        self._stated.clear()


def _believed(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges, without those that the note after them says were refused."""
    held: Exchange | None = None
    for exchange in exchanges:
        if held is not None and exchange.path != REFUSED:
            yield held
        held = None if exchange.path == REFUSED else exchange
    if held is not None:
        yield held
