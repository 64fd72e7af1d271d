"""Loading: complete, exactly once, gone on from where it was stopped, verified to the unit; and a store that reads no files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from support import graph_cases
from support.graph_export import digest, exported

from tracer.casefolder import CaseFolder
from tracer.cli.store_and_query import _value
from tracer.errors import QueryError, StoreError
from tracer.store.graph import load, schema
from tracer.store.graph.session import GraphTarget, connected, store


@pytest.fixture
def small(generated, tmp_path):
    """A copy of the generated case, its graph not made yet."""
    shutil.copytree(generated.folder, tmp_path / "case", ignore=shutil.ignore_patterns("graph", ".graph-log"))
    return CaseFolder.open(tmp_path / "case")


@pytest.fixture
def opened(small):
    backend = connected(small.graph_source, GraphTarget())
    yield backend
    backend.close()


def loaded(case, backend, **settings):
    projection = case.graph_source.project()
    try:
        return load.load_graph(backend, projection, **settings)
    finally:
        projection.close()


def rows_of(case, name):
    projection = case.graph_source.project()
    try:
        return next([list(row) for row in rows] for kind, rows in projection.tables() if schema.name_of(kind) == name)
    finally:
        projection.close()


@pytest.mark.parametrize("which", ["rehearsal", "coincheck", "generated", "wide"])
def test_the_graph_has_every_edge_of_the_flow_graph_and_no_other(which, cases, scales):
    case, scaled = cases[which], scales[which] > 0
    kind = next(kind for kind in schema.RELATIONS if kind.type == "TRANSFER")
    names = ["s", "r", *schema.columns(kind, scaled)]
    found = [dict(zip(names, row, strict=True)) for row in rows_of(case, "TRANSFER")]
    suffix = "_exact" if scaled else ""
    edges = sorted(((edge["row"], key, s, r, edge) for s, r, key, edge in case.flow.edges(keys=True, data=True)), key=lambda each: each[:2])
    assert len(found) == len(edges)
    for row, (_, key, s, r, edge) in zip(found, edges, strict=True):
        assert (row["s"], row["r"], row["row_key"], row["uid"]) == (s, r, key, f"{case.question.name}:{key}")
        plain = ("height", "time", "tx_hash", "kind", "basis", "verified", "provisional", "theft", "cut")
        assert [row[name] for name in plain] == [edge[name] for name in plain]
        for name in ("amount", "fee", *case.flow.rules):
            assert row[name + suffix] == (str(edge[name]) if scaled else edge[name])
            assert row[name] == edge[name] // 10 ** scales[which]
        memo = edge["memo"]
        assert (row["memo"], row["memo_hex"], row["memo_kind"]) == (
            (memo.text, memo.content.hex(), memo.kind) if memo else (None, None, None)
        )


def test_every_row_is_provisional_where_the_tip_is_below_the_finality(short_chain):
    edges = [edge["provisional"] for *_, edge in short_chain.flow.edges(data=True)]
    assert edges
    assert all(edges)
    assert short_chain.to_pandas()["provisional"].all()
    place = list(schema.row_names(next(kind for kind in schema.RELATIONS if kind.type == "TRANSFER"), scaled=False)).index("provisional")
    assert [bool(row[place]) for row in rows_of(short_chain, "TRANSFER")] == edges


@pytest.mark.parametrize("which", ["rehearsal", "coincheck", "generated", "wide"])
def test_the_graph_has_every_address_of_the_flow_graph_as_it_is_there(which, cases, scales):
    case = cases[which]
    names = list(schema.columns(next(kind for kind in schema.NODES if kind.label == "Address"), scales[which] > 0))
    found = {row[0]: dict(zip(names, row, strict=True)) for row in rows_of(case, "Address")}
    assert found.keys() == set(case.flow.nodes)
    for address, node in case.flow.nodes(data=True):
        row = found[address]
        for name, attribute in (("label", "label"), ("service", "service"), ("role", "role"), ("stop", "stop"), ("touched", "touched")):
            assert row[name] == node[attribute], (address, name)
        assert row["marked"] == bool(node.get("marked"))
        assert row["balance"] == node["balance"] // 10 ** scales[which]
        assert [row[rule] for rule in case.flow.rules] == [node["traced"][rule] // 10 ** scales[which] for rule in case.flow.rules]
        assert [row[f"fees_{rule}"] for rule in case.flow.rules] == [node["fees"][rule] // 10 ** scales[which] for rule in case.flow.rules]


def test_flows_are_the_transfers_of_a_pair_together(rehearsal):
    flows = rows_of(rehearsal, "FLOW")
    transfers = rows_of(rehearsal, "TRANSFER")
    assert sum(flow[2] for flow in flows) == len(transfers)
    amount = ["s", "r", *schema.columns(next(k for k in schema.RELATIONS if k.type == "TRANSFER"), False)].index("amount")
    assert sum(flow[3] for flow in flows) == sum(row[amount] for row in transfers)
    assert len({tuple(flow[:2]) for flow in flows}) == len(flows)


def test_a_second_load_writes_nothing_and_changes_nothing(small, opened):
    first = loaded(small, opened)
    before = digest(opened, "generated")
    again = loaded(small, opened)
    assert (again.written, again.tally) == (0, first.tally)
    assert digest(opened, "generated") == before


def test_both_stores_hold_the_same_graph(embedded, served, cases):
    for name in cases:
        assert exported(embedded[name], name) == exported(served[name], name)


@pytest.mark.parametrize("stop_at", range(0, 24, 3))
def test_a_load_that_is_stopped_anywhere_is_gone_on_from(stop_at, small, opened, monkeypatch, embedded):
    """The batches are made small, so that there are many places to stop at; the rest goes in by another load."""
    monkeypatch.setattr(load, "BATCH", 100)
    written = []

    class Stopping:
        where = opened.where
        read, define = opened.read, opened.define

        def write(self, query, rows=(), parameters={}):  # noqa: B006
            if rows and len(written) == stop_at:
                raise KeyboardInterrupt
            written.extend([1] if rows else [])
            return opened.write(query, rows, parameters)

    with pytest.raises(KeyboardInterrupt):
        loaded(small, Stopping())
    rest = loaded(small, opened)
    assert rest.written < sum(tally["count"] for tally in rest.tally.values()) or stop_at == 0
    assert digest(opened, "generated") == digest(embedded["generated"], "generated")


def test_a_batch_that_is_written_twice_is_in_once(small, opened, monkeypatch, embedded):
    """A driver repeats a transaction whose answer was lost."""

    class Repeating:
        where, read, define = opened.where, opened.read, opened.define

        def write(self, query, rows=(), parameters={}):  # noqa: B006
            if rows:
                opened.write(query, rows, parameters)
            return opened.write(query, rows, parameters)

    loaded(small, Repeating())
    assert digest(opened, "generated") == digest(embedded["generated"], "generated")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("MATCH (:Address {case: $case})-[t:TRANSFER]->(:Address) WITH t ORDER BY t.row_key LIMIT 1 DELETE t", "count of TRANSFER is"),
        (
            "MATCH (:Address {case: $case})-[t:TRANSFER]->(:Address) WITH t ORDER BY t.row_key LIMIT 1 SET t.fifo = t.fifo + 1",
            "fifo of TRANSFER",
        ),
        ("CREATE (:Endpoint {case: $case, number: -1})", "count of Endpoint is"),
        ("MATCH (a:Address {case: $case}) WITH a LIMIT 1 SET a.balance = a.balance - 1", "balance of Address is"),
    ],
)
def test_a_graph_that_was_altered_is_noticed_to_the_unit_and_mended_by_replacing(damage, said, small, opened):
    loaded(small, opened)
    before = digest(opened, "generated")
    opened.write(damage, parameters={"case": "generated"})
    with pytest.raises(load.GraphError, match=said) as caught:
        loaded(small, opened)
    assert caught.value.exit_code == 2
    loaded(small, opened, replace="always")
    assert digest(opened, "generated") == before


def test_a_drop_that_is_stopped_is_gone_on_with(small, opened):
    loaded(small, opened)
    before = digest(opened, "generated")
    opened.write("MATCH (c:Case {case: $case}) SET c.digest = 'dropping'", parameters={"case": "generated"})
    opened.write("MATCH (:Address {case: $case})-[t:TRANSFER]->(:Address) WITH t LIMIT 7 DELETE t", parameters={"case": "generated"})
    loaded(small, opened)
    assert digest(opened, "generated") == before


def test_other_results_of_the_same_name_are_not_overwritten_unasked(small, opened):
    loaded(small, opened)
    other = small.graph_source.project()
    other.facts = other.facts._replace(digest="of other results")
    with pytest.raises(StoreError, match="holds other results of a case called 'generated': replace them with --replace"):
        load.load_graph(opened, other)
    assert load.load_graph(opened, other, replace="other").written
    assert not load.load_graph(opened, other, replace="other").written
    other.close()


def test_two_cases_live_in_one_store_and_one_is_dropped_alone(small, opened, rehearsal):
    loaded(small, opened)
    before = digest(opened, "generated")
    loaded(rehearsal, opened)
    assert digest(opened, "generated") == before
    load.drop(opened, "rehearsal")
    assert digest(opened, "generated") == before
    assert opened.read("MATCH (n) WHERE n.case = 'rehearsal' RETURN count(n) AS n", {}) == [{"n": 0}]


def test_hostile_text_is_stored_inert(embedded):
    memos = {row["memo"] for row in embedded["generated"].read(
        "MATCH (:Address {case: $case})-[t:TRANSFER]->(:Address) RETURN DISTINCT t.memo AS memo", {"case": "generated"})}  # fmt: skip
    assert set(graph_cases.HOSTILE) <= memos


def test_amounts_that_pass_64_bits_are_scaled_and_kept_exactly(wide, scales, embedded):
    assert scales["wide"] > 0
    assert scales["generated"] == 0
    (found,) = embedded["wide"].read(
        "MATCH (h:Theft {case: $case, number: 1}) RETURN h.amount AS amount, h.amount_exact AS exact", {"case": "wide"}
    )
    amount = wide.trace.thefts[0].amount
    assert (found["amount"], found["exact"]) == (amount // 10 ** scales["wide"], str(amount))


def test_no_sum_over_a_graph_can_pass_64_bits(rehearsal, generated, wide):
    for case in (rehearsal, generated, wide):
        projection = case.graph_source.project()
        expected = {}
        for kind, rows in projection.tables():
            list(load._batches(kind, rows, expected, projection.scale > 0))
        assert all(total < 1 << 62 for tally in expected.values() for total in tally.values() if not isinstance(total, str))
        projection.close()


# what a query may not do


@pytest.mark.parametrize(
    "query",
    [
        "LOAD CSV FROM $file AS line RETURN line",
        "LOAD CSV WITH HEADERS FROM $file AS line RETURN line",
        "LOAD CSV FROM $url AS line RETURN line",
        "CALL apoc.load.json($file) YIELD value RETURN value",
        "CALL apoc.load.csv($file) YIELD map RETURN map",
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_no_query_reads_a_file_or_fetches_a_page(query, write, small, tmp_path, httpserver):
    httpserver.expect_request("/").respond_with_data("secret,1\n")
    (tmp_path / "secret.csv").write_text("secret,1\n")
    with small.graph() as graph, pytest.raises((QueryError, StoreError)) as caught:
        graph.cypher(query, {"file": (tmp_path / "secret.csv").as_uri(), "url": httpserver.url_for("/")}, write=write)
    assert "secret,1" not in str(caught.value)
    assert httpserver.log == []


def test_files_can_be_read_where_the_switches_are_not_set(tmp_path):
    """So the test above has teeth: the library by itself reads any file."""
    (tmp_path / "open.csv").write_text("secret,1\n")
    script = (
        "import arcadedb, sys\n"
        "db = arcadedb.create_database(sys.argv[1])\n"
        "print(db.query('opencypher', 'LOAD CSV FROM $f AS l RETURN l', {'f': sys.argv[2]}).to_list()); db.close()"
    )
    settings = {**os.environ, "ARCADEDB_LOG_CONSOLE": "0", "ARCADEDB_LOG_DIR": str(tmp_path)}
    settings.pop("ARCADEDB_NATIVE_ISOLATE_ARGS", None)
    command = [sys.executable, "-c", script, str(tmp_path / "db"), (tmp_path / "open.csv").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, env=settings)
    assert "secret" in done.stdout


def test_a_library_that_somebody_else_started_is_refused(small, tmp_path):
    script = f"import arcadedb; from tracer.casefolder import CaseFolder; CaseFolder.open({str(small.folder)!r}).graph()"
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "ARCADEDB_LOG_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=settings)
    assert "arcadedb was imported before tracer" in done.stderr


@pytest.mark.parametrize(
    "query", ["CREATE (n:Address)", "MATCH (n) DETACH DELETE n", "MATCH (n:Case) SET n.loaded = 0", "DROP CONSTRAINT case_key"]
)
def test_a_query_for_reading_cannot_write(query, embedded):
    with pytest.raises(QueryError, match="the query writes, and queries are run for reading only"):
        embedded["generated"].read(query, {})


def test_a_second_process_is_told_to_wait(small, opened):
    script = f"from tracer.casefolder import CaseFolder; CaseFolder.open({str(small.folder)!r}).graph()"
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=settings)
    assert "another process has this graph open: wait for it to end" in done.stderr


# the command line


def test_a_query_just_works_on_a_case_that_nobody_stored(small, tracer_cli):
    small.db.close()
    code, out, _ = tracer_cli("query", small.folder, "endpoints_by_service", "--json")
    assert code == 0
    assert {row["service"] for row in json.loads(out)} >= {"Zaif"}
    assert all(row["fifo"].isdigit() for row in json.loads(out))


def test_results_that_changed_are_projected_anew_without_asking(small, tracer_cli):
    assert tracer_cli("query", small.folder, "thefts")[0] == 0
    changed = graph_cases.with_other_results(small.folder)
    with changed.graph() as graph:
        (held,) = graph.cypher("MATCH (c:Case {case: $case}) RETURN c.digest AS digest")
    assert held["digest"].endswith(changed.graph_source.digest)
    assert changed.graph_source.digest != small.graph_source.digest


def test_free_cypher_reads_and_writes_only_when_told(small, tracer_cli):
    code, out, _ = tracer_cli("query", small.folder, "--cypher", "MATCH (a:Address {case: $case}) RETURN count(a) AS n", "--json")
    assert (code, json.loads(out)) == (0, [{"n": len(small.flow)}])
    code, _, err = tracer_cli("query", small.folder, "--cypher", "CREATE (n:Note {case: $case})")
    assert (code, err) == (1, "tracer: the query writes, and queries are run for reading only: add --write if that is meant\n")
    before = small.db.path.read_bytes()
    code, _, err = tracer_cli("query", small.folder, "--cypher", "CREATE (n:Note {case: $case}) RETURN n.case AS c", "--write")
    assert code == 0
    assert "the graph may no longer be what case.db says" in err
    assert small.db.path.read_bytes() == before


@pytest.mark.parametrize("store_of", ["embedded", "served"])
def test_a_node_is_a_map_of_its_properties_in_either_store(store_of, request):
    backend = request.getfixturevalue(store_of)["generated"]
    (row,) = backend.read("MATCH (l:Rule {case: $case, rule: 'fifo'}) RETURN l AS rule, [l] AS listed", {"case": "generated"})
    assert _value(row["rule"]) == _value(row["listed"])[0]
    assert (_value(row["rule"])["rule"], list(_value(row["rule"]))) == ("fifo", ["case", "fees", "name", "primary", "rule", "stolen"])


def test_csv_is_safe_for_a_spreadsheet(small, tracer_cli):
    memos = "MATCH (:Address {case: $case})-[t:TRANSFER]->(:Address) RETURN DISTINCT t.memo AS memo"
    _, out, _ = tracer_cli("query", small.folder, "--cypher", memos, "--csv")
    assert "'=cmd|" in out
    assert "\n=cmd|" not in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope"], "there is no query 'nope': tracer list queries has the names"),
        ([], "name a query"),
        (["payers", "address"], "'address' is no key=value"),
        (["thefts", "--write"], "--write goes with --cypher: a query of the book only reads"),
        (["thefts", "--graph", "http://localhost"], "http://localhost: not an address of a Neo4j server"),
        (["thefts", "--graph", "bolt://me:secret@localhost"], "localhost: a user or password does not belong into an address"),
        (["thefts", "--graph", "bolt://127.0.0.1:1"], "bolt://127.0.0.1:1: no Neo4j server answers there: start it, or correct --graph"),
    ],
)
def test_what_is_wrong_with_a_question_is_one_line(words, said, rehearsal_dir, tracer_cli, monkeypatch):
    monkeypatch.setenv("NEO4J_PASSWORD", "hush")
    code, _, err = tracer_cli("query", rehearsal_dir, *words)
    assert code == 1
    assert err.startswith("tracer: ")
    assert said in err
    assert err.count("\n") == 1
    assert "secret" not in err
    assert "hush" not in err


def test_a_question_without_an_answer_says_so(rehearsal_dir, tracer_cli):
    code, out, _ = tracer_cli("query", rehearsal_dir, "payers", "address=nobody")
    assert code == 0
    assert "\n0 rows\n" in out


def test_a_path_is_printed_to_its_end(rehearsal, rehearsal_dir, tracer_cli):
    theft = rehearsal.trace.thefts[0]
    _, out, _ = tracer_cli("query", rehearsal_dir, "strongest_paths", f"source={theft.sender}", f"target={theft.recipient}", "most=1")
    assert f" {theft.sender} > {theft.recipient} " in out


def test_queries_are_listed_and_shown(tracer_cli):
    _, out, _ = tracer_cli("list", "queries", "--json")
    assert {"name": "thefts", "summary": "What was stolen, from whom, by which transfer?"} in json.loads(out)
    _, out, _ = tracer_cli("show", "sleepers")
    assert "days (integer, default 30): without a row in the ledger" in out


def test_store_says_what_is_in(small, tracer_cli):
    code, out, _ = tracer_cli("store", small.folder, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["written"] == sum(tally["count"] for tally in told["tally"].values())
    assert told["tally"]["TRANSFER"]["count"] == small.flow.number_of_edges()
    assert store(CaseFolder.open(small.folder).graph_source, GraphTarget()).written == 0


def test_trace_brings_the_case_into_a_server_too(neo4j, tmp_path, tracer_cli, monkeypatch):
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j.place.password)
    case_file = graph_cases.write_case(tmp_path / "in", name="traced", rows=60)
    arguments = ["trace", case_file, "-o", tmp_path / "out", "--graph", neo4j.place.uri]
    assert tracer_cli(*arguments)[0] == 0
    assert tracer_cli(*arguments)[0] == 0
    code, out, _ = tracer_cli("query", tmp_path / "out", "balance_sheet", "--json", "--graph", neo4j.place.uri)
    assert code == 0
    assert [row["difference"] for row in json.loads(out)] == ["0", "0", "0"]


def test_the_extra_that_is_missing_is_named(small):
    script = "import sys; sys.modules['arcadedb'] = None\nfrom tracer.cli.main import run\nsys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "query", str(small.folder), "thefts"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the embedded graph needs the extra graph: in a checkout of tracer, " in done.stderr
    assert "-m pip install '.[graph]'; or name a Neo4j server with --graph" in done.stderr
