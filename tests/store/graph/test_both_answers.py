"""A case of several assets in a graph store: both answers, and what became what, embedded and on a real Neo4j server."""

from __future__ import annotations

import pytest
from conftest import require_arcadedb
from support.graph_answers import Answers
from support.graph_cases import asked

from tracer.store.graph import load, queries
from tracer.store.graph.session import GraphTarget, connected

STORES = pytest.mark.parametrize("store_of", ["embedded_swaps", "served_swaps"])


def filled(case, place):
    backend, projection = connected(case.graph_source, place), case.graph_source.project()
    load.load_graph(backend, projection)
    projection.close()
    return backend


@pytest.fixture(scope="module")
def embedded_swaps(swaps):
    require_arcadedb()
    backend = filled(swaps, GraphTarget())
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def served_swaps(swaps, neo4j):
    backend = filled(swaps, neo4j.place)
    yield backend
    backend.close()


@pytest.fixture
def held(request, store_of):
    return request.getfixturevalue(store_of)


@STORES
@pytest.mark.parametrize("name", ["both_answers", "what_became"])
def test_the_store_answers_as_python_does_in_every_asset(held, swaps, name):
    about, expected, rows = queries.subject(held, swaps.question.name), Answers(swaps), 0
    for arguments in asked(swaps)[name]:
        found = queries.ask(held, queries.named(name), about, {key: str(value) for key, value in arguments.items()})
        assert found.rows == getattr(expected, name)(**arguments), arguments
        rows += len(found.rows)
    assert rows > 20


@STORES
def test_what_moves_between_two_holdings_is_of_their_asset(held, swaps):
    query = """MATCH (a:Holding {case: $case})-[c:CARRIED]->(b:Holding) WHERE a.asset <> c.asset OR b.asset <> c.asset
        RETURN count(c) AS mixed"""
    assert held.read(query, {"case": swaps.question.name}) == [{"mixed": 0}]


@STORES
def test_only_what_became_what_goes_from_one_asset_to_another(held, swaps):
    query = """MATCH (a:Holding {case: $case})-[b:BECAME]->(c:Holding) WHERE a.asset = b.given_asset AND c.asset = b.received_asset
        AND a.asset <> c.asset RETURN count(b) AS exchanges, sum(CASE WHEN b.substituted THEN 1 ELSE 0 END) AS substituted"""
    exchanges = swaps.answers.exchanges
    expected = {"exchanges": len(exchanges.conversions), "substituted": len(exchanges.substituted)}
    assert held.read(query, {"case": swaps.question.name}) == [expected]


@STORES
def test_a_trail_of_another_asset_is_found_from_what_it_was_got_for(held, swaps):
    """From a holding of the first asset, over what it became and one transfer of that, to a place where it ended."""
    query = """MATCH (:Holding {case: $case, asset: 'eth'})-[:BECAME {substituted: true}]->(:Holding)-[:CARRIED]->(h:Holding)
        -[:CAME_TO]->(o:Outcome {answer: 'substituted'}) WHERE o.asset = h.asset RETURN DISTINCT o.service AS service, o.asset AS asset"""
    found = {(row["service"], row["asset"]) for row in held.read(query, {"case": swaps.question.name})}
    assert ("bridge", "wrapped ether") in found
