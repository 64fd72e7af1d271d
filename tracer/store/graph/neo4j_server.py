"""A Neo4j server, by the official driver."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tracer.errors import QueryError, StoreError, TracerError
from tracer.store.graph.backend import QueryAnswer, QueryRows, took_too_long
from tracer.store.graph.read_only import would_write_to_server, writing_refused

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, ResultSummary

SCHEMES = ("neo4j://", "neo4j+s://", "bolt://", "bolt+s://")
PATIENCE = 5.0  # seconds for a connection, and for repeating what failed in passing; the driver by itself repeats for a minute
INDEX_PATIENCE = 600  # seconds
QUERY_FAULTS = ("Neo.ClientError.Statement", "Neo.ClientError.Procedure.ProcedureNotFound")


class Server:
    """A database of a Neo4j 5 server.

    Raises StoreError if no server answers, or it does not let us in. The password never stands in a message.
    """

    def __init__(self, uri: str, user: str, password: str | None, database: str) -> None:
        if not uri.startswith(SCHEMES):
            raise StoreError(f"{uri.split('@')[-1]}: not an address of a Neo4j server: it begins with {', '.join(SCHEMES)}")
        if "@" in uri:
            raise StoreError(f"{uri.split('@')[-1]}: a user or password does not belong into an address: use --user and NEO4J_PASSWORD")
        from neo4j import GraphDatabase

        self.where, self._user, self._database = uri, user, database
        self._no_password, self._seconds = password is None, 0.0
        with self._explained():
            self._driver = GraphDatabase.driver(
                uri,
                auth=None if password is None else (user, password),
                connection_timeout=PATIENCE,
                connection_acquisition_timeout=2 * PATIENCE,
                max_transaction_retry_time=PATIENCE,
            )
        logging.getLogger("neo4j.notifications").addHandler(logging.NullHandler())  # else the driver prints them, besides
        try:
            with self._explained():
                self._driver.verify_connectivity()
                self.read("RETURN 1", {})
        except TracerError:
            self._driver.close()
            raise

    def read(self, query: str, parameters: Mapping[str, Any]) -> QueryRows:
        with self._session("READ") as session:
            found: QueryRows = session.execute_read(_run(query, parameters))
            return found

    def ask(self, query: str, parameters: Mapping[str, Any], seconds: float) -> QueryAnswer:
        with self._session("READ", noticed=True) as session:
            found: QueryAnswer = session.execute_read(self._timed(query, parameters, seconds))
            return found

    def change(self, query: str, parameters: Mapping[str, Any], seconds: float) -> QueryAnswer:
        with self._session("WRITE", noticed=True) as session:
            found: QueryAnswer = session.execute_write(self._timed(query, parameters, seconds))
            return found

    def _timed(self, query: str, parameters: Mapping[str, Any], seconds: float) -> Callable[[ManagedTransaction], QueryAnswer]:
        """A transaction of one query that the server stops, and undoes, after so many seconds."""
        from neo4j import unit_of_work

        def run(transaction: ManagedTransaction) -> QueryAnswer:
            result = transaction.run(query, dict(parameters))
            rows = [dict(record) for record in result]
            return QueryAnswer(rows, _notices(result.consume()))

        self._seconds = seconds
        timed: Callable[[ManagedTransaction], QueryAnswer] = unit_of_work(timeout=seconds)(run)
        return timed

    def write(self, query: str, rows: Sequence[Any] = (), parameters: Mapping[str, Any] = {}) -> QueryRows:
        with self._session("WRITE") as session:
            found: QueryRows = session.execute_write(_run(query, {**parameters, "rows": rows}))
            return found

    def define(self, statements: Sequence[str]) -> None:
        with self._session("WRITE") as session:
            failed = [row["name"] for row in session.run("SHOW INDEXES YIELD name, state WHERE state = 'FAILED' RETURN name")]
            for name in failed:  # by a full disk, say; an index that failed never serves again
                if any(statement.startswith(f"CREATE INDEX {name} ") for statement in statements):
                    session.run(f"DROP INDEX {name}").consume()
            for statement in statements:
                session.run(statement).consume()
            session.run("CALL db.awaitIndexes($seconds)", seconds=INDEX_PATIENCE).consume()

    def close(self) -> None:
        self._driver.close()

    @contextmanager
    def _session(self, access: str, *, noticed: bool = False) -> Iterator[Any]:
        """A session; the server's notices are wanted of a question that somebody asks, not of our own statements."""
        from neo4j import NotificationMinimumSeverity as Least

        least = Least.WARNING if noticed else Least.OFF
        with (
            self._explained(),
            self._driver.session(database=self._database, default_access_mode=access, notifications_min_severity=least) as session,
        ):
            yield session

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What the driver raises, as one line that says what to do."""
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            yield
        except (DriverError, Neo4jError, OSError, ValueError, OverflowError) as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> TracerError:
        from neo4j.exceptions import AuthError, Neo4jError, ServiceUnavailable, SessionExpired

        code = str(getattr(error, "code", "") or "")
        if isinstance(error, AuthError) and self._no_password:
            return StoreError(f"{self.where}: wants a password and none was given: set NEO4J_PASSWORD")
        if isinstance(error, AuthError) or code.endswith("AuthenticationRateLimit"):
            return StoreError(
                f"{self.where}: user {self._user!r} or the password is wrong: correct --user or NEO4J_PASSWORD (after three wrong ones "
                "the server refuses even the right one for some seconds)"
            )
        if code.endswith("DatabaseNotFound"):
            return StoreError(f"{self.where}: there is no database {self._database!r} there: name another with --database")
        if "TransactionTimedOut" in code:
            return QueryError(took_too_long(self._seconds))
        if would_write_to_server(code):
            return writing_refused()
        if isinstance(error, (ServiceUnavailable, SessionExpired)):
            return StoreError(f"{self.where}: no Neo4j server answers there: start it, or correct --graph; then run this again, it goes on")
        if isinstance(error, Neo4jError) and code.startswith(QUERY_FAULTS):
            return QueryError(f"{self.where} does not understand the query: {_first_line(error.message or code)}")
        reason = (isinstance(error, Neo4jError) and error.message) or str(error) or type(error).__name__
        return StoreError(
            f"{self.where}: the server failed ({code or type(error).__name__}: {_first_line(str(reason))}): run this again, it goes on"
        )


def _run(query: str, parameters: Mapping[str, Any]) -> Callable[[ManagedTransaction], QueryRows]:
    return lambda transaction: [dict(record) for record in transaction.run(query, dict(parameters))]


def _notices(summary: ResultSummary) -> tuple[str, ...]:
    """What the server remarks on a query, such as a name that it does not know; each once, as one line."""
    said = dict.fromkeys(each.status_description for each in summary.gql_status_objects if each.is_notification)
    return tuple(_first_line(text) for text in said)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "no reason given"
