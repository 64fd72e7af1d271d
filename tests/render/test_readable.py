"""The picture can be read: how large its text is, what its labels lie on, how much of the window it has, and how roles and lines look."""

from __future__ import annotations

from statistics import median

import pytest
from support.page_payload import TRANSFERS, UNFOLDED, address_of, box, fan_of, payload

SIZES = [(1280, 720), (1920, 1080), (800, 600)]
LEAST_TEXT = 11
LEAST_ON_PAPER = 8
"""Pixels of a sheet of paper: six points."""

TEXT_SIZES = """() => [...document.querySelectorAll("[data-testid=flow-view] text, header *, footer, nav *, .strip *, .notes *")]
  .filter((one) => one.getClientRects().length && [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
  .map((one) => {
    const scale = one.getScreenCTM ? one.getScreenCTM().a : 1;
    return Math.round(parseFloat(getComputedStyle(one).fontSize) * scale * 100) / 100;
  })"""

CROSSED = """() => {
  const lines = [...document.querySelectorAll(".route .line")].map((path) => {
    const length = path.getTotalLength(), matrix = path.getScreenCTM(), half = Number(path.getAttribute("stroke-width")) / 2 * matrix.a;
    const points = Array.from({ length: 400 }, (_, at) => path.getPointAtLength(length * at / 399).matrixTransform(matrix));
    return { route: path.parentNode.route, points, half };
  });
  const shown = [...document.querySelectorAll(".flow-label")].filter((one) => one.getAttribute("visibility") !== "hidden");
  return shown.filter((label) => {
    const { left, right, top, bottom } = label.getBoundingClientRect();
    const inside = (half) => ({ x, y }) => x > left && x < right && y > top + 2 - half && y < bottom - 2 + half;
    return lines.some(({ route, points, half }) => route !== label.route && points.some(inside(half)));
  }).map((one) => one.textContent);
}"""


@pytest.fixture(params=["rehearsal_dir", "coincheck_dir"])
def case_page(request):
    return (request.getfixturevalue(request.param) / "case.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", SIZES)
def test_no_text_of_a_default_view_is_under_11_px_and_no_label_lies_on_the_line_of_another(shown, case_page, size):
    tab = shown(case_page, *size)
    found = tab.evaluate(TEXT_SIZES)
    assert min(found) >= LEAST_TEXT
    assert median(found) >= LEAST_TEXT
    assert tab.evaluate(CROSSED) == []


def test_labels_of_a_hundred_boxes_lie_on_no_line_but_their_own(shown, rehearsal_dir):
    tab = shown((rehearsal_dir / "case.html").read_text(encoding="utf-8"), hash_state='#{"top":100}')
    assert tab.locator(".box").count() > 80
    assert tab.evaluate(CROSSED) == []


def test_the_picture_has_six_tenths_of_a_small_window(shown, case_page):
    tab = shown(case_page, 1280, 720)
    place = tab.get_by_test_id("flow").bounding_box()
    assert place["width"] * place["height"] >= 0.6 * 1280 * 720


def test_the_table_of_the_rules_and_the_timeline_fold_and_open(shown):
    tab = shown(payload(), 1280, 720)
    assert tab.get_by_test_id("endpoint-table").is_hidden()
    assert tab.get_by_test_id("timeline").is_hidden()
    pieces = tab.get_by_test_id("answer-line").locator(".piece").all_inner_texts()
    assert pieces[1:] == ["under fifo (declared)", "zaif 600", "binance 150", "still held 249", "fees 1", "adds up to the unit"]
    tab.get_by_test_id("fold-answer").click()
    assert tab.get_by_test_id("endpoint-table").is_visible()


def test_fit_shows_the_whole_picture_and_what_is_read_from_far_stays_readable(shown):
    tab = shown(payload(transfers=fan_of(120), endpoints=[]), hash_state='#{"top":100}')
    tab.get_by_test_id("fit").click()
    tab.wait_for_selector("[data-distance=far]")
    area = tab.get_by_test_id("flow").bounding_box()
    for outline in tab.locator(".box .outline").all():
        at = outline.bounding_box()
        assert area["y"] <= at["y"]
        assert at["y"] + at["height"] <= area["y"] + area["height"]
    assert tab.locator(".from-afar text").count() > 0
    assert min(tab.evaluate(TEXT_SIZES)) >= LEAST_TEXT


def test_near_an_account_its_whole_address_exact_amounts_and_seconds_are_read(shown):
    tab = shown(payload())
    for _ in range(3):
        tab.get_by_test_id("zoom-in").click()
    tab.wait_for_selector("[data-distance=near]")
    text = tab.get_by_test_id("flow").text_content()
    assert address_of("carol") in text
    assert "2018-01-26 12:40:00" in text
    assert "“deposit 8812”" in text
    assert min(tab.evaluate(TEXT_SIZES)) >= LEAST_TEXT


def every_role():
    """A victim, its payee, services, an account that holds, one that passes on, one that was not read, an untraced one that pays bob."""
    more = [("bob", "erin", 50, None, 50, 50), ("carol", "frank", 5, None, 5, 5), ("gus", "bob", 9, None, 0, 0)]
    trace = payload(transfers=[*TRANSFERS, *more])
    trace["nodes"]["role"][-3] = "boundary"
    trace["nodes"]["beside"][-1] = trace["edges"]["beside"][-1] = 1
    return trace


NEIGHBOURS = '#{"neighbours":{"2":8}}'  # of bob


def test_every_role_has_an_outline_of_its_own(shown):
    tab = shown(every_role(), hash_state=NEIGHBOURS)
    found = tab.evaluate("""() => Object.fromEntries(Object.keys(ROLES).map((role) => [role, outlineOf(role, 100, 40)]))""")
    assert len(set(found.values())) == len(found) == 7
    drawn = tab.locator(".box .outline").evaluate_all("all => all.map((one) => one.dataset.role)")
    assert set(drawn) == set(found)


LUMINANCE = """(selector) => [...document.querySelectorAll(selector)].map((one) => {
  const light = (name) => {
    const channels = getComputedStyle(name)[name === document.body ? "backgroundColor" : "stroke"].match(/[\\d.]+/g).slice(0, 3)
      .map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
  };
  const [a, b] = [light(one), light(document.body)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_outlines_stand_out_from_the_paper_three_to_one(shown, scheme):
    tab = shown(every_role(), hash_state=NEIGHBOURS)
    tab.emulate_media(color_scheme=scheme)
    assert min(tab.evaluate(LUMINANCE, ".box .outline")) >= 3


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_outline_of_every_service_stands_out(shown, scheme, number):
    tab = shown(payload())
    tab.emulate_media(color_scheme=scheme)
    tab.evaluate("n => document.querySelector('.box .outline').setAttribute('stroke', ink('service-' + n))", number)
    assert tab.evaluate(LUMINANCE, ".box .outline")[0] >= 3


def test_dark_is_another_picture(shown):
    tab = shown(payload())
    light = tab.screenshot()
    tab.emulate_media(color_scheme="dark")
    assert tab.screenshot() != light


def test_lines_say_how_well_their_rows_are_known(shown):
    trace = payload()
    trace["edges"]["basis"][2] = "reported"
    trace["edges"]["basis"][3] = "modelled"
    trace["edges"]["verified"][4] = 0
    trace["edges"]["verified"][6], trace["edges"]["tie"][6] = 0, "balanced"
    tab = shown(trace, hash_state=UNFOLDED)
    looks = tab.locator(".route").evaluate_all(
        "all => all.map((one) => [one.dataset.grounds, one.querySelector('.line').getAttribute('stroke-dasharray')])"
    )
    assert {grounds for grounds, _ in looks} == {"signed", "balanced", "stated", "reported", "modelled"}
    assert len({dashes for _, dashes in looks}) == 5
    for words in ("unsigned, agrees with proven balances", "reported by a source", "modelled", "read from the chain, not verified"):
        assert words in tab.get_by_test_id("legend").inner_text()


def test_on_paper_the_page_is_an_exhibit_on_numbered_pages(shown):
    tab = shown(payload())
    tab.emulate_media(media="print", color_scheme="dark")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    text = tab.get_by_test_id("exhibit").inner_text()
    for said in (
        "Rule shown: fifo (declared)",
        "7 of 7 addresses (2 in folds) · 6 of 6 flows shown, nothing is left out",
        "Endpoints",
        "Thefts",
    ):
        assert said in text
    for said in (address_of("binance"), "Transfers in the picture", "This does not say who controls an address."):
        assert said in text
    assert tab.get_by_test_id("endpoint-table").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    style = tab.evaluate("[...document.adoptedStyleSheets].map((sheet) => [...sheet.cssRules].map((rule) => rule.cssText).join()).join()")
    assert "counter(page)" in style
    assert "ab" * 32 in style
    assert tab.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") >= 2


def test_on_paper_the_picture_is_read_without_a_glass(shown, case_page):
    tab = shown(case_page, 1032, 700, hash_state="#sheet")
    tab.emulate_media(media="print")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert min(tab.evaluate(TEXT_SIZES)) >= LEAST_ON_PAPER


def test_a_digest_that_is_none_gets_into_no_style(shown):
    tab = shown(payload(results_digest='"; } body { display: none'))
    style = tab.evaluate("[...document.adoptedStyleSheets].map((sheet) => [...sheet.cssRules].map((rule) => rule.cssText).join()).join()")
    assert "no results digest" in style
    assert "display" not in style


def test_the_page_names_the_results_it_shows(shown, rehearsal):
    tab = shown((rehearsal.folder / "case.html").read_text(encoding="utf-8"))
    assert rehearsal.manifest["results_digest"] in tab.get_by_test_id("meta").inner_text()


def test_the_keyboard_moves_what_it_comes_to_into_sight(shown):
    tab = shown(payload(), width=900)
    boxes = set()
    tab.get_by_test_id("save-menu").locator("summary").focus()
    for _ in range(40):
        tab.keyboard.press("Tab")
        at = tab.evaluate("(({ left, right }) => [left, right])(document.activeElement.getBoundingClientRect())")
        if tab.evaluate("document.activeElement.classList.contains('box')"):
            boxes.add(tab.evaluate("document.activeElement.dataset.id"))
            assert at[0] >= 0
            assert at[1] <= 900
    assert len(boxes) == tab.locator(".box").count()


def test_flows_are_reached_and_opened_by_the_keyboard(shown):
    tab = shown(payload())
    tab.locator(".route").first.focus()
    tab.keyboard.press("Enter")
    assert "Flow from row" in tab.get_by_test_id("details").inner_text()


def test_a_box_keeps_the_focus_when_the_picture_is_drawn_anew(shown):
    tab = shown(payload())
    box(tab, "binance").focus()
    tab.evaluate("change({ least: 1 })")
    assert tab.evaluate("document.activeElement.textContent").startswith("binance")
