"""axe-core finds nothing against WCAG 2.2, level AA, on any view of the page."""

from __future__ import annotations

import pytest
from conftest import ROOT, missing
from support.page_payload import CLAIMS, EVIDENCE, SPAN, TAG, VALUATION, address_of, box, in_menu, run_without_zaif, with_neighbours

from tracer.render.html import page

AXE = ROOT / "build" / "dev" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async ([source, tags]) => {
  if (!window.axe) { (0, eval)(source); }
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}"""


@pytest.fixture
def found():
    """What axe-core finds against the page in a tab."""
    if not AXE.is_file():
        missing("node", "make build/dev/node_modules installs axe-core")
    source = AXE.read_text(encoding="utf-8")
    return lambda tab: tab.evaluate(RUN, [source, RULES])


WIDE = (1920, 1080)  # so that no open menu lies over half a tab


def full():
    """A payload with every part that a page can have."""
    services = [{"service": "zaif", "least": "1", "most": "650000000"}]
    beside = {"evidence": EVIDENCE, "claims": CLAIMS, "valuation": VALUATION, "tags": [TAG], "services": services}
    trace = with_neighbours(what_ifs=[run_without_zaif()], not_run=["no labels of police: nothing changes"], beside_left_out=3, **beside)
    trace["nodes"]["marked"][2] = [SPAN]
    return trace


TABS = ["Flow", "Endpoints", "Exits", "Transfers", "Accounts", "Thefts", "Evidence", "Claims", "Marks", "Coverage & limits"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_is_without_fault(shown, found, scheme):
    tab = shown(page(full()))
    tab.emulate_media(color_scheme=scheme)
    for name in TABS:
        tab.get_by_role("tab", name=name).click()
        assert found(tab) == [], name


@pytest.mark.parametrize("case", ["rehearsal_dir", "coincheck_dir"])
@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)])
def test_every_tab_of_both_cases_is_without_fault(shown, found, request, case, size):
    tab = shown((request.getfixturevalue(case) / "case.html").read_text(encoding="utf-8"), *size)
    for one in tab.get_by_role("tab").all():
        one.click()
        assert found(tab) == [], one.inner_text()


def open_address(tab):
    box(tab, address_of("bob")[:6]).first.click()


def open_neighbours(tab):
    open_address(tab)
    tab.locator("[data-act=neighbours]").click()


def open_flow(tab):
    tab.locator(".route").first.focus()
    tab.keyboard.press("Enter")


def open_path(tab):
    box(tab, address_of("anna")[:6]).first.focus()
    tab.keyboard.press("f")
    box(tab, "binance").first.focus()
    tab.keyboard.press("t")


def open_what_if(tab):
    tab.get_by_test_id("what-if").select_option("0")


def open_search(tab):
    tab.get_by_test_id("search").fill("a")


def open_menus(tab):
    in_menu(tab, "view-name").fill("a view")
    tab.get_by_test_id("keep-view").click()


def open_window(tab):
    in_menu(tab, "filter-time-from").fill("2018-01-26 12:20")
    tab.keyboard.press("Enter")


@pytest.mark.parametrize("act", [open_address, open_neighbours, open_flow, open_path, open_what_if, open_search, open_menus, open_window])
def test_what_is_opened_is_without_fault(shown, found, act):
    tab = shown(page(full()), *WIDE)
    act(tab)
    assert found(tab) == []


@pytest.mark.parametrize("menu", ["filter-menu", "notes-menu", "show-menu", "save-menu"])
def test_every_menu_is_without_fault(shown, found, menu):
    tab = shown(page(full()), *WIDE)
    tab.get_by_test_id(menu).locator("summary").click()
    assert found(tab) == []
