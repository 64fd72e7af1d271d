"""Asking nodes over HTTP: politely, patiently, one node at a time, every answer recorded before it is read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import NamedTuple

import requests

from tracer.chains import Nodes
from tracer.chains.node.answers import LOST, REFUSED
from tracer.chains.node.api_keys import filled, hidden, keyless
from tracer.chains.node.block_time import UnbelievableError
from tracer.chains.node.rate_limit import RateLimit
from tracer.chains.node.retries import LONGEST_SILENCE, NO, Patience, silence, tried
from tracer.chains.node.transport import SOCKS, Waits, put_question
from tracer.errors import NodeError
from tracer.model import Exchange
from tracer.version import __version__

NO_ANSWER, OK = 0, 200
USUAL = 512 << 10  # characters an answer may have on average: the largest page of any chain has a few times that
SURPLUS = 24 << 20  # characters that a node may have said beyond that, before it is given up: else padding would fill the memory


def clock() -> int:
    """UNIX seconds by the clock of this computer."""
    return int(time.time())


class LeftAlone(NamedTuple):
    """How long a node is left alone: until which moment (`time.monotonic`), and the seconds that it asked for (`Retry-After`)."""

    until: float
    asked_for: float


class NodeLostError(Exception):
    """The node in use gave up: what was begun there, a list of pages above all, is begun again on the next one."""


class NodeClient:
    """Asks one of several nodes, and the next when it fails. `record` gets every answer as served, before anybody reads it.

    Nodes are known by their addresses without passwords: so they stand in recordings and messages. `hear` is told every note.
    `ready`: by node and question answers that came together with others, and take the place of asking once.
    """

    def __init__(self, nodes: Nodes) -> None:
        addresses = [(url if "://" in url else f"http://{url}").rstrip("/") for url in nodes.urls]
        self._addresses = {keyless(address): address for address in addresses}
        self.urls = list(self._addresses)
        self.hear: Callable[[Exchange], object] = lambda _: None
        self.ready: dict[tuple[str, str | None], Exchange] = {}
        self._surplus: dict[str, int] = {}
        self._left_alone: dict[str, LeftAlone] = {}
        self._alone = False
        self.patience, self._waits, self._rate = Patience.of(nodes), Waits.of(nodes), RateLimit(nodes)
        self.record = nodes.record
        self.chain_id = nodes.chain_id
        self.asked = 0
        self.node = self.urls[0]
        self.lost: dict[str, str] = {}
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"tracer/{__version__}"
        if (nodes.proxy or "").startswith("socks") and find_spec("socks") is None:
            raise NodeError(f"a proxy {nodes.proxy} needs PySocks: {SOCKS}")
        if nodes.proxy:
            self._session.proxies = {"http": nodes.proxy, "https": nodes.proxy}

    def ask(
        self, method: str, path: str, body: str | None = None, sound: Callable[[Exchange], bool] = lambda _: True, may_refuse: bool = False
    ) -> Exchange:
        """A good answer (200) of the node in use. Where nodes `may_refuse`: that of another, or the no (400, 401, 404) of all.

        An answer that is not `sound` is asked again like one that never came, and so is a no to a question that every node can
        answer. A node that wants no question for more than a minute is given up. Raises NodeLostError when the node gave up and another
        one is in use from now on, NodeError when none is left.
        """
        question = " ".join(filter(None, [method, path, body]))

        def once() -> tuple[Exchange | None, str]:
            if why := self.rests(self.node):
                self.give_up(f"{question}: {why}")
                raise NodeLostError
            exchange, why = self._once(self.node, method, path, body)
            if exchange is None:
                return None, why
            if exchange.status in NO and may_refuse:
                return self._of_another(method, path, body, sound) or exchange, ""
            why = self._wrong(exchange, sound)
            return (None, why) if why else (exchange, "")

        exchange, why = tried(self.patience, self.wait, once)
        if exchange is None:
            self.give_up(f"{question}: {self.rests(self.node) or why}")
            raise NodeLostError
        return exchange

    def _of_another(self, method: str, path: str, body: str | None, sound: Callable[[Exchange], bool]) -> Exchange | None:
        """A good answer of a node that is not in use, None where none of them has one: one node's no is not everybody's."""
        for url in self.left if not self._alone else ():
            if url != self.node:
                exchange, _ = self._once(url, method, path, body)
                if exchange is not None and not self._wrong(exchange, sound):
                    return exchange
        return None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While it lasts, the no of the node in use stands, whatever another one would say."""
        self._alone = True
        try:
            yield
        finally:
            self._alone = False

    def peek(self, method: str, path: str) -> Exchange | None:
        """A good answer of the node in use to a question that nothing depends on, asked once; None without one, and while the node is left
        alone."""
        if self._due(self.node) > 0:
            return None
        exchange, _ = self._once(self.node, method, path, None)
        return exchange if exchange is not None and exchange.status == OK else None

    @property
    def left(self) -> list[str]:
        """The nodes that are not given up."""
        return [url for url in self.urls if url not in self.lost]

    def note(self, what: str, said: Mapping[str, object], node: str = "") -> None:
        """Writes into the recording what is no answer, of the node in use if no other is named."""
        node = node or self.node
        exchange = Exchange(0, "NOTE", what, None, 200, json.dumps(dict(said)), node)
        self.record(exchange, node)
        self.hear(exchange)

    def give_up(self, why: str, node: str = "") -> None:
        """Leaves a node, that in use if no other is named, for the next. Raises NodeError when there is none."""
        node = node or self.node
        self.lost[node] = why
        self.note(LOST, {"given_up": why, "given_up_time": clock()}, node)
        left = self.left
        if not left:
            said = "; ".join(f"{url}: {reason}" for url, reason in self.lost.items())
            raise NodeError(
                f"no node answers ({said}): what was read is kept, and the same command goes on from there; add another node with --node"
            )
        if self.node in self.lost:
            self.node = left[0]

    def _once(self, node: str, method: str, path: str, body: str | None) -> tuple[Exchange | None, str]:
        """An answer, recorded; or why none came."""
        ready = self.ready.pop((node, body), None)
        exchange, why = (ready, "") if ready else self.put(node, method, path, body)
        if exchange is not None:
            self.record(exchange, node)
        return exchange, why

    def put(self, node: str, method: str, path: str, body: str | None, questions: int = 1) -> tuple[Exchange | None, str]:
        """What one request brings, which may hold several questions, and nobody recorded yet; or why nothing came.

        A node is left alone as long as it asked for (`Retry-After`); of one that wants more than a minute, nothing is asked.
        """
        if why := self.rests(node):
            return None, why
        self.wait(max(self._rate.due(), self._due(node)))
        self._rate.asked()
        self.asked += questions
        address = self._addresses[node]
        answer = put_question(self._session, method, filled(address) + path, body, self._waits)
        if answer.status not in (NO_ANSWER, OK):
            silent = silence(answer.status, answer.retry_after, self.patience)
            self._left_alone[node] = LeftAlone(time.monotonic() + silent, answer.retry_after)
        if answer.why:
            return None, answer.why
        self._surplus[node] = max(0, self._surplus.get(node, 0) + len(answer.text) - questions * USUAL)
        if self._surplus[node] > SURPLUS:
            return None, f"answers of {self._surplus[node] >> 20} MiB together beyond what is usual"
        return Exchange(0, method, path, body, answer.status, hidden(address, answer.text), node), ""

    def rests(self, node: str) -> str:
        """That a node asked to be left alone for more than a minute, and for how long, as long as that is not over; else ""."""
        left_alone = self._left_alone.get(node)
        if left_alone is None or left_alone.asked_for <= LONGEST_SILENCE or left_alone.until <= time.monotonic():
            return ""
        return f"it wants no question for {left_alone.asked_for:,.0f} seconds"

    def _due(self, node: str) -> float:
        """Seconds for which a node still has to be left alone."""
        return self._left_alone[node].until - time.monotonic() if node in self._left_alone else 0.0

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        if seconds > 0:
            time.sleep(seconds)

    def _wrong(self, exchange: Exchange, sound: Callable[[Exchange], bool]) -> str:
        """Why an answer is no good one; "" if it is. One that cannot be is noted as refused: whoever reads the recording leaves it out."""
        if exchange.status != OK:
            return f"status {exchange.status}"
        try:
            if sound(exchange):
                return ""
            why = "an answer that cannot be"
        except UnbelievableError as error:
            why = f"an answer that cannot be: {error}"
        self.note(REFUSED, {}, exchange.node)
        return why
