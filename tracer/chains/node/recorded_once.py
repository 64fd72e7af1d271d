"""What a watch asks at every poll, and hears again and again, is recorded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from tracer.chains.node.answers import REFUSED
from tracer.model import Exchange

Record = Callable[[Exchange, str], None]


def without_repeats(record: Record, paths: Collection[str]) -> Record:
    """`record`, but for an answer to one of `paths` that is word for word the last one to the same question.

    Only questions whose answers count by themselves: of others, when an answer came may matter. With an answer goes a note that it was
    refused: it would stand after another one.
    """
    last: dict[str, bytes] = {}
    repeated = False

    def record_news(exchange: Exchange, node: str) -> None:
        nonlocal repeated
        if repeated and exchange.path == REFUSED:
            return
        repeated = False
        if urlsplit(exchange.path).path in paths:
            digest = hashlib.sha256(f"{exchange.status} {exchange.answer}".encode()).digest()
            repeated = last.get(exchange.path) == digest
            last[exchange.path] = digest
        if not repeated:
            record(exchange, node)

    return record_news
