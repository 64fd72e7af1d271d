"""The tables of the page, and the CSV they are saved as."""

from __future__ import annotations

import csv
import io

import pytest
from support.page_payload import HOSTILE, XEM, address_of, download_of, fan_of, hash_of, payload, rows_of, units


def open_endpoints(tab):
    tab.get_by_role("tab", name="Endpoints").click()
    return rows_of(tab, "thead tr")[0]


def test_endpoints_by_rules_have_the_primary_rule_first(shown):
    tab = shown(payload(primary="haircut", reason="the parties agreed on it"))
    assert open_endpoints(tab)[4:] == ["basis", "haircut (declared)", "fifo"]
    note = tab.get_by_test_id("rules-note").inner_text()
    assert "haircut: the parties agreed on it" in note
    assert "show how much depends on that choice" in note


def test_the_note_says_that_the_rules_agree_where_they_do(shown):
    trace = payload(primary="haircut", reason="the parties agreed on it")
    for amounts in (trace["stolen"], trace["fees"], *(end["amounts"] for end in trace["endpoints"])):
        amounts["fifo"] = amounts["haircut"]
    tab = shown(trace)
    open_endpoints(tab)
    note = tab.get_by_test_id("rules-note").inner_text()
    assert "The other rules that were run give the same figures." in note
    assert "how much depends" not in note


def test_the_endpoints_and_the_fees_below_them_add_up_to_what_was_stolen(shown):
    tab = shown(payload())
    open_endpoints(tab)
    columns = "[data-testid=table-view] {} td.amount, [data-testid=table-view] {} td .amount"

    def amounts(part):
        return [int(each) for each in tab.locator(columns.format(part, part)).evaluate_all("all => all.map(one => one.dataset.amount)")]

    held, (fifo_fees, haircut_fees, fifo, haircut) = amounts("tbody"), amounts("tfoot")
    assert sum(held[0::2]) + fifo_fees == fifo == 1000 * XEM
    assert sum(held[1::2]) + haircut_fees == haircut == 1000 * XEM
    assert [line[0] for line in rows_of(tab, "tfoot tr")] == ["fees", "stolen = endpoints + fees"]


def test_bounds_have_columns_where_they_were_computed_and_sort_with_the_unknown_last(shown):
    trace = payload()
    assert "floor" not in open_endpoints(shown(trace))
    for end, (least, most) in zip(trace["endpoints"], [("0", units(600)), (units(7), units(900))], strict=False):
        end |= {"least": least, "most": most}
    trace["endpoints"][2] |= {"least": None, "most": None}
    tab = shown(trace)
    assert open_endpoints(tab)[-2:] == ["floor", "ceiling"]
    assert [row[-2:] for row in rows_of(tab)][:3] == [["0.000000", "600.000000"], ["7.000000", "900.000000"], ["", ""]]
    tab.get_by_role("button", name="ceiling").click()
    assert [row[-1] for row in rows_of(tab)][:3] == ["900.000000", "600.000000", ""]


def test_without_a_primary_rule_the_page_says_that_none_stands_for_the_others(shown):
    tab = shown(payload(primary=None, reason=""))
    assert "no rule stands for the others" in tab.get_by_test_id("headline").inner_text()
    assert open_endpoints(tab)[5:] == ["fifo", "haircut"]
    assert "No rule is declared" in tab.get_by_test_id("rules-note").inner_text()


def test_the_reason_of_the_primary_rule_is_text(shown):
    tab = shown(payload(reason=HOSTILE))
    open_endpoints(tab)
    assert HOSTILE in tab.get_by_test_id("rules-note").inner_text()
    assert (tab.title(), tab.faults) == ("A thousand xem", [])


def test_other_tables_have_no_totals(shown):
    tab = shown(payload())
    open_endpoints(tab)
    tab.get_by_role("tab", name="Thefts").click()
    assert rows_of(tab, "tfoot tr") == []
    assert tab.get_by_test_id("rules-note").is_hidden()


def test_the_transfer_table_sorts_and_filters(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Transfers").click()
    rows = tab.get_by_test_id("transfer-table").locator("tr.row")
    assert rows.count() == 7
    tab.get_by_role("columnheader", name="amount").get_by_role("button").click()
    assert "700.000000" in rows.first.inner_text()
    tab.get_by_test_id("stolen-only").uncheck()
    assert rows.count() == 8
    tab.get_by_test_id("service-filter").select_option("zaif")
    assert rows.count() == 2
    tab.get_by_test_id("table-search").fill("8812")
    assert rows.count() == 1


def test_the_csv_neutralises_formulas(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Transfers").click()
    with download_of(tab, "save-csv") as file:
        rows = list(csv.DictReader(io.StringIO(file["text"])))
    assert file["name"] == "thousand_fifo_abababababab_transfers.csv"
    assert rows[3]["memo"] == '\'=HYPERLINK("http://x")'
    assert rows[3]["transaction"] == hash_of(3)
    assert rows[3]["to"] == address_of("carol")
    assert rows[3]["amount (xem)"] == "300.000000"


def columns_of_csv(shown, name, **changes):
    tab = shown(payload(**changes))
    tab.get_by_role("tab", name=name).click()
    with download_of(tab, "save-csv") as file:
        return next(csv.reader(io.StringIO(file["text"])))


def test_the_csv_names_the_unit_and_each_column_once(shown):
    assert columns_of_csv(shown, "Endpoints") == ["reason", "service", "address", "basis", "fifo (xem)", "haircut (xem)", "results digest"]


def test_the_csv_of_the_transfers_names_the_row_of_the_ledger(shown):
    columns = columns_of_csv(shown, "Transfers")
    assert columns[0] == "row"
    assert len(set(columns)) == len(columns)
    assert {"amount (xem)", "stolen, fifo (xem)", "fee (xem)"} <= set(columns)


def test_thefts_on_which_all_rules_agree_have_one_column(shown):
    assert "newly stolen, every rule (xem)" in columns_of_csv(shown, "Thefts")


def test_thefts_on_which_the_rules_differ_have_a_column_each(shown):
    thefts = payload()["thefts"]
    thefts[1]["stolen"]["haircut"] = units(300)
    assert {"newly stolen, fifo (xem)", "newly stolen, haircut (xem)"} <= set(columns_of_csv(shown, "Thefts", thefts=thefts))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_every_dangerous_beginning_of_a_cell_gets_an_apostrophe(shown, text):
    cell = shown(payload()).evaluate("text => csvCell(text)", text)
    assert next(csv.reader(io.StringIO(cell, newline="")))[0] == "'" + text


def test_a_hundred_thousand_transfers_are_drawn_and_scrolled(shown):
    tab = shown(payload(transfers=fan_of(100_000), endpoints=[]))
    assert tab.locator(".box").count() <= 300
    tab.get_by_role("tab", name="Transfers").click()
    assert tab.get_by_test_id("row-count").inner_text().startswith("100,001 rows")
    assert tab.get_by_test_id("transfer-table").locator("tr.row").count() < 120
    last = address_of("mule099999")
    tab.get_by_test_id("table-view").evaluate("box => (box.scrollTop = box.scrollHeight)")
    tab.wait_for_selector(f"tr.row [title={last}]")
