"""The pyvis export: small, still, and unable to run or fetch anything a label asks for."""

from __future__ import annotations

import re

import networkx
import pytest
from support.ledgers import drawn, written

from tracer.model import Label
from tracer.render.pyvis import pyvis_page, to_pyvis
from tracer.tracing import Stops, follow

HOSTILE = "</script><img src=x onerror=window.hit=1>\" href='https://evil.example/' \u202e"


@pytest.fixture(scope="module")
def hostile():
    """A flow whose middle address is labelled with a script, and whose title is one."""
    ledger, thefts = written("opens victim 9\n victim -> bob 9 theft\n bob -> carol 5")
    label = Label("bob", HOSTILE, None, (), "s", "unknown", 5, None, None, "p")
    return drawn(ledger, follow(ledger, thefts, Stops(), ["fifo"]), [label], title=HOSTILE)


def test_the_rehearsal_as_pyvis_has_at_most_the_flows_asked_for(rehearsal):
    network = rehearsal.to_pyvis(20)
    assert len(network.edges) == 20
    assert all("x" in node and "y" in node for node in network.nodes)
    assert not network.options.physics.enabled


def test_what_is_not_drawn_is_counted(rehearsal):
    _, hidden = pyvis_page(rehearsal.flow, 20)
    assert hidden > 100


def test_the_pyvis_page_names_no_address_of_a_network_to_fetch_from(hostile):
    page, _ = pyvis_page(hostile)
    assert not re.search(r"<(?:link|script|img|iframe)[^>]*(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page)


def test_a_hostile_label_stays_text_in_pyvis(hostile, browser):
    page_text, _ = pyvis_page(hostile)
    page = browser.new_page()
    asked = []
    page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page.set_content(page_text)
    page.wait_for_selector("canvas")
    assert page.evaluate("window.hit === undefined")
    assert asked == []
    page.close()


def test_the_places_go_from_left_to_right_with_the_money(hostile):
    network = to_pyvis(hostile)
    x = {node["id"]: node["x"] for node in network.nodes}
    assert x["victim"] < x["bob"] < x["carol"]


def test_a_long_label_is_shortened_in_its_box_and_whole_in_its_title(hostile):
    bob = next(node for node in to_pyvis(hostile).nodes if node["id"] == "bob")
    assert bob["label"].endswith("...")
    assert "onerror" in bob["title"]


def test_the_text_is_large_enough_for_the_whole_to_be_fitted(rehearsal):
    network = rehearsal.to_pyvis(60)
    assert all(node["font"]["size"] >= 24 for node in network.nodes)


def test_networkx_gets_the_same_graph(rehearsal):
    assert isinstance(rehearsal.to_networkx(), networkx.MultiDiGraph)
    assert len(rehearsal.to_pandas()) == rehearsal.flow.number_of_edges()
