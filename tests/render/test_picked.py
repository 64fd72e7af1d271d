"""A path picked by hand, and several addresses selected at once."""

from __future__ import annotations

from support.page_payload import UNFOLDED, address_of, box, choose_flow, payload


def focus_flow(tab, row):
    found = "row => [...document.querySelectorAll('.route')].find((one) => one.route.flow.row === row).focus()"
    tab.evaluate(found, row)
    return tab.keyboard


def path_text(tab):
    return tab.get_by_test_id("path-text").inner_text()


def test_a_path_is_picked_flow_by_flow_by_the_keyboard_and_is_text_for_the_report(shown):
    tab = shown(payload())
    for row in (0, 3, 6):
        focus_flow(tab, row).press("p")
    lines = path_text(tab).splitlines()
    assert lines[0] == "Path picked by hand, 3 transfers; each begins where the one before ended, and is later"
    assert [line.strip() for line in lines if "->" in line] == [
        f"{address_of(one)} -> {address_of(other)}" for one, other in (("victim", "anna"), ("anna", "carol"), ("carol", "binance"))
    ]
    assert "ab" * 32 in lines[-1]


def test_a_transfer_is_picked_by_a_click_in_the_panel_and_dropped_again(shown):
    tab = shown(payload())
    choose_flow(tab, 3)
    tab.get_by_role("button", name="row 3: add to path").click()
    assert "1 transfer" in path_text(tab)
    tab.get_by_role("button", name="drop the last").click()
    assert tab.get_by_test_id("path-text").count() == 0


def test_of_a_flow_of_two_transfers_the_one_that_can_follow_is_picked(shown):
    tab = shown(payload())
    focus_flow(tab, 0).press("p")
    assert "row 0" in path_text(tab)
    focus_flow(tab, 0).press("p")
    assert "row 1" in path_text(tab)


def test_what_is_no_chain_is_said(shown):
    tab = shown(payload())
    for row in (3, 4):
        focus_flow(tab, row).press("p")
    assert "NOT a chain: row 4 does not begin where row 3 ended" in path_text(tab)
    assert "Not a chain" in tab.get_by_test_id("details").inner_text()


def test_what_was_made_before_is_no_chain(shown):
    tab = shown(payload())
    tab.evaluate("change({ picked: [6, 3] })")
    assert "NOT a chain: row 3 does not begin where row 6 ended" in path_text(tab)
    tab.evaluate("() => { trace.edges.sender[3] = trace.edges.recipient[6]; change({ picked: [6] }); change({ picked: [6, 3] }); }")
    assert "NOT a chain: row 3 was made before row 6" in path_text(tab)


def test_a_picked_path_is_undone_and_travels_in_the_link(shown):
    tab = shown(payload())
    focus_flow(tab, 0).press("p")
    focus_flow(tab, 3).press("p")
    state = tab.evaluate("location.hash")
    tab.keyboard.press("Control+z")
    tab.wait_for_selector("html[data-step='1']")
    assert "1 transfer" in path_text(tab)
    assert "2 transfers" in path_text(shown(payload(), hash_state=state))


def test_a_rectangle_selects_what_it_meets_and_moves_nothing(shown):
    tab = shown(payload())
    place = tab.evaluate("JSON.stringify(placed)")
    first, second = (box(tab, address_of(name)[:6]).first.bounding_box() for name in ("bob", "carol"))
    tab.keyboard.down("Shift")
    tab.mouse.move(first["x"] - 12, min(first["y"], second["y"]) - 12)
    tab.mouse.down()
    tab.mouse.move(first["x"] + 40, max(first["y"], second["y"]) + 20, steps=4)
    tab.mouse.up()
    tab.keyboard.up("Shift")
    assert "2 addresses selected" in tab.get_by_test_id("hidden-by-hand").inner_text()
    assert tab.evaluate("JSON.stringify(placed)") == place
    assert tab.locator(".lasso").count() == 0


def test_all_that_is_drawn_is_selected_by_the_keyboard_and_coloured(shown):
    tab = shown(payload(), hash_state=UNFOLDED)
    box(tab, address_of("bob")[:6]).first.focus()
    tab.keyboard.press("Control+a")
    assert "7 addresses selected" in tab.get_by_test_id("hidden-by-hand").inner_text()
    tab.locator("[data-of-chosen=colour]").click()
    assert tab.locator(".coloured").count() == 7
