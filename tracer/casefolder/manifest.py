"""The manifest of a case folder: digests of the case file, of every source, and of the results.

Which tables `results_digest` is over, and how they are hashed, stands in `store/record/digests.py`. The page has a digest of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracer.casefile import CaseFile
from tracer.ingest.digests import SourceDigest
from tracer.ingest.node import RECORDING
from tracer.store.record.database import CaseDb
from tracer.store.record.digests import DIGESTS, digests_in

FILES = ("case.toml", f"{RECORDING}.gz", "case.db", "case.html", "manifest.json")
"""What a finished run puts in place, in this order: the manifest last, since it vouches for the rest."""

SMALL = 64 << 20  # bytes of a source that every command re-reads to see whether it changed


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


def settled(db: CaseDb, question: CaseFile, page: str, page_digest: str) -> dict[str, str]:
    """Closes a finished record and returns what the manifest says of the results. `run` marks record and manifest as of one run."""
    digests = digests_in(db)
    run = sha256_of(f"{record_digest(digests)}\n{question.text}".encode())
    db.note(run=run)
    db.settle()
    return {**digests, "page_digest": page_digest, "page_sha256": sha256_of(page.encode("utf-8")), "run": run}


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
