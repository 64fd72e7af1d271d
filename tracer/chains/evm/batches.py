"""Several questions in one request (JSON-RPC batches), where a node takes them: a reader then waits once and not for each.

What comes in a batch is only kept ready: each answer is recorded and judged when its question is put, as if it had come alone. What
a batch leaves out, or refuses, is asked by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from tracer.chains.node.answers import overgrown
from tracer.chains.node.block_time import UnbelievableError
from tracer.chains.node.client import NodeClient
from tracer.chains.node.retries import tried
from tracer.model import Exchange

Item = TypeVar("Item")
Question = tuple[str, tuple[Any, ...]]
"""A method and what it is asked with."""

FIRST, MOST = 16, 64
"""Questions of the first batch, and of the largest; services that sell access take a hundred and more."""

ROOMY = 1 << 20  # characters of an answer after which the next batch may be twice as long: far from the largest that is read
BATCH = "/tracer/batch"
"""Not an answer: a note in a recording that a node takes no batches, takes shorter ones, or left out some of the answers."""


def body_of(method: str, params: Sequence[Any]) -> str:
    """A question as it is put by itself, and as it stands in a recording."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, separators=(",", ":"))


class Batches:
    """Puts questions together, to the node in use. `longest`: by node, how many at a time; below two it is asked one by one. `most`: how
    many it may be tried with."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client
        self.longest: dict[str, int] = {}
        self.most: dict[str, int] = {}

    def ahead(self, items: Iterable[Item], questions: Callable[[Item], Iterable[Question]]) -> Iterator[Item]:
        """The items in their order, each once the answers to its questions are ready; those that nobody put by then are dropped.

        Raises NodeError where no node is left.
        """
        waiting, bodies = list[Item](), list[str]()
        for item in items:
            waiting.append(item)
            bodies += (body_of(method, params) for method, params in questions(item))
            if len(bodies) >= self._room:
                yield from self._ready(waiting, bodies)
                waiting, bodies = [], []
        yield from self._ready(waiting, bodies)

    @property
    def _room(self) -> int:
        return self.longest.setdefault(self._client.node, FIRST)

    def _ready(self, items: list[Item], bodies: list[str]) -> Iterator[Item]:
        node, at = self._client.node, 0
        while at < len(bodies) - 1 and self._room > 1 and self._client.node == node and not self._client.rests(node):
            part = bodies[at : at + self._room]
            at += len(part) if self._put(node, part) else 0
        try:
            yield from items
        finally:
            for body in bodies:
                self._client.ready.pop((node, body), None)

    def _put(self, node: str, bodies: Sequence[str]) -> bool:
        """Puts some questions together, and keeps the answers ready. False where the node does not take so many at a time.

        Gives the node up where it answers what nobody asked, or a question twice. Raises NodeError where none is left.
        """
        asked = "[" + ",".join(json.dumps({**json.loads(body), "id": n}, separators=(",", ":")) for n, body in enumerate(bodies, 1)) + "]"

        def once() -> tuple[bool | None, str]:
            exchange, why = self._client.put(node, "POST", "", asked, len(bodies))
            if exchange is None or exchange.status != 200:
                return self._shorter(node, bodies, why or f"status {exchange.status if exchange else 0}"), ""
            try:
                return self._keep(exchange, bodies), ""
            except UnbelievableError as error:
                return None, f"an answer that cannot be: {error}"

        taken, why = tried(self._client.patience, self._client.wait, once)
        if taken is None:
            self._client.give_up(f"{len(bodies)} questions in a batch: {why}", node)
        return taken is not False

    def _shorter(self, node: str, bodies: Sequence[str], why: str) -> bool:
        """Notes that a node does not take so many questions at a time: a quarter of them is tried next, and never more than half."""
        self.longest[node], self.most[node] = len(bodies) // 4, len(bodies) // 2
        self._client.note(BATCH, {"refused": len(bodies), "why": why}, node)
        return False

    def _keep(self, exchange: Exchange, bodies: Sequence[str]) -> bool:
        node, text = exchange.node, exchange.answer
        if why := overgrown(text) or ("" if text.lstrip().startswith("[") else "no list of answers"):
            return self._shorter(node, bodies, why)
        answers = dict(_answers(text, len(bodies)))
        good = {n: answer for n, (answer, refused) in answers.items() if not refused}
        for n, answer in good.items():
            body = bodies[n - 1]
            self._client.ready[node, body] = exchange._replace(body=body, answer=answer)
        if missing := len(bodies) - len(answers):
            self._client.note(BATCH, {"left_out": missing, "of": len(bodies)}, node)
        if 2 * len(good) < len(bodies):
            self.longest[node] = max(1, len(bodies) // 2)
        elif len(text) < ROOMY and len(bodies) >= self._room:
            self.longest[node] = min(self.most.get(node, MOST), 2 * self._room)
        return True


def _answers(text: str, asked: int) -> Iterator[tuple[int, tuple[str, bool]]]:
    """Of each answer in a batch the number of its question, its text as it was served, and whether it refuses.

    Raises UnbelievableError where it is no answer to a question of the batch, or the second to one.
    """
    decoder, at, seen = json.JSONDecoder(), text.index("[") + 1, set[int]()
    try:
        while (at := _past(text, at)) < len(text) and text[at] != "]":
            value, end = decoder.raw_decode(text, at)
            number = value["id"]
            if type(number) is not int or not 1 <= number <= asked:
                raise UnbelievableError(f"it answers question {str(number)[:20]!r}, and {asked} were asked")
            if number in seen:
                raise UnbelievableError(f"it answers question {number} twice")
            seen.add(number)
            yield number, (text[at:end], value.get("result") is None)
            at = end
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnbelievableError(f"a list that cannot be read: {type(error).__name__} {error}") from error


def _past(text: str, at: int) -> int:
    """The place of the next thing in a list."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at
