"""The card of an exit: what came there and when, whose deposits they are, and the list by which a service is asked to freeze."""

from __future__ import annotations

import csv
import io

import pytest
from support.page_payload import HOSTILE, TRANSFERS, XEM, address_of, download_of, payload

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.pipeline.bounds import bounded
from tracer.report.deposits import deposits_table
from tracer.report.freeze_lists import freeze

ZAIF = {"least": "500000000", "most": "650000000", "service": "zaif"}


def card_of(tab, name):
    tab.get_by_role("tab", name="Exits").click()
    tab.get_by_test_id("exit-list").get_by_role("button", name=name).first.click()
    return tab.get_by_test_id("card")


def lines_of(card, table):
    return [[cell.inner_text() for cell in row.locator("td").all()] for row in card.get_by_test_id(table).locator("tr.row").all()]


def saved_list(tab):
    with download_of(tab, "save-freeze") as file:
        return list(csv.DictReader(io.StringIO(file["text"])))


def test_the_list_of_exits_has_services_and_other_places_apart_each_with_its_sum(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Exits").click()
    groups = tab.get_by_test_id("exit-list").locator(".group-of-exits").all_inner_texts()
    assert groups == ["services · 750", "other places · 249"]


def test_a_card_has_every_rule_floor_and_ceiling_of_a_service(shown):
    card = card_of(shown(payload(services=[ZAIF])), "zaif")
    figures = card.locator("dd .amount").evaluate_all("all => all.map(one => one.dataset.amount)")
    assert [int(units) // XEM for units in figures] == [600, 500, 500, 650]


def test_a_card_without_bounds_says_that_they_were_not_computed(shown):
    assert card_of(shown(payload()), "zaif").get_by_text("not computed").count() == 2


def test_money_over_time_ends_at_what_arrived(shown):
    chart = card_of(shown(payload()), "zaif").get_by_test_id("money-over-time")
    said = "600.000000 xem of stolen value arrived in 2 transfers, 2018-01-26 12:40:00 – 2018-01-26 12:50:00 UTC (fifo)"
    assert chart.get_attribute("aria-label") == said


def test_customers_stand_by_memo_with_their_floors_the_largest_first(shown):
    trace = payload()
    binance = trace["nodes"]["address"].index(address_of("zaif1"))
    trace["customers"] = [{"node": binance, "edges": [4], "least": "400000000", "most": "500000000"}]
    lines = lines_of(card_of(shown(trace), "zaif"), "card-customers")
    assert [(line[0], line[3], line[4]) for line in lines] == [("deposit 8812", "500.000000", "400.000000"), ("no memo", "100.000000", "")]


def test_a_card_is_opened_and_its_deposit_shown_by_the_keyboard_alone(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Exits").focus()
    tab.keyboard.press("Enter")
    tab.get_by_test_id("exit-list").get_by_role("button", name="zaif").focus()
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="row 4, show in the picture").focus()
    tab.keyboard.press("Enter")
    assert "deposit 8812" in tab.get_by_test_id("details").inner_text()
    tab.keyboard.press("Control+z")
    tab.get_by_test_id("card").wait_for()


def test_an_address_where_value_is_held_has_a_card_and_no_freeze_list(shown):
    tab = shown(payload())
    card = card_of(tab, "TCAROL")
    assert "still held" in card.inner_text()
    assert tab.get_by_test_id("save-freeze").count() == 0


def test_the_freeze_list_is_that_of_the_declared_rule_in_ledger_order(shown):
    tab = shown(payload(services=[ZAIF]))
    card_of(tab, "zaif")
    lines = saved_list(tab)
    assert [(line["line"], line["memo_text"], line["fifo_readable"], line["memo_hex"]) for line in lines] == [
        ("1", "deposit 8812", "500", b"deposit 8812".hex()),
        ("2", "", "100", ""),
    ]
    assert {line["results_digest"] for line in lines} == {"ab" * 32}


def test_what_was_not_read_from_a_block_is_on_no_freeze_list(shown):
    trace = payload()
    trace["edges"]["basis"][5] = "reported"
    tab = shown(trace)
    card_of(tab, "zaif")
    assert len(saved_list(tab)) == 1
    assert "1 left out: not read from a block" in tab.get_by_test_id("freeze-said").inner_text()


def test_there_is_no_freeze_list_of_a_theft_that_is_only_reported(shown):
    trace = payload()
    for theft in trace["thefts"]:
        theft["basis"] = "reported"
    tab = shown(trace)
    card_of(tab, "zaif")
    assert tab.get_by_test_id("save-freeze").is_disabled()
    assert tab.get_by_test_id("freeze-said").inner_text() == "No freeze list: the thefts are reported, none was read from a block."


def test_without_a_declared_rule_every_deposit_that_any_rule_reaches_is_listed(shown):
    transfers = [*TRANSFERS, ("carol", "binance", 10, "only pro rata", 0, 7)]
    tab = shown(payload(transfers=transfers, primary=None, reason=""))
    card_of(tab, "binance")
    assert [line["haircut_readable"] for line in saved_list(tab)] == ["180", "7"]


def test_a_hostile_name_and_memo_stay_text_on_the_card_and_in_the_list(shown):
    trace = payload()
    trace["nodes"]["service"] = [service and HOSTILE for service in trace["nodes"]["service"]]
    for end in trace["endpoints"]:
        end["service"] = end["service"] and HOSTILE
    trace["edges"]["memo"][4] = "=cmd|calc"
    tab = shown(trace)
    card_of(tab, "</script>")
    assert tab.locator("img").count() == 0
    assert "'=cmd|calc" in [line["memo_text"] for line in saved_list(tab)]
    assert tab.faults == []


@pytest.fixture(scope="module")
def bounded_rehearsal(tmp_path_factory):
    """The rehearsal with its bounds."""
    from conftest import REHEARSAL

    folder = tmp_path_factory.mktemp("bounded") / "case"
    tracer.trace(CaseFile.load(REHEARSAL / "case.toml"), folder)
    bounded(CaseFolder.open(folder), 100, lambda _: None)
    return CaseFolder.open(folder)


@pytest.mark.parametrize("service", ["exchange1", "exchange2", "processor", "token sale"])
def test_the_freeze_list_of_the_page_has_the_rows_and_figures_of_tracer_freeze(shown, bounded_rehearsal, service):
    case = bounded_rehearsal
    frozen = freeze(case)
    [found] = [each for each in frozen.lists if each.service == service]
    theirs = list(csv.DictReader(io.StringIO(deposits_table(case, frozen, found).csv())))
    tab = shown((case.folder / "case.html").read_text(encoding="utf-8"))
    card_of(tab, service)
    ours = saved_list(tab)
    assert {line.pop("results_digest") for line in ours} == {case.stamp.results_digest}
    assert ours == theirs
    assert list(ours[0]) == list(theirs[0])
