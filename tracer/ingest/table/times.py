"""What the time column of a table says: UNIX seconds, milliseconds, or ISO 8601 with its zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tracer.ingest.table.cells import number_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_10000 = 253_402_300_800  # UNIX seconds


def moment_or_none(text: str, utc: bool) -> int | None:
    return moment(text, utc) if text.strip() else None


def moment(text: str, utc: bool = False) -> int:
    """UNIX seconds of a moment given so, or in milliseconds, or in ISO 8601 with its offset from UTC.

    No count of seconds before the year 10000 is as large as one of milliseconds. `utc`: what has no offset is in UTC.

    >>> moment("2018-01-26 00:04:56 UTC") == moment("2018-01-26T09:04:56+09:00")
    True
    """
    text = text.strip()
    if text.isascii() and re.fullmatch(r"\d+(\.0+)?", text):
        number = number_of(text)
        seconds = number if number < YEAR_10000 else number // 1000
        if seconds >= YEAR_10000:
            raise ValueError("is after the year 9999, in seconds and in milliseconds: write UNIX seconds")
        return seconds
    try:
        stated = _stated(text) if text.isascii() else _stated("")
    except ValueError:
        raise ValueError("is no time: write UNIX seconds or 2018-01-26T00:04:56Z") from None
    if stated.tzinfo is None and not utc:
        raise ValueError("has no offset from UTC: write 2018-01-26T00:04:56Z, or utc = true in the source if its times are in UTC")
    seconds = ((stated if stated.tzinfo else stated.replace(tzinfo=UTC)) - EPOCH) // timedelta(seconds=1)
    if not 0 <= seconds < YEAR_10000:
        raise ValueError("is outside the years 1970 to 9999: no chain has such times")
    return seconds


def _stated(text: str) -> datetime:
    """The moment in ISO 8601, with its zone named or not; or as HTTP has it, whose zone is always named. Raises ValueError."""
    if re.fullmatch(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", text):
        return parsedate_to_datetime(text)
    return datetime.fromisoformat(re.sub(r"( \+0000)? (UTC|GMT)$", "+00:00", text))
