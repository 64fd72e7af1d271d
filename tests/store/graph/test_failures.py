"""What goes wrong with a real server process: one line, exit code 1, case.db untouched, and another run gives the same graph."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest
from conftest import ROOT
from support.graph_export import digest
from support.graph_server import PASSWORD, server

from tracer.casefolder import CaseFolder
from tracer.errors import StoreError
from tracer.store.graph import load
from tracer.store.graph.session import GraphTarget, connected


@pytest.fixture(autouse=True)
def untouched(generated):
    before = generated.db.path.read_bytes()
    yield
    assert generated.db.path.read_bytes() == before


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server of these tests alone: they lock it out, and kill it."""
    with server(tmp_path_factory.mktemp("failing") / "home") as running:
        yield running


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(load, "BATCH", 100)


@pytest.fixture
def said(tracer_cli, monkeypatch):
    """Runs a command that must fail: gives its one line."""

    def run(*arguments, password=PASSWORD):
        monkeypatch.setenv("NEO4J_PASSWORD", password)
        code, out, err = tracer_cli(*arguments)
        assert (code, out) == (1, "")
        assert err.startswith("tracer: ")
        assert err.count("\n") == 1
        assert password not in err
        return err

    return run


def loaded(case, backend):
    projection = case.graph_source.project()
    try:
        return load.load_graph(backend, projection)
    finally:
        projection.close()


def stored(case, place):
    """The digest of the case's graph after loading it, whatever was there."""
    backend = connected(case.graph_source, place)
    try:
        loaded(case, backend)
        return digest(backend, "generated")
    finally:
        backend.close()


class Interrupted:
    """A store to which something happens before its `number`th batch."""

    def __init__(self, backend, number, happens):
        self.backend, self.left, self.happens, self.where = backend, number, happens, backend.where
        self.read, self.define = backend.read, backend.define

    def write(self, query, rows=(), parameters={}):  # noqa: B006
        self.left -= bool(rows)
        if self.left == 0:
            self.happens()
        return self.backend.write(query, rows, parameters)


def test_a_query_for_reading_cannot_write(own, generated, said):
    stored(generated, own.place)
    err = said("query", generated.folder, "--cypher", "CREATE (n:X) RETURN n", "--graph", own.place.uri)
    assert "the query writes, and queries are run for reading only: add --write" in err


def test_a_database_that_is_not_there_is_named(own, generated, said):
    err = said("store", generated.folder, "--graph", own.place.uri, "--database", "elsewhere")
    assert "there is no database 'elsewhere' there: name another with --database" in err


def test_a_case_that_was_not_stored_is_named(own, generated, said):
    backend = connected(generated.graph_source, own.place)
    load.drop(backend, "generated")
    backend.close()
    err = said("query", generated.folder, "thefts", "--graph", own.place.uri)
    assert "no case 'generated' is in it: bring it in with tracer store" in err


def test_a_query_that_is_wrong_is_said_in_one_line(own, generated, said):
    stored(generated, own.place)
    err = said("query", generated.folder, "--cypher", "MATCH (n", "--graph", own.place.uri)
    assert "does not understand the query: Invalid input" in err


@pytest.mark.usefixtures("small_batches")
def test_a_server_that_is_killed_in_mid_load_is_gone_on_with(own, generated, embedded):
    backend = connected(generated.graph_source, own.place)
    load.drop(backend, "generated")
    dying = Interrupted(backend, 7, lambda: os.kill(own.pid(), signal.SIGKILL))
    with pytest.raises(StoreError, match=r"bolt://127.0.0.1:\d+: no Neo4j server answers there: start it.* it goes on") as caught:
        loaded(generated, dying)
    assert caught.value.exit_code == 1
    backend.close()
    own.start()
    assert stored(generated, own.place) == digest(embedded["generated"], "generated")


def test_a_client_that_is_killed_in_mid_load_is_gone_on_from(own, generated, embedded, monkeypatch):
    """Another process loads a batch after each line it reads; it is killed with some batches in."""
    monkeypatch.setattr(load, "BATCH", 100)
    backend = connected(generated.graph_source, own.place)
    load.drop(backend, "generated")
    script = (
        "import sys; from tracer.casefolder import CaseFolder; from tracer.store.graph.session import *\n"
        "from tracer.store.graph import load, neo4j_server\n"
        "load.BATCH = 100; write = neo4j_server.Server.write\n"
        "def one_by_one(self, query, rows=(), parameters={}):\n"
        "    if rows: print('batch', flush=True); sys.stdin.readline()\n"
        "    return write(self, query, rows, parameters)\n"
        "neo4j_server.Server.write = one_by_one\n"
        f"store(CaseFolder.open({str(generated.folder)!r}).graph_source, GraphTarget({own.place.uri!r}, 'neo4j', {PASSWORD!r}))\n"
    )
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", script], env=settings, **pipes) as client:
        for _ in range(8):
            assert client.stdout.readline() == "batch\n"
            client.stdin.write("go on\n")
            client.stdin.flush()
        assert client.stdout.readline() == "batch\n"
        client.kill()
    (found,) = backend.read("MATCH (c:Case {case: $case}) RETURN c.loaded AS loaded", {"case": "generated"})
    assert found["loaded"] == 8
    backend.close()
    assert stored(CaseFolder.open(generated.folder), own.place) == digest(embedded["generated"], "generated")


def test_a_password_that_was_not_given_is_asked_for(own, generated):
    with pytest.raises(StoreError, match="wants a password and none was given: set NEO4J_PASSWORD"):
        connected(generated.graph_source, GraphTarget(own.place.uri))


def test_a_wrong_password_is_said_and_so_is_the_lock_after_three(own, generated, said):
    """The last of these tests on this server: for some seconds it lets nobody in."""
    for _ in range(4):
        err = said("query", generated.folder, "thefts", "--graph", own.place.uri, password="wrong-password")
        assert "user 'neo4j' or the password is wrong: correct --user or NEO4J_PASSWORD" in err


@pytest.mark.usefixtures("small_batches")
def test_a_disk_that_is_full_in_mid_load_is_said_and_then_gone_on_with(generated, embedded, tmp_path):
    """No file of this server may grow beyond 200 kB: to the server that is a disk which takes no more."""
    with server(tmp_path / "home", before="ulimit -f 200;") as narrow:
        with pytest.raises(StoreError, match=r"the server failed|no Neo4j server answers") as caught:
            stored(generated, narrow.place)
        assert caught.value.exit_code == 1
        assert "\n" not in str(caught.value)
        narrow.stop()
        narrow.before = ""
        narrow.start()
        assert stored(generated, narrow.place) == digest(embedded["generated"], "generated")


def test_a_server_that_is_down_is_said_at_once(generated, said, tmp_path):
    assert "no Neo4j server answers there: start it, or correct --graph" in said("store", generated.folder, "--graph", "bolt://127.0.0.1:9")


def test_an_embedded_graph_that_is_damaged_says_what_to_do(generated, said, tmp_path):
    shutil.copytree(generated.folder, tmp_path / "case", ignore=shutil.ignore_patterns("graph"))
    (tmp_path / "case" / "graph").mkdir()
    for name in ("schema.json", "configuration.json"):
        (tmp_path / "case" / "graph" / name).write_text("{ not json")
    assert "delete the folder, it is made anew from case.db" in said("query", tmp_path / "case", "thefts")


def test_a_folder_that_cannot_be_written_says_so(generated, said, tmp_path):
    shutil.copytree(generated.folder, tmp_path / "case", ignore=shutil.ignore_patterns("graph"))
    (tmp_path / "case" / "graph").write_text("in the way")
    assert "graph" in said("query", tmp_path / "case", "thefts")


def test_the_embedded_store_is_the_default_place():
    assert GraphTarget() == GraphTarget(None, "neo4j", None, "neo4j")
