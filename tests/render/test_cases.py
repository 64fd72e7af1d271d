"""Every act on both cases that come with tracer, by mouse and by keyboard alone: seen in the data, and twice undone to the same picture."""

from __future__ import annotations

import random
from contextlib import contextmanager

import pytest

PICTURE = "document.querySelector('[data-testid=flow] svg').innerHTML"
RECIPIENT = "[...document.querySelectorAll('.box')].find((one) => roleOf(one.box.node) === 'recipient')"
VICTIM = "[...document.querySelectorAll('.box')].find((one) => roleOf(one.box.node) === 'victim')"


MENUS = "[...document.querySelectorAll('details')]"
DRAWN = {}
"""A tab for each case and means, as long as every test undid all that it did there."""


@pytest.fixture(params=["rehearsal_dir", "coincheck_dir"], ids=["rehearsal", "coincheck"])
def tab(request, opened):
    """The page of a case as it was when it was first drawn: the tab of the test before by the same means, or else another one."""
    of = request.param, request.node.callspec.params.get("means")
    if of not in DRAWN:
        tab = opened((request.getfixturevalue(request.param) / "case.html").read_text(encoding="utf-8"))
        DRAWN[of] = tab, tab.evaluate(PICTURE)
    tab, picture = DRAWN.pop(of)
    tab.bring_to_front()  # a tab behind another draws once a second
    yield tab
    if tab.evaluate(f"step === 0 && {PICTURE}") == picture and not tab.faults:
        DRAWN[of] = tab, picture
    else:
        tab.close()


def at_rest(tab):
    """Waits until the browser has drawn, and told the page of every size that changed."""
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


UNDO = f"""new Promise((done) => {{
  const from = step;
  addEventListener("popstate", () => done({PICTURE}), {{ once: true }});
  undo();
  if (step < from) done({PICTURE});
}})"""
"""Gives the picture as it is drawn at once, before the browser tells the page of any size."""


@contextmanager
def undone(tab):
    """Undoes what is done within, step by step: the picture and the menus are then as before, and so is the picture while it rests."""
    before, menus = tab.evaluate(PICTURE), tab.evaluate(f"{MENUS}.map((one) => one.open)")
    yield
    at_rest(tab)
    at_once = before
    while tab.evaluate("step"):
        at_once = tab.evaluate(UNDO)
    assert at_once == before
    tab.evaluate(f"(open) => {MENUS}.forEach((one, at) => {{ one.open = open[at]; }})", menus)
    at_rest(tab)
    assert tab.evaluate(PICTURE) == before


def focus(tab, element):
    tab.evaluate(f"{element}.focus()")
    return tab.keyboard


def click(tab, element):
    at = tab.evaluate(
        f"""() => {{
          const group = {element};
          const shape = (group.querySelector(".outline") || group).getBoundingClientRect();
          return {{ x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 }};
        }}"""
    )
    tab.mouse.click(at["x"], at["y"])


def by_panel(name):
    def mouse(tab):
        click(tab, RECIPIENT)
        tab.locator(f"[data-act={name}]").click()

    return mouse


def by_key(key, element=RECIPIENT):
    return lambda tab: focus(tab, element).press(key)


def path_by_mouse(tab):
    click(tab, VICTIM)
    tab.locator("[data-act=from]").click()
    click(tab, RECIPIENT)
    tab.locator("[data-act=to]").click()


def path_by_keys(tab):
    focus(tab, VICTIM).press("f")
    focus(tab, RECIPIENT).press("t")


FLOW = "document.querySelector('.route')"


def drag(tab):
    at = tab.evaluate(f"(() => {{ const {{ x, y }} = {RECIPIENT}.getBoundingClientRect(); return {{ x: x + 30, y: y + 9 }}; }})()")
    tab.mouse.move(at["x"], at["y"])
    tab.mouse.down()
    tab.mouse.move(at["x"] + 20, at["y"] + 40, steps=3)
    tab.mouse.up()


def pick_by_mouse(tab):
    tab.evaluate(f"showFlow({FLOW}.route.flow)")
    tab.locator(".pick").first.click()


def exits_by_mouse(tab):
    tab.get_by_role("tab", name="Exits").click()


def exits_by_keys(tab):
    tab.get_by_role("tab", name="Exits").focus()
    tab.keyboard.press("Enter")


def what_if_by_mouse(tab):
    tab.get_by_test_id("what-if").select_option("1")


def what_if_by_keys(tab):
    tab.get_by_test_id("what-if").focus()
    tab.keyboard.press("ArrowDown")


def filter_by_mouse(tab):
    tab.get_by_test_id("filter-menu").locator("summary").click()
    tab.get_by_test_id("filter-least").fill("1000000")
    tab.get_by_test_id("filter-most").click()


def filter_by_keys(tab):
    tab.get_by_test_id("filter-menu").locator("summary").focus()
    tab.keyboard.press("Enter")
    tab.get_by_test_id("filter-least").focus()
    tab.keyboard.type("1000000")
    tab.keyboard.press("Enter")


def rule_by_mouse(tab):
    tab.get_by_test_id("rule-select").select_option("haircut")


def rule_by_keys(tab):
    tab.get_by_test_id("rule-select").focus()
    tab.keyboard.press("ArrowDown")


def note_by_mouse(tab):
    click(tab, RECIPIENT)
    tab.get_by_label("note or name").fill("seen")
    tab.locator("[data-act=note]").click()


def note_by_keys(tab):
    focus(tab, RECIPIENT).press("Enter")
    tab.get_by_label("note or name").focus()
    tab.keyboard.type("seen")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")


def fold_by_mouse(tab):
    tab.get_by_test_id("fold-answer").click()


def fold_by_keys(tab):
    tab.get_by_test_id("fold-answer").focus()
    tab.keyboard.press("Enter")


ACTS = {  # what is done: by mouse, by keyboard, and what holds on the data then
    "hide": (by_panel("hide"), by_key("h"), f"{RECIPIENT} === undefined && view.hidden.length === 1"),
    "collapse": (by_panel("collapse"), by_key("x"), f"view.collapsed.includes({RECIPIENT}.box.node)"),
    "expand": (by_panel("expand"), by_key("e"), f"view.expanded[{RECIPIENT}.box.node] === 8"),
    "neighbours": (by_panel("neighbours"), by_key("n"), f"view.neighbours[{RECIPIENT}.box.node] === 8"),
    "colour": (by_panel("colour"), by_key("c"), "document.querySelectorAll('.coloured').length === 1"),
    "select": (by_panel("choose"), by_key("m"), "view.chosen.length === 1"),
    "path": (path_by_mouse, path_by_keys, "pathBetween(view.path).path.length === 1 && pathBetween(view.path).traced"),
    "move": (drag, by_key("Shift+ArrowDown"), "Object.keys(view.moved).length === 1"),
    "pick": (pick_by_mouse, by_key("p", FLOW), "view.picked.length === 1"),
    "exits": (exits_by_mouse, exits_by_keys, "part('card').textContent.includes('Money over time')"),
    "what if": (what_if_by_mouse, what_if_by_keys, "trace !== asked && part('what-if-said') !== null"),
    "filter": (
        filter_by_mouse,
        filter_by_keys,
        "currentGraph().flows.every(({ transfers }) => transfers.every((edge) => BigInt(trace.edges.amount[edge]) >= 1000000000000n))",
    ),
    "rule": (rule_by_mouse, rule_by_keys, "view.rule !== 'fifo'"),
    "note": (note_by_mouse, note_by_keys, f"remarksOnNode({RECIPIENT}.box.node)[0].text === 'seen'"),
    "fold": (fold_by_mouse, fold_by_keys, "view.table !== null"),
}


@pytest.mark.parametrize("means", ["mouse", "keyboard"])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_shows_in_the_data_and_is_undone_to_the_same_picture(tab, name, means):
    mouse, keyboard, holds = ACTS[name]
    for _ in range(2):
        with undone(tab):
            (mouse if means == "mouse" else keyboard)(tab)
            assert tab.evaluate(holds)
    assert tab.faults == []
    assert len(tab.requested) == 1, "nothing is asked of anybody"


SERVICE = "[...foldedGraph(...[view.rule, null, null, {}, true, [], []]).members.keys()][0]"
STOLEN_TO = "{ node: trace.edges.recipient[trace.thefts[0].edge] }"
WINDOW = "{ from: timeSpan().first + 1, to: timeSpan().last }"
LAID_OUT = "document.querySelector('[data-testid=flow] .root').innerHTML"
VIEWS = {  # each a step from the one before
    "filter and window": ["{ filter: { least: '1000000' } }", WINDOW],
    "rule after rule": ["{ rule: 'haircut' }", "{ rule: 'lifo' }"],
    "fold opened and closed": [f"{{ opened: [{SERVICE}] }}", "{ opened: [] }", "{ folds: false }"],
    "table and timeline": ["{ table: false }", "{ time: false }", STOLEN_TO, "{ filter: { most: '1' } }"],
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_one_after_another_are_undone_to_the_pictures_they_were(tab, name):
    drawn = {}
    for views in (VIEWS[name], VIEWS[name][::-1]):
        with undone(tab):
            for view in views:
                at_once, shown = tab.evaluate(f"(change({view}), [{LAID_OUT}, hashText()])")
                at_rest(tab)
                assert at_once == tab.evaluate(LAID_OUT) == drawn.setdefault(shown, at_once)


KEYS = ["h", "x", "e", "c", "m", "n", "N", "Shift+ArrowDown", "Enter", "Control+a", "p"]


def test_fifty_acts_are_undone_to_a_byte_equal_picture(tab):
    chance = random.Random(2018)
    with undone(tab):
        for _ in range(50):
            key = chance.choice(KEYS)
            kind = ".route" if key == "p" else ".box"
            drawn = tab.locator(kind).count()
            if key == "h" and drawn < 3:
                key = "c"
            if not drawn:
                continue
            tab.evaluate(f"at => document.querySelectorAll('{kind}')[at].focus()", chance.randrange(drawn) if key != "h" else drawn - 1)
            tab.keyboard.press(key)
        assert tab.evaluate("step") >= 30
