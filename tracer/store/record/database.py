"""`case.db`, the record of a case: SQLite, one transaction a stage, everything read back as it was written.

What a stage writes and reads stands in the modules beside this one; here is the file itself: opened, filled and read by the names of
its columns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracer.errors import StoreError
from tracer.store.record.packed import KEPT, SHARED, as_kept, number_of_rule
from tracer.store.record.packed_hops import BY_KEY, KEY, KeptRow, hop_lines

VERSION = 10
"""`PRAGMA user_version` of the schema; a folder of another version is refused, not guessed at."""

BATCH = 1000  # rows read or digested together

OTHERS = ("other_accounts", "other_transfers", "other_events")
"""The ledger of the other assets, of a case of several."""

LEDGER = ("accounts", "transfers", "events", "rejections", *OTHERS)
BOUNDS = ("bounds", "proofs", "cut_sides", "allocations")
EXCHANGES = ("conversions", "recognised", "answers", "reconciliation")
BY_RULE = ("stolen", "hops", "holdings", "top_ups", "cuts", "touched")
SUBSTITUTED = (*(f"substituted_{table}" for table in BY_RULE), "exchanged")
"""The trace of the second answer, over all assets."""

TRACE = ("labels", "services", "thefts", *BY_RULE, "endpoints", *EXCHANGES, *SUBSTITUTED, *BOUNDS)
CONTEXT = ("markings", "evidence", "claims", "prices", "statements", "other_prices")
TAGS = ("tags", "measures", "base_rates")
CANONICAL = (*LEDGER, *TRACE, *CONTEXT, *TAGS)
"""All tables of results, in the order they stand in the digests."""

SEVERAL = (*OTHERS, *EXCHANGES, *SUBSTITUTED, "other_prices")
"""The tables of a case of several assets. They are made when something goes into them: each takes a page of the file, empty or not."""

ADDED = ("statements", "proofs", "cut_sides", "allocations", *SEVERAL)
"""Tables that came later: they count in a digest where they hold something, so that a case without them keeps its digest."""

RESTS = "rests"
"""The note of what the figures of the trace rest on. Tracing anew takes it away."""

NOTES = "meta"
"""What a run notes of itself beside the results: rules, stops, gaps, what it read."""


class CaseDb:
    """An open case.db."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self.written: set[str] = set()
        """The tables of results that were written to since it was opened."""
        self._added = set[str]()
        """Those that rows were added to in this stage."""
        if not create and not path.exists():
            raise StoreError(f"{path}: there is no such case: make it with tracer trace case.toml")
        try:
            self._db, version = _connected(path)
            if create and version == 0:
                version = self._made()
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {cause(error)}") from error
        if version != VERSION:
            raise StoreError(
                f"{path}: made by another version of tracer (schema {version}, this one reads {VERSION}): trace the case again"
            )

    def _made(self) -> int:
        """Makes the tables of an empty file, in one transaction: a run that is killed here leaves none, and the disk is waited for once."""
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(f"BEGIN IMMEDIATE;\n{_schema('schema.sql')}\nPRAGMA user_version = {VERSION};\nCOMMIT;")
        except sqlite3.Error:
            self._db.close()
            raise
        return VERSION

    @staticmethod
    def in_memory(record: bytes) -> CaseDb:
        """The record whose file has these bytes. Raises sqlite3.Error where they are none."""
        db = CaseDb(Path(":memory:"), create=True)
        db._db.deserialize(record)
        db._db.execute("PRAGMA schema_version").fetchone()  # the first question reads them
        return db

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> CaseDb:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def stage(self, *, few: bool = False) -> Iterator[None]:
        """One transaction: what is written inside is there whole, or not at all. That each row refers to rows which are there is looked at
        once, at the end: row by row it takes half as long again as writing. Only where `few` rows are added to many is it row by row."""
        self._db.execute(f"PRAGMA foreign_keys = {few:d}")
        self._db.execute("BEGIN IMMEDIATE")
        self._added.clear()
        try:
            yield
            if not few:
                self._require_references()
        except BaseException as error:
            if self._db.in_transaction:  # SQLite has rolled back itself where the disk is full
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise StoreError(f"{self.path}: {cause(error)}") from error
            raise
        self._db.execute("COMMIT")

    def _require_references(self) -> None:
        for table in sorted(self._added):
            if self._db.execute(f"PRAGMA foreign_key_check({KEPT.get(table, table)})").fetchone():
                raise sqlite3.IntegrityError(f"{table}: a row refers to one that is not there")

    def settle(self) -> None:
        """Closes a finished record as one file with nothing beside it."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.execute("PRAGMA journal_mode = DELETE")
        self.close()

    def note(self, **values: str) -> None:
        """Keeps facts about the run under their names."""
        self._db.executemany("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", values.items())

    def noted(self, key: str) -> str | None:
        """What was noted under this name; None if nothing was."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row["value"])

    def required(self, key: str) -> str:
        """What was noted with the ledger under this name. Raises StoreError if there is no ledger yet."""
        value = self.noted(key)
        if value is None:
            raise StoreError(f"{self.path}: the case has no ledger yet: run tracer trace again, it goes on from here")
        return value

    def forget(self, key: str) -> None:
        """Takes back what was noted under this name."""
        self._db.execute("DELETE FROM meta WHERE key = ?", (key,))

    def insert(self, table: str, columns: Mapping[str, Iterable[Any]]) -> None:
        """Adds rows to a table, given as columns by name.

        Raises TypeError unless each column of the table is given and no other: what nothing fills would be kept as unknown.
        """
        self._make(table)
        self._require_all(table, columns)
        if table in KEPT:
            table, columns = KEPT[table], as_kept(self._db, table, columns)
        self._fill(table, tuple(columns), zip(*columns.values(), strict=True))

    def insert_hops(self, rule: str, rows: Iterable[KeptRow]) -> None:
        """Adds all hops and fees under a rule."""
        self._make("hops")
        number = number_of_rule(self._db, rule)
        self._fill(KEPT["hops"], ("rule", *KeptRow._fields), ((number, *row) for row in rows))

    def _fill(self, table: str, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        self._require_all(table, names)
        values = ", ".join("?" * len(names))
        self._db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})", rows)

    def _require_all(self, table: str, names: Iterable[str]) -> None:
        if strangers := {*names} ^ {*self._columns(table)}:
            raise TypeError(f"{table}: {', '.join(sorted(strangers))} is not both given and a column of schema.sql")

    def select(self, table: str, names: Iterable[str], **only: Any) -> dict[str, list[Any]]:
        """Columns of a table by name, in the order of the primary key; of those rows only in which `only` holds."""
        where = f"WHERE {' AND '.join(f'{name} = ?' for name in only)}" if only else ""
        key = [name for name in self._key(table) if name not in only]
        order = f"ORDER BY {', '.join(key)}" if key else ""
        return self.asked(f"SELECT {', '.join(names)} FROM {table} {where} {order}", *only.values())

    def asked(self, sql: str, *parameters: Any) -> dict[str, list[Any]]:
        """What a question selects, as columns by name."""
        query = self._db.cursor()
        query.row_factory = None  # a tuple is enough where whole columns are taken
        query.execute(sql, parameters)
        columns: dict[str, list[Any]] = {name: [] for name, *_ in query.description}
        while rows := query.fetchmany(BATCH):
            for column, values in zip(columns.values(), zip(*rows, strict=True), strict=True):
                column.extend(values)
        return columns

    def pairs(self, sql: str, *parameters: Any) -> Iterator[tuple[Any, Any]]:
        """What a question for two columns selects, a pair a row."""
        query = self._db.cursor()
        query.row_factory = None
        return query.execute(sql, parameters)

    def query(self, sql: str, *parameters: Any) -> Iterator[sqlite3.Row]:
        """The rows of a question that names what it selects."""
        return self._db.execute(sql, parameters)

    @contextmanager
    def indexed_after(self, table: str) -> Iterator[None]:
        """Makes the indexes of a table anew once it is filled: with a million rows that takes half the time of keeping them row by row."""
        held = KEPT.get(table, table)
        indexes = self._db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql > ''", (held,))
        made = [(row["name"], row["sql"]) for row in indexes]
        for name, _ in made:
            self._db.execute(f"DROP INDEX {name}")
        yield
        for _, sql in made:
            self._db.execute(sql)

    def clear(self, tables: Sequence[str]) -> None:
        """Empties tables, the last first: a table stands after those it refers to."""
        self.written.update(tables)
        for table in reversed(tables):
            if self._columns(table):
                self._db.execute(f"DELETE FROM {KEPT.get(table, table)}")
            if table in SHARED:
                self._db.execute(f"DELETE FROM {SHARED[table]}")

    def lines(self, table: str) -> Iterator[list[str]]:
        """Each row of a table as a JSON array of the columns of schema.sql, bytes as hexadecimal text, some at a time, by primary key; none
        where there is no such table.

        SQLite writes the arrays itself, in a third of the time, as Python's json does, except that it leaves what is not ASCII as it is.
        """
        kinds = self._db.execute("SELECT name, type FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
        if not kinds:
            return
        cells = (f"iif({name} IS NULL, NULL, lower(hex({name})))" if kind == "BLOB" else name for name, kind in kinds)
        query = self._db.cursor()
        query.row_factory = None
        if table == "hops":
            query.execute(BY_KEY)
            while batch := query.fetchmany(BATCH):
                yield list(hop_lines(batch))
            return
        query.execute(f"SELECT json_array({', '.join(cells)}) FROM {table} ORDER BY {', '.join(self._key(table))}")
        while batch := query.fetchmany(BATCH):
            yield [line for (line,) in batch]

    def _make(self, table: str) -> None:
        """Notes that a table is written to, and makes those of several assets where it is one of them and they are not there."""
        self.written.add(table)
        self._added.add(table)
        if table in SEVERAL and not self._columns(table):
            for statement in _schema("several_assets.sql").split(";\n"):  # `executescript` would end the stage
                self._db.execute(statement)

    def _columns(self, table: str) -> list[str]:
        """The names of its columns, in the order of schema.sql; none where there is no such table."""
        return [row["name"] for row in self._db.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))]

    def _key(self, table: str) -> list[str]:
        """The names of the columns of its primary key."""
        if table == "hops":
            return list(KEY)
        held = KEPT.get(table, table)
        return [row["name"] for row in self._db.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (held,))]


def cause(error: sqlite3.Error) -> str:
    """What went wrong with a record, and the mend, by the kind of SQLite's error."""
    kinds = {
        sqlite3.SQLITE_FULL: "the disk is full: make room, then run the same command again",
        sqlite3.SQLITE_BUSY: "another program is at work in it: wait for it",
        sqlite3.SQLITE_READONLY: "cannot be written: name another folder with -o",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened: may it be read, and its folder be written?",
        sqlite3.SQLITE_IOERR: "the disk does not read or write it: is it full, or at its end?",
        sqlite3.SQLITE_NOTADB: "is no case.db: trace the case again, or take the folder from a copy",
        sqlite3.SQLITE_CORRUPT: "is damaged: trace the case again, or take the folder from a copy",
    }
    mend = kinds.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the low byte: the rest says more than people need
    return f"{mend} ({error})" if mend else f"{error}: trace the case again"


def _schema(name: str) -> str:
    from importlib.resources import files  # only who makes a case needs it, and it brings half of the standard library

    return files("tracer.store.record").joinpath(name).read_text()


def _connected(path: Path) -> tuple[sqlite3.Connection, int]:
    """A connection and the schema's version; a case on a disk that cannot be written is opened for reading."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError:
        db.close()
        db = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, isolation_level=None)
        (version,) = db.execute("PRAGMA user_version").fetchone()
    db.row_factory = sqlite3.Row
    return db, int(version)
