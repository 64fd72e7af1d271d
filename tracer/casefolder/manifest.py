"""The manifest of a case folder: digests of the case file, of every source, and of the results."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tracer.casefile import CaseFile
from tracer.ingest.digests import SourceDigest
from tracer.ingest.node.live import RECORDING
from tracer.store.record.database import CaseDb

RESULTS = ("case.toml", f"{RECORDING}.gz", "case.db", "case.html", "manifest.json")
"""What a finished run puts in place, in this order: the manifest last, since it vouches for the rest."""

SMALL = 64 << 20  # bytes of a source that every command re-reads to see whether it changed


def manifested(folder: Path, *keys: str) -> Any:
    """What the folder's manifest has under these keys, one inside the other; None where it has not, or cannot be read."""
    try:
        found = json.loads((folder / "manifest.json").read_text())
        for key in keys:
            found = found[key]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def differs(path: Path, stated: SourceDigest, thorough: bool) -> bool:
    size = path.stat().st_size
    if size != stated.size or ((size > SMALL or stated.kind == "column") and not thorough):
        return size != stated.size
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() != stated.sha256


def settled(db: CaseDb, question: CaseFile, page: str, page_digest: str) -> dict[str, str]:
    """Closes a finished record; what the manifest says of the results. `run` marks record and manifest as of one run."""
    tables = db.digest()
    run = sha256_of(f"{tables}\n{question.text}".encode())
    db.note(run=run)
    db.settle()
    return {
        "results_digest": sha256_of(f"{tables}\n{page_digest}\n".encode()),
        "tables_digest": tables,
        "html_digest": page_digest,
        "html_sha256": sha256_of(page.encode("utf-8")),
        "run": run,
    }


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
