"""What stands at the top of the page: how much was stolen, where it is, and what the figures rest on."""

from __future__ import annotations

import pytest
from support.page_payload import BOUNDED, TRANSFERS, VALUATION, XEM, address_of, box, endpoint, figures, payload, units


@pytest.mark.parametrize("rule", ["fifo", "haircut"])
def test_the_endpoint_table_adds_up_to_what_was_stolen(shown, rule):
    tab = shown(payload())
    row = {place: int(amount) for place, amount in figures(tab, rule).items()}
    assert row.pop("stolen") == sum(row.values()) == 1000 * XEM
    assert "adds up to the unit" in tab.get_by_test_id("adds-up").inner_text()


def test_a_table_that_does_not_add_up_says_so(shown):
    tab = shown(payload(fees={"fifo": "1000001", "haircut": units(2)}))
    assert tab.get_by_test_id("adds-up").inner_text() == "does NOT add up under fifo"


@pytest.mark.parametrize("size", [(1440, 900), (1000, 700)])
def test_the_sum_stays_in_sight_with_five_rules_and_twelve_services(shown, size):
    rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]
    amount = dict.fromkeys(rules, "526300010000000")
    transfers = TRANSFERS + [("bob", f"exchange{n}", 1, None, 1, 1) for n in range(12)]
    trace = payload(transfers=transfers, rules=rules, stolen=amount, fees=amount)
    for by_rule in (trace["edges"]["stolen"], trace["nodes"]["fees"], *(theft["stolen"] for theft in trace["thefts"])):
        by_rule |= dict.fromkeys(rules, by_rule["fifo"])
    trace["endpoints"] = [endpoint(n, "service", amount, f"exchange{n}") for n in range(12)]
    tab = shown(trace, *size)
    if tab.get_by_test_id("answer-table").is_hidden():
        tab.get_by_test_id("fold-answer").click()
    last = tab.locator("[data-testid=endpoint-table] tr[data-rule=fifo] td").last.bounding_box()
    assert last["x"] + last["width"] <= size[0]
    assert "other services" in tab.get_by_test_id("endpoint-table").inner_text()


def test_addresses_of_one_service_are_one_figure_in_the_endpoint_table(shown):
    row = figures(shown(payload()), "fifo")
    assert row["zaif"] == units(600)
    assert row["binance"] == units(150)


def test_the_headline_states_the_stolen_total_and_the_primary_rule(shown):
    text = shown(payload()).get_by_test_id("headline").inner_text()
    assert "1,000.000000 xem stolen" in text
    assert "in 2 thefts" in text
    assert "fifo (declared)" in text


def test_without_a_primary_rule_none_is_called_primary(shown):
    tab = shown(payload(primary=None, reason=""))
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "rule shown: fifo (no rule is declared)" in tab.get_by_test_id("headline").inner_text()
    assert tab.locator(".badge").count() == 0
    assert "(declared)" not in tab.get_by_test_id("rule-select").inner_text()
    assert "primary" not in tab.get_by_test_id("limits-view").inner_text()


def test_gaps_stand_above_the_figures_and_nothing_is_said_to_add_up(shown):
    tab = shown(payload(gaps=["account anna is 5 short", "account bob is 7 short"]))
    banner = tab.get_by_test_id("gaps")
    assert banner.inner_text() == "THE LEDGER DOES NOT ADD UP: every figure rests on 2 gaps that were allowed"
    assert banner.bounding_box()["y"] < tab.get_by_test_id("endpoint-table").bounding_box()["y"]
    banner.locator("summary").click()
    assert "account bob is 7 short" in banner.inner_text()
    assert tab.get_by_test_id("adds-up").inner_text() == "endpoints + fees = stolen (arithmetic only)"
    assert tab.get_by_test_id("adds-up").get_attribute("class") == "arithmetic"


def test_without_gaps_there_is_no_banner(shown):
    assert shown(payload()).get_by_test_id("gaps").is_hidden()


def test_what_could_be_checked_stands_next_to_the_sum(shown):
    assert shown(payload()).get_by_test_id("checked").inner_text() == "8 balances stated by the source are reached to the unit"


def test_the_headline_counts_the_endpoints_that_rest_on_less_than_the_chain(shown):
    trace = payload()
    for end, basis in zip(trace["endpoints"], ["modelled", "reported", "reported"], strict=False):
        end["basis"] = basis
    text = "rests on modelled openings: 1 of 6 endpoints; rests on reported rows: 2 of 6 endpoints"
    assert shown(trace).get_by_test_id("basis").inner_text() == text


def test_endpoints_read_from_the_chain_need_no_such_word(shown):
    assert shown(payload()).get_by_test_id("basis").is_hidden()


ROUNDED = [
    ("29999999.90", "30.0M"),
    ("20874067", "20.87M"),
    ("199.875", "199.9"),
    ("999960", "1.00M"),
    ("30000000", "30M"),
    ("150", "150"),
    ("0.00049", "0.00049"),
    ("0", "0"),
]


@pytest.mark.parametrize(("exact", "short"), ROUNDED)
def test_short_amounts_are_rounded_and_not_cut(shown, exact, short):
    whole, _, fraction = exact.partition(".")
    amount = int(whole + fraction.ljust(6, "0"))
    assert shown(payload()).evaluate(f"compactAmount({amount}n)") == short


def test_sums_beyond_what_a_float_can_hold_are_exact(shown):
    huge = 9_007_199_254_740_993  # 2**53 + 1
    transfers = [("victim", "anna", 1, None, 1, 1)] * 3
    trace = payload(transfers=transfers)
    trace["asset"]["decimals"] = 18
    for rule in trace["rules"]:
        trace["edges"]["stolen"][rule] = [str(huge)] * 3
        trace["stolen"][rule] = str(3 * huge)
    tab = shown(trace)
    box(tab, address_of("anna")[:6]).click()
    received = tab.get_by_test_id("details").locator("tr.chosen td.amount").first
    assert received.get_attribute("data-amount") == str(3 * huge)


def test_switching_the_rule_changes_every_figure(shown):
    tab = shown(payload())
    box(tab, "zaif").first.click()
    before = [tab.get_by_test_id(name).text_content() for name in ("headline", "flow", "details")]
    tab.get_by_test_id("rule-select").select_option("haircut")
    after = [tab.get_by_test_id(name).text_content() for name in ("headline", "flow", "details")]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert "the declared rule is fifo" in after[0]
    assert "650" in after[1]


def test_the_tabs_stay_where_they_are(shown):
    tab = shown(payload())
    places = set()
    for name in ("Flow", "Endpoints", "Transfers", "Thefts", "Coverage & limits"):
        tab.get_by_role("tab", name=name).click()
        places.add(tuple((one.bounding_box()["x"], one.bounding_box()["y"]) for one in tab.get_by_role("tab").all()))
    assert len(places) == 1


def test_coverage_and_limits_are_printed(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Coverage & limits").click()
    text = tab.get_by_test_id("limits-view").inner_text()
    assert "8 accounts read in full" in text
    assert "This does not say who controls an address." in text
    assert "What this does not prove" in text


def test_the_bounds_of_a_service_are_printed(shown):
    tab = shown(payload(services=[BOUNDED]))
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "zaif: from 500.000000 to 650.000000" in tab.get_by_test_id("limits-view").inner_text()


def test_what_the_figures_rest_on_and_the_results_digest_are_printed(shown):
    tab = shown(payload(rests=["Floor at zaif: 500; without that label: 0."]))
    tab.get_by_role("tab", name="Coverage & limits").click()
    text = tab.get_by_test_id("limits-view").inner_text()
    assert "Floor at zaif: 500; without that label: 0." in text
    assert f"results digest {'ab' * 32}" in text


def test_what_was_stolen_has_its_worth_with_rule_and_prices(shown):
    tab = shown(payload(valuation=VALUATION))
    assert tab.get_by_test_id("worth").inner_text() == "worth 110,900.5 JPY when stolen"
    tab.get_by_role("tab", name="Thefts").click()
    assert "66,540.3" in tab.get_by_test_id("thefts-table").inner_text()
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "110.9005 JPY. press" in tab.get_by_test_id("limits-view").inner_text()


def test_what_ended_has_its_worth_on_its_box_and_under_the_table(shown):
    tab = shown(payload(valuation=VALUATION), hash_state='#{"table":true}')
    assert "in 150 · 1.5 JPY" in box(tab, "binance").text_content()
    assert "1.5" in tab.get_by_test_id("worth-row").inner_text()


def test_a_worth_that_is_not_known_is_written_nowhere(shown):
    unknown = {**VALUATION, "endpoints": [dict.fromkeys(end) for end in VALUATION["endpoints"]]}
    tab = shown(payload(valuation=unknown), hash_state='#{"table":true}')
    assert "JPY" not in box(tab, "binance").text_content()
    assert tab.get_by_test_id("worth-row").locator("td").all_inner_texts() == [""] * tab.get_by_test_id("worth-row").locator("td").count()
