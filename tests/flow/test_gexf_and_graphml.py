"""The flow graph for other programs: every transfer, every amount to the unit, and hostile text inert."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree

import networkx
import pytest
from support.ether_case import STOLEN, ether
from support.ledgers import drawn, written

from tracer.casefolder import CaseFolder
from tracer.flow.gexf_and_graphml import FORMATS
from tracer.model import Label
from tracer.tracing import Stops, follow

READ = {"gexf": networkx.read_gexf, "graphml": networkx.read_graphml}
HOSTILE = "</node>\x1b[2J & <script>\u202e"


@pytest.fixture(params=FORMATS)
def kind(request):
    return request.param


def exported(flow, kind, tmp_path):
    path = getattr(flow, f"to_{kind}")(tmp_path / f"case.{kind}")
    return READ[kind](path)


def test_networkx_reads_back_every_transfer_of_the_rehearsal(kind, rehearsal_dir, tmp_path):
    flow = CaseFolder.open(rehearsal_dir).flow
    found = exported(flow, kind, tmp_path)
    assert (found.number_of_edges(), set(found)) == (380, set(flow))
    for rule in ("amount", *flow.rules):
        assert sum(edge[rule] for *_, edge in found.edges(data=True)) == sum(edge[rule] for *_, edge in flow.edges(data=True))
    assert sorted(edge["tx_hash"] for *_, edge in found.edges(data=True)) == sorted(edge["tx_hash"] for *_, edge in flow.edges(data=True))
    assert sorted(edge["theft"] for *_, edge in found.edges(data=True) if "theft" in edge) == list(range(1, 12))


def through_json(graph):
    return networkx.node_link_graph(json.loads(json.dumps(networkx.node_link_data(graph, edges="edges"))), edges="edges")


LIBRARYS_OWN = {
    "gexf": lambda graph: networkx.read_gexf(io.BytesIO("\n".join(networkx.generate_gexf(graph)).encode())),
    "graphml": lambda graph: networkx.parse_graphml("\n".join(networkx.generate_graphml(graph))),
    "gml": lambda graph: networkx.parse_gml("\n".join(networkx.generate_gml(graph))),
    "json": through_json,
}
"""A graph as networkx itself writes it and reads it back."""


@pytest.mark.parametrize("writer", LIBRARYS_OWN)
def test_the_flattened_graph_survives_every_writer_of_networkx(writer, rehearsal):
    flow = rehearsal.flow
    found = LIBRARYS_OWN[writer](flow.flattened())
    assert (found.number_of_edges(), set(found)) == (380, set(flow))
    for rule in ("amount", *flow.rules):  # GML holds 32 bits; networkx writes what is wider as text
        assert sum(int(edge[rule]) for *_, edge in found.edges(data=True)) == sum(edge[rule] for *_, edge in flow.edges(data=True))


def test_two_transfers_between_two_people_stay_two(kind, tmp_path):
    ledger, thefts = written("opens victim 9\n victim -> bob 9 theft\n bob -> carol 5\n bob -> carol 4")
    found = exported(drawn(ledger, follow(ledger, thefts, Stops(), ["fifo"])), kind, tmp_path)
    assert sorted((s, r, edge["fifo"]) for s, r, edge in found.edges(data=True)) == [
        ("bob", "carol", 4),
        ("bob", "carol", 5),
        ("victim", "bob", 9),
    ]


def test_a_wei_is_not_lost(kind, tmp_path):
    flow = ether(tmp_path / "case").flow
    found = exported(flow, kind, tmp_path)
    (theft,) = (edge for *_, edge in found.edges(data=True) if edge.get("theft") == 1)
    assert (theft["amount"], theft["fifo"]) == (str(STOLEN), str(STOLEN))


def test_hostile_text_is_text(kind, tmp_path):
    ledger, thefts = written("opens victim 9\n victim -> bob 9 theft")
    flow = drawn(
        ledger,
        follow(ledger, thefts, Stops(), ["fifo"]),
        [Label("bob", HOSTILE, None, (), "s", "unknown", 5, None, None, "p")],
        title=HOSTILE,
    )
    text = FORMATS[kind](flow)
    assert "\x1b" not in text
    assert "\u202e" not in text
    xml.etree.ElementTree.fromstring(text)
    assert "<script>" in exported(flow, kind, tmp_path).nodes["bob"].get("label", "")


def test_the_command_writes_the_file_that_the_library_writes(kind, rehearsal_dir, tracer_cli, tmp_path):
    code, out, _ = tracer_cli("render", rehearsal_dir, "--format", kind, "-o", tmp_path / "flow")
    assert (code, out) == (0, f"{tmp_path / 'flow'}\n")
    assert (tmp_path / "flow").read_text() == FORMATS[kind](CaseFolder.open(rehearsal_dir).flow)
