"""The message of a transfer on NEM: plain, hex or encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.model import Memo

HEX_MESSAGE = 0xFE  # wallets prefix bytes that are not text with this one (NEM-sdk: format.hexToUtf8)


def memo_of(transaction: Mapping[str, Any]) -> Memo | None:
    """The message of a transfer: plain, hex (bytes marked as no text) or encrypted, kept as it is."""
    message = transaction.get("message")
    if not message or not message.get("payload"):
        return None
    content = bytes.fromhex(message["payload"])
    if message["type"] == 2:
        return Memo("encrypted", content)
    return Memo("hex", content) if content[0] == HEX_MESSAGE else Memo("plain", content)
