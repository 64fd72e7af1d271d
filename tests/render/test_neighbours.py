"""Untraced neighbours: shown when somebody asks, pale and without a traced amount, and never in a sum."""

from __future__ import annotations

import json

from support.page_payload import XEM, address_of, box, download_of, figures, in_menu, payload, with_neighbours


def untraced(tab):
    return tab.locator(".route[data-grounds=untraced]")


def test_neighbours_are_not_drawn_until_somebody_asks(shown):
    assert untraced(shown(with_neighbours())).count() == 0


def test_neighbours_come_and_go_by_a_key_and_are_undone(shown):
    tab = shown(with_neighbours())
    before = tab.evaluate("document.querySelector('[data-testid=flow] svg').innerHTML")
    box(tab, address_of("bob")[:6]).first.focus()
    tab.keyboard.press("n")
    assert untraced(tab).count() == 3
    assert box(tab, address_of("aunt")[:6]).text_content().endswith("untraced")
    tab.keyboard.press("N")
    assert untraced(tab).count() == 0
    tab.keyboard.press("Control+z")
    tab.wait_for_selector("html[data-step='1']")
    tab.keyboard.press("Control+z")
    tab.wait_for_selector("html[data-step='0']")
    assert tab.evaluate("document.querySelector('[data-testid=flow] svg').innerHTML") == before


def test_neighbours_come_by_a_click_in_the_panel(shown):
    tab = shown(with_neighbours())
    box(tab, address_of("bob")[:6]).first.click()
    tab.locator("[data-act=neighbours]").click()
    assert untraced(tab).count() == 3
    tab.locator("[data-act=alone]").click()
    assert untraced(tab).count() == 0


def test_neighbours_are_in_no_sum_of_the_page(shown):
    plain, tab = shown(payload()), shown(with_neighbours())
    box(tab, address_of("bob")[:6]).first.focus()
    tab.keyboard.press("n")
    for rule in ("fifo", "haircut"):
        assert figures(tab, rule) == figures(plain, rule)
    assert box(tab, address_of("bob")[:6]).first.text_content() == box(plain, address_of("bob")[:6]).first.text_content()
    for rule in ("fifo", "haircut"):
        sums = "rule => trace.nodes.address.slice(0, 8).map((_, node) => Object.values(sumsAt(rule, node)).map(String))"
        assert tab.evaluate(sums, rule) == plain.evaluate(sums, rule)
    assert "3 untraced flows beside them, in no sum" in tab.get_by_test_id("hidden-note").inner_text()


def test_an_untraced_flow_has_its_amount_and_says_that_it_is_untraced(shown):
    tab = shown(with_neighbours())
    box(tab, address_of("bob")[:6]).first.focus()
    tab.keyboard.press("n")
    labels = tab.locator(".flow-label", has_text="untraced").all_text_contents()
    assert sorted(labels) == ["untraced 40", "untraced 7", "untraced 90"]
    box(tab, address_of("aunt")[:6]).click()
    said = tab.get_by_test_id("details").inner_text()
    assert "no rule puts stolen value here" in said
    assert "90.000000" in said
    assert tab.get_by_test_id("closes").count() == 0


def test_a_neighbour_is_found_and_drawn_by_the_search(shown):
    tab = shown(with_neighbours())
    tab.get_by_test_id("search").fill(address_of("aunt"))
    assert "untraced" in tab.get_by_test_id("search-results").inner_text()
    tab.keyboard.press("Enter")
    assert box(tab, address_of("aunt")[:6]).count() == 1
    assert untraced(tab).count() == 1


def test_neighbours_are_no_accounts_of_the_table_and_no_transfers_that_carried(shown):
    tab = shown(with_neighbours())
    tab.get_by_role("tab", name="Accounts").click()
    assert address_of("aunt") not in tab.get_by_test_id("accounts-table").inner_text()
    tab.get_by_role("tab", name="Transfers").click()
    assert tab.locator("tr.row", has_text="untraced").count() == 0
    tab.get_by_test_id("stolen-only").uncheck()
    assert tab.locator("tr.row", has_text="untraced").count() == 3


def test_a_path_of_untraced_transfers_is_found_and_said_to_be_untraced(shown):
    tab = shown(with_neighbours())
    nodes = tab.evaluate("names => names.map((name) => trace.nodes.address.indexOf(name))", [address_of("aunt"), address_of("shop")])
    tab.evaluate("path => change({ path })", nodes)
    text = tab.get_by_test_id("path-text").inner_text()
    assert "by amount; no stolen value went this way" in text
    assert "2 transfers" in text


def test_what_the_page_leaves_out_of_them_is_counted(shown):
    tab = shown(with_neighbours(beside_left_out=1234))
    tab.get_by_role("tab", name="Coverage & limits").click()
    said = "1,234 untraced transfers of addresses that stolen value reached, of smaller amounts than those on this page, are not on it."
    assert said in tab.get_by_test_id("limits-view").inner_text()


def test_the_picture_as_data_has_them_as_untraced_with_nothing_stolen(shown):
    tab = shown(with_neighbours())
    box(tab, address_of("bob")[:6]).first.focus()
    tab.keyboard.press("n")
    with download_of(tab, "save-json") as file:
        flows = [flow for flow in json.loads(file["text"])["flows"] if "untraced" in flow]
    assert [(flow["stolen"], int(flow["untraced"]) // XEM) for flow in flows] == [("0", 90), ("0", 40), ("0", 7)]


def test_the_window_of_time_is_that_of_the_trail(shown):
    trace = with_neighbours()
    trace["edges"]["time"][8] = 1_000_000_000
    tab = shown(trace)
    assert tab.evaluate("timeSpan().first") == payload()["edges"]["time"][0]
    in_menu(tab, "filter-time-to").fill("2001-10-01")
    assert tab.faults == []
