"""What a person does to the picture, by mouse and by keyboard, and that each act can be undone."""

from __future__ import annotations

import json
import random

import pytest
from conftest import REHEARSAL
from support.page_payload import HOSTILE, TAG, TRANSFERS, address_of, box, download_of, fan_of, hash_of, in_menu, payload

import tracer
from tracer.casefile import CaseFile

PICTURE = "document.querySelector('[data-testid=flow] svg').innerHTML"


def focused(tab, name):
    box(tab, address_of(name)[:6]).first.focus()
    return tab.keyboard


def boxes(tab):
    return tab.locator(".box").count()


def undone(tab, work=lambda tab: tab.keyboard.press("Control+z")):
    step = tab.evaluate("step")
    work(tab)
    tab.wait_for_selector(f"html[data-step='{step - 1}']")


def test_an_address_is_hidden_and_back_shows_it_again(shown):
    tab = shown(payload())
    before = tab.evaluate(PICTURE)
    focused(tab, "carol").press("h")
    assert box(tab, address_of("carol")[:6]).count() == 0
    assert "1 address hidden by hand" in tab.get_by_test_id("hidden-by-hand").inner_text()
    undone(tab, lambda one: one.go_back())
    assert tab.evaluate(PICTURE) == before


def test_hidden_addresses_come_back_by_a_click(shown):
    tab = shown(payload())
    box(tab, address_of("carol")[:6]).click()
    tab.locator("[data-act=hide]").click()
    assert box(tab, address_of("carol")[:6]).count() == 0
    tab.get_by_role("button", name="show again").click()
    assert box(tab, address_of("carol")[:6]).count() == 1


def test_what_follows_an_address_collapses_and_opens(shown):
    tab = shown(payload())
    focused(tab, "anna").press("x")
    assert box(tab, address_of("bob")[:6]).count() == 0
    assert tab.locator(".stub").count() == 1
    focused(tab, "anna").press("x")
    assert box(tab, address_of("bob")[:6]).count() == 1


def test_more_recipients_are_drawn_by_a_key(shown):
    tab = shown(payload(transfers=fan_of(500), endpoints=[]))
    before = boxes(tab)
    focused(tab, "anna").press("e")
    assert boxes(tab) == before + 8


def test_a_box_is_dragged_and_its_flows_follow(shown):
    tab = shown(payload())
    at = box(tab, address_of("carol")[:6]).bounding_box()
    line = "[...document.querySelectorAll('.route')].find((one) => one.route.flow.row === 3).querySelector('.line').getAttribute('d')"
    before = tab.evaluate(line)
    tab.mouse.move(at["x"] + 60, at["y"] + 10)
    tab.mouse.down()
    tab.mouse.move(at["x"] + 90, at["y"] + 70, steps=4)
    tab.mouse.up()
    after = box(tab, address_of("carol")[:6]).bounding_box()
    assert abs(after["y"] - at["y"] - 60) < 2
    assert abs(after["x"] - at["x"] - 30) < 2
    assert tab.evaluate(line) != before
    undone(tab)
    assert tab.evaluate(line) == before


def test_a_box_is_moved_by_the_keyboard(shown):
    tab = shown(payload())
    at = box(tab, address_of("carol")[:6]).bounding_box()
    focused(tab, "carol").press("Shift+ArrowDown")
    assert box(tab, address_of("carol")[:6]).bounding_box()["y"] > at["y"] + 15


def test_several_addresses_are_selected_and_coloured_at_once(shown):
    tab = shown(payload())
    box(tab, address_of("carol")[:6]).click(modifiers=["Shift"])
    focused(tab, "bob").press("m")
    assert "2 addresses selected" in tab.get_by_test_id("hidden-by-hand").inner_text()
    focused(tab, "bob").press("c")
    assert tab.locator(".coloured").count() == 2


def test_a_path_between_two_accounts_is_text_for_the_report(shown):
    tab = shown(payload())
    focused(tab, "anna").press("f")
    box(tab, "binance").first.focus()
    tab.keyboard.press("t")
    text = tab.get_by_test_id("path-text").inner_text()
    assert "Strongest path of stolen value under fifo" in text
    assert [line for line in text.splitlines() if "->" in line] == [
        f"   {address_of('anna')} -> {address_of('carol')}",
        f"   {address_of('carol')} -> {address_of('binance')}",
    ]
    assert hash_of(6) in text
    assert "150.000000" in text
    assert "ab" * 32 in text


def test_a_path_that_no_stolen_value_took_says_so(shown):
    tab = shown(payload())
    carol, dave = (payload()["nodes"]["address"].index(address_of(name)) for name in ("carol", "dave"))
    tab.evaluate("path => change({ path })", [carol, dave])
    assert "No stolen value went this way" in tab.get_by_test_id("details").inner_text()


@pytest.mark.parametrize(
    ("field", "value", "rows"),
    [
        ("least", "500", ["0", "2", "4"]),
        ("most", "150", ["5"]),
        ("memo", "BOAT", ["2"]),
        ("row", "3 4", ["3", "4"]),
        ("time-from", "2018-01-26 12:50", ["5", "6"]),
        ("time-to", "2018-01-26 12:10", ["0", "1"]),
    ],
)
def test_what_is_typed_narrows_picture_and_table_alike(shown, field, value, rows):
    tab = shown(payload())
    in_menu(tab, f"filter-{field}").fill(value)
    tab.keyboard.press("Enter")
    drawn = tab.evaluate("[...document.querySelectorAll('.route')].flatMap((one) => one.route.flow.transfers).sort()")
    assert [str(edge) for edge in drawn] == rows
    tab.get_by_role("tab", name="Transfers").click()
    assert tab.locator("[data-testid=transfer-table] tr.row td:first-child").all_inner_texts() == rows


def test_what_is_no_amount_is_said_and_changes_nothing(shown):
    tab = shown(payload())
    in_menu(tab, "filter-least").fill("much")
    tab.keyboard.press("Enter")
    assert tab.get_by_test_id("filter-said").inner_text() == "much is no amount"
    assert tab.locator(".route").count() == 5


def test_a_row_of_the_table_shows_its_transfer_in_the_picture(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Transfers").click()
    tab.locator("tr.row", has_text="for the boat").locator("td").nth(1).click()
    assert tab.get_by_test_id("flow").is_visible()
    assert "for the boat" in tab.get_by_test_id("details").inner_text()


@pytest.mark.parametrize(("words", "kind"), [("row 6", "row 6"), ("200", "row 6"), ("fan out", "address")])
def test_search_finds_rows_amounts_and_tags(shown, words, kind):
    tab = shown(payload(tags=[{**TAG, "node": 3}]))
    tab.get_by_test_id("search").fill(words)
    assert tab.get_by_test_id("search-results").locator(".kind").first.inner_text() == kind


def test_every_account_is_in_a_table(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Accounts").click()
    assert tab.locator("[data-testid=accounts-table] tr.row").count() == 8
    assert "theft recipient" in tab.get_by_test_id("accounts-table").inner_text()


def noted(tab, name, what, text):
    box(tab, address_of(name)[:6]).first.click()
    tab.get_by_label("note or name").fill(text)
    tab.locator(f"[data-act={what}]").click()


def test_a_name_and_a_note_are_kept_in_a_file_and_in_no_export(shown, tmp_path):
    tab = shown(payload())
    in_menu(tab, "author").fill("ines")
    tab.keyboard.press("Tab")
    noted(tab, "carol", "note", "asked the exchange on Monday")
    noted(tab, "carol", "name", "Carol, the courier")
    assert box(tab, "Carol, the courier").count() == 1
    with download_of(tab, "save-notes") as file:
        kept = json.loads(file["text"])
    assert kept["results_digest"] == "ab" * 32
    assert [(one["what"], one["author"]) for one in kept["addresses"][address_of("carol")]] == [("note", "ines"), ("name", "ines")]
    with download_of(tab, "save-json") as file:
        assert "Monday" not in file["text"]


FILE = {
    "format": "tracer annotations 1",
    "results_digest": "00" * 32,
    "addresses": {
        address_of("carol"): [{"what": "name", "text": HOSTILE, "author": HOSTILE, "time": HOSTILE}],
        "__proto__": [{"what": "note", "text": "x", "author": "", "time": ""}],
        "TSOMEBODY": [{"what": "note", "text": "seen elsewhere", "author": "omar", "time": "2026-01-01T00:00:00Z"}],
    },
    "transfers": {"106:64": [{"what": "note", "text": "the big one", "author": "omar", "time": "2026-01-01T00:00:00Z"}]},
    "views": [{"name": HOSTILE, "state": "%7B%22rule%22%3A%22haircut%22%7D", "author": "omar", "time": ""}],
    "colours": [[address_of("bob"), 3], [address_of("bob"), "red"]],
    "hidden": [address_of("binance")],
}


def loaded(tab, tmp_path, text):
    path = tmp_path / "notes.json"
    path.write_text(text, encoding="utf-8")
    in_menu(tab, "load-notes").set_input_files(path)
    tab.wait_for_selector("[data-testid=notes-said]:not(:empty)", state="attached")
    return tab.get_by_test_id("notes-said").inner_text()


def test_annotations_of_a_colleague_are_added_and_overwrite_nothing(shown, tmp_path):
    tab = shown(payload())
    noted(tab, "carol", "name", "Carol")
    said = loaded(tab, tmp_path, json.dumps(FILE))
    assert "they were made on other results" in said
    assert box(tab, "Carol").count() == 1
    assert box(tab, "binance").count() == 0
    assert tab.locator(".coloured").count() == 1
    with download_of(tab, "save-notes") as file:
        kept = json.loads(file["text"])
    assert [one["text"] for one in kept["addresses"][address_of("carol")]] == ["Carol", HOSTILE]
    assert kept["addresses"]["TSOMEBODY"][0]["text"] == "seen elsewhere"
    assert loaded(tab, tmp_path, file["text"])
    with download_of(tab, "save-notes") as file:
        assert json.loads(file["text"]) == kept, "adding the same again adds nothing"


def test_hostile_annotations_stay_text(shown, tmp_path):
    tab = shown(payload())
    loaded(tab, tmp_path, json.dumps(FILE))
    box(tab, "</script>").first.click()
    assert tab.locator("img").count() == 0
    assert tab.evaluate("({}).text") is None
    in_menu(tab, "views").get_by_role("button").click()
    assert tab.get_by_test_id("rule-select").input_value() == "haircut"
    assert tab.faults == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "JSON"),
        ("[]", "no file of annotations"),
        ('{"format": "tracer annotations 1", "addresses": {"x": [1]}}', "neither a name nor a note"),
    ],
)
def test_a_file_that_is_no_annotations_is_refused(shown, tmp_path, text, why):
    tab = shown(payload())
    assert why in loaded(tab, tmp_path, text)
    assert tab.evaluate("step") == 0


def test_notes_survive_another_trace_in_which_rows_have_other_numbers(shown, tmp_path):
    tab = shown(payload())
    transfer = {"transfers": {"106:64": FILE["transfers"]["106:64"]}, "format": FILE["format"]}
    again = payload(results_digest="cd" * 32)
    again["edges"]["row"] = [row + 40 for row in again["edges"]["row"]]
    tab = shown(again)
    loaded(tab, tmp_path, json.dumps(transfer))
    box(tab, "binance").click()
    assert "the big one" in tab.get_by_test_id("details").inner_text()


def test_a_view_is_kept_under_a_name(shown):
    tab = shown(payload())
    tab.get_by_test_id("rule-select").select_option("haircut")
    in_menu(tab, "view-name").fill("pro rata")
    tab.get_by_test_id("keep-view").click()
    tab.get_by_test_id("rule-select").select_option("fifo")
    in_menu(tab, "views").get_by_role("button", name="pro rata").click()
    assert tab.get_by_test_id("rule-select").input_value() == "haircut"


def test_the_picture_is_saved_as_png_and_json(shown):
    tab = shown(payload())
    with tab.expect_download() as waiting:
        in_menu(tab, "save-png").click()
    with open(waiting.value.path(), "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    with download_of(tab, "save-json") as file:
        saved = json.loads(file["text"])
    assert saved["results_digest"] == "ab" * 32
    assert {flow["rows"][0]: flow["stolen"] for flow in saved["flows"]}[6] == "150000000"


def test_the_saved_picture_has_no_colour_that_only_the_page_knows(shown):
    tab = shown(payload())
    with download_of(tab, "save-svg") as file:
        assert "var(" not in file["text"]
        assert "ab" * 32 in file["text"]


def acts(chance):
    """Fifty acts, drawn by a seed."""
    keys = ["h", "x", "e", "c", "m", "Shift+ArrowDown", "Enter"]
    for _ in range(50):
        yield chance.choice(keys)


def test_fifty_acts_are_undone_to_the_same_picture(shown):
    tab = shown(payload(transfers=[*TRANSFERS, *[("bob", f"mule{n}", 1, None, 1, 1) for n in range(40)]], endpoints=[]))
    before = tab.evaluate(PICTURE)
    chance = random.Random(17)
    for key in acts(chance):
        key = "c" if key == "h" and boxes(tab) < 4 else key
        at = -1 if key == "h" else chance.randrange(8)
        tab.evaluate("at => { const all = [...document.querySelectorAll('.box')]; all.at(at % all.length).focus(); }", at)
        tab.keyboard.press(key)
    made = tab.evaluate("step")
    assert made >= 40
    for _ in range(made):
        undone(tab)
    assert tab.evaluate(PICTURE) == before
    tab.keyboard.press("Control+z")
    assert tab.get_by_test_id("status").inner_text() == "nothing to undo"


def test_what_was_undone_is_done_again(shown):
    tab = shown(payload())
    focused(tab, "carol").press("h")
    undone(tab)
    tab.get_by_test_id("redo").click()
    tab.wait_for_selector("html[data-step='1']")
    assert box(tab, address_of("carol")[:6]).count() == 0


def test_annotations_of_a_case_survive_that_it_is_traced_again_under_another_dust_limit(shown, rehearsal_dir, tmp_path):
    tab = shown((rehearsal_dir / "case.html").read_text(encoding="utf-8"))
    tab.evaluate("showNode(trace.edges.recipient[trace.thefts[0].edge])")
    tab.get_by_label("note or name").fill("first wallet")
    tab.locator("[data-act=name]").click()
    tab.evaluate("annotate('transfers', rowKey(trace.thefts[2].edge), 'note', 'the third payment')")
    with download_of(tab, "save-notes") as file:
        kept = file["text"]
    question = CaseFile.load(REHEARSAL / "case.toml")
    again = tracer.trace(question._replace(stops=question.stops._replace(dust=100_000_000)), tmp_path / "again")
    assert again.stamp.results_digest != json.loads(kept)["results_digest"]
    other = shown((again.folder / "case.html").read_text(encoding="utf-8"))
    assert "made on other results" in loaded(other, tmp_path, kept)
    assert box(other, "first wallet").count() == 1
    assert other.evaluate("remarksOnTransfer(trace.thefts[2].edge).map(({ text }) => text)") == ["the third payment"]
