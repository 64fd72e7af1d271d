"""Reading accounts whole from nodes: again where the balance does not close, undone where the chain was rewritten.

What a list, a block and a payment are, a chain says: it fills the abstract methods of `NodeReader`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple

from tracer.chains.node.answers import FORK, TIP, Block, NodeAnswers
from tracer.chains.node.questions import BusyError, NodeQuestions
from tracer.errors import NodeError
from tracer.model import RECORD_CHARS, Account, Asset, Event, Reading, Rejection, Terms, Transfer

AGAIN = 3  # readings of an account whose balance does not close, before that is a finding


class BlockRows(NamedTuple):
    """What blocks say of some accounts: rows and events in their order, what each opens with, what was not understood."""

    transfers: Sequence[Transfer]
    events: Sequence[Event] = ()
    openings: Mapping[str, int] = {}
    rejections: Sequence[Rejection] = ()


class NodeReader(ABC, Generic[Block]):
    """Reads accounts from nodes, or from what was recorded of them: a `chains.Reader` but for `payments`, `find` and `pending`."""

    def __init__(self, answers: NodeAnswers[Block], questions: NodeQuestions[Block], asset: Asset, source: str, terms: Terms) -> None:
        self.answers, self.questions = answers, questions
        self.asset, self.source, self.terms = asset, source, terms
        self._at_hand: str | None = None

    @abstractmethod
    def read_account(self, address: str) -> None:
        """Asks one node for all that it lists of an account, and for its balance between two equal heights. Raises BusyError."""

    @abstractmethod
    def read_blocks(self, address: str) -> str | None:
        """Reads one block for every height that names the account. Gives the first transaction that its block does not hold."""

    @abstractmethod
    def explained(self, address: str) -> bool:
        """Whether what was read of the account explains its balance, and nothing read elsewhere says that some of it is missing."""

    @abstractmethod
    def rows(self, blocks: Sequence[Block], keep: Collection[str] | None) -> BlockRows:
        """The rows of blocks in order of height, those of the accounts in `keep` (None: all)."""

    @abstractmethod
    def served(self, address: str) -> int | None:
        """The balance that a node stated last, in smallest units."""

    least_questions = 1
    """Questions that an account takes of which nothing is recorded and whose lists are short."""

    def heights(self, address: str) -> Collection[int]:
        """The blocks that the lists of an account name, as far as they were read."""
        return ()

    def least(self, address: str) -> int:
        """Questions that reading an account whole takes at the least: blocks its lists name, or what the lists themselves take."""
        if self.answers.complete(address):
            return sum(height not in self.answers.blocks for height in self.heights(address))
        return 1 if address == self._at_hand else self.least_questions

    def breaks(self, blocks: Sequence[Block]) -> Iterable[tuple[Block, Block]]:
        """Blocks of neighbouring heights, of which the later does not follow the earlier."""
        heads = map(self.questions.head, blocks)
        for (before, block), (one, other) in zip(pairwise(blocks), pairwise(heads), strict=True):
            if other.height == one.height + 1 and other.parent != one.hash:
                yield before, block

    def omits(self, address: str) -> str:
        """Which income no list of the account names, where that is known."""
        return ""

    def read_further(self, address: str) -> None:
        """Looks for what may explain a balance that did not close after several readings."""

    @property
    def asked(self) -> int:
        """Questions put to nodes so far, in this run and in those it goes on from."""
        return self.answers.seen + (self.questions.client.asked if self.questions.client else 0)

    @property
    def tip(self) -> int:
        """The last block of the run."""
        return self.questions.tip

    def begin(self) -> None:
        """Settles the tip of the run: nothing above it is in the ledger. It stands once an account was read up to it."""
        answers = self.answers
        answers.pinned = answers.pinned or answers.shown
        if self.questions.client is not None and (answers.pinned is None or not answers.begun):
            self.questions.choose_tip()
        self.questions.block(self.tip)

    def fetch(self, address: str) -> bool:
        """Reads an account whole, and again when its balance does not close: a page may have been left out.

        False for an account that is too busy: a service that nobody has labelled yet.
        """
        self._at_hand = address
        try:
            self._fetch(address)
        except BusyError:
            return False
        finally:
            self._at_hand = None
        return True

    def _fetch(self, address: str) -> None:
        foreign: str | None = None
        for _ in range(AGAIN):
            if not self.answers.complete(address):
                self.answers.forget(address)
                self.questions.on_one_node(lambda: self.read_account(address))
            foreign = self.read_blocks(address)
            if foreign is None and self.explained(address):
                return
            if self.questions.client is None:
                return
            self.answers.forget(address)
        if foreign is not None:
            raise NodeError(
                f"{self.questions.node} lists transaction {foreign} of {address}, and the block it names "
                "does not hold it: the chain was being rewritten, or the node lies; run again, or ask another node"
            )
        self.questions.on_one_node(lambda: self.read_account(address))
        self.read_blocks(address)
        self.read_further(address)

    def settled(self) -> bool:
        """Whether the tip of the run is still on the chain. If not, everything above the fork is forgotten.

        Raises NodeError when the chain differs deeper than nodes may rewrite it: that is a finding, not a reorganisation.
        """
        if self.questions.client is None:
            return True
        known = dict(self.answers.blocks)
        heights = sorted((height for height in known if height <= self.tip), reverse=True)
        fork = self.tip
        for height in heights:
            if self.questions.still(height, known[height]):
                break
            fork = height - 1
            if self.tip - height > self.terms.finality:
                raise NodeError(
                    f"{self.questions.node} has another block {height} than was read, {self.tip - height} below the tip: deeper than nodes "
                    f"may rewrite ({self.terms.finality}). One of the nodes lies or is on a fork: compare them by hand before you go on"
                )
        if fork == self.tip:
            return True
        self._undo(fork)
        return False

    def follow(self) -> tuple[int | None, list[Transfer]]:
        """Moves the tip of the run to the last block, and gives the transfers since; with the fork, if the chain was rewritten.

        Every block between is read, so that accounts read before stay complete. After a fork the blocks above it count anew.
        """
        known = self.answers.blocks[self.tip]
        last = self.questions.last_block()
        self.answers.blocks[self.tip] = known  # another block of that height, if it is the last one, has taken its place
        height = self.questions.head(last).height
        fork = None if self._extends(last) else self._fork(height)
        first = self.tip + 1 if fork is None else fork + 1
        if fork is not None:
            self._undo(fork)
            self.answers.pinned = fork
        blocks = [self.questions.block(each) for each in range(first, height + 1)]
        if fork is not None or blocks:
            self.questions.note(TIP, height=height)
            self.answers.pinned = height
        return fork, list(self.rows(blocks, None).transfers)

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
            "one of the nodes lies or is on a fork; compare them by hand before you go on"
        )

    def _undo(self, fork: int) -> None:
        self.questions.note(FORK, above=fork)
        self.answers.forget_blocks(fork)

    def reading(self, full: Collection[str], wallets: Collection[str] = ()) -> Reading:
        """The ledger of the accounts read (`full`) and of what `wallets` paid; everybody else in it is at the boundary."""
        blocks = [self.answers.blocks[height] for height in sorted(self.answers.blocks)]
        rows = self.rows(blocks, {*full, *wallets})
        transfers = [t for t in rows.transfers if (t.height or 0) <= self.tip]
        return Reading(
            transfers,
            [e for e in rows.events if e.height <= self.tip],
            self._accounts(rows, full, transfers),
            [*rows.rejections, *self._broken(blocks)],
            self.tip,
            complete=False,
            terms=self.terms,
        )

    def _broken(self, blocks: Sequence[Block]) -> Iterator[Rejection]:
        for before, block in self.breaks(blocks):
            height, follows = self.questions.head(block).height, self.questions.head(before).height
            why = f"does not follow block {follows}: the chain was rewritten between the two answers, or one was altered"
            yield Rejection(self.source, f"block {height}", why, str(block)[:RECORD_CHARS])

    def _accounts(self, rows: BlockRows, full: Collection[str], transfers: Iterable[Transfer]) -> list[Account]:
        later = self._moved_since_tip(rows.transfers)
        found = []
        for address in sorted(full):
            account = Account(address, rows.openings.get(address, 0), "chain", "full", omits=self.omits(address))
            served, height = self.served(address), self.answers.served_height.get(address)
            if served is not None and height is not None:
                account = account._replace(served=served - later.get(address, 0), served_height=min(self.tip, height))
            found.append(account)
        named = {address for t in transfers for address in (t.sender, t.recipient) if address} - set(full)
        return found + [Account(address, None, "modelled", "boundary") for address in sorted(named)]

    def _moved_since_tip(self, transfers: Iterable[Transfer]) -> dict[str, int]:
        """What each account gained between the tip of the run and the height its balance was served at."""
        gained: dict[str, int] = {}
        for t in transfers:
            height = t.height or 0
            if height > self.tip:
                if t.sender and height <= (self.answers.served_height.get(t.sender) or 0):
                    gained[t.sender] = gained.get(t.sender, 0) - t.amount - t.fee
                if t.recipient and height <= (self.answers.served_height.get(t.recipient) or 0):
                    gained[t.recipient] = gained.get(t.recipient, 0) + t.amount
        return gained
