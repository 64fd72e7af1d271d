"""Neo4j's own analyser finds no error and no unknown name in any query, nor in what loading runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
from conftest import ROOT, missing

from tracer.store.graph import load_statements, misspelt_names, queries, schema
from tracer.store.graph.exact_queries import exactly

ANALYSER = ROOT / "build" / "dev" / "node_modules"
SCHEMA = {
    "labels": sorted(misspelt_names.LABELS),
    "relationshipTypes": [relation.type for relation in schema.RELATIONS],
    "propertyKeys": sorted(misspelt_names.PROPERTIES),
}


@pytest.fixture(scope="module")
def lint(tmp_path_factory):
    if shutil.which("node") is None:
        missing("node", "install Node 18 or newer")
    if not ANALYSER.exists():
        missing("node", "make test-graph installs Neo4j's analyser")
    schema = tmp_path_factory.mktemp("lint") / "schema.json"
    schema.write_text(json.dumps(SCHEMA))

    def run(*files):
        command = ["node", str(ROOT / "dev" / "cypher_lint.cjs"), str(schema), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"NODE_PATH": str(ANALYSER)})
        assert "Cannot find module" not in done.stderr
        return done.returncode, done.stdout

    return run


def test_no_query_of_the_book_has_an_error_or_an_unknown_name(lint):
    assert lint(*sorted((ROOT / "queries").glob("*.cypher")))[0] == 0, lint(*sorted((ROOT / "queries").glob("*.cypher")))[1]


def test_no_query_as_a_scaled_graph_is_asked_it_has_an_error_or_an_unknown_name(lint, tmp_path):
    files = []
    for name, query in queries.book().items():
        amounts, given = ([each.name for each in some if each.type == "amount"] for some in (query.columns, query.parameters))
        files.append(tmp_path / f"{name}.cypher")
        files[-1].write_text(exactly(query.cypher, amounts, given))
    code, said = lint(*files)
    assert code == 0, said


def test_nothing_that_loading_runs_has_an_error_or_an_unknown_name(lint, tmp_path):
    texts = [load_statements.tally(kind) for kind in schema.GRAPH_KINDS]
    texts += [load_statements.create(kind, scaled) for kind in schema.GRAPH_KINDS[1:] for scaled in (False, True)]
    texts += [*load_statements.constraints(), *load_statements.indexes()]
    texts += [load_statements.deletion(kind) for kind in schema.GRAPH_KINDS[1:]]
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"{number}.cypher")
        files[-1].write_text(text)
    code, said = lint(*files)
    assert code == 0, said


@pytest.mark.parametrize(
    "query",
    ["MATCH (n:Adress) RETURN n", "MATCH (n:Address) RETURN n.adress", "MATCH (n:Address)-[:TRANSFERS]->() RETURN n", "MATCH (n RETURN n",
     "MATCH (n:Address) RETURN m"],
)  # fmt: skip
def test_the_analyser_refuses_what_is_wrong(query, lint, tmp_path):
    (tmp_path / "wrong.cypher").write_text(query)
    assert lint(tmp_path / "wrong.cypher")[0] == 1
