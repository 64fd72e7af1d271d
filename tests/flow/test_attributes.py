"""What the flow graph says: its keys have one definition, which the graph and the page for analysts follow."""

from __future__ import annotations

import pickle
import re

import pytest
from conftest import ROOT
from support.ledgers import drawn, written

from tracer.flow import About, EdgeAttributes, FlowGraph, NodeAttributes
from tracer.tracing import Stops, follow

RULES = ["fifo", "haircut"]


@pytest.fixture
def flow():
    """Bob passes stolen money on; Dave is only touched."""
    ledger, thefts = written("opens victim 9, bob 9\n victim -> bob 9 theft\n bob -> carol 4\n bob -> dave 5")
    return drawn(ledger, follow(ledger, thefts, Stops(), RULES), title="Nine coins")


def test_every_address_has_the_attributes_that_are_defined_and_no_other(flow):
    assert {frozenset(node) for _, node in flow.nodes(data=True)} == {frozenset(NodeAttributes.__annotations__)}


def test_every_transfer_has_the_attributes_that_are_defined_and_one_a_rule(flow):
    assert {frozenset(edge) for _, _, edge in flow.edges(data=True)} == {frozenset([*EdgeAttributes.__annotations__, *RULES])}


def test_every_address_and_transfer_of_the_rehearsal_has_them(rehearsal):
    flow = rehearsal.flow
    assert {frozenset(node) for _, node in flow.nodes(data=True)} == {frozenset(NodeAttributes.__annotations__)}
    assert {frozenset(edge) for _, _, edge in flow.edges(data=True)} == {frozenset([*EdgeAttributes.__annotations__, *flow.rules])}


@pytest.mark.parametrize(
    ("heading", "defined"),
    [
        ("attribute of an address", NodeAttributes.__annotations__),
        ("attribute of a transfer", EdgeAttributes.__annotations__),
        ("field of `about`", About._fields),
    ],
)
def test_the_page_for_analysts_names_what_is_defined_in_that_order(heading, defined):
    page = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
    table = page.partition(f"| {heading} |")[2].partition("\n\n")[0]
    assert re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in table.splitlines()[2:])) == list(defined)


@pytest.mark.parametrize(
    "taken",
    [
        lambda flow: flow.copy(),
        lambda flow: flow.subgraph(["bob", "carol"]),
        lambda flow: flow.subgraph(["bob", "carol"]).copy(),
        lambda flow: flow.edge_subgraph(list(flow.edges)[:1]),
        lambda flow: flow.reverse(),
        lambda flow: pickle.loads(pickle.dumps(flow)),
    ],
    ids=["copy", "subgraph", "copy of a subgraph", "edge_subgraph", "reverse", "pickle"],
)
def test_what_networkx_makes_of_the_graph_keeps_what_it_says_of_the_case(flow, taken):
    found = taken(flow)
    assert isinstance(found, FlowGraph)
    assert (found.about.title, found.rules) == ("Nine coins", ("fifo", "haircut"))


def test_whole_columns_say_what_the_graph_says(flow):
    transfers, addresses = flow.transfers, flow.addresses  # networkx's own dicts are not made yet
    assert list(transfers.edges()) == sorted(flow.edges(keys=True, data=True), key=lambda edge: edge[3]["row"])
    assert addresses.nodes() == dict(flow.nodes(data=True))
    assert (flow.transfers, flow.addresses) == (transfers, addresses)


def test_what_somebody_changes_in_the_graph_is_in_its_columns(flow):
    flow.nodes["dave"]["label"] = "Dave's till"
    flow.remove_node("carol")
    assert dict(zip(flow.addresses.address, flow.addresses.label, strict=True)) == {"victim": None, "bob": None, "dave": "Dave's till"}
    assert list(flow.transfers.recipient) == ["bob", "dave"]
