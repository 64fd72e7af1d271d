"""What a case folder held before: each earlier result is kept whole, and what two of their records have in common once.

history/RUN.json     one earlier result: its manifest, its case file, and the pieces that its record is made of
history/pieces/      the pieces: some pages of a record each, packed, under the SHA-256 of what they unpack to

A piece ends after a page whose own checksum says so, not after so many pages: so a record in which pages were added or moved shares all
other pieces with the one before. It is kept as it lies on disk, since writing its rows out takes six times as long. Result pages are not
kept: they are drawn again from the record.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracer.casefile.whole_and_exact_files import put_whole, read_exact
from tracer.casefolder.manifest import altered_tables, sha256_of
from tracer.errors import RecordError, StoreError
from tracer.store.record.database import VERSION, CaseDb

HISTORY = "history"
PIECES = "pieces"
PAGE = 4096  # bytes of a page of SQLite, unless somebody asks for others
PAGES = 16  # pages of a piece, on average: one of them in so many ends it
MOST = 16 * PAGES * PAGE  # bytes of a piece at most, whatever the checksums of its pages say


def keep(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Keeps what the folder holds now, which is about to be replaced. Raises OSError."""
    target = folder / HISTORY / f"{manifest['run']}.json"
    if target.exists():
        return
    pieces = folder / HISTORY / PIECES
    pieces.mkdir(parents=True, exist_ok=True)
    record = list(_put_pieces(folder / "case.db", pieces))
    kept = {"schema": VERSION, "manifest": manifest, "case": read_exact(folder / "case.toml"), "record": record}
    put_whole(target, json.dumps(kept) + "\n")


def _put_pieces(record: Path, into: Path) -> Iterator[str]:
    for piece in _pieces(record):
        name = sha256_of(piece)
        path = into / name[:2] / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            unfinished = path.with_suffix(".partial")
            unfinished.write_bytes(zlib.compress(piece, 1))
            unfinished.replace(path)
        yield name


def _pieces(record: Path) -> Iterator[bytes]:
    """The pages of a record, cut where their checksums say."""
    piece = bytearray()
    with record.open("rb") as file:
        while page := file.read(PAGE):
            piece += page
            if zlib.crc32(page) % PAGES == 0 or len(piece) == MOST:
                yield bytes(piece)
                piece.clear()
    if piece:
        yield bytes(piece)


def earlier(folder: Path, run: str) -> tuple[dict[str, Any], str, CaseDb]:
    """Manifest, case file and record of an earlier result; the record in memory, and as its manifest vouches for it.

    Raises StoreError where it is not kept, RecordError where what is kept is not what it was.
    """
    path = folder / HISTORY / f"{run}.json"
    try:
        kept = json.loads(path.read_text())
        manifest, text = kept["manifest"], kept["case"]
        if kept["schema"] != VERSION:
            raise StoreError(f"{path}: kept by tracer {manifest['tracer']}, whose records this version does not read: use that version")
        pieces = (folder / HISTORY / PIECES / name[:2] / name for name in kept["record"])
        record = b"".join(zlib.decompress(piece.read_bytes()) for piece in pieces)
        db = CaseDb.in_memory(record)
        altered = [] if sha256_of(record) == manifest["record"]["sha256"] else altered_tables(db, manifest)
    except FileNotFoundError as error:
        raise StoreError(f"{error.filename}: is not there, so this earlier result cannot be shown: take {HISTORY} from a copy") from error
    except (OSError, ValueError, KeyError, TypeError, zlib.error, sqlite3.Error) as error:
        raise RecordError(f"{path}: is damaged ({type(error).__name__}: {error}): take {HISTORY} from a copy") from error
    if altered:
        raise RecordError(f"{path}: was altered after it was kept ({', '.join(altered)}): take {HISTORY} from a copy")
    return manifest, text, db
