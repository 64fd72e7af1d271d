"""The tables of `case.db` that have most rows, as they are kept: what rows have in common stands once, hashes are bytes.

Each is read by the name of a view of schema.sql, which has the columns that it means; the rows themselves stand in `kept_` and that name.
Here its columns become those; of hops, whose rows become fewer, in `packed_hops.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from sqlite3 import Connection
from typing import Any

from tracer.model.hashes import HEX, Hashes

Given = Mapping[str, Iterable[Any]]

KEPT = {name: f"kept_{name}" for name in ("transfers", "hops", "holdings", "measures")}
"""Where the rows of a view are."""

SHARED = {"transfers": "forms", "measures": "measure_kinds"}
"""Where what the rows of a view have in common stands, and goes with them."""

OF_A_FORM = ("kind", "memo_kind", "basis", "source", "verified", "hash_prefix")
OF_A_KIND = ("against", "name", "unit", "threshold", "holds", "note")
"""What rows of the ledger, and measures of tags, have in common."""


def as_kept(db: Connection, view: str, columns: Given) -> dict[str, Iterable[Any]]:
    """The columns of a view as they are kept; what its rows have in common is added where it stands, once it is used."""
    return _PACK[view](db, columns)


def hash_kept(text: str | None) -> bytes | str | None:
    """A hash as it is kept: bytes where it is written in lower hexadecimal digits, which `0x` may precede; as it is where it is not."""
    if text is None:
        return None
    digits = text[2:] if text[:2] == HEX else text
    try:
        content = bytes.fromhex(digits)
    except ValueError:
        return text
    return content if content.hex() == digits else text  # fromhex takes capitals and spaces too


def hashes_read(kept: Sequence[bytes | str | None], prefixes: Sequence[str]) -> Sequence[str | None]:
    """Hashes as they were, by what stands before the digits of each; as bytes where all of them are of one form."""
    if set(map(type, kept)) == {bytes} and len(set(prefixes)) == 1:
        content = b"".join(filter(None, kept))  # type: ignore[arg-type]  # all are bytes
        width = len(content) // len(kept)
        if width and set(map(len, kept)) == {width}:  # type: ignore[arg-type]
            return Hashes(prefixes[0], width, content)
    return [prefix + each.hex() if isinstance(each, bytes) else each for each, prefix in zip(kept, prefixes, strict=True)]


class _Numbers(dict[tuple[Any, ...], int]):
    """The numbers of what many rows share: a new one is added to its table when it is first asked for."""

    def __init__(self, db: Connection, table: str, names: tuple[str, ...]) -> None:
        self._db = db
        known = db.cursor()
        known.row_factory = None
        self.update((tuple(shared), number) for number, *shared in known.execute(f"SELECT id, {', '.join(names)} FROM {table}"))
        self._add = f"INSERT INTO {table} (id, {', '.join(names)}) VALUES (?{', ?' * len(names)})"

    def __missing__(self, shared: tuple[Any, ...]) -> int:
        self[shared] = number = len(self)
        self._db.execute(self._add, (number, *shared))
        return number


def _numbered(db: Connection, table: str, columns: dict[str, Iterable[Any]], names: tuple[str, ...]) -> Iterator[int]:
    """The number of what each row shares, whose columns are taken out."""
    return map(_Numbers(db, table, names).__getitem__, zip(*(columns.pop(name) for name in names), strict=True))


def _transfers(db: Connection, columns: Given) -> dict[str, Iterable[Any]]:
    kept = dict(columns)
    hashes = kept["tx_hash"]
    if isinstance(hashes, Hashes):
        kept |= {"tx_hash": hashes.contents(), "hash_prefix": repeat(hashes.prefix, len(hashes))}
    else:
        hashes = list(hashes)
        prefixes = (HEX if text is not None and text[:2] == HEX else "" for text in hashes)
        kept |= {"tx_hash": map(hash_kept, hashes), "hash_prefix": prefixes}
    return kept | {"form": _numbered(db, "forms", kept, OF_A_FORM)}


def number_of_rule(db: Connection, rule: str) -> int:
    """Which number stands for a rule."""
    return _Numbers(db, "rules", ("rule",))[(rule,)]


def _holdings(db: Connection, columns: Given) -> dict[str, Iterable[Any]]:
    kept = dict(columns)
    return kept | {"rule": _numbered(db, "rules", kept, ("rule",))}


def _measures(db: Connection, columns: Given) -> dict[str, Iterable[Any]]:
    """Those that rest on the rows of their tag, as half of them do, leave them to it."""
    kept = dict(columns)
    tags = list(kept["tag"])
    of_tag = dict(db.execute("SELECT id, rows FROM tags").fetchall())
    kept |= {"tag": tags, "rows": (None if rows == of_tag[tag] else rows for tag, rows in zip(tags, kept["rows"], strict=True))}
    return kept | {"kind": _numbered(db, "measure_kinds", kept, OF_A_KIND)}


_PACK: dict[str, Callable[[Connection, Given], dict[str, Iterable[Any]]]] = {
    "transfers": _transfers, "holdings": _holdings, "measures": _measures,
}  # fmt: skip
