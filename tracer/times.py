"""Moments for people."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(time: int) -> str:
    """A moment (UNIX seconds) in ISO 8601.

    >>> utc(1516892696)
    '2018-01-25T15:04:56Z'
    """
    return datetime.fromtimestamp(time, UTC).isoformat().replace("+00:00", "Z")
