"""A case and its graph store: which one, what goes in, and asking it. Without a server it is the embedded store in the case folder.

with CaseFolder.open("rehearsal").graph() as graph:
    graph.query("endpoints_by_service", rule="haircut")
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracer.model import Progress
from tracer.store.graph import queries
from tracer.store.graph.backend import Backend, QueryRows

if TYPE_CHECKING:
    from tracer.store.graph.load import Loaded, Replace
    from tracer.store.graph.projection import Projection


class GraphTarget(NamedTuple):
    """Which graph store: `uri` of a Neo4j server, or None for the embedded one."""

    uri: str | None = None
    user: str = "neo4j"
    password: str | None = None
    database: str = "neo4j"


class GraphSource(NamedTuple):
    """A case as a graph store takes it in: its name, the digest of its tables, and its rows, made when they are needed.

    `embedded` is the folder of the store that needs no server.
    """

    case: str
    digest: str
    embedded: Path
    project: Callable[[], Projection]


class Graph:
    """A case in a graph store, ready to be asked. Close it, or use it in a `with`."""

    def __init__(self, backend: Backend, case: str) -> None:
        self.backend = backend
        self.about = queries.subject(backend, case)

    def query(self, name: str, **given: object) -> QueryRows:
        """The rows of a query of the book; amounts in smallest units. Raises QueryError.

        Where amounts are computed in a scaled graph, each row says in `rounded_down_to` what they were rounded down to.
        """
        found = queries.ask(self.backend, queries.named(name), self.about, {key: str(value) for key, value in given.items()})
        return [dict(zip((column.name for column in found.columns), row, strict=True)) for row in found.rows]

    def cypher(self, text: str, given: Mapping[str, str] | None = None, *, write: bool = False) -> QueryRows:
        """The rows of any Cypher; `$case` is the case. It cannot write unless `write`. Raises QueryError.

        Where the graph is scaled, each row says in `amounts_in_units_of` what its amounts are in; their exact texts are `NAME_exact`.
        """
        return queries.ask_freely(self.backend, text, self.about, given or {}, write=write)

    def close(self) -> None:
        self.backend.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def store(source: GraphSource, target: GraphTarget, *, replace: Replace = "never", advance: Progress | None = None) -> Loaded:
    """Brings the case into the graph store, whole and compared with case.db; `replace` as in `load_graph`. Raises StoreError."""
    from tracer.store.graph.load import load_graph

    backend = connected(source, target)
    try:
        projection = source.project()
        try:
            return load_graph(backend, projection, replace=replace, advance=advance)
        finally:
            projection.close()
    finally:
        backend.close()


def opened_graph(source: GraphSource, target: GraphTarget) -> Graph:
    """The case's graph. The embedded one is made first if it is not there, or is of other results. Raises StoreError, QueryError."""
    if target.uri is None:
        _bring_up_to_date(source, target)
    backend = connected(source, target)
    try:
        return Graph(backend, source.case)
    except BaseException:
        backend.close()
        raise


def connected(source: GraphSource, target: GraphTarget) -> Backend:
    """The store itself. Raises StoreError."""
    if target.uri is None:
        from tracer.store.graph.embedded import Embedded

        return Embedded(source.embedded)
    from tracer.store.graph.server import Server

    return Server(target.uri, target.user, target.password, target.database)


def _bring_up_to_date(source: GraphSource, target: GraphTarget) -> None:
    """Makes the embedded graph, or goes on with it, or makes it anew where it is of other results."""
    from tracer.store.graph.load import graph_digest, state

    backend = connected(source, target)
    try:
        held = state(backend, source.case)
    finally:
        backend.close()
    of_these_results = held is not None and held["digest"] == graph_digest(source.digest)
    if held and not of_these_results:
        shutil.rmtree(source.embedded)
    if not (held and of_these_results and held["batches"] is not None):
        store(source, target)
