"""The panel at the right: everything about the chosen address or flow."""

from __future__ import annotations

import re

import pytest
from support.page_payload import (
    EXCHANGE,
    FEES,
    RUMOUR,
    SPAN,
    TAG,
    UNFOLDED,
    address_of,
    box,
    choose_flow,
    endpoint,
    fan_of,
    hash_of,
    payload,
    units,
)


def test_an_address_shows_its_path_and_its_transfers_in_full(shown):
    tab = shown(payload(), hash_state=UNFOLDED)
    box(tab, "zaif").first.click()
    text = tab.get_by_test_id("details").inner_text()
    assert address_of("zaif1") in text
    assert hash_of(4) in text
    assert "deposit 8812" in text
    assert "2018-01-26 12:40:00 UTC" in text
    assert "height 104" in text
    path = tab.get_by_test_id("details").locator(".path li")
    assert [line.split("\n")[-1] for line in path.all_inner_texts()] == [
        "600.000000 · 2018-01-26 12:00:00 UTC",
        "700.000000 · 2018-01-26 12:20:00 UTC",
        "500.000000 · 2018-01-26 12:40:00 UTC",
    ]


def sums_at(tab, rule):
    """The account of the chosen address under a rule: what -> units."""
    cells = tab.get_by_test_id("details").locator(f"tr[data-rule={rule}] td[data-sum]")
    found = cells.evaluate_all("cells => cells.map(cell => [cell.dataset.sum, cell.dataset.amount])")
    return {name: int(amount) for name, amount in found}


@pytest.mark.parametrize("rule", ["fifo", "haircut"])
@pytest.mark.parametrize("name", ["victim", "anna", "bob", "carol", "zaif"])
def test_what_an_address_received_is_what_it_sent_held_and_paid_as_fees(shown, name, rule):
    tab = shown(payload(), hash_state=UNFOLDED)
    box(tab, "zaif" if name == "zaif" else address_of(name)[:6]).first.click()
    sums = sums_at(tab, rule)
    assert sums.pop("taken", 0) + sums.pop("received") == sum(sums.values()) > 0
    assert "closes to the unit" in tab.get_by_test_id("closes").inner_text()


def test_an_account_that_does_not_close_says_so(shown):
    trace = payload()
    trace["nodes"]["fees"]["haircut"] = ["0"] * len(trace["nodes"]["address"])
    tab = shown(trace)
    box(tab, address_of("bob")[:6]).click()
    assert "does NOT close under haircut" in tab.get_by_test_id("closes").inner_text()


def test_an_address_shows_every_label_and_on_whose_word(shown):
    tab = shown(payload(), hash_state=UNFOLDED)
    box(tab, "zaif").first.click()
    assert tab.get_by_test_id("labels-of").locator("li").all_inner_texts() == [
        "Zaif · exchange\nsource: their own page · confidence: service_data · as of 2018-02-01",
        "a mixer\nsource: a forum · confidence: web_crawl · as of no date",
    ]


def test_an_address_shows_its_tags_with_numbers_look_alikes_and_what_was_measured_elsewhere(shown):
    trace = payload()
    hostile = "at <img src=x onerror=alert(1)>: 1 account"
    bob = trace["nodes"]["address"].index(address_of("bob"))
    trace["tags"] = [{**TAG, "node": bob, "measures": [hostile]}]
    tab = shown(trace)
    box(tab, address_of("bob")[:6]).click()
    told = tab.get_by_test_id("tags-of").inner_text()
    rate = "3 of 1,212 unrelated accounts have this shape (default preset)"
    elsewhere = "measured elsewhere: in 42 cases, 210 of 27,767 unrelated accounts have the shape (default preset)"
    assert told == f"fan out · pattern · loose, default\n{rate}\n{elsewhere}\n{hostile}\nbut: a shop\nlook-alikes checked: 3, 1 fits"
    assert "error rate on this chain: unknown" in tab.get_by_test_id("details").inner_text()


def test_an_address_says_on_what_basis_value_ended_there(shown):
    trace = payload()
    trace["endpoints"][0]["basis"] = "modelled"
    tab = shown(trace, hash_state=UNFOLDED)
    box(tab, "zaif").first.click()
    assert "service zaif 500 under fifo · rests on an opening balance" in tab.get_by_test_id("end").inner_text()


def test_opening_the_details_leaves_what_was_chosen_in_sight(shown):
    tab = shown(payload())
    box(tab, "binance").click()
    edge = tab.get_by_test_id("details").bounding_box()["x"]
    at = box(tab, "binance").bounding_box()
    assert at["x"] >= 0
    assert at["x"] + at["width"] <= edge


def test_closing_the_details_shows_the_picture_where_it_stood(shown):
    tab = shown(payload(), 1280, 720)
    before = tab.locator(".box").first.bounding_box()
    box(tab, "binance").click()
    assert tab.locator(".box").first.bounding_box() != before
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none"
    tab.keyboard.press("Escape")
    assert tab.locator(".box").first.bounding_box() == before


def test_a_service_says_how_many_flows_into_it_are_not_drawn(shown):
    many = fan_of(60) + [(f"mule{number:06d}", "binance", 1, None, 1, 1) for number in range(60)]
    trace = payload(transfers=many, endpoints=[endpoint(62, "service", dict.fromkeys(FEES, units(60)), "binance")])
    tab = shown(trace, hash_state=UNFOLDED)
    stub = tab.locator(".stub", has_text="more in")
    assert stub.count() == 1
    hidden = int(re.search(r"\+(\d+) more in", stub.text_content())[1])
    box(tab, "binance").click()
    details = tab.get_by_test_id("details")
    assert f"{hidden} of the 60 flows into it are not drawn" in details.inner_text()
    details.get_by_role("button", name="draw them").click()
    assert tab.locator(".stub", has_text="more in").count() == 0


def test_the_strongest_path_never_goes_back_in_time(shown):
    transfers = [
        ("victim", "anna", 10, None, 10, 10),
        ("bob", "dave", 9, None, 9, 9),  # before anything reached bob
        ("anna", "bob", 10, None, 10, 10),
        ("bob", "dave", 2, None, 2, 2),
    ]
    tab = shown(payload(transfers=transfers, endpoints=[]))
    box(tab, address_of("dave")[:6]).click()
    assert "2.000000 · 2018-01-26 12:30:00 UTC" in tab.get_by_test_id("details").locator(".path li").last.inner_text()


def test_a_flow_shows_its_transfers(shown):
    tab = shown(payload())
    choose_flow(tab, 0)
    text = tab.get_by_test_id("details").inner_text()
    assert "Flow from row 0" in text
    assert hash_of(0) in text
    assert hash_of(1) in text


def test_a_balance_that_nobody_read_is_unknown_and_not_nought(shown):
    tab = shown(payload())
    box(tab, address_of("bob")[:6]).click()
    assert "unknown: its history was not read" in tab.get_by_test_id("details").inner_text()


def test_marks_labels_that_disagree_and_young_labels_are_said_at_the_address(shown):
    trace = payload(labels={"zaif1": "Zaif"})
    zaif = trace["nodes"]["address"].index(address_of("zaif1"))
    trace["nodes"]["marked"] = [[SPAN] if node == zaif else [] for node in range(len(trace["nodes"]["address"]))]
    trace["nodes"]["conflict"] = [int(node == zaif) for node in range(len(trace["nodes"]["address"]))]
    trace["nodes"]["labels"][zaif] = [{**EXCHANGE, "younger": True}, RUMOUR]
    tab = shown(trace, hash_state=UNFOLDED)
    box(tab, "zaif").first.click()
    details = tab.get_by_test_id("details")
    assert "from block 10 to block 20, moved on" in details.get_by_test_id("marked").inner_text()
    assert details.get_by_test_id("conflict").inner_text() == "The labels disagree; all are kept."
    assert "younger than the last transfer here" in details.get_by_test_id("labels-of").inner_text()
    tab.get_by_role("tab", name="Marks").click()
    assert "ts:warning" in tab.get_by_test_id("marks-table").inner_text()


def test_a_very_long_memo_shows_its_beginning_and_the_rest_when_asked(shown):
    trace = payload()
    trace["edges"]["memo"] = [memo and "m" * 100_000 for memo in trace["edges"]["memo"]]
    tab = shown(trace)
    box(tab, "zaif").first.click()
    memo = tab.get_by_test_id("details").locator(".memo").first
    assert len(memo.inner_text()) < 1010
    tab.get_by_role("button", name="show all 100,000 characters").first.click()
    assert len(memo.inner_text()) == len("memo: ") + 100_000
    tab.get_by_role("tab", name="Transfers").click()
    assert len(tab.get_by_test_id("transfer-table").inner_text()) < 5000
