"""Folds: a service with many addresses is one box, relays are one line, and flows there and back another; all open, and lose nothing."""

from __future__ import annotations

import json

import pytest
from support.page_payload import PAID, UNFOLDED, address_of, box, download_of, endpoint, in_menu, payload, units

# victim -> anna; anna pays bob through two relays in a row, each keeping or paying away a little; bob pays zaif, at two addresses.
RELAYED = [
    ("victim", "anna", 1000, None, 1000, 1000),
    ("anna", "rita", 800, None, 800, 800),
    ("rita", "rolf", 797, None, 797, 797),
    ("rolf", "bob", 796, None, 796, 796),
    ("bob", "zaif1", 500, "deposit 8812", 500, 500),
    ("bob", "zaif2", 200, None, 200, 200),
]
NAMES = ["victim", "anna", "rita", "rolf", "bob", "zaif1", "zaif2"]
HELD = {"anna": 200, "rita": 2, "bob": 96}


def relayed(**changes):
    """Rita keeps 2 and pays 1 in fees, rolf pays 1 in fees."""
    trace = payload(transfers=RELAYED)
    trace["endpoints"] = [endpoint(NAMES.index(name), "unspent", dict.fromkeys(PAID, units(held))) for name, held in HELD.items()]
    trace["endpoints"] += [
        endpoint(5, "service", dict.fromkeys(PAID, units(500)), "zaif"),
        endpoint(6, "service", dict.fromkeys(PAID, units(200)), "zaif"),
    ]
    trace["nodes"]["fees"] = {rule: [units({"rita": 1, "rolf": 1}.get(name, 0)) for name in NAMES] for rule in PAID}
    trace["fees"] = dict.fromkeys(PAID, units(2))
    return {**trace, **changes}


def relays(tab):
    return tab.locator('.route[data-id$="relays"]')


def boxes(tab):
    return tab.locator(".box").count()


def test_all_addresses_of_a_service_are_one_box_with_what_they_received_together(shown):
    tab = shown(relayed())
    assert box(tab, "zaif").count() == 1
    assert "in 700 · 2 addresses" in box(tab, "zaif").text_content()


def test_a_service_opens_and_closes_by_the_mouse(shown):
    tab = shown(relayed())
    box(tab, "zaif").locator(".fold-sign").click()
    assert box(tab, "zaif").count() == 2
    box(tab, "zaif").first.locator(".fold-sign").click()
    assert box(tab, "zaif").count() == 1


def test_a_service_opens_and_closes_by_the_keyboard_and_keeps_the_focus(shown):
    tab = shown(relayed())
    box(tab, "zaif").focus()
    tab.keyboard.press("o")
    assert box(tab, "zaif").count() == 2
    tab.keyboard.press("o")
    assert box(tab, "zaif").count() == 1
    assert tab.evaluate("document.activeElement.textContent").startswith("zaif")


@pytest.mark.parametrize("way", ["undo", "Control+z"])
def test_opening_a_fold_is_undone(shown, way):
    tab = shown(relayed())
    box(tab, "zaif").locator(".fold-sign").click()
    tab.get_by_test_id("undo").click() if way == "undo" else tab.keyboard.press(way)
    tab.wait_for_selector("html[data-step='0']")
    assert box(tab, "zaif").count() == 1


def test_relays_in_a_row_are_one_line_that_says_how_many_and_how_long(shown):
    tab = shown(relayed())
    assert relays(tab).count() == 1
    assert "2 relays, 20 min · 796" in tab.locator(".flow-label").all_text_contents()
    assert box(tab, address_of("rita")[:6]).count() == 0


def test_relays_side_by_side_are_one_line(shown):
    side = [("victim", "anna", 10, None, 10, 10)]
    side += [row for name in ("rita", "rolf", "ruth") for row in (("anna", name, 3, None, 3, 3), (name, "bob", 3, None, 3, 3))]
    tab = shown(payload(transfers=side, endpoints=[]))
    assert [text for text in tab.locator(".flow-label").all_text_contents() if "relay" in text] == ["3 relays, 50 min · 9"]


def test_a_line_of_relays_opens_by_mouse_and_closes_by_keyboard(shown):
    tab = shown(relayed())
    before = boxes(tab)
    relays(tab).locator(".beads circle").first.click()
    assert boxes(tab) == before + 2
    box(tab, address_of("rita")[:6]).focus()
    tab.keyboard.press("o")
    assert boxes(tab) == before
    tab.keyboard.press("o")
    assert boxes(tab) == before + 2


def test_a_line_of_relays_stands_as_many_hops_as_it_has(shown):
    tab = shown(relayed())
    headings = tab.locator(".heading-of-column").all_text_contents()
    assert headings == ["theft from", "hop 1", "hop 4", "ends at"]


def test_what_goes_into_relays_comes_out_stays_or_is_a_fee(shown):
    tab = shown(relayed())
    relays(tab).focus()
    tab.keyboard.press("Enter")
    said = tab.get_by_test_id("fold-closes").inner_text()
    assert "800.000000 in = 796.000000 out + 2.000000 stays + 2.000000 fees: adds up to the unit" in said


def test_a_fold_that_loses_value_says_so(shown):
    trace = relayed()
    trace["endpoints"][1]["amounts"] = dict.fromkeys(PAID, units(1))
    tab = shown(trace)
    relays(tab).focus()
    tab.keyboard.press("Enter")
    assert "does NOT add up, 1.000000 is missing" in tab.get_by_test_id("fold-closes").inner_text()


def test_what_goes_into_a_service_is_what_ended_there(shown):
    tab = shown(relayed())
    box(tab, "zaif").click()
    details = tab.get_by_test_id("details")
    assert "zaif: 2 addresses" in details.inner_text()
    said = tab.get_by_test_id("fold-closes").inner_text()
    assert "700.000000 in = 0.000000 out + 700.000000 stays + 0.000000 fees: adds up to the unit" in said
    assert details.get_by_test_id("members").locator("li").count() == 2


def test_in_a_window_a_fold_says_what_moved_in_it_and_claims_no_more(shown):
    tab = shown(relayed(), hash_state='#{"to":1516970400}')
    assert "796" in relays(tab).get_attribute("aria-label")
    relays(tab).focus()
    tab.keyboard.press("Enter")
    said = tab.get_by_test_id("fold-closes").inner_text()
    assert "800.000000 in, 796.000000 out, of what is shown" in said
    assert "adds up" not in said


@pytest.mark.parametrize(("name", "more"), [("rita", "relays"), ("zaif2", "service")])
def test_search_finds_what_is_folded_and_opens_the_fold(shown, name, more):
    tab = shown(relayed())
    tab.get_by_test_id("search").fill(address_of(name))
    tab.keyboard.press("Enter")
    assert tab.locator(f'.box[data-id="box {NAMES.index(name)}"]').count() == 1
    assert address_of(name) in tab.get_by_test_id("details").inner_text()
    assert relays(tab).count() == (more == "service")


def test_an_opened_fold_is_in_the_link(shown):
    tab = shown(relayed())
    box(tab, "zaif").locator(".fold-sign").click()
    again = shown(relayed(), hash_state="#" + tab.evaluate("hashText()"))
    assert box(again, "zaif").count() == 2


def test_folded_accounts_stay_in_the_tables_and_in_the_count(shown):
    tab = shown(relayed())
    assert (
        tab.get_by_test_id("hidden-note").inner_text().startswith("7 of 7 addresses (4 in folds) · 6 of 6 flows shown, nothing is left out")
    )
    tab.locator('[data-tab="accounts"]').click()
    assert address_of("rita") in tab.get_by_test_id("table-view").inner_text()


def test_what_is_saved_of_a_folded_picture_has_the_same_flows_as_unfolded(shown):
    found = []
    for state in ("", UNFOLDED):
        with download_of(shown(relayed(), hash_state=state), "save-json") as file:
            flows = json.loads(file["text"])["flows"]
            found.append(sorted((flow["from"], flow["to"], flow["stolen"]) for flow in flows))
    assert found[0] == found[1]
    assert len(found[0]) == 6


def test_value_there_and_back_is_one_line_that_opens(shown):
    transfers = [*RELAYED[:1], ("anna", "bob", 800, None, 800, 800), ("bob", "anna", 50, None, 50, 50)]
    tab = shown(payload(transfers=transfers, endpoints=[]))
    assert "row 1 · 800 ⇄ 50" in tab.locator(".flow-label").all_text_contents()
    line = tab.locator('.route[data-id="flow 1 2"]')
    line.focus()
    tab.keyboard.press("Enter")
    assert "50.000000 came back: 750.000000 less" in tab.get_by_test_id("there-and-back").inner_text()
    line.focus()
    tab.keyboard.press("o")
    assert tab.locator(".route").count() == 3
    line.focus()
    tab.keyboard.press("o")
    assert tab.locator(".route").count() == 2


def test_who_keeps_more_than_a_hundredth_is_no_relay(shown):
    trace = relayed()
    trace["endpoints"][1]["amounts"] = dict.fromkeys(PAID, units(9))
    tab = shown(trace)
    assert box(tab, address_of("rita")[:6]).count() == 1


def test_who_has_a_label_or_a_note_is_not_folded_away(shown):
    trace = relayed()
    trace["nodes"]["label"][2] = "a mixer"
    assert box(shown(trace), "a mixer").count() == 1
    tab = shown(relayed())
    tab.evaluate("annotate('addresses', trace.nodes.address[3], 'note', 'asked the police')")
    assert box(tab, address_of("rolf")[:6]).count() == 1


def test_folds_are_switched_off_and_on(shown):
    tab = shown(relayed())
    in_menu(tab, "folds").click()
    assert relays(tab).count() == 0
    assert box(tab, "zaif").count() == 2
    in_menu(tab, "folds").click()
    assert box(tab, "zaif").count() == 1
