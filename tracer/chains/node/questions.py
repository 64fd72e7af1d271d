"""Questions to nodes: what was answered is not asked again, a cursor never crosses nodes, a reorganisation is noticed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Generic, NamedTuple, NoReturn, TypeVar

from tracer.chains.node.answers import FORK, NODE, TIP, Block, NodeAnswers, overgrown
from tracer.chains.node.client import NodeClient, NodeLostError, clock
from tracer.chains.node.doubts import Tempo, UnbelievableError, contradiction, require_possible
from tracer.errors import NodeError, ReadAgainError
from tracer.model import Exchange

T = TypeVar("T")
SAID = 200  # characters of a node's words in a message
BY_HAND = "Compare them by hand, and name with --node the one you trust: the same command then reads anew"


class BusyError(Exception):
    """An account's list is too long for it to be anybody's but a service's."""


class Head(NamedTuple):
    """What a block says of its place in the chain."""

    height: int
    hash: str
    parent: str


class NodeQuestions(ABC, Generic[Block]):
    """Asks through a client, or nobody where it is None; what is answered goes into `answers`.

    `finality`: blocks below the tip that the chain may still rewrite. `tempo`: how fast it can grow; None where nobody knows.
    """

    def __init__(self, answers: NodeAnswers[Block], client: NodeClient | None, finality: int, tempo: Tempo | None = None) -> None:
        self.answers, self.client, self.finality, self.tempo = answers, client, finality, tempo
        if client is not None:
            answers.refused.clear()
            client.hear = answers.take

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

    def time_of(self, block: Block) -> int | None:
        """When a block was made (UNIX seconds); None where its chain does not say."""
        return None

    def version(self) -> str | None:
        """The version of the software that the node in use says it runs; None where it does not say."""
        return None

    def require_possible(self, height: int, block: Block) -> bool:
        """True, for `sound`. Raises UnbelievableError for a block whose time has not come or cannot be that of its height."""
        time = self.time_of(block)
        if self.tempo is not None and time is not None:
            require_possible(height, time, self.tempo, clock())
        return True

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
        found = self.client.ask(method, path, body, lambda e: self._understood(e, sound), may_refuse)
        if found.status != 200:
            self.answers.take(found)
        return found

    def _understood(self, exchange: Exchange, sound: Callable[[Exchange], bool]) -> bool:
        """Whether an answer is sound and was learnt. Raises UnbelievableError where there is a word why not."""
        if why := overgrown(exchange.answer):
            raise UnbelievableError(why)
        if not sound(exchange):
            return False
        if not self.answers.take(exchange):
            raise UnbelievableError(self.answers.fault(exchange))
        return True

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
            self.set_aside()
            raise NodeError(
                f"{self.node} has another block {max(deep)} than the node before it, deeper than nodes "
                f"may rewrite ({self.finality}): they are of two chains. {BY_HAND}"
            )

    def block(self, height: int) -> Block:
        """The block at that height, asked for if it was not read. Raises NodeError where the node has none."""
        if height not in self.answers.blocks:
            exchange = self.on_one_node(lambda: self.ask_block(height))
            if self.block_in(exchange) is None:
                raise NodeError(f"{self.node} has no block {height} ({self.refusal(exchange)}): run once without --offline")
            self._require_agreement(height)
        return self.answers.blocks[height]

    def _require_agreement(self, height: int) -> None:
        """Compares a block with its neighbours among those read. Raises as `start_over` does where their times contradict each other:
        given up is the node that has another block there than the node in use, or this one, if it says so itself."""
        blocks = self.answers.blocks
        time = self.time_of(blocks[height])
        below = max((each for each in blocks if each < height), default=None)
        above = min((each for each in blocks if each > height), default=None)
        for other in (below, above):
            there = None if other is None else self.time_of(blocks[other])
            if other is None or there is None or time is None or self.tempo is None or self.client is None:
                continue
            lower, upper = sorted([(height, time), (other, there)])
            if why := contradiction(lower, upper, self.tempo):
                giver = self.answers.giver("block", other)
                with self.client.alone():
                    lied = giver if giver != self.node and not self.still(other, blocks[other]) else ""
                self.start_over(f"gives blocks that cannot be of one chain: {why}", lied)

    def start_over(self, why: str, node: str = "") -> NoReturn:
        """Gives up a node, that in use if no other is named, and forgets all that was read, since it may rest on what that node said.

        Raises ReadAgainError, or NodeError when no node is left: then the next run begins anew.
        """
        self.set_aside()
        if self.client is not None:
            self.client.give_up(why, node)
        raise ReadAgainError(f"{node or self.node} {why}: run again, it is read anew")

    def set_aside(self) -> None:
        """Forgets all that was read; it stays in the recording, and counts no longer."""
        self.note(FORK, above=0)
        self.answers.forget_blocks(0)

    def require_reach(self, last: Callable[[], int], what: str) -> None:
        """Reads a list by `last`, which gives the highest block it names; the node in use must state a chain as high as that.

        Asked twice, since a chain may be rewritten in between. Raises as `start_over` does.
        """
        for _ in range(2):
            highest = last()
            if self.client is None or highest <= self.tip or (height := self.height()) >= highest:
                return
        self.start_over(f"says that its chain ends with block {height}, and lists {what} in block {highest}")

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
            raise NodeError(f"{self.node} does not state the height of the chain ({self.refusal(exchange)}): run once without --offline")
        if before is not None and height < before and self.client:
            if before - height > self.finality and self.client.left == [self.node]:
                self.set_aside()  # no node has the chain that was read: it is not to stand in the way of the next run
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
                self._require_agreement(height)
                heights[node] = height
                self._introduce(height)
        if self.client is not None and heights:
            self.client.node = max(heights, key=heights.__getitem__)
            self.answers.pinned = heights[self.client.node]
            self.note(TIP, height=self.answers.pinned)

    def _introduce(self, height: int) -> None:
        """Notes what the node in use says of itself, and the end of its chain."""
        if self.client is not None:
            time = self.time_of(self.answers.blocks[height])
            self.client.note(NODE, {"version": self.version(), "height": height, "tip_time": time, "read_time": clock()})

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
            self.client.record(Exchange(0, "NOTE", f"{what}?{query}", None, 200, "{}", self.client.node), self.client.node)
