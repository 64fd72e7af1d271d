"""What one sees in a graph database: names, roles, moments, relations, one wallet across cases; and a case found among others."""

from __future__ import annotations

import pytest
from support import graph_cases

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.store.graph import load, load_statements, schema
from tracer.store.graph.session import GraphTarget, connected

STORES = pytest.mark.parametrize("store_of", ["embedded", "served"])


@pytest.fixture
def held(request, store_of):
    return request.getfixturevalue(store_of)


def asked(backend, query, case):
    return backend.read(query, {"case": case})


@STORES
@pytest.mark.parametrize("which", ["rehearsal", "coincheck", "generated", "wide"])
def test_every_node_has_a_name(held, which):
    for node in schema.NODES:
        (nameless,) = asked(held[which], f"MATCH (n:{node.label} {{case: $case}}) WHERE n.name IS NULL RETURN count(n) AS n", which)
        assert nameless["n"] == 0, node.label


@STORES
def test_an_address_has_a_label_for_its_role(held, rehearsal):
    for role, label in schema.ROLES.items():
        expected = sorted(address for address, node in rehearsal.flow.nodes(data=True) if node["role"] == role)
        found = asked(held["rehearsal"], f"MATCH (a:{label} {{case: $case}}) RETURN a.address AS address ORDER BY address", "rehearsal")
        assert [row["address"] for row in found] == expected, role


@STORES
@pytest.mark.parametrize("which", ["rehearsal", "generated", "short_chain"])
def test_the_same_rows_are_provisional_as_in_the_ledger(held, cases, which):
    query = "MATCH (:Address {case: $case})-[t:TRANSFER]->() RETURN t.row_key AS row, t.provisional AS provisional ORDER BY row"
    found = {row["row"]: row["provisional"] for row in asked(held[which], query, which)}
    assert found == {key: edge["provisional"] for *_, key, edge in cases[which].flow.edges(keys=True, data=True)}


@STORES
def test_every_time_has_its_moment_beside_it(held):
    for kind in schema.GRAPH_KINDS:
        for each in kind.properties:
            if each.type == "time" and kind is not schema.NODES[0]:
                query = (
                    f"{load_statements.matching(kind)} WHERE x.{each.name} IS NOT NULL AND x.{each.name}_utc.epochSeconds <> x.{each.name} "
                )
                assert asked(held["rehearsal"], query + "RETURN count(x) AS n", "rehearsal") == [{"n": 0}]


@STORES
def test_a_moment_can_be_compared_with_a_datetime(held, rehearsal):
    thefts = rehearsal.trace.thefts
    query = "MATCH (h:Theft {case: $case}) WHERE h.time_utc > datetime({epochSeconds: $time}) RETURN count(h) AS n"
    (found,) = held["rehearsal"].read(query, {"case": "rehearsal", "time": thefts[0].time})
    assert found["n"] == sum(theft.time > thefts[0].time for theft in thefts)


@STORES
def test_who_funded_whom_is_a_relation(held, generated):
    funder, addresses = {}, generated.flow.nodes
    for t in generated.ledger:
        if t.recipient and t.amount and t.sender != t.recipient:
            funder.setdefault(t.recipient, (t.sender, t.row_key, t.amount))
    expected = sorted(
        (payer, address, key, amount) for address, (payer, key, amount) in funder.items() if {payer, address} <= addresses.keys()
    )
    query = "MATCH (f:Address {case: $case})-[r:FUNDED]->(a:Address) RETURN f.address AS f, a.address AS a, r.row_key AS k, r.amount AS n"
    assert sorted(tuple(row.values()) for row in asked(held["generated"], query, "generated")) == expected


@STORES
def test_a_tag_rests_on_addresses(held, generated):
    key, expected = generated.ledger.columns.row_key, []
    for number, tag in enumerate(generated.tags):
        for address in generated.flow.nodes:
            rows = [
                key[row] for row in tag.rows if address in (generated.ledger.transfer(row).sender, generated.ledger.transfer(row).recipient)
            ]
            expected += [(number, address, sorted(rows))] * bool(rows and tag.subject in generated.flow)
    query = "MATCH (t:Tag {case: $case})-[r:RESTS_ON]->(a:Address) RETURN t.number AS t, a.address AS a, r.rows AS rows"
    found = [(row["t"], row["a"], sorted(row["rows"])) for row in asked(held["generated"], query, "generated")]
    assert sorted(found) == sorted((tag, address, rows) for tag, address, rows in expected)


@STORES
@pytest.mark.parametrize("which", ["rehearsal", "generated"])
def test_a_flow_has_every_rule(held, which, cases):
    for rule in cases[which].flow.rules:
        (flows,) = asked(held[which], f"MATCH (:Address {{case: $case}})-[f:FLOW]->() RETURN sum(f.{rule}) AS n", which)
        assert flows["n"] == sum(edge[rule] for _, _, edge in cases[which].flow.edges(data=True))


@STORES
def test_an_address_counts_whom_it_dealt_with_in_the_whole_ledger(held, generated):
    found = asked(held["generated"], "MATCH (a:Address {case: $case}) RETURN a.address AS a, a.payers AS n, a.payees AS m", "generated")
    for row in found:
        payers = {t.sender for t in generated.ledger if t.recipient == row["a"] and t.sender not in (None, row["a"])}
        payees = {t.recipient for t in generated.ledger if t.sender == row["a"] and t.recipient not in (None, row["a"])}
        assert (row["n"], row["m"]) == (len(payers), len(payees)), row["a"]


@STORES
def test_thefts_are_numbered_from_one(held, generated):
    (found,) = asked(held["generated"], "MATCH (h:Theft {case: $case}) RETURN min(h.number) AS least, max(h.number) AS most", "generated")
    assert (found["least"], found["most"]) == (1, len(generated.trace.thefts))
    rows = asked(
        held["generated"],
        "MATCH (:Address {case: $case})-[t:TRANSFER]->() WHERE t.theft IS NOT NULL RETURN t.theft AS n ORDER BY n",
        "generated",
    )
    assert [row["n"] for row in rows] == [edge["theft"] for *_, edge in sorted_edges(generated) if edge["theft"] is not None] == [1, 2, 3]


def sorted_edges(case):
    return sorted(case.flow.edges(data=True), key=lambda edge: edge[2]["row"])


def traced(folder, name, rows):
    case_file = graph_cases.write_case(folder / "in", name=name, rows=rows)
    tracer.trace(CaseFile.load(case_file), folder / "out")
    return CaseFolder.open(folder / "out")


def stored(folder, place, name, rows):
    """A generated case in a database; and its backend."""
    case = traced(folder / name, name, rows)
    backend = connected(case.graph_source, place)
    projection = case.graph_source.project()
    load.load_graph(backend, projection)
    projection.close()
    return case, backend


@pytest.mark.parametrize("shared", ["embedded", "server"])
def test_two_cases_meet_in_a_wallet_and_part_when_one_is_dropped(shared, tmp_path, request, generated):
    place = GraphTarget() if shared == "embedded" else request.getfixturevalue("neo4j").place
    one, backend = stored(tmp_path, place, "alice", 100)
    try:
        other = traced(tmp_path / "bob", "bob", 100)
        projection = other.graph_source.project()
        load.load_graph(backend, projection)
        projection.close()
        met = "MATCH (a:Address {case: 'alice'})-[:SAME_AS]->(w:Wallet {chain: 'table'})<-[:SAME_AS]-(b:Address {case: 'bob'}) "
        found = backend.read(met + "RETURN a.address AS a, w.address AS w, b.address AS b ORDER BY a", {})
        assert [tuple(row.values()) for row in found] == [(each,) * 3 for each in sorted(set(one.flow) & set(other.flow))]
        load.drop(backend, "bob")
        left = "MATCH (a:Address {case: 'alice'})-[:SAME_AS]->(w:Wallet) RETURN count(w) AS n"
        assert backend.read(left, {}) == [{"n": len(one.flow)}]
        load.drop(backend, "alice")
        lonely = backend.read("MATCH (w:Wallet) WHERE NOT EXISTS { (w)<-[:SAME_AS]-() } RETURN count(w) AS n", {})
        assert lonely in ([{"n": 0}], [])
    finally:
        backend.close()


@pytest.fixture
def priced(tmp_path):
    case_file = graph_cases.write_case(tmp_path / "in", name="priced", rows=60)
    (tmp_path / "in" / "jpy.csv").write_text("time,price,source\n2018-01-01T00:00:00Z,2.5,a market\n")
    case_file.write_text(case_file.read_text() + '[prices]\nfile = "jpy.csv"\ncurrency = "JPY"\n')
    tracer.trace(CaseFile.load(case_file), tmp_path / "out")
    return CaseFolder.open(tmp_path / "out")


def test_with_prices_a_transfer_says_what_it_was_worth(priced):
    with priced.graph() as graph:
        (case,) = graph.cypher("MATCH (c:Case {case: $case}) RETURN c.currency AS currency")
        thefts = graph.cypher("MATCH (h:Theft {case: $case}) RETURN h.amount AS amount, h.worth AS worth")
        ends = graph.cypher("MATCH (e:Endpoint {case: $case}) RETURN e.worth AS worth ORDER BY e.number")
    assert case == {"currency": "JPY"}
    assert {(row["amount"], row["worth"]) for row in thefts} == {(10_000_000, "250000")}
    assert [row["worth"] for row in ends] == [by_rule["haircut"] for by_rule in priced.flow.about.valuation.endpoints]


def test_a_case_is_counted_without_looking_at_another_one(served, neo4j, generated):
    """db hits on the server: beside other cases, a count costs its own rows and no more than as many again."""
    from neo4j import GraphDatabase

    for label, rows in (("Address", len(generated.flow)), ("Endpoint", len(generated.trace.endpoints))):
        with GraphDatabase.driver(neo4j.place.uri, auth=("neo4j", neo4j.place.password)) as driver, driver.session() as session:
            profile = session.run(f"PROFILE MATCH (n:{label} {{case: 'generated'}}) RETURN count(n)").consume().profile
        assert hits(profile) <= 2 * rows + 2


def hits(plan):
    return plan.get("dbHits", 0) + sum(hits(child) for child in plan.get("children", ()))
