"""RLP, the serialisation under every EVM hash, and Keccak-256 (Ethereum yellow paper, appendix B)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sha3 import keccak_256

Item: TypeAlias = "bytes | Sequence[Item]"

SHORT = 55
"""The longest text or list whose length stands in its first byte."""


def keccak(content: bytes) -> bytes:
    """The Keccak-256 of some bytes, 32 bytes."""
    digest: bytes = keccak_256(content).digest()
    return digest


def minimal(number: int) -> bytes:
    """A number without leading zeros, which is how RLP holds it; nought is no byte at all.

    >>> minimal(1024), minimal(0)
    (b'\\x04\\x00', b'')
    """
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode(item: Item) -> bytes:
    """The bytes of a text or a list of such.

    >>> encode([b"cat", b"dog"]).hex()
    'c88363617483646f67'
    """
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _length(len(item), 0x80) + item
    content = b"".join([encode(each) for each in item])
    return _length(len(content), 0xC0) + content


def _length(length: int, offset: int) -> bytes:
    if length <= SHORT:
        return bytes((offset + length,))
    written = minimal(length)
    return bytes((offset + SHORT + len(written),)) + written


def decode(content: bytes) -> Item:
    """The text or list that the bytes hold. Raises ValueError where they end early or go on.

    >>> decode(bytes.fromhex("c88363617483646f67"))
    [b'cat', b'dog']
    """
    item, end = _decode(content, 0)
    if end != len(content):
        raise ValueError(f"RLP of {end} bytes in {len(content)}")
    return item


def _decode(content: bytes, start: int) -> tuple[Item, int]:
    if start >= len(content):
        raise ValueError("RLP that ends early")
    prefix = content[start]
    if prefix < 0x80:
        return content[start : start + 1], start + 1
    is_list, short = prefix >= 0xC0, prefix & 0x3F
    body, length = start + 1, short
    if short > SHORT:
        body = start + 1 + short - SHORT
        length = int.from_bytes(content[start + 1 : body], "big")
    end = body + length
    if end > len(content):
        raise ValueError("RLP that ends early")
    if not is_list:
        return content[body:end], end
    items: list[Item] = []
    while body < end:
        item, body = _decode(content, body)
        items.append(item)
    if body != end:
        raise ValueError("RLP whose list ends within an item")
    return items, end


def raw(text: str | None) -> bytes:
    """The bytes of hexadecimal text as nodes serve it; none of None.

    >>> raw("0x0102")
    b'\\x01\\x02'
    """
    return bytes.fromhex(text[2:]) if text else b""


def number(text: str) -> int:
    """A quantity as nodes serve it. Raises ValueError for what is no 0x and hexadecimal digits, and TypeError for what is no text.

    >>> number("0x1a")
    26
    """
    if text[:2] != "0x":
        raise ValueError(f"{text[:40]!r} is no quantity in hexadecimal")
    return int(text, 16)


def quantity(text: str | None) -> bytes:
    """A quantity as nodes serve it, as RLP holds it.

    >>> quantity("0x0400")
    b'\\x04\\x00'
    """
    return minimal(number(text)) if text else b""
