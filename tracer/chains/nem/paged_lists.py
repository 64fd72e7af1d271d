"""Lists that a NIS node gives page by page: read to their end, and one so long that the account is busy is given up."""

from __future__ import annotations

import json
from typing import Any

from tracer.chains.nem.answers import Json
from tracer.chains.nem.questions import Questions
from tracer.chains.nem.scan import MISSHAPEN
from tracer.chains.nem.time_stamps import unix_seconds
from tracer.chains.node.questions import BusyError
from tracer.errors import NodeError
from tracer.model import Exchange

PAGE = 100  # the largest page a node gives (nis: DefaultPage)
BUSY = 200  # pages after which an account is too busy to be anybody's but a service's
DAY = 86_400  # a transaction is included at most a day after its time stamp


def read_pages(questions: Questions, path: str, address: str, since: int | None = None, pages: int = BUSY) -> None:
    """A list to its empty page, or to what can only be older than `since`, on one node; the cursor strictly falls.

    Raises BusyError where so many pages do not reach that.
    """
    cursor: int | None = None
    who = f"address={address}&" if address else ""
    for _ in range(pages + 1):
        path_asked = f"{path}?{who}pageSize={PAGE}" + (f"&id={cursor}" if cursor is not None else "")
        below = cursor
        exchange = questions.ask("GET", path_asked, sound=lambda e, below=below: _falls(e, below))  # type: ignore[misc]
        if exchange.status != 200:
            raise NodeError(f"{questions.node}: {path} of {address}: {questions.refusal(exchange)}: run once without --offline")
        rows = json.loads(exchange.answer)["data"]
        if not rows or (since is not None and all(latest(row["transaction"]) < since for row in rows)):
            return
        cursor = min(_ids(exchange))
    raise BusyError


def _falls(exchange: Exchange, below: int | None) -> bool:
    """Whether a page has no more rows than were asked for, and all ids below the cursor: else it would be the same page again."""
    try:
        ids = _ids(exchange)
        return len(ids) <= PAGE and all(below is None or row_id < below for row_id in ids)
    except MISSHAPEN:
        return False


def _ids(exchange: Exchange) -> list[int]:
    rows: list[dict[str, Any]] = json.loads(exchange.answer)["data"]
    return [row["meta"]["id"] if "meta" in row else row["id"] for row in rows]


def latest(transaction: Json) -> int:
    """The last moment (UNIX seconds) at which a transaction can have been included."""
    return unix_seconds(int(transaction["timeStamp"])) + DAY
