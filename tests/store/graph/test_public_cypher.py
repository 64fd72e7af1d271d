"""Questions of forums (rings, mules, paths that rise in time) and wei, as a third party set them down: the same on both stores."""

from __future__ import annotations

import json

import pytest
from conftest import require_arcadedb
from support.public_cases import public_folder

from tracer.casefolder import CaseFolder

ANN, BOB, CAROL, DAVE, VICTIM = ("0x" + 20 * byte for byte in ("aa", "bb", "cc", "dd", "10"))
RING = [1000, 900, 810, 729]

ANSWERS = {
    "ring_var": [{"ring": [ANN, BOB, CAROL, DAVE, ANN], "amounts": RING}],
    "ring_rel": [{"hops": 4}],
    "qpp": [{"amounts": RING}],
    "shortest": [{"way": [VICTIM, ANN, BOB, CAROL, DAVE]}],
    "datetime": [{"n": 2}],
    "date_fn": [{"day": f"2021-01-0{day}", "sum": amount} for day, amount in enumerate([1000, *RING], 1)],
    "mule": [
        {"mule": ANN, "got": 1000, "passed": 1000},
        {"mule": BOB, "got": 1000, "passed": 900},
        {"mule": CAROL, "got": 900, "passed": 810},
        {"mule": DAVE, "got": 810, "passed": 729},
    ],
    "degree": [
        {"a": VICTIM, "outs": 1, "ins": 0},
        {"a": ANN, "outs": 1, "ins": 2},
        *({"a": who, "outs": 1, "ins": 1} for who in (BOB, CAROL, DAVE)),
    ],
    "exists": [{"source": VICTIM}],
    "regex": [{"a": VICTIM}],
}  # fmt: skip
"""Those that have one answer only: how the store orders its rows does not enter."""

SOME = {"reduce": ("total", [3710, 3439, 3439]), "call": ("s", [1000, 1000]), "collect": ("c", [1, 1])}
"""Those with ties: the column that has one answer only."""


def asked(tracer_cli, folder, cypher, *where):
    code, out, said = tracer_cli("query", folder, "--cypher", cypher, "--json", *where)
    assert code == 0, said
    return json.loads(out)


@pytest.fixture(params=["embedded", "served"])
def ask(request, tmp_path, tracer_cli, monkeypatch):
    """Traces a case and asks its graph on one of the two stores."""
    require_arcadedb()
    cases = public_folder()
    where = []
    if request.param == "served":
        place = request.getfixturevalue("neo4j").place
        monkeypatch.setenv("NEO4J_PASSWORD", place.password)
        where = ["--graph", place.uri]

    def call(name, *questions):
        code, _, said = tracer_cli("trace", cases / name / "case.toml", "-o", tmp_path / "out", *where)
        assert code == 0, said
        return [asked(tracer_cli, tmp_path / "out", cypher, *where) for cypher in questions]

    return call


def test_rings_mules_and_paths_that_rise_in_time_are_found(ask):
    questions = json.loads((public_folder() / "21_cypher_ring" / "q.json").read_text())
    questions["whole"] = "MATCH ()-[t:TRANSFER]->() RETURN count(t) AS n"
    found = dict(zip(questions, ask("21_cypher_ring", *questions.values()), strict=True))
    assert {name: found[name] for name in ANSWERS} == ANSWERS
    for name, (column, values) in SOME.items():
        assert [row[column] for row in found[name]] == values, name
    assert found["union"] == [{"n": 5}, *found["whole"]]  # its second half names no case: of a server, all that others put there
    assert [len(found[name]) for name in ("all", "path")] == [1, 1]
    assert found["rel"]


def test_every_wei_comes_back_from_free_cypher_or_its_unit_is_said(ask):
    each = "MATCH (:Address {case: $case})-[t:TRANSFER]->(b) RETURN t.amount AS amount ORDER BY t.height"
    total = "MATCH (:Address {case: $case})-[t:TRANSFER]->(b) RETURN sum(t.amount) AS amount"
    twice = "MATCH (:Address {case: $case})-[t:TRANSFER]->(b) RETURN t.amount * 2 AS twice, t.height AS height ORDER BY height"
    amounts, summed, computed = ask("47_wei_in_graph", each, total, twice)
    assert [row["amount"] for row in amounts] == [33066915805160912602, 33066915805160912601]
    assert summed == [{"amount": 66133831610321825203}]
    assert [row["amounts_in_units_of"] for row in computed] == [100, 100]


def test_every_wei_stands_in_json_csv_and_a_notebook(tmp_path, tracer_cli):
    require_arcadedb()
    tracer_cli("trace", public_folder() / "47_wei_in_graph" / "case.toml", "-o", tmp_path / "out")
    (row,) = json.loads(tracer_cli("query", tmp_path / "out", "endpoints_by_service", "--json")[1])
    assert row["fifo"] == "33066915805160912601"
    assert ",33066915805160912601," in tracer_cli("query", tmp_path / "out", "endpoints_by_service", "--csv")[1]
    with CaseFolder.open(tmp_path / "out").graph() as graph:
        assert graph.query("endpoints_by_service", rule="fifo")[0]["fifo"] == 33066915805160912601
