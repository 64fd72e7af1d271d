"""What others wrote stays text, and the page reaches for nothing outside itself."""

from __future__ import annotations

import re

from markupsafe import escape
from support.ledgers import drawn, written
from support.page_payload import BIDI, HOSTILE, box, payload

from tracer.flow.page_inputs import Drawing
from tracer.render.html import page
from tracer.render.payload import payload as payload_of
from tracer.tracing import Stops, follow


def test_a_label_with_a_script_tag_stays_text(shown):
    trace = payload(labels={"bob": HOSTILE}, title=HOSTILE, limits=[HOSTILE], case=HOSTILE)
    trace["edges"]["memo"][2] = HOSTILE
    trace["nodes"]["service"] = [service and HOSTILE for service in trace["nodes"]["service"]]
    trace["endpoints"][0]["service"] = HOSTILE
    source = page(trace)
    assert str(escape(HOSTILE)) in source
    assert source.count("<script") == 2
    tab = shown(source)
    box(tab, "</script>").last.click()
    box(tab, "</script>").first.hover()
    tab.get_by_test_id("search").fill("onerror")
    for name in ("Endpoints", "Transfers", "Coverage & limits"):
        tab.get_by_role("tab", name=name).click()
    assert tab.locator("img").count() == 0
    assert tab.title() == HOSTILE
    assert HOSTILE in tab.get_by_test_id("limits-view").inner_text()
    assert tab.faults == []


def test_characters_that_reorder_text_are_spelled_out(shown):
    tab = shown(payload(labels={"bob": BIDI}))
    assert box(tab, "gnp.\\u202eexe").count() == 1
    assert "\u202e" not in tab.get_by_test_id("flow").text_content()


def test_nothing_is_fetched_from_the_network(shown):
    tab = shown(payload())
    box(tab, "binance").click()
    for name in ("Endpoints", "Transfers", "Thefts", "Coverage & limits"):
        tab.get_by_role("tab", name=name).click()
    assert [url for url in tab.requested if not url.startswith("file:")] == []
    assert len(tab.requested) == 1
    assert tab.faults == []


def test_the_policy_refuses_a_script_that_is_not_ours(shown):
    tab = shown(page(payload()).replace("</body>", "<script>document.title = 'taken'</script></body>"))
    assert tab.title() == "A thousand xem"


def test_the_same_payload_gives_the_same_page():
    assert page(payload()) == page(payload())


def test_the_page_is_the_same_in_whatever_order_an_endpoint_names_the_rules():
    ledger, thefts = written("opens victim 9\n victim -> bob 9 theft\n bob -> carol 5")
    flow = drawn(ledger, follow(ledger, thefts, Stops(), ["fifo", "haircut"]))
    ends = tuple(end._replace(amounts=dict(reversed(end.amounts.items()))) for end in flow.about.outcome.endpoints)
    turned = flow.copy()
    turned.graph["about"] = flow.about._replace(outcome=flow.about.outcome._replace(endpoints=ends))
    assert page(payload_of(Drawing(turned))) == page(payload_of(Drawing(flow)))


def test_the_page_names_no_other_place():
    source = page(payload())
    assert re.findall(r"https?://[^\s\"'<)]+", source) == ["http://www.w3.org/2000/svg"]
