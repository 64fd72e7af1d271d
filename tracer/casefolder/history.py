"""What a case folder held before: each earlier result is kept whole, and what two of them have in common once.

history/RUN.json     one earlier result: its manifest, its case file, and for each table the pieces it is made of
history/pieces/      the pieces: rows as the digests hash them, packed, each under the SHA-256 of what it unpacks to

A piece ends after a row whose own checksum says so, not after so many rows: so a table that grew, or has a row more in the middle, shares
all other pieces with the one before. Pages are not kept: they are drawn again from the record.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracer.casefile.paths import put_whole, read_exact
from tracer.errors import RecordError, StoreError
from tracer.store.record.database import CANONICAL, NOTES, VERSION, CaseDb
from tracer.store.record.digests import digest_tables, hashed_lines

HISTORY = "history"
PIECES = "pieces"
ROWS = 2048  # rows of a piece, on average: one of them in so many ends it
MOST = 16 * ROWS  # rows of a piece at most, whatever their checksums say
KEPT = (*CANONICAL, NOTES)


def keep(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Keeps what the folder holds now, which is about to be replaced. Raises OSError.

    A table that is as in a result kept before is not read again: its digest says so.
    """
    target = folder / HISTORY / f"{manifest['run']}.json"
    if target.exists():
        return
    pieces = folder / HISTORY / PIECES
    pieces.mkdir(parents=True, exist_ok=True)
    stated = manifest["record"]["tables"]
    known = {(table, kept["tables"][table]["sha256"]): kept["tables"][table] for kept in _kept(folder) for table in kept["tables"]}
    with CaseDb(folder / "case.db") as db:
        tables = {
            table: known.get((table, stated[table])) or {"sha256": stated[table], "pieces": list(_put_pieces(db, table, pieces))}
            for table in KEPT
        }
    kept = {"schema": VERSION, "manifest": manifest, "case": read_exact(folder / "case.toml"), "tables": tables}
    put_whole(target, json.dumps(kept) + "\n")


def _kept(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((folder / HISTORY).glob("*.json")):
        kept = json.loads(path.read_text())
        if kept["schema"] == VERSION:
            yield kept


def _put_pieces(db: CaseDb, table: str, into: Path) -> Iterator[str]:
    for piece in _pieces(db, table):
        name = hashlib.sha256(piece).hexdigest()
        path = into / name[:2] / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            unfinished = path.with_suffix(".partial")
            unfinished.write_bytes(zlib.compress(piece, 1))
            unfinished.replace(path)
        yield name


def _pieces(db: CaseDb, table: str) -> Iterator[bytes]:
    """The rows of a table, cut where their checksums say."""
    piece: list[bytes] = []
    for lines in hashed_lines(db, table):
        for line in lines.splitlines(keepends=True):
            piece.append(line)
            if zlib.crc32(line) % ROWS == 0 or len(piece) == MOST:
                yield b"".join(piece)
                piece = []
    if piece:
        yield b"".join(piece)


def earlier(folder: Path, run: str) -> tuple[dict[str, Any], str, CaseDb]:
    """Manifest, case file and record of an earlier result; the record in memory, and as its manifest vouches for it.

    Raises StoreError where it is not kept, RecordError where what is kept is not what it was.
    """
    path = folder / HISTORY / f"{run}.json"
    try:
        kept = json.loads(path.read_text())
        manifest, text, tables = kept["manifest"], kept["case"], kept["tables"]
        if kept["schema"] != VERSION:
            raise StoreError(f"{path}: kept by tracer {manifest['tracer']}, whose records this version does not read: use that version")
        db = CaseDb(Path(":memory:"), create=True)
        with db.stage():
            for table in KEPT:
                for name in tables[table]["pieces"]:
                    db.insert_rows(table, _rows(folder / HISTORY / PIECES / name[:2] / name))
        stated = manifest["record"]["tables"]
        altered = [table for table, digest in digest_tables(db, KEPT).items() if digest != stated[table]]
    except FileNotFoundError as error:
        raise StoreError(f"{error.filename}: is not there, so this earlier result cannot be shown: take {HISTORY} from a copy") from error
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise RecordError(f"{path}: is damaged ({type(error).__name__}: {error}): take {HISTORY} from a copy") from error
    if altered:
        raise RecordError(f"{path}: was altered after it was kept ({', '.join(altered)}): take {HISTORY} from a copy")
    return manifest, text, db


def _rows(path: Path) -> list[list[Any]]:
    return [json.loads(line) for line in zlib.decompress(path.read_bytes()).splitlines()]
