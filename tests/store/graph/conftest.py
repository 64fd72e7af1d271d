"""A real Neo4j server for the tests that need one, the cases that are asked, and both stores filled with them."""

from __future__ import annotations

import shutil

import pytest
from conftest import ROOT, require_arcadedb
from support import graph_cases
from support.graph_server import server

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.pipeline.bounds import bounded
from tracer.store.graph.load import load_graph
from tracer.store.graph.session import GraphTarget, connected


@pytest.fixture(scope="session")
def neo4j(tmp_path_factory):
    with server(tmp_path_factory.mktemp("neo4j") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    require_arcadedb()
    return graph_cases.traced(tmp_path_factory.mktemp("generated"))


@pytest.fixture(scope="session")
def wide(tmp_path_factory):
    """Amounts of 10^30: no int64 holds them."""
    return graph_cases.traced(tmp_path_factory.mktemp("wide"), name="wide", accounts=20, rows=120, unit=7 * 10**24, decimals=18)


@pytest.fixture(scope="session")
def short_chain(tmp_path_factory):
    """A chain whose tip is below its finality, as a private or a test chain of NEM is at first: it may rewrite every block."""
    require_arcadedb()
    case = graph_cases.traced(tmp_path_factory.mktemp("short"), name="short_chain", accounts=20, rows=120)
    return graph_cases.under_a_tip(case, tip=200, finality=360)


@pytest.fixture(scope="session")
def rehearsal(rehearsal_dir, tmp_path_factory):
    """The rehearsal as `tracer trace` and `tracer bounds` leave it: its own tags, measures, markings and bounds."""
    folder = tmp_path_factory.mktemp("bounded") / "case"
    shutil.copytree(rehearsal_dir, folder)
    return bounded(CaseFolder.open(folder), 1000, lambda *_: None)


@pytest.fixture(scope="session")
def coincheck(tmp_path_factory):
    """The Coincheck case: its own claims and evidence."""
    folder = tmp_path_factory.mktemp("coincheck") / "case"
    tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / "coincheck" / "case.toml"), folder)
    return CaseFolder.open(folder)


@pytest.fixture(scope="session")
def cases(rehearsal, coincheck, generated, wide, short_chain):
    return {"rehearsal": rehearsal, "coincheck": coincheck, "generated": generated, "wide": wide, "short_chain": short_chain}


@pytest.fixture(scope="session")
def scales(cases):
    found = {}
    for name, case in cases.items():
        projection = case.graph_source.project()
        found[name] = projection.scale
        projection.close()
    return found


def filled(cases, place):
    """Every case in its store: one database of a server holds them all."""
    backends = {}
    for name, case in cases.items():
        backends[name] = connected(case.graph_source, place)
        projection = case.graph_source.project()
        load_graph(backends[name], projection)
        projection.close()
    return backends


@pytest.fixture(scope="session")
def embedded(cases):
    backends = filled(cases, GraphTarget())
    yield backends
    for backend in backends.values():
        backend.close()


@pytest.fixture(scope="session")
def served(cases, neo4j):
    backends = filled(cases, neo4j.place)
    yield backends
    for backend in backends.values():
        backend.close()
