"""What a graph store must do: two calls, and a list of statements at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

QueryRows = list[dict[str, Any]]


class QueryAnswer(NamedTuple):
    """What a question found, and what the store remarked on it, a line each."""

    rows: QueryRows
    notices: tuple[str, ...] = ()


class Backend(Protocol):
    """An open graph store: a Neo4j server, or the embedded one. Texts reach it as parameters only."""

    where: str
    """What to call it in a message."""

    def read(self, query: str, parameters: Mapping[str, Any]) -> QueryRows:
        """What a query finds, in a transaction that cannot write. Raises QueryError."""

    def ask(self, query: str, parameters: Mapping[str, Any], seconds: float) -> QueryAnswer:
        """The same of somebody's question, which may take so long and no longer: QueryError says so."""

    def change(self, query: str, parameters: Mapping[str, Any], seconds: float) -> QueryAnswer:
        """Somebody's query that writes; it may take so long and no longer, and has changed nothing then: QueryError says so."""

    def write(self, query: str, rows: Sequence[Any] = (), parameters: Mapping[str, Any] = {}) -> QueryRows:
        """Runs a query with `$rows` and the parameters in one transaction. Raises StoreError, or QueryError for a wrong query."""

    def define(self, statements: Sequence[str]) -> None:
        """Makes constraints and indexes that are not there yet, and waits until they serve."""

    def close(self) -> None: ...


def took_too_long(seconds: float) -> str:
    """What is said of a question that was stopped."""
    return (
        f"the query was stopped after {seconds:g} seconds: ask for less, or give it more with --seconds; paths of any length are found at "
        "once by tracer path"
    )
