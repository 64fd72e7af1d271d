"""Free Cypher: a wrong name is refused, not answered with nothing; answers are alike on both stores; a question ends in time."""

from __future__ import annotations

import json
import shutil
import time

import pytest
from support import graph_cases
from support.graph_server import PASSWORD

from tracer.casefolder import CaseFolder
from tracer.errors import QueryError, StoreError
from tracer.store.graph import load, queries
from tracer.store.graph.misspelt_names import refuse_unknown
from tracer.store.graph.session import Graph

STORES = pytest.mark.parametrize("store_of", ["embedded", "served"])


@pytest.fixture
def graph(request, store_of, generated):
    return Graph(request.getfixturevalue(store_of)["generated"], generated.graph_source)


WRONG = {
    "MATCH (a:Adress {case: $case}) RETURN count(a)": "no label of the graph is called 'Adress': did you mean Address?",
    "MATCH (a:Address {case: $case}) WHERE a:Victm RETURN count(a)": "called 'Victm': did you mean Victim?",
    "MATCH (a:Address {case: $case}) RETURN a.adress": "no property of the graph is called 'adress': did you mean address?",
    "MATCH (a:Address {cas: $case}) RETURN count(a)": "no property of the graph is called 'cas': did you mean case?",
    "MATCH (:Address {case: $case})-[:TRANSFERS]->() RETURN 1": "no type of the graph is called 'TRANSFERS': did you mean TRANSFER?",
    "MATCH (a:Address)-[t:TRANSFER|FLOWS]->() RETURN count(a)": "called 'FLOWS': did you mean FLOW?",
    "MATCH (a:Address)-[t:TRANSFER {tx_hsh: 'x'}]->() RETURN count(a)": "called 'tx_hsh': did you mean tx_hash?",
    "MATCH (a:Address) WHERE EXISTS { MATCH (a)-[:ENDS]->(e:EndPoint) } RETURN count(a)": "called 'EndPoint': did you mean Endpoint?",
    "MATCH ()-[t:TRANSFER]->() WHERE t.time > datetime('2018-01-26') RETURN count(t)": "t.time is in seconds.*compare t.time_utc",
    "MATCH (h:Theft {case: $case}) RETURN h.address": "no property of Theft is called 'address': it is of Address",
    "MATCH (a:Address {case: $case})-[t:TRANSFER]->() WHERE t.count > 1 RETURN a.address": "no property of TRANSFER is called 'count'",
    "MATCH (a:Address {case: $case, tx_hash: 'x'}) RETURN count(a)": "no property of Address is called 'tx_hash'",
    "MATCH (a:Victim|Recipient {case: $case}) RETURN a {.address, .memo}": "no property of Victim or Recipient is called 'memo'",
    "MATCH (a:Address)-[f:FLOW]->(b) RETURN a.address UNION MATCH (a:Address)-[f:FLOW]->(b) RETURN f.tx_hash AS x": "no property of FLOW",
    "MATCH (:Endpoint {case: $case, service_name: 'x'}) RETURN 1": "service_name",
}


@STORES
@pytest.mark.parametrize("cypher", WRONG)
def test_a_name_that_is_nowhere_is_refused(graph, cypher):
    with pytest.raises(QueryError, match=WRONG[cypher].replace("?", r"\?")):
        graph.cypher(cypher)


RIGHT = (
    "MATCH (a:Address {case: $case}) RETURN a.address AS anything, a.first_utc.year LIMIT 1",
    "MATCH (a:Address&!Victim {case: $case}) RETURN count(a) AS n",
    "MATCH (a:Address {case: $case})-[t:TRANSFER|FLOW]->(b:Address) RETURN count(*) AS n",
    "WITH {total: 5, nested: {deep: 1}} AS m RETURN m.total, m.nested.deep",
    "UNWIND [{who: 'a:b'}] AS row RETURN row.who, 'n.nothing' AS text // x.nothing",
    "MATCH (a:Address {case: $case}) RETURN a {.address, many: 1} AS found LIMIT 1",
    "MATCH (a:Address {case: $case}) RETURN CASE WHEN a.first > 1.5 THEN 1 ELSE 0 END AS n LIMIT 1",
    "MATCH (a:Address {case: $case}) WHERE a.first_utc > datetime({year: 2018}) RETURN count(a) AS n",
    "MATCH (`x y`:`Address` {`case`: $case}) RETURN `x y`.address LIMIT 1",
    "MATCH p = (a:Address {case: $case})-[:TRANSFER*1..2]->(b) RETURN length(p) AS hops LIMIT 1",
    "MATCH (a:Address)-[a2:TRANSFER|FLOW]->(b) RETURN a2.count AS n, a2.memo AS m, b.tx_hash AS any LIMIT 1",
    "MATCH (a:Address) WITH a.address AS x MATCH (b:Theft) WITH b AS a RETURN a.tx_hash LIMIT 1",
    "MATCH (t:Theft) MATCH p = ()-[:TRANSFER*1..2]->() RETURN [t IN relationships(p) | t.fee] AS fees LIMIT 1",
    "MATCH (a:Address) RETURN a.address AS x UNION ALL MATCH (a:Theft) RETURN a.tx_hash AS x",
    "MATCH (a:Address&!Victim) RETURN a.first_utc IS NULL OR a.tx_hash = 'x' AS n",
    "MATCH (c:Case {case: $case}) RETURN c.loading AS n",
    "MATCH (a) WHERE NOT (a:Address) RETURN a.tx_hash LIMIT 1",
    "MATCH (a:Victim {case: $case}) RETURN a.first_utc.year AS y, a.role AS r LIMIT 1",
)


@pytest.mark.parametrize("cypher", RIGHT)
def test_a_name_that_is_right_or_the_query_s_own_passes(cypher):
    refuse_unknown(cypher, lambda probe: pytest.fail(f"asked the store: {probe}"))


@pytest.mark.parametrize("name", sorted(queries.book()))
def test_every_query_of_the_book_passes(name):
    refuse_unknown(queries.named(name).cypher, lambda probe: pytest.fail(f"asked the store: {probe}"))


def test_a_name_that_somebody_wrote_into_the_store_passes(generated, tmp_path):
    shutil.copytree(generated.folder, tmp_path / "case", ignore=shutil.ignore_patterns("graph", ".graph-log"))
    with CaseFolder.open(tmp_path / "case").graph() as graph:
        graph.cypher("CREATE (n:Note {case: $case, says: 'ask the bank'})", write=True)
        assert graph.cypher("MATCH (n:Note) RETURN n.says AS says") == [{"says": "ask the bank"}]


def both(embedded, served, case, cypher, which="generated"):
    return [Graph(stores[which], case.graph_source).cypher(cypher) for stores in (embedded, served)]


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (h:Theft {case: $case}) RETURN h AS theft ORDER BY h.number",
        "MATCH (h:Theft {case: $case})-[r:PAID]->(a:Address) RETURN r AS paid, a AS address, h.number AS n ORDER BY n",
        "MATCH p = (h:Theft {case: $case})-[:PAID]->(a:Address)<-[:PAID]-(o:Theft) RETURN p, h.number AS n, o.number AS m ORDER BY n, m",
        "MATCH p = (h:Theft {case: $case, number: 1})-[:PAID]->(a:Address)-[:SAME_AS]->(w:Wallet) RETURN [p] AS list, nodes(p) AS nodes",
        "MATCH (h:Theft {case: $case}) RETURN h.time_utc AS at, max(h.time_utc) AS most, h.number AS n ORDER BY n",
        "MATCH (h:Theft {case: $case}) RETURN collect(h) AS thefts, {one: count(h)} AS map",
    ],
)
def test_nodes_paths_and_moments_are_alike_on_both_stores(cypher, embedded, served, generated):
    here, there = both(embedded, served, generated, cypher)
    assert here == there
    assert here
    json.dumps(here)


def test_a_path_is_a_list_of_its_nodes_and_relations(embedded, generated):
    graph = Graph(embedded["generated"], generated.graph_source)
    (found,) = graph.cypher("MATCH p = (h:Theft {case: $case, number: 1})-[:PAID]->(a:Address) RETURN p AS path")
    theft = generated.trace.thefts[0]
    assert [found["path"][0]["tx_hash"], found["path"][2]["address"]] == [theft.tx_hash, theft.recipient]
    assert found["path"][1] == {"case": "generated"}


def test_a_wei_in_a_node_is_exact(embedded, wide):
    (found,) = Graph(embedded["wide"], wide.graph_source).cypher("MATCH (h:Theft {case: $case, number: 1}) RETURN h AS theft")
    assert found["theft"]["amount"] == wide.trace.thefts[0].amount


def test_what_the_server_remarks_is_passed_on(served, generated, neo4j, tracer_cli, monkeypatch):
    graph = Graph(served["generated"], generated.graph_source)
    graph.cypher("MATCH (a:Address {case: $case}), (b:Address {case: $case}) WHERE false RETURN count(*) AS n")
    graph.cypher("MATCH (a:Address {case: $case}) RETURN a.loading AS nothing LIMIT 1")
    assert any("loading" in notice for notice in graph.notices) or graph.notices == ()
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    cypher = "MATCH (a:Address {case: $case}) RETURN id(a) AS n LIMIT 1"
    code, _, err = tracer_cli("query", generated.folder, "--cypher", cypher, "--graph", neo4j.place.uri)
    assert code == 0
    assert "the store remarks: " in err


ENDLESS = (
    "MATCH (a:Address), (b:Address), (c:Address), (d:Address), (e:Address), (f:Address), (g:Address) "
    "WHERE a.address + b.address + c.address + d.address + e.address + f.address + g.address = 'x' RETURN count(*) AS n"
)


@STORES
def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_is_answered(graph):
    graph.seconds = 0.5
    begun = time.monotonic()
    with pytest.raises(QueryError, match=r"the query was stopped after 0.5 seconds: .*--seconds; .* tracer path"):
        graph.cypher(ENDLESS)
    assert time.monotonic() - begun < 20
    graph.seconds = 60
    assert graph.query("thefts")


@STORES
def test_a_query_that_writes_is_stopped_too_and_has_changed_nothing(graph):
    graph.seconds = 0.5
    with pytest.raises(QueryError, match=r"the query was stopped after 0.5 seconds"):
        graph.cypher(ENDLESS.replace("RETURN count(*) AS n", "CREATE (:Note {says: 'never'})"), write=True)
    graph.seconds = 60
    assert graph.cypher("MATCH (n) WHERE n.says = 'never' RETURN count(n) AS n", write=True) == [{"n": 0}]


def test_the_command_line_stops_a_query_too(generated, tmp_path, tracer_cli):
    shutil.copytree(generated.folder, tmp_path / "case", ignore=shutil.ignore_patterns("graph", ".graph-log"))
    code, out, err = tracer_cli("query", tmp_path / "case", "--cypher", ENDLESS, "--seconds", "0.5")
    assert (code, out) == (1, "")
    assert "the query was stopped after 0.5 seconds" in err
    assert err.count("\n") == 1


# whose results a graph holds


@pytest.fixture
def changed(generated, tmp_path):
    """The same case, whose results are others now."""
    shutil.copytree(generated.folder, tmp_path / "case", ignore=shutil.ignore_patterns("graph", ".graph-log"))
    return graph_cases.with_other_results(tmp_path / "case")


def test_a_server_that_holds_other_results_is_not_asked(served, neo4j, changed, tracer_cli, monkeypatch):
    place = neo4j.place
    with pytest.raises(StoreError, match=f"is of other results.*tracer store {changed.folder} --graph {place.uri} --replace"):
        changed.graph(place.uri, password=place.password)
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    for question in (["thefts"], ["--cypher", "MATCH (n:Theft {case: $case}) RETURN count(n) AS n"]):
        code, out, err = tracer_cli("query", changed.folder, *question, "--graph", place.uri)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert "load it anew with tracer store" in err


def test_results_that_change_under_an_open_graph_are_noticed_at_the_next_question(served, generated, changed):
    with pytest.raises(StoreError, match="is of other results"):
        Graph(served["generated"], changed.graph_source)
    graph = Graph(served["generated"], generated.graph_source)
    graph.source = changed.graph_source
    with pytest.raises(StoreError, match="is of other results"):
        graph.query("thefts")


def test_a_graph_of_an_earlier_model_is_to_be_loaded_anew():
    held = {"digest": "1:10000:abc"}
    assert load.whose(held, "abc") == "was made by another version of tracer, with another model"
    assert load.whose({"digest": load.graph_digest("abc")}, "abc") == ""
    assert load.whose({"digest": load.graph_digest("other")}, "abc") == "is of other results"
