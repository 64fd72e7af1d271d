"""A case and its graph store: which one, what goes in, and asking it. Without a server it is the embedded store in the case folder.

with CaseFolder.open("rehearsal").graph() as graph:
    graph.query("endpoints_by_service", rule="haircut")
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracer.errors import StoreError
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
    """A case in a graph store, ready to be asked. Close it, or use it in a `with`.

    Before every question it is compared with the results of the case folder: `digest`. `seconds`: how long a question may take.
    `notices`: what the store remarked on the last one, a line each.
    """

    def __init__(self, backend: Backend, source: GraphSource, seconds: float = queries.SECONDS) -> None:
        self.backend, self.source, self.seconds = backend, source, seconds
        self.about = queries.subject(backend, source.case)
        self.notices: tuple[str, ...] = ()
        self._compare()

    def _compare(self) -> None:
        """Raises StoreError if what the store holds of the case is not what the case folder holds."""
        from tracer.store.graph.load import state, whose

        if why := whose(state(self.backend, self.about.case), self.source.digest):
            folder = self.source.embedded.parent
            there = "" if self.backend.where == str(self.source.embedded) else f" --graph {self.backend.where}"
            raise StoreError(
                f"{self.backend.where}: what it holds of the case {self.about.case!r} {why}, so its answers would not be those of "
                f"{folder}: load it anew with tracer store {folder}{there} --replace"
            )

    def query(self, name: str, **given: object) -> QueryRows:
        """The rows of a query of the book; amounts in smallest units, exact however large. Raises QueryError, StoreError."""
        found = self.ask(queries.named(name), {key: str(value) for key, value in given.items()})
        return [dict(zip((column.name for column in found.columns), row, strict=True)) for row in found.rows]

    def ask(self, query: queries.Query, given: Mapping[str, str]) -> queries.Answer:
        """What a query of the book finds. Raises QueryError, StoreError."""
        self._compare()
        return queries.ask(self.backend, query, self.about, given, self.seconds)

    def cypher(self, text: str, given: Mapping[str, str] | None = None, *, write: bool = False) -> QueryRows:
        """The rows of any Cypher; `$case` is the case. It cannot write unless `write`.

        Nodes and relations are maps of their properties, a path is a list of them in turn, datetimes are text. A label, relation or
        property that neither the schema nor the store has is refused. Where the graph is scaled, an amount that is returned as it
        stands, or added up, is exact; each row that holds another number says in `amounts_in_units_of` what amounts in it are in.
        Raises QueryError, StoreError.
        """
        self._compare()
        found = queries.ask_freely(self.backend, text, self.about, given or {}, self.seconds, write=write)
        self.notices = found.notices
        return found.rows

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


def opened_graph(source: GraphSource, target: GraphTarget, seconds: float = queries.SECONDS) -> Graph:
    """The case's graph. The embedded one is made first if it is not there, or is of other results. Raises StoreError, QueryError."""
    if target.uri is None:
        _bring_up_to_date(source, target)
    backend = connected(source, target)
    try:
        return Graph(backend, source, seconds)
    except BaseException:
        backend.close()
        raise


def connected(source: GraphSource, target: GraphTarget) -> Backend:
    """The store itself. Raises StoreError."""
    if target.uri is None:
        from tracer.store.graph.embedded import Embedded

        return Embedded(source.embedded)
    from tracer.store.graph.neo4j_server import Server

    return Server(target.uri, target.user, target.password, target.database)


def _bring_up_to_date(source: GraphSource, target: GraphTarget) -> None:
    """Makes the embedded graph, or goes on with it, or makes it anew where it is of other results."""
    from tracer.store.graph.load import state, whose

    backend = connected(source, target)
    try:
        held = state(backend, source.case)
    finally:
        backend.close()
    of_these_results = held is not None and not whose(held, source.digest)
    if held and not of_these_results:
        shutil.rmtree(source.embedded)
    if not (held and of_these_results and held["batches"] is not None):
        store(source, target)
