"""A case and its graph store: which one, what goes in, and asking it. Without a server it is the embedded store in the case folder.

with CaseFolder.open("rehearsal").graph() as graph:
    graph.query("endpoints_by_service", rule="haircut")
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracer import queries
from tracer.model import RULE_NAMES
from tracer.store.backend import Backend, Rows

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.store.load import Advance, Loaded, Replace
    from tracer.store.projection import About, Projection, Row

EMBEDDED = "graph"
"""The embedded store's folder in a case folder. It may be deleted: it is made anew from case.db."""


class Place(NamedTuple):
    """Which graph store: `uri` of a Neo4j server, or None for the embedded one."""

    uri: str | None = None
    user: str = "neo4j"
    password: str | None = None
    database: str = "neo4j"


class Graph:
    """A case in a graph store, ready to be asked. Close it, or use it in a `with`."""

    def __init__(self, backend: Backend, case: str) -> None:
        self.backend = backend
        self.about = queries.subject(backend, case)

    def query(self, name: str, **given: object) -> Rows:
        """The rows of a query of the book; amounts in 10^`about.scale` smallest units. Raises QueryError."""
        query = queries.named(name)
        found = queries.run(self.backend, query, self.about, {key: str(value) for key, value in given.items()})
        return [dict(zip((column.name for column in query.columns), row, strict=True)) for row in found]

    def cypher(self, text: str, given: Mapping[str, str] | None = None, *, write: bool = False) -> Rows:
        """The rows of any Cypher; `$case` is the case. It cannot write unless `write`. Raises QueryError."""
        return queries.run_free(self.backend, text, self.about.case, given or {}, write=write)

    def close(self) -> None:
        self.backend.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def store(case: CaseFolder, place: Place, *, replace: Replace = "never", advance: Advance | None = None) -> Loaded:
    """Brings the case into the graph store, whole and compared with case.db; `replace` as in `store.load`. Raises StoreError."""
    from tracer.store.load import load

    backend = connected(case, place)
    try:
        projection = projection_of(case)
        try:
            return load(backend, projection, replace=replace, advance=advance)
        finally:
            projection.close()
    finally:
        backend.close()


def opened(case: CaseFolder, place: Place) -> Graph:
    """The case's graph. The embedded one is made first if it is not there, or is of other results. Raises StoreError, QueryError."""
    if place.uri is None:
        _bring_up_to_date(case, place)
    backend = connected(case, place)
    try:
        return Graph(backend, case.case.name)
    except BaseException:
        backend.close()
        raise


def connected(case: CaseFolder, place: Place) -> Backend:
    """The store itself. Raises StoreError."""
    if place.uri is None:
        from tracer.store.embedded import Embedded

        return Embedded(case.folder / EMBEDDED)
    from tracer.store.server import Server

    return Server(place.uri, place.user, place.password, place.database)


def _bring_up_to_date(case: CaseFolder, place: Place) -> None:
    """Makes the embedded graph, or goes on with it, or makes it anew where it is of other results."""
    from tracer.store.load import digest, state

    backend = connected(case, place)
    try:
        held = state(backend, case.case.name)
    finally:
        backend.close()
    of_these_results = held is not None and held["digest"] == digest(case.manifest["tables_digest"])
    if held and not of_these_results:
        shutil.rmtree(case.folder / EMBEDDED)
    if not (held and of_these_results and held["batches"] is not None):
        store(case, place)


def projection_of(case: CaseFolder) -> Projection:
    """What the graph is made of. Raises StoreError if the case has no trace."""
    from tracer.store.projection import Projection

    return Projection(case.db.path, about(case))


def about(case: CaseFolder) -> About:
    """What the graph says of a case beside case.db."""
    from tracer.store.projection import About

    asked = case.case
    claims, evidence = _context_rows(case) if asked.claims or asked.offchain else ((), ())
    return About(
        case=asked.name,
        title=asked.title or asked.name,
        primary=asked.leading_rule,
        digest=case.manifest["tables_digest"],
        min_confidence=asked.labels.min_confidence,
        claims=claims,
        evidence=evidence,
    )


def _context_rows(case: CaseFolder) -> tuple[Sequence[Row], Sequence[Row]]:
    """Claims, each compared with what was traced, and evidence: masked, as the flow graph has them; rows of the graph schema."""
    graph = case.flow.graph
    claims: list[Row] = []
    for number, (claim, traced, why, *_) in enumerate(graph.get("claims", ())):
        by_rule = [None if traced is None else traced.get(rule) for rule in RULE_NAMES]
        claims.append([number, *claim, why, *by_rule])
    evidence = [[number, *each[:7]] for number, each in enumerate(graph.get("evidence", ()))]
    return claims, evidence
