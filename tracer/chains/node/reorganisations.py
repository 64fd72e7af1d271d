"""Following a chain to its last block: every block between is read, and what a reorganisation undid is noticed and forgotten."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple

from tracer.chains.node.agreement import BY_HAND, AgreeingQuestions
from tracer.chains.node.answers import FORK, TIP, Block, NodeAnswers
from tracer.chains.node.client import NodeLostError
from tracer.errors import NodeError
from tracer.model import Event, Rejection, Terms, Transfer

STRIDE = 500  # blocks that are followed at a time: at ten questions a second less than a minute
READ_AGAIN = 3  # times that blocks which do not follow each other are read again


class BlockRows(NamedTuple):
    """What blocks say of some accounts: rows and events in their order, what each opens with, what was not understood."""

    transfers: Sequence[Transfer]
    events: Sequence[Event] = ()
    openings: Mapping[str, int] = {}
    rejections: Sequence[Rejection] = ()


class Following(ABC, Generic[Block]):
    """The part of a reader that moves its tip."""

    def __init__(self, answers: NodeAnswers[Block], questions: AgreeingQuestions[Block], terms: Terms) -> None:
        self.answers, self.questions, self.terms = answers, questions, terms

    @abstractmethod
    def rows(self, blocks: Sequence[Block], keep: Collection[str] | None) -> BlockRows:
        """The rows of blocks in order of height, those of the accounts in `keep` (None: all)."""

    def breaks(self, blocks: Sequence[Block]) -> Iterable[tuple[Block, Block]]:
        """Blocks of neighbouring heights, of which the later does not follow the earlier."""
        heads = map(self.questions.head, blocks)
        for (before, block), (one, other) in zip(pairwise(blocks), pairwise(heads), strict=True):
            if other.height == one.height + 1 and other.parent != one.hash:
                yield before, block

    @property
    def tip(self) -> int:
        """The last block of the run."""
        return self.questions.tip

    @property
    def node(self) -> str:
        """The node in use."""
        return self.questions.node

    @property
    def tip_time(self) -> int | None:
        """The time of the last block of the run (UNIX seconds); None where blocks state none."""
        return self.questions.time_of(self.questions.block(self.tip))

    def retry(self) -> None:
        """Lets every node be asked again, whatever it was given up for: one that was lost may be back. One that asked to be left alone is
        not asked before its time."""
        if self.questions.client is not None:
            self.questions.client.lost.clear()

    def follow(self, forked: Callable[[int], None]) -> bool:
        """Moves the tip of the run towards the last block, and reads every block between, so that accounts read before stay complete.

        Says whether it came there: a long way is gone in strides. If the chain was rewritten, `forked` is told the last block that
        stands, and those above it count anew. A node whose chain only ends earlier is behind: it is given up, nothing is forgotten.
        """
        return self.questions.on_one_node(lambda: self._follow(forked))

    def _follow(self, forked: Callable[[int], None]) -> bool:
        read = dict(self.answers.blocks)
        last = self.questions.last_block()
        height = self.questions.head(last).height
        self.answers.blocks = read | ({height: last} if height > self.tip else {})  # one of another branch is not put in place of ours
        if height < self.tip:
            self._refuse_behind(height)
        fork = None if self._extends(last) else self._fork(height)
        if fork is not None:
            forked(fork)
            self._undo(fork)
            self.answers.pinned = fork
        reached = min(height, self.tip + STRIDE)
        blocks = self._chained(self.tip, reached, forked)
        if fork is not None or blocks:
            self.questions.note(TIP, height=reached)
            self.answers.pinned = reached
        return reached == height

    def _chained(self, above: int, last: int, forked: Callable[[int], None]) -> list[Block]:
        """The blocks above a height, each of which follows the one before.

        Some may have been read before the tip came to them, when the chain was another: then what no longer stands is read again.
        """
        for _ in range(READ_AGAIN):
            blocks = self.questions.blocks(range(max(above, 1), last + 1))
            broken = next(iter(self.breaks(blocks)), None)
            if broken is None:
                return blocks[1:] if above else blocks
            tip, fork = self.tip, self._fork(self.questions.head(broken[0]).height)
            if fork < tip:
                forked(fork)
            self._undo(fork)
            self.questions.note(TIP, height=tip)
            self.answers.pinned = tip
        raise NodeError(f"{self.questions.node}: its chain is being rewritten while it is read; ask again in a minute")

    def _refuse_behind(self, height: int) -> None:
        """Gives up a node whose chain ends at a height below the tip and is ours up to there. Raises NodeLostError then."""
        shared = max((known for known in self.answers.blocks if known <= height), default=None)
        if shared is not None and self.questions.client and self.questions.still(shared, self.answers.blocks[shared]):
            self.questions.client.give_up(f"is behind: its chain ends with block {height}, and block {self.tip} was read")
            raise NodeLostError

    def since(self, height: int) -> list[Transfer]:
        """The transfers of all blocks above a height, up to the tip of the run; a block that was not read is asked for."""
        return list(self.rows(self._chained(height, self.tip, lambda _: None), None).transfers)

    def _extends(self, last: Block) -> bool:
        """Whether the chain that ends in `last` goes on from the tip of the run."""
        head, known = self.questions.head(last), self.questions.head(self.answers.blocks[self.tip])
        if head.height <= self.tip:
            return head == known
        return self.questions.head(self.questions.block(self.tip + 1)).parent == known.hash

    def _fork(self, height: int) -> int:
        """The last height at which the chain still has the block that was read. Raises NodeError where that is too deep."""
        finality = self.terms.finality
        for below in range(min(height, self.tip), max(0, self.tip - finality - 1), -1):
            known = self.answers.blocks.get(below)
            if known is not None and self.questions.still(below, known):
                return below
        raise NodeError(
            f"{self.questions.node} has another chain than was read, deeper than nodes may rewrite ({finality}): "
            f"one of the nodes lies or is on a fork. {BY_HAND}"
        )

    def _undo(self, fork: int) -> None:
        self.questions.note(FORK, above=fork)
        self.answers.forget_blocks(fork)
