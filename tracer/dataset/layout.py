"""Column files: a ledger far bigger than a case, on disk. Only the slice that a case needs becomes rows in memory.

A folder of NumPy arrays, mapped and read a part at a time, rows in ledger order:

    columns.json   format, asset, decimals, rows, order, basis, coverage, whole, and size and SHA-256 of every other file
    accounts.txt   an address a line, sorted; an account's number is its line, from 0
    sender.npy recipient.npy (int32, -1: nobody)  amount.npy fee.npy (int64, smallest units)
    row_key.npy (int64, where order is "chain")  time.npy (int64, UNIX seconds; -1: not stated)
    tx_hash.npy (uint8, rows x at least 4 bytes: the number, or where `hashes` is "text" the text; zeros: none)
    kind.npy basis.npy (uint8, places in the lists of columns.json)
    openings.npy (int64, one an account)

row_key.npy or time.npy must be there; tx_hash, kind, basis and openings may be missing.
"""

from __future__ import annotations

import json
import mmap
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from operator import lt
from pathlib import Path
from typing import Any

from tracer.errors import InputError

FORMAT = 1

ABOUT = "columns.json"

ACCOUNTS = "accounts.txt"

PART = 1 << 20  # rows of a column that are mapped together, and let go before the next

PIECE = 1 << 22  # bytes of accounts.txt looked at together

DTYPES = {
    "sender": "<i4", "recipient": "<i4", "amount": "<i8", "fee": "<i8", "row_key": "<i8", "time": "<i8",
    "tx_hash": "|u1", "kind": "|u1", "basis": "|u1", "openings": "<i8",
}  # fmt: skip

LEAST_BYTES = 4  # of a hash, or of the longest text that stands for one

UNTIMED = -1  # in time.npy, of a row whose time the source does not state

NEEDED = ("sender", "recipient", "amount", "fee")


class Addresses(Sequence[str]):
    """accounts.txt: number -> address, and back. Raises InputError where it is not sorted or holds an address twice."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        with path.open("rb") as file:
            self._text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
        if self._text[-1:] not in (b"", b"\n"):
            raise InputError(f"{path}: its last line does not end: it was cut off, or written by something else")
        ends, start, before = [np.full(1, -1)], 0, b""
        while start < len(self._text):
            stop = self._text.find(b"\n", min(start + PIECE, len(self._text) - 1)) + 1
            lines = self._text[start:stop].split(b"\n")[:-1]
            if not all(map(lt, [before, *lines], lines)):
                at = next(n for n, (one, after) in enumerate(pairwise([before, *lines])) if one >= after)
                line, shown = sum(map(len, ends)) + at, lines[at].decode(errors="replace")
                raise InputError(f"{path}:{line}: {shown!r} is not after the address before it: an address a line, sorted")
            ends.append(start - 1 + np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)) + 1))
            start, before = stop, lines[-1]
        self._ends = np.concatenate(ends)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: Any) -> Any:
        return self._text[self._ends[number] + 1 : self._ends[number + 1]].decode()

    def number(self, address: str) -> int | None:
        """The account of that address; None if the files have none."""
        at = bisect_left(self, address)
        return at if at < len(self) and self[at] == address else None


def described(folder: Path) -> dict[str, Any]:
    """columns.json, with every file it names there and of the size it states. Raises InputError; reads no column."""
    path = folder / ABOUT
    try:
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = dict(about["files"])
        stated = {name: int(file["size"]) for name, file in files.items()}
        [str(file["sha256"]) for file in files.values()]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): is it a folder that tracer columns wrote?") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: is no description of column files ({type(error).__name__}: {error})") from error
    if about.get("format") != FORMAT:
        raise InputError(f"{path}: format {about.get('format')!r}, and this version reads {FORMAT}: write it again with tracer columns")
    for name, size in {ACCOUNTS: -1, **stated}.items():
        if not (folder / name).is_file() or size < 0:
            raise InputError(f"{folder}: {name} is missing: write the folder again with tracer columns")
        if (there := (folder / name).stat().st_size) != size:
            raise InputError(f"{folder / name}: has {there:,} bytes, and {ABOUT} says {size:,}: it was changed, or copied in part")
    return about
