"""The digests of a record: which tables each is over, and how rows are hashed.

`results_digest` is over ledger, labels, trace and what stands beside it: the same on any machine, and in any version that finds the
same. Bounds and tags, which may be computed again without tracing, have digests of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from tracer.store.record.database import ADDED, BOUNDS, CANONICAL, LEDGER, TAGS, CaseDb
from tracer.store.record.model_as_columns import DELETE

RESULTS = tuple(table for table in CANONICAL if table not in (*BOUNDS, *TAGS))
"""What the results digest is over: ledger, labels, trace and what stands beside it."""

EMPTY = hashlib.sha256().hexdigest()
"""The digest of a table without rows."""

DIGESTS = {"results_digest": RESULTS, "bounds_digest": BOUNDS, "tags_digest": TAGS}
"""The digests of the record, and the tables each is over."""


def digest_tables(db: CaseDb, tables: Sequence[str] = CANONICAL) -> dict[str, str]:
    """SHA-256 of tables by name: every row as a JSON array of the columns of schema.sql, in the order of the primary key."""
    digests = {}
    for table in tables:
        sha256 = hashlib.sha256()
        for lines in hashed_lines(db, table):
            sha256.update(lines)
        digests[table] = sha256.hexdigest()
    return digests


def digests_over(tables: Mapping[str, str]) -> dict[str, str]:
    """The digests of a record, out of those of its tables: each is over a line a table, its name and its digest."""
    return {name: over(tables, names) for name, names in DIGESTS.items()}


def ledger_digest(db: CaseDb) -> str:
    """The digest of the ledger in a record, computed now."""
    return over(digest_tables(db, LEDGER), LEDGER)


def completed(db: CaseDb, known: Mapping[str, str], tables: Sequence[str]) -> dict[str, str]:
    """The digests of tables, those besides that are `known` because they were computed already."""
    return {**known, **digest_tables(db, [table for table in tables if table not in known])}


def over(tables: Mapping[str, str], names: Sequence[str]) -> str:
    """The digest over some tables, out of theirs."""
    held = (name for name in names if name not in ADDED or tables[name] != EMPTY)
    return hashlib.sha256("".join(f"{name} {tables[name]}\n" for name in held).encode()).hexdigest()


def hashed_lines(db: CaseDb, table: str) -> Iterator[bytes]:
    """The rows of a table as they are hashed: each a JSON array, in ASCII, on a line of its own; some at a time."""
    for rows in db.lines(table):
        lines = "\n".join(rows) + "\n"
        if not lines.isascii() or DELETE in lines:  # what Python's json escapes, and SQLite does not
            lines = "".join(json.dumps(json.loads(row), separators=(",", ":")) + "\n" for row in rows)
        yield lines.encode("ascii")
