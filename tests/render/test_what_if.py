"""What if: the page shows another run of the same engine, says which assumption is another, and passes it off as no result."""

from __future__ import annotations

import json

import pytest
from support.page_payload import address_of, box, download_of, figures, in_menu, payload, run_without_zaif, units

import tracer
from tracer.casefile import CaseFile


def with_run(**changes):
    return payload(what_ifs=[run_without_zaif()], **changes)


def test_without_other_runs_there_is_nothing_to_choose(shown):
    assert shown(payload()).get_by_test_id("what-if").is_hidden()


def test_the_head_table_is_of_the_run_and_names_its_assumption_with_the_case_as_asked_below(shown):
    tab = shown(with_run())
    tab.get_by_test_id("what-if").select_option("0")
    assert tab.locator("[data-testid=endpoint-table] caption").inner_text() == (
        "What if there were no labels of a forum (2): not the result of this case"
    )
    row = figures(tab, "fifo")
    assert (row["zaif"], row["still held"]) == ("0", units(849))
    asked = tab.locator("[data-asked=fifo] td")
    assert dict(asked.evaluate_all("all => all.map(one => [one.dataset.place, one.dataset.amount])"))["zaif"] == units(600)


def test_the_folded_head_says_it_too(shown):
    tab = shown(with_run(), 1280, 720)
    tab.get_by_test_id("what-if").select_option("0")
    assert "no labels of a forum" in tab.get_by_test_id("what-if-said").inner_text()


def test_picture_and_details_are_of_the_run(shown):
    tab = shown(with_run())
    tab.get_by_test_id("what-if").select_option("0")
    assert box(tab, address_of("dave")[:6]).count() == 1
    assert tab.locator(".box [data-role=service]").count() == 1
    assert tab.locator(".box", has=tab.locator("[data-role=held]")).count() >= 2


def test_it_is_one_step_that_is_undone_and_travels_in_a_link(shown):
    tab = shown(with_run())
    before = tab.evaluate("document.querySelector('[data-testid=flow] svg').innerHTML")
    tab.get_by_test_id("what-if").focus()
    tab.keyboard.press("ArrowDown")
    state = tab.evaluate("location.hash")
    tab.go_back()
    tab.wait_for_selector("html[data-step='0']")
    assert tab.evaluate("document.querySelector('[data-testid=flow] svg').innerHTML") == before
    assert "no labels of a forum" in shown(with_run(), hash_state=state).get_by_test_id("meta").inner_text()


def test_every_export_of_a_what_if_says_so(shown):
    tab = shown(with_run())
    tab.get_by_test_id("what-if").select_option("0")
    for control in ("save-svg", "save-json"):
        with download_of(tab, control) as file:
            assert "no labels of a forum (2)" in file["text"]
    tab.get_by_role("tab", name="Transfers").click()
    with download_of(tab, "save-csv") as file:
        assert "What if there were no labels of a forum (2)" in file["text"].splitlines()[1]


def test_there_is_no_freeze_list_of_a_what_if(shown):
    tab = shown(with_run())
    tab.get_by_test_id("what-if").select_option("0")
    tab.get_by_role("tab", name="Exits").click()
    assert tab.get_by_test_id("save-freeze").first.is_disabled()


def test_what_was_not_traced_is_said(shown):
    tab = shown(with_run(not_run=["no labels of police (3): nothing changes, another label says the same"]))
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "no labels of police (3): nothing changes" in tab.get_by_test_id("limits-view").inner_text()


@pytest.fixture(scope="module")
def rehearsal_page(rehearsal_dir):
    return (rehearsal_dir / "case.html").read_text(encoding="utf-8")


ON_PAGE = """() => {
  const { edges, nodes, endpoints, rules } = trace;
  const off = rules.flatMap((rule) => nodes.address.map((_, node) => sumsAt(rule, node).off));
  return {
    rows: Object.fromEntries(edges.row.map((row, edge) => [row, rules.map((rule) => edges.stolen[rule][edge])])),
    ends: endpoints.map(({ node, reason, amounts }) => [nodes.address[node], reason, ...rules.map((rule) => amounts[rule])]),
    off: off.filter((amount) => amount !== 0n).length,
  };
}"""


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_run_of_the_rehearsal_is_what_the_engine_finds_under_every_rule(shown, rehearsal, rehearsal_page, number):
    from tracer.plan.assumption_removal import Grounds
    from tracer.plan.what_ifs import what_ifs

    run = what_ifs(Grounds(rehearsal.question, rehearsal.ledger, rehearsal.trace, rehearsal.labels)).runs[number]
    trace = run.asked().traced(rehearsal.trace.rules)
    tab = shown(rehearsal_page)
    tab.get_by_test_id("what-if").select_option(str(number))
    on_page = tab.evaluate(ON_PAGE)
    assert on_page["rows"].keys() >= {str(row) for row in trace.carrying}
    assert {row: list(map(int, amounts)) for row, amounts in on_page["rows"].items()} == {
        row: list(trace.carried(int(row)).values()) for row in on_page["rows"]
    }
    assert on_page["ends"] == [[end.address, end.reason, *map(str, end.amounts.values())] for end in trace.endpoints]
    assert on_page["off"] == 0, "at every address what came in is what went, ended there and was paid as fees"


def test_another_run_of_the_demo_case_without_services_is_there_too(shown, tmp_path):
    from conftest import ROOT

    done = tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / "coincheck" / "case.toml"), tmp_path / "coincheck")
    tab = shown((done.folder / "case.html").read_text(encoding="utf-8"))
    tab.get_by_test_id("what-if").select_option("1")
    assert "a dust limit of 10 xem instead of 1 xem" in tab.locator("[data-testid=endpoint-table] caption").inner_text()
    with download_of(tab, "save-json") as file:
        assert json.loads(file["text"])["what_if"] == "a dust limit of 10 xem instead of 1 xem"
    in_menu(tab, "reset").click()
    assert tab.faults == []
