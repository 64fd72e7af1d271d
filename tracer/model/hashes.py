"""The hashes of many rows as bytes: of a million, as texts they take 115 MB, in bytes 32."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from operator import eq
from typing import overload

HEX = "0x"
TOGETHER = 1000
"""Hashes that are written out at a time."""


class Hashes(Sequence[str | None]):
    """Hashes of one length in lower hexadecimal digits, `prefix` before each; a text is made when somebody looks.

    >>> hashes = compact_hashes(["0x00ff", "0x01ab"])
    >>> hashes[1], list(hashes), hashes == ["0x00ff", "0x01ab"], list(hashes.contents())
    ('0x01ab', ['0x00ff', '0x01ab'], True, [b'\\x00\\xff', b'\\x01\\xab'])
    """

    def __init__(self, prefix: str, width: int, content: bytes) -> None:
        self.prefix, self._width, self._content = prefix, width, content

    def contents(self) -> Iterator[bytes]:
        """The bytes of each."""
        width = self._width
        return (self._content[first : first + width] for first in range(0, len(self._content), width))

    def __len__(self) -> int:
        return len(self._content) // self._width

    def __iter__(self) -> Iterator[str]:
        digits, step = 2 * self._width, TOGETHER * self._width
        for first in range(0, len(self._content), step):
            text = self._content[first : first + step].hex()
            for place in range(0, len(text), digits):
                yield self.prefix + text[place : place + digits]

    def __add__(self, other: Sequence[str | None]) -> Sequence[str | None]:
        """These and those behind them; as bytes where all of them are of one form."""
        behind = compact_hashes(other)
        if isinstance(behind, Hashes) and (behind.prefix, behind._width) == (self.prefix, self._width):
            return Hashes(self.prefix, self._width, self._content + behind._content)
        return [*self, *other]

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str | None]: ...
    def __getitem__(self, place: int | slice) -> str | list[str | None]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        first = range(len(self))[place] * self._width
        return self.prefix + self._content[first : first + self._width].hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self):,} hashes>"


def compact_hashes(hashes: Sequence[str | None]) -> Sequence[str | None]:
    """The hashes as bytes where all are of one length and form, else as they are.

    >>> compact_hashes(["0x00ff", None]), compact_hashes(["00FF"]), compact_hashes(["0x00ff", "000011"])
    (['0x00ff', None], ['00FF'], ['0x00ff', '000011'])
    """
    if isinstance(hashes, Hashes):
        return hashes
    first = (hashes[0] if hashes else None) or ""
    prefix = HEX if first.startswith(HEX) else ""
    digits = len(first) - len(prefix)
    if not digits or digits % 2 or None in hashes or set(map(len, hashes)) != {len(first)}:  # type: ignore[arg-type]
        return hashes
    content, left = bytearray(), iter(hashes)
    while batch := [text for text in islice(left, TOGETHER) if text]:
        together = "".join(text[len(prefix) :] for text in batch)
        try:
            some = bytes.fromhex(together)
        except ValueError:
            return hashes
        if some.hex() != together or any(not text.startswith(prefix) for text in batch):  # fromhex takes capitals and spaces too
            return hashes
        content += some
    return Hashes(prefix, digits // 2, bytes(content))
