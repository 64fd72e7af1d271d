"""The manifest of a case folder: digests of the case file, of every source, and of the results.

Which tables `results_digest` is over, and how they are hashed: `store/record/results_digest.py`. The page has a digest of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.casefile import CaseFile
from tracer.casefile.paths_in_and_out_of_case_folder import path_from
from tracer.errors import RecordError
from tracer.ingest.node import RECORDING
from tracer.ingest.source_digests import SourceDigest
from tracer.store.record.database import CANONICAL, NOTES, CaseDb
from tracer.store.record.results_digest import DIGESTS, completed, digest_tables, digests_over
from tracer.version import __version__

if TYPE_CHECKING:
    from tracer.chains.plugins import Provider

FILES = ("case.toml", f"{RECORDING}.gz", "case.db", "case.html", "manifest.json")
"""What a finished run puts in place, in this order: the manifest last, since it vouches for the rest."""

LOG = "log.jsonl"
"""The audit log."""

PLACED = (*FILES[:-1], LOG, FILES[-1])
"""The same with the log. A folder may have a log before it has a result."""

NONE: Mapping[str, str] = {}

SMALL = 64 << 20  # bytes of a source that every command re-reads to see whether it changed


def brought_by_others(question: CaseFile) -> dict[str, Provider]:
    """What of the case other distributions brought, and which: its chain, dialects of its tables."""
    from tracer.chains import provider  # only who makes a case needs them
    from tracer.ingest.table.dialects import dialect_provider

    found = {"chain": provider(question.chain)}
    found |= {f"dialect {source.dialect}": dialect_provider(source.dialect) for source in question.sources if source.dialect}
    return {what: distribution for what, distribution in found.items() if distribution is not None}


def manifest_of(question: CaseFile, folder: Path, sources: Iterable[SourceDigest], results: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a folder with these `results`."""
    return {
        "tracer": __version__,
        **results,
        "case": {
            "name": question.name,
            "path": path_from(folder.resolve(), question.path.resolve()),
            "sha256": sha256_of(question.text.encode()),
        },
        "primary": question.trace.primary,
        **{what: provider._asdict() for what, provider in brought_by_others(question).items()},
        "options": dict(question.options),
        "sources": [source._asdict() for source in sources],
    }


def manifested(folder: Path, *keys: str) -> Any:
    """What the folder's manifest has under these keys, one inside the other; None where it has not, or cannot be read."""
    try:
        value = json.loads((folder / "manifest.json").read_text())
        for key in keys:
            value = value[key]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return value


def differs(path: Path, stated: SourceDigest, thorough: bool) -> bool:
    """Whether a file is no longer the one that was digested; a large one only by its size, unless `thorough`."""
    size = path.stat().st_size
    if size != stated.size or ((size > SMALL or stated.kind == "column") and not thorough):
        return size != stated.size
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() != stated.sha256


def record_digest(stated: Mapping[str, Any]) -> str:
    """One digest of all that the record holds, of the digests stated for its parts."""
    return sha256_of("\n".join(stated[name] for name in DIGESTS).encode())


def run_of(stated: Mapping[str, Any], question: str) -> str:
    """What marks record and manifest as of one run: a digest of the record's digests and of the case file's text."""
    return sha256_of(f"{record_digest(stated)}\n{question}".encode())


def settled(db: CaseDb, question: CaseFile, page: str, page_digest: str, known: Mapping[str, str] = NONE) -> dict[str, Any]:
    """Closes a finished record and returns what the manifest says of the results. `known`: digests of tables that were computed already."""
    tables = completed(db, known, CANONICAL)
    digests = digests_over(tables)
    run = run_of(digests, question.text)
    db.note(run=run)
    tip, tip_hash = (json.loads(db.noted(name) or "null") for name in ("tip", "tip_hash"))
    newest = None if tip is None else {"height": tip, "hash": tip_hash}
    tables |= digest_tables(db, (NOTES,))
    db.settle()
    with db.path.open("rb") as file:
        record = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        **digests,
        "page_digest": page_digest,
        "page_sha256": sha256_of(page.encode("utf-8")),
        "run": run,
        "newest_block": newest,
        "record": {"sha256": record, "tables": tables},
    }


def altered(db: CaseDb, manifest: Mapping[str, Any]) -> list[str]:
    """The tables of a record that are not as its run left them. They are compared only where the file is not, byte for byte.

    Raises RecordError where the file cannot be read as a record.
    """
    with db.path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == manifest["record"]["sha256"]:
            return []
    try:
        return altered_tables(db, manifest)
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise RecordError(f"{db.path}: is damaged ({error}): trace the case again, or take the folder from a copy") from error


def altered_tables(db: CaseDb, manifest: Mapping[str, Any]) -> list[str]:
    """The tables of a record whose rows are not those that its manifest states. Raises sqlite3.Error or ValueError where it is damaged."""
    stated = manifest["record"]["tables"]
    return [table for table, digest in digest_tables(db, (*CANONICAL, NOTES)).items() if digest != stated[table]]


def as_stated(db: CaseDb, manifest: Mapping[str, Any]) -> dict[str, str]:
    """The digests that a manifest states for the tables of a record. Raises RecordError where the record is not as it was left."""
    if sentence := alteration_of(db, manifest):
        raise RecordError(sentence)
    return dict(manifest["record"]["tables"])


def alteration_of(db: CaseDb, manifest: Mapping[str, Any]) -> str | None:
    """What shows that a record is not what its run wrote; None where nothing does. Raises RecordError where it is damaged."""
    tables = altered(db, manifest)
    if not tables:
        return None
    return f"{db.path} was altered after it was traced ({', '.join(tables)}): trace the case again, or take the folder from a copy"


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def changed_sources(question: CaseFile, folder: Path, sources: Iterable[Mapping[str, Any]], thorough: bool) -> Iterator[str]:
    """The sources of a case that are no longer as its manifest states, a sentence each; a large one by size only, unless `thorough`."""
    for stated in sources:
        path = Path(os.path.normpath((folder if stated["kind"] == "node" else question.folder) / stated["name"]))
        if not path.is_file():
            continue
        if stated["kind"] != "node" and not question.may_read(path):
            yield f"{path} leads out of the folder of its case file, and is not compared with what was traced"
        elif differs(path, SourceDigest(**stated), thorough):
            yield f"{path} has changed since {folder} was traced: run tracer trace again"
