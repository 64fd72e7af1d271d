"""The pyvis export: small, still, and unable to run or fetch anything a label asks for."""

from __future__ import annotations

import re

import networkx
import pytest
from support.ledgers import drawn, written

from tracer.flow import aggregate
from tracer.model import Label
from tracer.render.box_places import Spot, crosses, spread
from tracer.render.pyvis import GRID, pyvis_page, to_pyvis
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


def test_the_page_of_a_picture_asks_for_nothing_when_it_is_opened(hostile):
    page = to_pyvis(hostile).generate_html()
    assert not re.search(r"<(?:link|script|img|iframe)[^>]*(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page)
    assert "Content-Security-Policy" in page
    assert HOSTILE not in page


@pytest.mark.parametrize("most", [20, 60])
def test_no_line_of_the_picture_runs_behind_a_box_that_it_does_not_touch(rehearsal, most):
    network = to_pyvis(rehearsal.flow, most)
    box = {node["id"]: Spot(node["x"], node["y"]) for node in network.nodes}
    assert len(network.edges) == most
    for edge in network.edges:
        ends = edge["from"], edge["to"]
        behind = [name for name in box if name not in ends and crosses(*(box[end] for end in ends), box[name], GRID)]
        assert behind == []


def test_the_lines_of_a_column_are_drawn_beside_its_boxes():
    """Alice pays Bob, Carol and Dave, who pay one another: straight down one column, Bob's payment to Dave would seem Carol's."""
    lines = [("alice", "bob"), ("alice", "carol"), ("alice", "dave"), ("bob", "carol"), ("carol", "dave"), ("bob", "dave")]
    layout = spread([["alice"], ["bob", "carol", "dave"]], lines, GRID)
    assert layout.lines == set(lines)
    at = layout.places
    assert not any(crosses(at[one], at[other], at[box], GRID) for one, other in lines for box in at if box not in (one, other))
    assert at["alice"].x < min(at[name].x for name in ("bob", "carol", "dave"))


def test_more_flows_than_can_be_read_are_not_drawn_and_it_says_so(rehearsal):
    with pytest.warns(UserWarning, match="150 flows cannot be read side by side: at most 60 are drawn"):
        network = to_pyvis(rehearsal.flow, 150)
    assert len(network.edges) <= 60
    left = len(aggregate(rehearsal.flow, "fifo")) - len(network.edges)
    assert f"{left} smaller flows not drawn" in network.generate_html()
