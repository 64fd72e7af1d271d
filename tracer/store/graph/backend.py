"""What a graph store must do: two calls, and a list of statements at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

QueryRows = list[dict[str, Any]]


class Backend(Protocol):
    """An open graph store: a Neo4j server, or the embedded one. Texts reach it as parameters only."""

    where: str
    """What to call it in a message."""

    def read(self, query: str, parameters: Mapping[str, Any]) -> QueryRows:
        """What a query finds, in a transaction that cannot write. Raises QueryError."""

    def write(self, query: str, rows: Sequence[Any] = (), parameters: Mapping[str, Any] = {}) -> QueryRows:
        """Runs a query with `$rows` and the parameters in one transaction. Raises StoreError, or QueryError for a wrong query."""

    def define(self, statements: Sequence[str]) -> None:
        """Makes constraints and indexes that are not there yet, and waits until they serve."""

    def close(self) -> None: ...
