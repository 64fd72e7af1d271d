"""Questions to nodes: what was answered is not asked again, a cursor never crosses nodes, a reorganisation is noticed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

from tracer.chains.node.answers import TIP, Block, NodeAnswers
from tracer.chains.node.client import NodeClient, NodeLostError
from tracer.errors import NodeError
from tracer.model import Exchange

T = TypeVar("T")
SAID = 200  # characters of a node's words in a message


class BusyError(Exception):
    """An account's list is too long for it to be anybody's but a service's."""


class Head(NamedTuple):
    """What a block says of its place in the chain, and of its time (UNIX seconds; None where it states none)."""

    height: int
    hash: str
    parent: str
    time: int | None = None


class NodeQuestions(ABC, Generic[Block]):
    """Asks through a client, or nobody where it is None; what is answered goes into `answers`.

    `finality`: blocks below the tip that the chain may still rewrite.
    """

    def __init__(self, answers: NodeAnswers[Block], client: NodeClient | None, finality: int) -> None:
        self.answers, self.client, self.finality = answers, client, finality
        if client is not None:
            answers.refused.clear()

    @abstractmethod
    def ask_height(self) -> Exchange:
        """Asks how high the chain is. The answer states it through `NodeAnswers.keep_height`."""

    @abstractmethod
    def ask_block(self, height: int, may_refuse: bool = False) -> Exchange:
        """Asks for a block, whether or not it was read before. A good answer is the block, as far as that can be checked.

        Nodes `may_refuse` one that the chain may have lost; for any other, a node that has none is given up.
        """

    @abstractmethod
    def last_block(self) -> Block:
        """The block at the top of the chain."""

    @abstractmethod
    def block_in(self, exchange: Exchange) -> Block | None:
        """The block that an answer is; None if the node has none."""

    @abstractmethod
    def head(self, block: Block) -> Head:
        """The place of a block in the chain."""

    def refusal(self, exchange: Exchange) -> str:
        """What a node says when it says no."""
        return exchange.answer[:SAID] or f"status {exchange.status}"

    @property
    def node(self) -> str:
        """The node in use, for messages."""
        return self.client.node if self.client else self.answers.source

    @property
    def tip(self) -> int:
        """The last block of the run. Raises NodeError where nothing recorded says it."""
        if self.answers.pinned is None:
            raise NodeError("offline, and the recording does not answer how high the chain was: run once without --offline")
        return self.answers.pinned

    def ask(
        self, method: str, path: str, body: str | None = None, sound: Callable[[Exchange], bool] = lambda _: True, may_refuse: bool = False
    ) -> Exchange:
        """An answer that is `sound` and understood; where nodes `may_refuse`, or nobody can be asked, also their no.

        A no is remembered, but for this run only: another node, or the same one tomorrow, may know better.
        Raises NodeError, and NodeLostError as the client does.
        """
        if (path, body) in self.answers.refused:
            return self.answers.refused[path, body]
        if self.client is None:
            raise NodeError(f"offline, and the recording does not answer {method} {path} {body or ''}: run once without --offline")
        found = self.client.ask(method, path, body, lambda e: sound(e) and self.answers.take(e), may_refuse)
        if found.status != 200:
            self.answers.take(found)
        return found

    def on_one_node(self, read: Callable[[], T]) -> T:
        """What `read` gives, begun again from its start on the next node when one gives up: a cursor never crosses nodes."""
        while True:
            try:
                return read()
            except NodeLostError:
                self.answers.refused.clear()
                self._same_chain()

    def _same_chain(self) -> None:
        """Checks that the node now in use has the chain that was read so far, down to where it can no longer be rewritten."""
        blocks = self.answers.blocks
        deep = [height for height in blocks if height <= self.tip - self.finality] if self.answers.pinned else []
        if deep and not self.still(max(deep), blocks[max(deep)]):
            raise NodeError(
                f"{self.node} has another block {max(deep)} than the node before it, deeper than nodes "
                f"may rewrite ({self.finality}): they are of two chains. Compare them by hand before you go on"
            )

    def block(self, height: int) -> Block:
        """The block at that height, asked for if it was not read. Raises NodeError where the node has none."""
        if height not in self.answers.blocks:
            exchange = self.on_one_node(lambda: self.ask_block(height))
            if self.block_in(exchange) is None:
                raise NodeError(f"{self.node} has no block {height} ({self.refusal(exchange)}): run once without --offline")
        return self.answers.blocks[height]

    def still(self, height: int, known: Block) -> bool:
        """Whether the chain has the block at that height that was read. Another does not take its place."""
        found = self.block_in(self.on_one_node(lambda: self.ask_block(height, may_refuse=True)))
        self.answers.blocks[height] = known
        return found is not None and self.head(found).hash == self.head(known).hash

    def height(self) -> int:
        """The height the node states. Raises NodeLostError where it is behind what was known: the next node is in use then."""
        before = self.answers.pinned
        exchange = self.ask_height()
        height = self.answers.tip
        if height is None or exchange.status != 200:
            raise NodeError(f"the height of the chain: {self.refusal(exchange)}")
        if before is not None and height < before and self.client:
            self.client.give_up(f"is behind: height {height} after {before} was known")
            raise NodeLostError
        return height

    def choose_tip(self) -> None:
        """Goes on with the node whose chain is highest, of those that show the block they say it ends with.

        Raises NodeError when none is left.
        """
        heights: dict[str, int] = {}
        for node in self.everywhere():
            self.answers.pinned = None
            with suppress(NodeLostError):
                height = self.height()
                self.ask_block(height)
                heights[node] = height
        if self.client is not None and heights:
            self.client.node = max(heights, key=heights.__getitem__)
            self.answers.pinned = heights[self.client.node]
            self.note(TIP, height=self.answers.pinned)

    def everywhere(self) -> Iterator[str]:
        """Each node that is not given up, one after the other in use, and after all of them the first again."""
        if self.client is None:
            yield self.answers.source
            return
        first = self.client.node
        for node in (first, *(url for url in self.client.urls if url != first)):
            if node not in self.client.lost:
                self.client.node = node
                yield node
        if first not in self.client.lost:
            self.client.node = first

    def note(self, what: str, **stated: int) -> None:
        """Writes into the recording what is no answer, but changes which answers count."""
        if self.client is not None:
            query = "&".join(f"{key}={value}" for key, value in stated.items())
            self.client.record(Exchange(0, "NOTE", f"{what}?{query}", None, 200, "{}"), self.client.node)
