"""The timeline: thefts, evidence and claims on one axis, and the window that is cut out of it."""

from __future__ import annotations

import json
import re

import pytest
from support.page_payload import BOUNDED, NOON, UNFOLDED, fan_of, figures, payload, units, with_beside


def test_a_time_window_counts_what_it_hides_and_adds_nothing_up(shown):
    many = fan_of(500)
    tab = shown(payload(transfers=many, endpoints=[]))
    tab.evaluate("time => changeWindow(time, null)", NOON + 600)
    note = tab.get_by_test_id("hidden-note").inner_text()
    assert re.search(r"of 501 addresses · \d+ of 500 flows shown, \d+ flows of this window not shown$", note)
    assert "xem" not in note


def test_the_time_window_filters_and_clears(shown):
    tab = shown(payload(), hash_state=UNFOLDED)
    area = tab.get_by_test_id("timeline").locator("svg").bounding_box()
    tab.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + 20)
    tab.mouse.down()
    tab.mouse.move(area["x"] + area["width"] - 2, area["y"] + 20)
    tab.mouse.up()
    assert 0 < tab.locator(".route").count() < 6
    tab.get_by_test_id("window-clear").click()
    assert tab.locator(".route").count() == 6


def test_each_theft_is_marked_on_the_timeline(shown):
    assert shown(payload()).locator(".theft-mark").count() == 2


def test_evidence_has_a_lane_of_the_timeline_and_says_how_it_stands(shown):
    marks = shown(with_beside()).locator("[data-testid=timeline] .evidence-mark")
    assert marks.evaluate_all("all => all.map(one => one.dataset.status)") == ["explained", "stands", "superseded"]
    assert "192.0.x.x" in marks.first.locator("title").text_content()
    assert "F6" in marks.first.locator("title").text_content()


def test_thefts_evidence_and_claims_stand_on_one_axis_of_time(shown):
    tab = shown(with_beside())
    places = tab.evaluate(f"[placeOfTime({NOON - 86400}), placeOfTime({NOON}), placeOfTime({NOON + 864000})]")
    assert places == sorted(places)
    assert (places[0], places[2]) == (0, 1)
    assert tab.locator("[data-testid=timeline] .claim-bar").count() == 3
    assert tab.locator("[data-testid=timeline] .theft-mark").count() == 2


def test_the_dates_of_the_timeline_do_not_run_into_each_other(shown):
    tab = shown(with_beside(), width=1000)
    overlaps = tab.evaluate(
        """() => {
          const texts = [...document.querySelectorAll("[data-testid=timeline] svg text")].map((one) => one.getBoundingClientRect());
          return texts.slice(1).filter((one, at) => one.left < texts[at].right).length;
        }"""
    )
    assert overlaps == 0


def test_a_page_of_payments_without_times_shows_no_date(shown):
    untimed = payload()
    untimed["edges"]["time"] = [None] * len(untimed["edges"]["time"])
    tab = shown(untimed, hash_state=UNFOLDED)
    assert tab.locator(".route").count() == 6
    assert tab.get_by_test_id("window-note").inner_text() == "no source states times"
    assert "1970" not in tab.locator("html").evaluate("page => page.textContent + page.innerHTML")
    assert not tab.faults


def test_in_a_window_accounts_stay_as_many_hops_from_the_theft(shown):
    tab = shown(payload())
    tab.evaluate("time => changeWindow(time, null)", NOON + 2400)
    headings = tab.locator(".heading-of-column").all_text_contents()
    assert headings == ["hop 2", "ends at"]
    assert "in 0" not in tab.get_by_test_id("flow").text_content()


def test_in_a_window_the_table_of_the_rules_is_of_the_window_and_says_so(shown):
    tab = shown(payload())
    tab.evaluate("([from, to]) => changeWindow(from, to)", [NOON + 600, NOON + 2400])
    table = tab.get_by_test_id("endpoint-table")
    assert (
        table.locator("caption")
        .inner_text()
        .startswith("of the window 2018-01-26 12:10:00 – 2018-01-26 12:40:00 UTC: stolen value that moved")
    )
    found = figures(tab, "fifo")
    assert found == {"thefts": units(400), "to zaif": units(500), "between accounts": units(1000), "moved": units(1900)}
    tab.get_by_role("tab", name="Transfers").click()
    assert tab.locator("[data-testid=transfer-table] tr.row").count() == 4


def test_floor_and_ceiling_stand_in_the_table_and_on_the_box(shown):
    trace = payload(services=[BOUNDED])
    trace["endpoints"][2] |= {"least": units(120), "most": units(190)}
    tab = shown(trace)
    assert tab.locator("tr[data-bound=floor] td").first.inner_text() == "500.000000"
    assert "in 150 (120–190)" in tab.locator(".box", has_text="binance").text_content()


def test_a_box_says_where_no_rule_can_change_its_figure_and_writes_a_long_one_briefly(shown):
    trace = payload(services=[{"service": "zaif", "least": "599400000", "most": "600000000"}])
    trace["endpoints"][2] |= {"least": units(150), "most": units(150)}
    tab = shown(trace)
    assert "in 150, any rule" in tab.locator(".box", has_text="binance").text_content()
    assert "in 600 (599.4–600)" in tab.locator(".box", has_text="zaif").text_content()
    assert tab.evaluate("boundsOfFigure('20.87M', { least: '20865313900000', most: '20878054526270' })") == " (20.87–20.88M)"


@pytest.mark.parametrize("rule", ["fifo", "haircut"])
def test_the_sums_of_a_window_are_those_of_the_command_line(shown, rehearsal_dir, tracer_cli, rule):
    since, until = 1516884000, 1516885800  # 2018-01-25 12:40 to 13:10 UTC
    window = "--from", "2018-01-25T12:40:00Z", "--until", "2018-01-25T13:10:00Z"
    _, out, _ = tracer_cli("transfers", rehearsal_dir, *window, "--json")
    tab = shown((rehearsal_dir / "case.html").read_text(encoding="utf-8"))
    tab.evaluate("([from, to]) => changeWindow(from, to)", [since, until])
    stolen = sum(int(transfer["traced"][rule]) for transfer in json.loads(out))
    assert figures(tab, rule)["moved"] == str(stolen) != "0"
