"""The page of a case of several assets: both answers in tables, and what an end became."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from support.page_payload import download_of

from tracer.casefolder.drawing import drawing_of_case
from tracer.render.html import page
from tracer.render.payload import payload


@pytest.fixture(scope="module")
def drawn(swaps):
    return payload(drawing_of_case(swaps, swaps.flow))


def table_of(tab, name):
    tab.get_by_role("tab", name=name).click()
    with download_of(tab, "save-csv") as file:
        return list(csv.DictReader(io.StringIO(file["text"])))


def test_both_answers_stand_on_the_page_as_the_record_has_them(shown, swaps, drawn):
    tab = shown(drawn)
    lines = table_of(tab, "Both answers")
    assert {line["answer"] for line in lines} == {"substituted (exploratory)", "followed (exploratory)"}
    held = [line for line in lines if line["what"] == "unspent" and line["asset"] == "dollar"]
    ends = [end for end in swaps.answers.endpoints["substituted"] if (end.asset, end.reason) == (2, "unspent")]
    asset = swaps.answers.assets[2]
    assert [Decimal(line["lifo"]).scaleb(asset.decimals) for line in held] == [sum(end.amounts["lifo"] for end in ends)]
    assert "nowhere added" in tab.get_by_test_id("rules-note").inner_text()
    assert tab.faults == []


def test_every_exchange_is_in_a_table_that_can_be_searched(shown, swaps, drawn):
    tab = shown(drawn)
    exchanges = swaps.answers.exchanges
    found = table_of(tab, "What became what")
    assert [line["transaction"] for line in found] == [each.tx_hash for each in (*exchanges.conversions, *exchanges.recognised)]
    assert sum(line["substituted"] == "yes" for line in found) == len(exchanges.substituted)
    tab.get_by_test_id("table-search").fill("younger than the theft")
    doubted = [each for each in exchanges.conversions if "young_pool" in each.doubts]
    assert tab.get_by_test_id("exchanges-table").locator("tr.row").count() == len(doubted)


def test_an_end_that_was_converted_opens_what_it_became(shown, swaps, drawn):
    tab = shown(drawn)
    tab.get_by_role("tab", name="Endpoints").click()
    tab.get_by_test_id("endpoints-table").get_by_role("button", name="converted").first.click()
    node = next(end["node"] for end in drawn["endpoints"] if end["reason"] == "converted")
    became = [each for each in drawn["several"]["exchanges"] if node in each["ended"]]
    assert became
    assert tab.get_by_test_id("exchanges-table").locator("tr.row").count() >= len(became)
    tab.evaluate("node => showNode(node)", node)
    listed = tab.get_by_test_id("details").get_by_test_id("became").locator("li")
    assert listed.count() == min(20, len(became))
    listed.first.get_by_role("button").click()
    assert "Flow" in tab.get_by_test_id("details").inner_text()


def test_the_page_of_one_asset_has_no_word_of_several(rehearsal, shown):
    one = payload(drawing_of_case(rehearsal, rehearsal.flow))
    assert "several" not in one
    tab = shown(one)
    assert tab.get_by_role("tab", name="Both answers").count() == 0
    assert tab.get_by_test_id("other-answer").count() == 0


def test_the_page_of_several_assets_is_the_same_whenever_it_is_drawn(swaps, drawn):
    assert page(drawn) == (swaps.folder / "case.html").read_text(encoding="utf-8")
