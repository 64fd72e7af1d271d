"""The graph store for people without a server: ArcadeDB inside this process, in a folder of the case (extra `graph`)."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from tracer.errors import QueryError, StoreError
from tracer.store.graph.backend import QueryAnswer, QueryRows, took_too_long
from tracer.store.graph.load_statements import by_case
from tracer.store.graph.read_only import would_write_to_embedded, writing_refused
from tracer.store.graph.schema import UTC
from tracer.store.graph.values import with_seconds
from tracer.wording import missing_extra

SWITCHES = (
    "-Xmx1g",
    "-Darcadedb.opencypher.loadCsv.allowFileUrls=false",  # without these two, a query for reading reads any file and fetches any URL
    "-Darcadedb.opencypher.loadCsv.allowRemoteUrls=false",
)
ID = re.compile(r"#\d+:\d+")
PATH = re.compile(r"\(#\d+:\d+\)((-\[#\d+:\d+\]->|<-\[#\d+:\d+\]-)\(#\d+:\d+\))*")
PATH_BOUND = re.compile(r"(?:\bMATCH|,)\s*\w+\s*=\s*\w*\s*\(", re.IGNORECASE)
"""A query that names a path: only in its answers a text may be one."""

_ours: list[ModuleType] = []


class Embedded:
    """A database in `folder`, made if it is not there. Queries can neither read files nor fetch anything.

    Raises StoreError if the extra is not installed, or another process has the database open.
    """

    def __init__(self, folder: Path) -> None:
        self.where, self._folder = str(folder), folder
        self._open()

    def _open(self) -> None:
        arcadedb = _arcadedb(self._folder)
        with self._explained(StoreError):
            path = str(self._folder.absolute())
            self._db = arcadedb.open_database(path) if arcadedb.database_exists(path) else arcadedb.create_database(path)

    def read(self, query: str, parameters: Mapping[str, Any]) -> QueryRows:
        with self._explained(QueryError):
            return _plain(self._db.query("opencypher", query, dict(parameters)))

    def ask(self, query: str, parameters: Mapping[str, Any], seconds: float) -> QueryAnswer:
        return self._timed(query, lambda: self.read(query, parameters), seconds)

    def change(self, query: str, parameters: Mapping[str, Any], seconds: float) -> QueryAnswer:
        return self._timed(query, lambda: self.write(query, parameters=parameters), seconds)

    def _timed(self, query: str, done: Callable[[], QueryRows], seconds: float) -> QueryAnswer:
        """Runs beside this thread, so that Ctrl-C is heard. The library knows no time-out: closing the database ends the query."""
        ended: list[Callable[[], QueryRows]] = []

        def run() -> None:
            try:
                rows = done()
            except (QueryError, StoreError) as error:
                ended.append(partial(_raised, error))
            else:
                ended.append(lambda: rows)

        asking = threading.Thread(target=run, daemon=True)
        asking.start()
        try:
            asking.join(seconds)
        except KeyboardInterrupt:
            self._abandon(asking)
            raise
        if not ended:
            self._abandon(asking)
            raise QueryError(took_too_long(seconds))
        rows = ended[0]()
        if PATH_BOUND.search(query):
            rows = self._with_paths(rows)
        if UTC in query or "datetime" in query:
            rows = [{name: with_seconds(value) for name, value in row.items()} for row in rows]
        return QueryAnswer(rows)

    def _abandon(self, asking: threading.Thread) -> None:
        self._db.close()
        asking.join()
        self._open()

    def _with_paths(self, rows: QueryRows) -> QueryRows:
        """A path, which the library gives as the ids of its nodes and relations, as these themselves."""

        def element(found: str) -> Any:
            return self._db.query("sql", f"SELECT FROM {found}").to_list()[0]

        def whole(value: Any) -> Any:
            if isinstance(value, str) and PATH.fullmatch(value):
                return [element(each) for each in ID.findall(value)]
            return [whole(each) for each in value] if isinstance(value, list) else value

        with self._explained(QueryError):
            return [{name: whole(value) for name, value in row.items()} for row in rows]

    def write(self, query: str, rows: Sequence[Any] = (), parameters: Mapping[str, Any] = {}) -> QueryRows:
        given = {**parameters, "rows": rows} if rows else dict(parameters)
        with self._explained(StoreError):
            found: QueryRows = self._db.run_in_transaction(lambda: _plain(self._db.command("opencypher", query, given)))
            return found

    def define(self, statements: Sequence[str]) -> None:
        with self._explained(StoreError):
            alone = set(by_case())  # one case lives here: such an index has one key, and would only be chosen over a better one
            for statement in statements:
                if statement not in alone:
                    self._db.command("opencypher", statement)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _explained(self, kind: type[StoreError] | type[QueryError]) -> Iterator[None]:
        try:
            yield
        except _ours[0].ArcadeDBError as error:
            reason = _innermost(str(error))
            if would_write_to_embedded(reason):
                raise writing_refused() from error
            if "LockException" in str(error) or "is locked" in reason:
                raise StoreError(f"{self.where}: another process has this graph open: wait for it to end") from error
            if kind is QueryError or "Parsing" in reason:
                raise QueryError(f"the embedded graph does not understand the query: {reason}") from error
            raise StoreError(
                f"{self.where}: {reason}: run this again; if it stays, delete the folder, it is made anew from case.db"
            ) from error


def _arcadedb(folder: Path) -> ModuleType:
    """The library, started with our switches. Raises StoreError if it cannot be."""
    if not _ours:
        if sys.modules.get("arcadedb") is not None:
            raise StoreError("arcadedb was imported before tracer, so queries could read files here: open the graph before importing it")
        os.environ["ARCADEDB_LOG_CONSOLE"] = "0"
        os.environ.setdefault("ARCADEDB_LOG_DIR", str(folder.absolute().parent / ".graph-log"))
        os.environ["ARCADEDB_NATIVE_ISOLATE_ARGS"] = " ".join(SWITCHES)
        try:
            import arcadedb
        except ImportError as error:
            raise StoreError(f"{missing_extra('graph', 'the embedded graph')}; or name a Neo4j server with --graph") from error
        _ours.append(arcadedb)
    return _ours[0]


def _raised(error: Exception) -> NoReturn:
    raise error


def _plain(found: Any) -> QueryRows:
    """QueryRows as both stores give them: a sum is an int, or an exact Decimal where it passes 64 bits."""
    rows: QueryRows = found.to_list() if found is not None else []
    for row in rows:
        for name, value in row.items():
            if isinstance(value, Decimal) and value == value.to_integral_value():
                row[name] = int(value)
    return rows


def _innermost(message: str) -> str:
    """The last cause an error of the library names, as one line."""
    line = " ".join(message.split())
    return line.rsplit("Exception: ", 1)[-1][:300]
