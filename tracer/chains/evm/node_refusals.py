"""What EVM nodes say when they refuse, and what of it is worth asking for less."""

from __future__ import annotations

from tracer.chains.evm.answers import refusal
from tracer.model import Exchange

RANGE = "range"
TOO_MANY = (RANGE, "limit", "too large", "too many", "more than", "exceed")
"""Words by which nodes refuse a question about too many blocks or with too many results."""


def refused(exchange: Exchange) -> str:
    """What a node says against a question; "" where it answers it."""
    return refusal(exchange) or (exchange.answer if exchange.status != 200 else "")


def many(said: str) -> bool:
    """Whether a node says that it was asked for too many blocks, or for too much in them."""
    return any(word in said.lower() for word in TOO_MANY)
