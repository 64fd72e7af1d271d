"""Questions to nodes: what was answered is not asked again, and an answer that cannot be true is none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, NamedTuple

from tracer.chains.node.answers import Block, NodeAnswers, overgrown
from tracer.chains.node.block_time import Tempo, UnbelievableError, require_possible
from tracer.chains.node.client import NodeClient, clock
from tracer.errors import NodeError
from tracer.model import Exchange

SAID = 200  # characters of a node's words in a message


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
        exchange = self.client.ask(method, path, body, lambda e: self._understood(e, sound), may_refuse)
        if exchange.status != 200:
            self.answers.take(exchange)
        return exchange

    def _understood(self, exchange: Exchange, sound: Callable[[Exchange], bool]) -> bool:
        """Whether an answer is sound and was learnt. Raises UnbelievableError where there is a word why not."""
        if why := overgrown(exchange.answer):
            raise UnbelievableError(why)
        if not sound(exchange):
            return False
        if not self.answers.take(exchange):
            raise UnbelievableError(self.answers.fault(exchange))
        return True

    def note(self, what: str, **stated: int) -> None:
        """Writes into the recording what is no answer, but changes which answers count."""
        if self.client is not None:
            query = "&".join(f"{key}={value}" for key, value in stated.items())
            self.client.record(Exchange(0, "NOTE", f"{what}?{query}", None, 200, "{}", self.client.node), self.client.node)
