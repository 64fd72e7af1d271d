"""Search, links, the keyboard: how somebody finds a way about the page."""

from __future__ import annotations

import pytest
from support.page_payload import TRANSFERS, address_of, box, hash_of, payload


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (address_of("carol")[:9], "address"),
        ("BINANCE", "binance"),
        ("the boat", "memo"),
        (hash_of(6)[:20], "transaction"),
        ("mallory", "mallory"),
    ],
)
def test_search_finds_an_address_a_memo_and_a_hash(shown, words, kind):
    tab = shown(payload(labels={"dave": "mallory"}))
    tab.keyboard.press("/")
    tab.keyboard.type(words)
    assert tab.get_by_test_id("search-results").locator(".kind").first.inner_text() == kind
    tab.keyboard.press("Enter")
    assert tab.get_by_test_id("details").is_visible()


NOT_REACHED = "not on this page: stolen value did not reach it, and no transfer here joins it to the trail"

NOT_MOVED = "not on this page: it moved no stolen value, and is none of the untraced transfers here"


@pytest.mark.parametrize(
    ("words", "said"),
    [("nobody", "nothing found"), (address_of("eve"), NOT_REACHED), ("TEVEXX-" + "X" * 20, NOT_REACHED), ("ab" * 32, NOT_MOVED)],
)
def test_a_search_for_nothing_known_says_what_that_means(shown, words, said):
    tab = shown(payload())
    tab.get_by_test_id("search").fill(words)
    assert tab.get_by_test_id("search-results").inner_text() == said


def test_an_address_is_found_as_people_write_it_in_groups(shown):
    tab = shown(payload())
    tab.get_by_test_id("search").fill("TCAROL-XXXX-XXXX")
    assert address_of("carol") in tab.get_by_test_id("search-results").inner_text()


def test_hits_with_one_memo_are_told_apart_by_amount_and_time(shown):
    transfers = [*TRANSFERS, ("bob", "zaif1", 7, "deposit 8812", 0, 0)]
    tab = shown(payload(transfers=transfers))
    tab.get_by_test_id("search").fill("8812")
    assert tab.get_by_test_id("search-results").locator(".more").all_inner_texts() == [
        "500.000000 xem · 2018-01-26 12:40:00 UTC",
        "7.000000 xem · 2018-01-26 13:20:00 UTC",
    ]


def test_a_transfer_without_stolen_value_is_found_in_the_table(shown):
    tab = shown(payload())
    tab.get_by_test_id("search").fill(hash_of(7))
    tab.keyboard.press("Enter")
    assert tab.get_by_test_id("transfer-table").locator("tr.row").count() == 1


def test_a_link_restores_the_view(shown):
    tab = shown(payload())
    tab.get_by_test_id("rule-select").select_option("haircut")
    box(tab, "binance").click()
    state = tab.evaluate("location.hash")
    again = shown(payload(), hash_state=state)
    assert again.get_by_test_id("rule-select").input_value() == "haircut"
    assert address_of("binance") in again.get_by_test_id("details").inner_text()


SENSELESS = '#{"rule":"alchemy","node":99,"top":-1,"pinned":[7777],"tab":"x","flow":[1],"from":"now"}'


@pytest.mark.parametrize("state", ["#%7B", "#nonsense", "#null", SENSELESS])
def test_a_broken_link_shows_the_default_view(shown, state):
    tab = shown(payload(), hash_state=state)
    assert tab.get_by_test_id("rule-select").input_value() == "fifo"
    assert tab.locator(".route").count() == 5
    assert tab.faults == []


def test_escape_clears_the_selection(shown):
    tab = shown(payload())
    box(tab, "binance").click()
    assert tab.get_by_test_id("details").is_visible()
    tab.keyboard.press("Escape")
    assert tab.get_by_test_id("details").is_hidden()


def test_a_box_can_be_chosen_from_the_keyboard(shown):
    tab = shown(payload())
    box(tab, "binance").focus()
    tab.keyboard.press("Enter")
    assert address_of("binance") in tab.get_by_test_id("details").inner_text()


def test_every_button_and_field_has_a_name(shown):
    nameless = shown(payload()).evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role=button]")]
          .filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label") && !one.closest("label"))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
