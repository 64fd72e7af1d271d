"""Reading accounts whole from nodes: again where the balance does not close, undone where the chain was rewritten.

What a list, a block and a payment are, a chain says: it fills the abstract methods of `NodeReader`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Generic

from tracer.chains import NodeBalance
from tracer.chains.node.agreement import BY_HAND, AgreeingQuestions
from tracer.chains.node.answers import Block, NodeAnswers
from tracer.chains.node.choice_of_tip import choose_tip
from tracer.chains.node.questions import BusyError
from tracer.chains.node.reorganisations import BlockRows, Following
from tracer.errors import NodeError
from tracer.model import RECORD_CHARS, Account, Asset, Reading, Rejection, Terms, Transfer

AGAIN = 3  # readings of an account whose balance does not close, before the next node is asked
UNEXPLAINED = "states a balance of {} that what it lists of it does not explain"


class NodeReader(Following[Block], ABC, Generic[Block]):
    """Reads accounts from nodes, or from what was recorded of them: a `chains.Reader` but for `payments`, `find` and `pending`.

    `whole`: the accounts read whose rows explain the balance that a node states.
    """

    def __init__(self, answers: NodeAnswers[Block], questions: AgreeingQuestions[Block], asset: Asset, source: str, terms: Terms) -> None:
        super().__init__(answers, questions, terms)
        self.asset, self.source = asset, source
        self.whole: set[str] = set()
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
    def served(self, address: str) -> int | None:
        """The balance that a node stated last, in smallest units."""

    def read_balance(self, address: str) -> None:
        """Asks one node for the balance of an account between two equal heights. With all that it lists, where that takes no less."""
        self.read_account(address)

    def balance(self, address: str) -> NodeBalance:
        """What an account holds now, asked for anew, and the time of the block after which it holds it."""
        self.questions.on_one_node(lambda: self.read_balance(address))
        amount, height = self.served(address), self.answers.served_height.get(address)
        if height is None:
            return NodeBalance(None, why="blocks came in between each time that the balance was asked for; ask again")
        return NodeBalance(
            amount, height, self.questions.time_of(self.questions.block(height)), "" if amount is not None else "the node states none"
        )

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

    def omits(self, address: str) -> str:
        """Which income no list of the account names, where that is known."""
        return ""

    def read_further(self, address: str) -> None:
        """Looks for what may explain a balance that did not close after several readings."""

    @property
    def asked(self) -> int:
        """Questions put to nodes so far, in this run and in those it goes on from."""
        return self.answers.seen + (self.questions.client.asked if self.questions.client else 0)

    def begin(self) -> None:
        """Settles the tip of the run: nothing above it is in the ledger. It stands once an account was read up to it."""
        answers = self.answers
        answers.pinned = answers.pinned or answers.shown
        if self.questions.client is not None and (answers.pinned is None or not answers.begun):
            choose_tip(self.questions)
            self.answers.forget_lists()
        self.questions.block(self.tip)

    def ahead(self, addresses: Iterable[str]) -> Iterator[str]:
        """The addresses, each when it is to be read: what is asked about several of them may be put together."""
        return iter(addresses)

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

    def small(self, address: str) -> bool:
        """Whether an account has so little to read that it is read whole even where only its payments are asked for."""
        return False

    def lost(self, tx_hash: str) -> str:
        """Why a payment that was announced will not come; "" where it may, and where a chain does not say."""
        return ""

    def fetch_small(self, wallet: str) -> bool:
        """Reads a wallet whole if it is small: then its balance shows whether its payments are all there."""
        return self.small(wallet) and self.fetch(wallet)

    def _fetch(self, address: str) -> None:
        doubted: dict[str, str] = {}
        self.whole.discard(address)
        for _ in self.questions.everywhere():
            wrong = self._read_well(address)
            if wrong is None:
                self._leave(doubted)
                self.whole.add(address)
                return
            doubted[self.questions.node] = wrong
        foreign = next(reversed(doubted.items()))
        if self.questions.client is None:
            return
        if foreign[1] != UNEXPLAINED.format(address):
            raise NodeError(
                f"{foreign[0]} {foreign[1]}: the chain was being rewritten, or the node lies; run again, or add another node with --node"
            )
        self.questions.on_one_node(lambda: self.read_account(address))
        self.read_blocks(address)
        self.read_further(address)

    def _read_well(self, address: str) -> str | None:
        """Reads an account on one node until what was read explains its balance; gives why it does not, None if it does."""
        wrong = UNEXPLAINED.format(address)
        for _ in range(AGAIN):
            if not self.answers.complete(address):
                self.begin_account(address)
                self.questions.on_one_node(lambda: self.read_account(address))
            foreign = self.read_blocks(address)
            if foreign is None and self.explained(address):
                return None
            wrong = UNEXPLAINED.format(address)
            if foreign is not None:
                wrong = f"lists transaction {foreign} of {address}, and the block it names does not hold it"
            if self.questions.client is None:
                break
            self.answers.forget(address)
        return wrong

    def begin_account(self, address: str) -> None:
        """Makes way for reading an account anew: what was read of it before, and not to its end, is dropped."""
        self.answers.forget(address)

    def _leave(self, doubted: Mapping[str, str]) -> None:
        """Gives up the nodes that did not explain an account which another one explains."""
        client = self.questions.client
        for node, why in doubted.items() if client is not None else ():
            if client is not None and node != client.node and node not in client.lost:
                client.give_up(f"{why}; {client.node} explains it", node)

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
                depth = self.tip - height
                self.questions.set_aside()
                raise NodeError(
                    f"{self.questions.node} has another block {height} than was read, {depth} below the tip: deeper than nodes "
                    f"may rewrite ({self.terms.finality}). One of the nodes lies or is on a fork. {BY_HAND}"
                )
        if fork == self.tip:
            return True
        self._undo(fork)
        return False

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
            notes=tuple(self.notes(full, wallets)),
            nodes=self.answers.sources,
            tip_hash=self.questions.head(last).hash if (last := self.answers.blocks.get(self.tip)) is not None else None,
            hints=tuple(self.hints(wallets)),
        )

    def hints(self, wallets: Collection[str]) -> Iterable[str]:
        """What to know before saying which payments of `wallets` are thefts, a sentence each."""
        return ()

    def notes(self, full: Collection[str], wallets: Collection[str]) -> Iterable[str]:
        """How the accounts and the payments of `wallets` were read, a sentence each, where one would not take it for granted."""
        return ()

    def _broken(self, blocks: Sequence[Block]) -> Iterator[Rejection]:
        for before, block in self.breaks(blocks):
            height, follows = self.questions.head(block).height, self.questions.head(before).height
            why = f"does not follow block {follows}: the chain was rewritten between the two answers, or one was altered"
            yield Rejection(self.source, f"block {height}", why, str(block)[:RECORD_CHARS])

    def _accounts(self, rows: BlockRows, full: Collection[str], transfers: Iterable[Transfer]) -> list[Account]:
        later = self._moved_since_tip(rows.transfers)
        accounts = []
        for address in sorted(full):
            account = Account(address, rows.openings.get(address, 0), "chain", "full", omits=self.omits(address))
            served, height = self.served(address), self.answers.served_height.get(address)
            if served is not None and height is not None:
                account = account._replace(served=served - later.get(address, 0), served_height=min(self.tip, height))
            accounts.append(account)
        named = {address for t in transfers for address in (t.sender, t.recipient) if address} - set(full)
        return accounts + [Account(address, None, "modelled", "boundary") for address in sorted(named)]

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
