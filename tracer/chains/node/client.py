"""Asking nodes over HTTP: politely, patiently, one node at a time, every answer recorded before it is read."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from importlib.util import find_spec

import requests

from tracer.chains import Nodes
from tracer.chains.node.pace import Pace
from tracer.chains.node.transport import SOCKS, Waits, put_question
from tracer.errors import NodeError
from tracer.model import Exchange
from tracer.version import __version__

ASIDE = (429, 503)  # busy, or still loading: the same node may answer later
NO = (400, 401, 404)  # the node has understood and says no


class NodeLostError(Exception):
    """The node in use gave up: what was begun there, a list of pages above all, is begun again on the next one."""


class NodeClient:
    """Asks one of several nodes, and the next when it fails. `record` gets every answer as served, before anybody reads it."""

    def __init__(self, nodes: Nodes) -> None:
        self.urls = list(dict.fromkeys((url if "://" in url else f"http://{url}").rstrip("/") for url in nodes.urls))
        self.pace = Pace.of(nodes)
        self.record = nodes.record
        self.asked = 0
        self.node = self.urls[0]
        self.lost: dict[str, str] = {}
        self._next = 0.0
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
        answer. Raises NodeLostError when the node gave up and another one is in use from now on, NodeError when none is left.
        """
        question, why = f"{method} {path}" + (f" {body}" if body else ""), ""
        for attempt in range(self.pace.tries):
            if attempt:
                self._wait(min(self.pace.pause * 2 ** (attempt - 1), self.pace.longest) * (1 + random.random() / 2))  # noqa: S311
            exchange, why = self._once(self.node, method, path, body)
            if exchange is None:
                continue
            if exchange.status == 200 and sound(exchange):
                return exchange
            if exchange.status in NO and may_refuse:
                return self._of_another(method, path, body, sound) or exchange
            why = f"status {exchange.status}" if exchange.status != 200 else "an answer that cannot be"
            if exchange.status == 429:
                self._wait(self.pace.silence)
        self.give_up(f"{question}: {why}, {self.pace.tries} times")
        raise NodeLostError

    def _of_another(self, method: str, path: str, body: str | None, sound: Callable[[Exchange], bool]) -> Exchange | None:
        """A good answer of a node that is not in use, None where none of them has one: one node's no is not everybody's."""
        for url in self.urls:
            if url != self.node and url not in self.lost:
                exchange, _ = self._once(url, method, path, body)
                if exchange is not None and exchange.status == 200 and sound(exchange):
                    return exchange
        return None

    def give_up(self, why: str) -> None:
        """Leaves the node in use for the next. Raises NodeError when there is none."""
        self.lost[self.node] = why
        left = [url for url in self.urls if url not in self.lost]
        if not left:
            said = "; ".join(f"{url}: {reason}" for url, reason in self.lost.items())
            raise NodeError(
                f"no node answers ({said}): what was read is kept, and the same command goes on from there; add another node with --node"
            )
        self.node = left[0]

    def _once(self, node: str, method: str, path: str, body: str | None) -> tuple[Exchange | None, str]:
        self._wait(self._next - time.monotonic())
        self._next = time.monotonic() + 1 / self.pace.per_second
        self.asked += 1
        answer = put_question(self._session, method, node + path, body, Waits(self.pace.connect, self.pace.read, self.pace.whole))
        if answer.why:
            return None, answer.why
        exchange = Exchange(0, method, path, body, answer.status, answer.text)
        self.record(exchange, node)
        return exchange, ""

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)
