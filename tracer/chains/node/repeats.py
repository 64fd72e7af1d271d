"""What a watch asks at every poll, and hears again and again, is recorded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from tracer.model import Exchange

Record = Callable[[Exchange, str], None]


def without_repeats(record: Record, paths: Collection[str]) -> Record:
    """`record`, but for an answer to one of `paths` that is word for word the last one to the same question.

    Only questions whose answers count by themselves: of others, when an answer came may matter.
    """
    last: dict[str, bytes] = {}

    def record_news(exchange: Exchange, node: str) -> None:
        if urlsplit(exchange.path).path in paths:
            digest = hashlib.sha256(f"{exchange.status} {exchange.answer}".encode()).digest()
            if last.get(exchange.path) == digest:
                return
            last[exchange.path] = digest
        record(exchange, node)

    return record_news
