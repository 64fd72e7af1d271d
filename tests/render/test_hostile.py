"""Every text of a case and of its annotations is a stranger's: on every view all of it stays text."""

from __future__ import annotations

import json

import pytest
from support.page_payload import CLAIMS, EVIDENCE, HOSTILE, SPAN, TAG, VALUATION, in_menu, run_without_zaif, with_neighbours

from tracer.render.html import page

KEPT = {"rules", "primary", "reason", "basis", "role", "cut", "kind", "memo_kind", "prices", "status"}
"""What tracer's own words fill, or the page sorts by."""

STATEMENT = {
    **dict.fromkeys(("asset", "network", "paid_to", "withdrawal", "says", "source", "grade", "why", "deposit"), HOSTILE),
    "deposited": "1",
    "traced": {"fifo": "1", "haircut": "1"},
    "amount": HOSTILE,
    "time": None,
}


def spoiled(part, name=""):
    """The payload with every text a script; what is a number as text, and what tracer fills with its own words, stays."""
    if isinstance(part, dict):
        return {key: value if key in KEPT else spoiled(value, key) for key, value in part.items()}
    if isinstance(part, list):
        if name == "address":
            return [f"{HOSTILE}{number}" for number, _ in enumerate(part)]
        return [spoiled(each, name) for each in part]
    return HOSTILE if isinstance(part, str) and not part.lstrip("-").replace(".", "").isdigit() else part


@pytest.fixture
def tab(shown):
    trace = with_neighbours(
        what_ifs=[run_without_zaif()],
        not_run=["x"],
        rests=["x"],
        gaps=["x"],
        declared=["x"],
        evidence=EVIDENCE,
        claims=CLAIMS,
        valuation=VALUATION,
        tags=[TAG],
        statements=[STATEMENT],
        services=[{"service": "zaif", "least": "1", "most": "2"}],
    )
    trace["nodes"]["marked"][2] = [SPAN]
    return shown(page(spoiled(trace)))


def sound(tab):
    assert tab.locator("img, iframe, base, a[href], object").count() == 0
    assert tab.locator("script").count() == 2
    assert tab.faults == []
    assert len(tab.requested) == 1


def test_every_view_of_a_hostile_case_is_text(tab):
    for one in tab.get_by_role("tab").all():
        one.click()
        sound(tab)


def test_every_panel_and_menu_of_a_hostile_case_is_text(tab):
    for number in range(tab.evaluate("nodeCount()")):
        tab.evaluate("node => showNode(node)", number)
        tab.evaluate("node => showExit(node)", number)
        sound(tab)
    tab.evaluate("change({ tab: 'flow', node: null, picked: [0, 2], path: null })")
    tab.evaluate("endPath(3)")
    tab.get_by_test_id("what-if").select_option("0")
    tab.get_by_test_id("search").fill("onerror")
    tab.locator(".box").first.hover()
    sound(tab)


def test_hostile_annotations_in_every_field_stay_text(tab, tmp_path):
    address = tab.evaluate("trace.nodes.address[2]")
    remark = {"what": "name", "text": HOSTILE, "author": HOSTILE, "time": HOSTILE}
    file = {
        "format": "tracer annotations 1",
        "case": HOSTILE,
        "results_digest": HOSTILE,
        "addresses": {address: [remark, {**remark, "what": "note"}], HOSTILE: [remark]},
        "transfers": {"104:64": [{**remark, "what": "note"}], HOSTILE: [remark]},
        "views": [{"name": HOSTILE, "state": HOSTILE, "author": HOSTILE, "time": HOSTILE}],
        "hidden": [HOSTILE],
        "colours": [[HOSTILE, HOSTILE], [address, 1]],
    }
    path = tmp_path / "notes.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    in_menu(tab, "load-notes").set_input_files(path)
    tab.wait_for_selector("[data-testid=notes-said]:not(:empty)", state="attached")
    tab.evaluate("showNode(2)")
    assert HOSTILE in tab.get_by_test_id("details").inner_text()
    in_menu(tab, "views").get_by_role("button").click()
    tab.get_by_role("tab", name="Accounts").click()
    sound(tab)
