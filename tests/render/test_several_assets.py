"""The page of a case of several assets: both answers in tables, and what an end became."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from support.page_payload import download_of

from tracer.casefolder.page_inputs_of_case import drawing_of_case
from tracer.casefolder.valuation import head_tables
from tracer.evidence.valuation_all_assets import head_sentences, to_the_cent
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
    held = [line for line in lines if line["what"] == "still held" and line["asset"] == "dollar"]
    ends = [end for end in swaps.answers.endpoints["substituted"] if (end.asset, end.reason) == (2, "unspent")]
    asset = swaps.answers.assets[2]
    assert [Decimal(line["lifo"]).scaleb(asset.decimals) for line in held] == [sum(end.amounts["lifo"] for end in ends)]
    assert "never added" in tab.get_by_test_id("rules-note").inner_text()
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
    tab.get_by_test_id("endpoints-table").get_by_role("button", name="given for another asset").first.click()
    node = next(end["node"] for end in drawn["endpoints"] if end["reason"] == "converted")
    became = [each for each in drawn["several"]["exchanges"] if node in each["ended"]]
    assert became
    assert tab.get_by_test_id("exchanges-table").locator("tr.row").count() >= len(became)
    tab.evaluate("node => showNode(node)", node)
    listed = tab.get_by_test_id("details").get_by_test_id("became").locator("li")
    assert listed.count() == min(20, len(became))
    listed.first.get_by_role("button").click()
    assert "Flow" in tab.get_by_test_id("details").inner_text()


def test_each_answer_stands_in_money_on_the_page_as_the_record_has_it(shown, swaps, drawn):
    tab = shown(drawn)
    tab.get_by_role("tab", name="Both answers").click()
    tab.get_by_test_id("rule-select").select_option("lifo")
    for answer, table in head_tables(swaps).items():
        drawn_table = tab.locator(f"[data-worth={answer}]")
        cells = [line.split("\t") for line in drawn_table.locator("tbody").inner_text().splitlines()]
        assert cells == [[line.called, to_the_cent(line.worth["lifo"])] for line in table.lines]
        assert drawn_table.locator("li").all_inner_texts() == list(head_sentences(table, swaps.asset_names, swaps.outcome.thefts))
        assert drawn_table.locator("thead th").last.inner_text() == "USD, lifo"


def test_lines_below_the_tables_in_money_are_drawn_however_far_one_scrolls(shown, drawn):
    tab = shown(drawn)
    tab.get_by_role("tab", name="Both answers").click()
    tab.get_by_test_id("table-view").evaluate("box => (box.scrollTop = box.scrollHeight)")
    tab.wait_for_function("() => document.querySelector('[data-testid=answers-table] tbody').lastElementChild.matches('.row')")
    below_head = "head => document.elementFromPoint(40, head.getBoundingClientRect().bottom + 4).closest('tr').className"
    assert tab.locator("[data-testid=answers-table] thead th").first.evaluate(below_head) == "row"


def test_the_sum_of_each_rule_is_in_sight_in_every_asset(shown, drawn):
    tab = shown(drawn, 1280, 800)
    for option in tab.get_by_test_id("answer-select").locator("option").all_inner_texts():
        tab.get_by_test_id("answer-select").select_option(label=option)
        in_sight = "cell => cell.getBoundingClientRect().right <= cell.closest('.wide').getBoundingClientRect().right + 1"
        assert tab.locator("[data-testid=endpoint-table] [data-rule=fifo] [data-place=stolen]").evaluate(in_sight), option


CLOSES = """() => answerRuns().map(({ asset }, at) => {
  chooseRun(String(asked.what_ifs.length + at));
  const off = trace.rules.flatMap((rule) => numbersTo(nodeCount()).filter((node) => sumsAt(rule, node).off !== 0n));
  const here = ({ reason }) => reason !== EXCHANGED;
  const ended = Object.fromEntries(trace.rules.map((rule) => [rule, sumOfEndpoints(rule, here).toString()]));
  return { asset, off: off.length, unclosed: rulesThatDoNotClose(), ended, strip: part("answer-line").innerText };
})"""


def test_the_substituted_answer_adds_up_in_each_asset_and_at_each_address(shown, swaps, drawn):
    tab = shown(drawn)
    found = tab.evaluate(CLOSES)
    names = swaps.asset_names
    assert [names[each["asset"]] for each in found] == ["eth", "wrapped ether", "dollar", "grain"]
    for each in found:
        assert (each["off"], each["unclosed"]) == (0, [])
        reconciled = swaps.answers.reconciliation["substituted"][each["asset"]]
        assert {rule: int(units) for rule, units in each["ended"].items()} == {rule: sum(by) for rule, by in reconciled.ended.items()}
        assert each["strip"].startswith(f"Substituted, in {names[each['asset']]} alone (exploratory)")
    assert tab.faults == []


def test_an_exchange_leads_from_what_was_given_to_what_was_got(shown, swaps, drawn):
    swap = next(
        number
        for number, each in enumerate(swaps.answers.exchanges.conversions)
        if each.kind == "swap" and each.given.asset == 0 and number in swaps.answers.exchanges.substituted
    )
    tab = shown(drawn)
    tab.get_by_test_id("answer-select").select_option(label="substituted: eth")
    tab.evaluate("number => showTransfer(answerShown().given.find(([each]) => each === number)[1])", swap)
    tab.get_by_test_id("details").get_by_role("button", name="swap: given for").first.click()
    assert tab.get_by_test_id("answer-select").locator("option:checked").inner_text() == "substituted: dollar"
    assert "swap: received for" in tab.get_by_test_id("details").inner_text()


def test_the_page_of_one_asset_has_no_word_of_several(rehearsal, shown):
    one = payload(drawing_of_case(rehearsal, rehearsal.flow))
    assert "several" not in one
    tab = shown(one)
    assert tab.get_by_role("tab", name="Both answers").count() == 0
    assert tab.get_by_test_id("other-answer").count() + tab.get_by_test_id("answer-select").count() == 0


def test_the_page_of_several_assets_is_the_same_whenever_it_is_drawn(swaps, drawn):
    assert page(drawn) == (swaps.folder / "case.html").read_text(encoding="utf-8")
