"""Nodes must agree: a cursor never crosses nodes, a reorganisation is noticed, one that contradicts itself or others is given up."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NoReturn, TypeVar

from tracer.chains.node.answers import FORK, Block
from tracer.chains.node.block_time import contradiction
from tracer.chains.node.client import NodeLostError
from tracer.chains.node.questions import NodeQuestions
from tracer.errors import NodeError, ReadAgainError

T = TypeVar("T")
BY_HAND = "Compare them by hand, and name with --node the one you trust: the same command then reads anew"


class AgreeingQuestions(NodeQuestions[Block], ABC, Generic[Block]):
    """Questions whose answers are of one chain, whichever node gives them."""

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
            self.require_agreement(height)
        return self.answers.blocks[height]

    def blocks(self, heights: Iterable[int]) -> list[Block]:
        """The blocks at those heights. Raises as `block` does."""
        return [self.block(height) for height in heights]

    def require_agreement(self, height: int) -> None:
        """Compares a block with its neighbours among those read. Raises as `start_over` does where their times contradict each other:
        given up is the node that has another block there than the node in use, or this one, if it says so itself."""
        blocks = self.answers.blocks
        time = self.time_of(blocks[height])
        below = max((known for known in blocks if known < height), default=None)
        above = min((known for known in blocks if known > height), default=None)
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
        block = self.block_in(self.on_one_node(lambda: self.ask_block(height, may_refuse=True)))
        self.answers.blocks[height] = known
        return block is not None and self.head(block).hash == self.head(known).hash

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
