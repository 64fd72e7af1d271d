"""Commitments to rows: what stands for a row that is withheld, and what opens it again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from tracer.ledger import Ledger


def cells_of(ledger: Ledger, row: int) -> dict[str, str | None]:
    """What a row says of its place on the chain and of its two sides, as it is committed to."""
    t = ledger.transfer(row)
    memo = t.memo.content.hex() if t.memo else None
    place = {"height": t.height, "position": t.position, "time": t.time}
    said = {name: None if value is None else str(value) for name, value in place.items()}
    return {**said, "tx_hash": t.tx_hash, "sender": t.sender, "recipient": t.recipient, "amount": str(t.amount), "memo_hex": memo}


def commitment(key: bytes, cells: Mapping[str, str | None]) -> str:
    """The commitment to a row: it says nothing without the nonce, and cannot be opened as another row."""
    return hashlib.sha256(f"{nonce(key, cells)}\n{_text(cells)}".encode()).hexdigest()


def nonce(key: bytes, cells: Mapping[str, str | None]) -> str:
    """The nonce of a row: one can be opened, and the others stay closed."""
    return hmac.new(key, _text(cells).encode(), hashlib.sha256).hexdigest()


def _text(cells: Mapping[str, str | None]) -> str:
    return json.dumps(dict(cells), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
