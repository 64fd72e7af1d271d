"""Every query of the book gives, row by row, what plain Python finds in case.db: embedded and on a real Neo4j server."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from support.graph_answers import Answers
from support.graph_cases import asked

from tracer.errors import QueryError
from tracer.store.graph import queries, schema

NAMES = sorted(queries.book())
CASES = ("rehearsal", "coincheck", "generated", "wide")
EMPTY = {
    "rehearsal": "both_answers what_became claims_and_traced evidence frontier label_conflicts marked_not_traced",
    "coincheck": "both_answers what_became cash_outs_by_day fan_ins hubs memos time_to_service "
    "changes_of_control cycles deposits_to_service endpoints_by_service fan_outs marked_not_traced peel_steps sleepers "
    "tag_evidence tags_by_status",
    "generated": "both_answers what_became changes_of_control frontier",
    "wide": "both_answers what_became changes_of_control frontier",
}
"""Questions that have no answer there; every other gives rows, and every question has rows somewhere, so that equality means something
(those of several assets: test_both_answers.py)."""


def answers_match(backends, cases, name, which):
    """Row by row and to the last digit, whether the graph is scaled or not."""
    case = cases[which]
    about, expected = queries.subject(backends[which], which), Answers(case)
    rows = 0
    for arguments in asked(case)[name]:
        found = queries.ask(backends[which], queries.named(name), about, {key: str(value) for key, value in arguments.items()})
        assert found.rows == getattr(expected, name)(**arguments), arguments
        rows += len(found.rows)
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_an_amount_that_is_asked_for_is_only_compared_with_a_property(name):
    """`exactly` gives it as a text to a scaled graph, and knows no other comparison."""
    query = queries.named(name)
    for parameter in query.parameters:
        if parameter.type == "amount":
            uses = re.findall(rf"\S+ \S+ \${parameter.name}\b", query.cypher)
            assert uses == [f"{uses[0].split()[0]} >= ${parameter.name}"]
            assert re.fullmatch(r"\w+(\.\w+|\[\$rule\])", uses[0].split()[0])


@pytest.mark.parametrize("which", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_the_embedded_store_answers_as_python_does(name, which, embedded, cases):
    rows = answers_match(embedded, cases, name, which)
    assert bool(rows) == (name not in EMPTY[which].split())


@pytest.mark.parametrize("which", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_a_neo4j_server_answers_as_python_does(name, which, served, cases):
    rows = answers_match(served, cases, name, which)
    assert bool(rows) == (name not in EMPTY[which].split())


def test_the_rehearsal_is_asked_about_its_own_tags_markings_and_bounds(rehearsal, embedded):
    counted = "MATCH (n:%s {case: 'rehearsal'}) RETURN count(n) AS n"
    (tags, markings, measures) = (embedded["rehearsal"].read(counted % each, {})[0]["n"] for each in ("Tag", "Marking", "Measure"))
    assert (tags, markings) == (len(rehearsal.tags), len(rehearsal.context.markings)) == (359, 22)
    assert measures == sum(len(tag.measures) + len(tag.against) for tag in rehearsal.tags)
    (bounded,) = embedded["rehearsal"].read("MATCH (e:Endpoint {case: 'rehearsal'}) RETURN count(e.least) AS n", {})
    assert bounded["n"] == len(rehearsal.trace.endpoints)


def test_what_is_masked_elsewhere_is_masked_in_the_graph(embedded):
    told = embedded["generated"].read("MATCH (e:Evidence {case: 'generated'}) RETURN e.value AS value ORDER BY e.number", {})
    assert [row["value"] for row in told] == ["(masked)", "it was not me", "log in from 198.51.x.x"]


@pytest.mark.parametrize("name", NAMES)
def test_a_query_returns_the_columns_its_header_declares(name, embedded, cases):
    query, case = queries.named(name), cases["generated"]
    for arguments in asked(case)[name]:
        for row in embedded["generated"].read(query.cypher, {"case": "generated", **defaults(query), **arguments}):
            assert list(row) == [column.name for column in query.columns]


def defaults(query):
    return {each.name: int(each.default) if each.type != "rule" else "fifo" for each in query.parameters if each.default is not None}


def test_the_book_has_every_question_asked_for():
    assert len(NAMES) >= 24
    assert {path.stem for path in (ROOT / "queries").glob("*.cypher")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_query_takes_the_parameters_its_header_declares(name):
    query = queries.named(name)
    used = set(re.findall(r"\$(\w+)", query.cypher))
    assert used == {"case", *(parameter.name for parameter in query.parameters)}
    assert query.question.endswith("?")
    assert query.reading.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_query_keeps_to_the_subset_both_stores_share(name):
    cypher = queries.named(name).cypher
    for avoided in (
        "shortestPath",
        "SHORTEST",
        "datetime(",
        "elementId",
        " id(",
        "labels(",
        "CALL",
        "*1..",
        "FOREACH",
        "COLLECT",
        "toInteger",
    ):
        assert avoided not in cypher
    assert "{case: $case}" in cypher or "case: $case" in cypher


def test_every_amount_a_query_sums_is_one_that_loading_bounds():
    """A sum over transfers or endpoints counts each once, so it stays below the bound that chooses the scale."""
    amounts = {each.name for kind in schema.GRAPH_KINDS for each in kind.properties if each.type == "amount"}
    for query in queries.book().values():
        for summed in re.findall(r"sum\(\w+\.(\w+)\)", query.cypher):
            assert summed in amounts


def test_a_sum_that_passes_64_bits_is_refused(embedded):
    query = queries.named("thefts")._replace(
        cypher=f"UNWIND [{2**62}, {2**62}] AS n RETURN sum(n) AS n", columns=(queries.Column("n", "amount", ""),)
    )
    about = queries.subject(embedded["generated"], "generated")
    with pytest.raises(QueryError, match="passes 64 bits"):
        queries.ask(embedded["generated"], query, about, {})


def test_a_sum_that_passes_64_bits_is_refused_of_a_server_too(served):
    query = queries.named("thefts")._replace(
        cypher=f"UNWIND [{2**62}, {2**62}] AS n RETURN sum(n) AS n", columns=(queries.Column("n", "amount", ""),)
    )
    about = queries.subject(served["generated"], "generated")
    with pytest.raises(QueryError, match="passes 64 bits"):
        queries.ask(served["generated"], query, about, {})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, r"address=\.\.\. is missing"),
        ({"address": "a", "adress": "b"}, "no parameter is called 'adress'"),
        ({"address": "a", "rule": "magic"}, "rule 'magic' was not run: it is one of dirty_first, fifo, haircut"),
    ],
)
def test_wrong_parameters_are_named(given, why, embedded):
    with pytest.raises(QueryError, match=why):
        queries.ask(embedded["generated"], queries.named("payers"), queries.subject(embedded["generated"], "generated"), given)


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("sleepers", {"days": "soon"}, "days='soon' is no whole number"),
        ("sleepers", {"days": "9" * 5000}, "is no whole number"),
        ("sleepers", {"days": "-1"}, "days=-1 is not from 0 to 2,147,483,647"),
        ("fan_outs", {"hours": "0"}, "hours=0 is not from 1 to"),
        ("fan_outs", {"hours": str(1 << 62)}, "is not from 1 to"),
        ("peel_steps", {"percent": "101"}, "percent=101 is not from 0 to 100"),
        ("cycles", {"most": "0"}, "most=0 is not from 1 to"),
        ("round_amounts", {"unit": "0"}, "unit=0 is not 1 or more"),
        ("endpoints", {"least": "-5"}, "least=-5 is not 0 or more"),
        ("endpoints", {"least": str(1 << 63)}, "does not fit 64 bits"),
    ],
)
def test_a_number_that_cannot_be_meant_is_named_before_it_is_asked(name, given, why, embedded):
    with pytest.raises(QueryError, match=why):
        queries.ask(embedded["generated"], queries.named(name), queries.subject(embedded["generated"], "generated"), given)


def test_a_header_line_that_is_not_understood_is_named():
    with pytest.raises(QueryError, match=r"queries/x.cypher:2: '// wat: y' is no line of a header"):
        queries.parsed("x", "// title: t\n// wat: y\nRETURN 1")
    with pytest.raises(QueryError, match="the header has no question"):
        queries.parsed("x", "// title: t\n// reading: r\nRETURN 1")
