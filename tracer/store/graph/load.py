"""case.db -> a graph store: in batches, each whole or not at all and never twice, and counted when all are in.

The case's node carries how many batches are in; a batch and its number are one transaction. So a load that was killed is gone on
from, by whomever; a second load of the same results writes nothing; and rows can be created, not searched for first, which is what
makes loading fast. Batches are the same every time, since the projection is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby, islice
from typing import Any, Literal, NamedTuple

from tracer.errors import StoreError
from tracer.model import Advance, Progress
from tracer.store.graph.backend import Backend
from tracer.store.graph.load_statements import NOBODYS, constraints, create, deletion, indexes, second_label, tally
from tracer.store.graph.projection import GraphRow, Projection
from tracer.store.graph.schema import GRAPH_KINDS, GRAPH_VERSION, Kind, Node, name_of, row_names

BATCH = 10_000
"""Rows of a transaction."""

Replace = Literal["never", "other", "always"]
Tally = dict[str, dict[str, int]]


class GraphError(StoreError):
    """The graph is not what case.db says."""

    exit_code = 2


class Loaded(NamedTuple):
    """What is in the graph, and how much of it this load wrote. `tally`: label or type -> count and sums of amounts."""

    tally: Tally
    written: int
    batches: int


def load_graph(backend: Backend, projection: Projection, *, replace: Replace = "never", advance: Progress | None = None) -> Loaded:
    """Brings the case into the graph and compares what is there with case.db: counts, and sums of amounts to the unit.

    `replace` says when what the graph holds of a case of this name is dropped first: if it is of other results, always, or never. Raises
    StoreError if it is of other results and stays; GraphError if, after loading, anything is not there, or there twice, or another amount.
    """
    facts = projection.facts
    backend.define(constraints())
    held = state(backend, facts.case)
    other = held is not None and held["digest"] not in (graph_digest(facts.digest), DROPPING)
    if held and (replace == "always" or held["digest"] == DROPPING or (other and replace == "other")):
        drop(backend, facts.case)
    elif other:
        raise StoreError(f"{backend.where}: holds other results of a case called {facts.case!r}: replace them with --replace")
    _begin(backend, projection)
    loaded = int((state(backend, facts.case) or {"loaded": 0})["loaded"])
    expected: Tally = {}
    number = written = 0
    for kind, rows in projection.tables():
        scaled = projection.scale > 0
        for batch in _batches(kind, rows, expected, scaled):
            if number >= loaded:
                statement = create(kind, scaled, second_label(kind, batch[0], scaled))
                backend.write(statement, batch, {"case": facts.case, "batch": number})
                written += len(batch)
            number += 1
            if advance:
                advance(Advance(f"bringing {name_of(kind)} into the graph", expected[name_of(kind)]["count"], unit="rows"))
    backend.define(indexes())
    verify(backend, facts.case, expected)
    backend.write("MATCH (c:Case {case: $case}) SET c.batches = $batches", parameters={"case": facts.case, "batches": number})
    return Loaded(expected, written, number)


DROPPING = "dropping"
"""Stands in place of the digest of a case that is being dropped, so that a killed drop is gone on with."""


def graph_digest(tables: str) -> str:
    """What a graph's Case node says it was made from; `tables` is the digest of the tables of case.db."""
    return f"{GRAPH_VERSION}:{BATCH}:{tables}"


def whose(held: Mapping[str, Any] | None, tables: str) -> str:
    """What is wrong with what a graph holds of a case whose tables have this digest, as a phrase; nothing where it is of them."""
    if held is None or held["digest"] == graph_digest(tables):
        return ""
    version = str(held["digest"]).split(":")[0]
    if held["digest"] == DROPPING:
        return "is half dropped"
    return "is of other results" if version == str(GRAPH_VERSION) else "was made by another version of tracer, with another model"


def state(backend: Backend, case: str) -> dict[str, Any] | None:
    """What the graph knows of the loading of a case; None if it holds nothing of it."""
    found = backend.read("MATCH (c:Case {case: $case}) RETURN c.digest AS digest, c.loaded AS loaded, c.batches AS batches", {"case": case})
    return found[0] if found else None


def drop(backend: Backend, case: str) -> None:
    """Takes everything of a case out of the graph, relations first, in batches; its own node last."""
    given = {"case": case, "dropping": DROPPING, "most": BATCH}
    backend.write("MATCH (c:Case {case: $case}) SET c.digest = $dropping", parameters=given)
    for kind in reversed(GRAPH_KINDS[1:]):
        while (gone := backend.write(deletion(kind), parameters=given)) and gone[0]["gone"]:
            pass
    while (gone := backend.write(NOBODYS, parameters=given)) and gone[0]["gone"]:
        pass
    backend.write("MATCH (c:Case {case: $case}) DETACH DELETE c", parameters=given)


def verify(backend: Backend, case: str, expected: Mapping[str, Mapping[str, int]]) -> None:
    """Raises GraphError where a count or a sum in the graph is not that of case.db."""
    for kind in GRAPH_KINDS[1:]:
        name = name_of(kind)
        found = (backend.read(tally(kind), {"case": case}) or [{"count": 0}])[0]
        for what, amount in expected.get(name, {"count": 0}).items():
            there = found.get(what, 0)
            if there != amount or isinstance(there, float):
                raise GraphError(
                    f"{backend.where}: {what} of {name} is {there}, and case.db says {amount}: the graph of {case!r} was altered; "
                    "load it anew with --replace"
                )


def _begin(backend: Backend, projection: Projection) -> None:
    """The case's own node, if it is not there."""
    facts = {**projection.case(), "digest": graph_digest(projection.facts.digest)}
    fields = ", ".join(f"c.{name} = ${name}" for name in facts)
    backend.write(
        f"MERGE (c:Case {{case: $case}}) ON CREATE SET c.loaded = 0, {fields}", parameters={**facts, "case": projection.facts.case}
    )


def _batches(kind: Kind, rows: Iterator[GraphRow], expected: Tally, scaled: bool) -> Iterator[list[GraphRow]]:
    """The rows in batches, counted and added up on the way. All rows of a batch have the same labels."""
    amounts = {each.name for each in kind.properties if each.type == "amount"}
    places = {name: place for place, name in enumerate(row_names(kind, scaled)) if name in amounts}
    found = expected[name_of(kind)] = {"count": 0, **dict.fromkeys(places, 0)}
    for alike in _of_one_label(kind, rows, scaled):
        while batch := list(islice(alike, BATCH)):
            found["count"] += len(batch)
            for name, place in places.items():
                found[name] += sum(row[place] or 0 for row in batch)
            yield batch


def _of_one_label(kind: Kind, rows: Iterator[GraphRow], scaled: bool) -> Iterator[Iterator[GraphRow]]:
    """The rows, which come in the order of their roles, in stretches that have the same second label."""
    if isinstance(kind, Node) and kind.roles:
        yield from (alike for _, alike in groupby(rows, key=lambda row: second_label(kind, row, scaled)))
    else:
        yield rows
