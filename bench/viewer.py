"""The page on 100,000 transfers that carry stolen value, in the system's Chromium. `--json` for figures; exits 1 if a bar does not hold.

The case is that of `stolen.py`: five rules that differ, a memo on every tenth transfer. `--rows N` measures a smaller one, to try.

- `build_s`, `build_mb`: CPU seconds and memory of `tracer render` on the traced folder; `file_mb`: what it wrote.
- `first_picture_s`, `first_picture_300k_s`: from opening the file until the picture stands; the median of three.
- `frame_*`: time between frames while a wheel zooms out and in and a drag pans, one event a frame, all gestures together, at 33 and at
  300 boxes. vis-network draws the same boxes at the same places, and the same flows, in the same run: a page that needs at most half its
  time holds the bar too. `npm install --prefix build/vis` with dev/vis/package.json puts it there; without it the note says so.
- `act_ms`: an act until the frame after it is painted; the slowest act's median. `act_light_ms`: of the acts that lay nothing out anew.
  The note says how long the page's thread was busy with it: on a machine that does other things besides, the rest is waiting.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from figures import Figures, at_most, launched, run
from playwright.sync_api import Page, sync_playwright
from stolen import write_case

import tracer
from tracer.casefile import CaseFile

ROOT = Path(__file__).parent.parent
VIS = ROOT / "build" / "vis" / "node_modules" / "vis-network" / "standalone" / "umd" / "vis-network.min.js"
ROWS = 100_000
ROUNDS = 3
ACT_ROUNDS = 5
FEW, MANY = 33, 300
SIZE = {"width": 1440, "height": 900}
SMOOTH = {"median": 17, "p95": 30}
"""Milliseconds from frame to frame."""

RENDER = "import sys; from tracer.cli import main; sys.argv = ['tracer', 'render', sys.argv[1]]; main()"

READY_AT = """new MutationObserver(() => {
  if (document.documentElement?.dataset.ready && !window.readyAt) window.readyAt = performance.now();
}).observe(document, { attributes: true, subtree: true });"""

GESTURES = """async (selector) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const surface = document.querySelector(selector);
  const { left, top, width, height } = surface.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const fire = (Kind, type, more, on = null) => {
    const at = { clientX: x, clientY: y, bubbles: true, cancelable: true, pointerId: 1, button: 0, buttons: 1, ...more };
    (on || document.elementFromPoint(at.clientX, at.clientY) || surface).dispatchEvent(new Kind(type, at));
  };
  const found = [];
  const during = async (act) => {
    let last = await frame();
    for (let number = 0; number < 40; number++) {
      act(number);
      const now = await frame();
      found.push(now - last);
      last = now;
    }
    await new Promise((done) => setTimeout(done, 400));
  };
  await during(() => fire(WheelEvent, "wheel", { deltaY: 50 }));
  await during(() => fire(WheelEvent, "wheel", { deltaY: -50 }));
  fire(PointerEvent, "pointerdown", {}, surface); // on the ground, whatever box lies there
  await during((number) => fire(PointerEvent, "pointermove", { clientX: x + (number % 30) * 8, clientY: y + (number % 15) * 8 }));
  fire(PointerEvent, "pointerup");
  return found;
}"""

SAME_PICTURE = """() => {
  const { boxes, routes } = currentPicture();
  return {
    nodes: [...boxes.values()].map((box) => ({ id: box.id, x: box.x, y: box.y, label: boxTitle(box) })),
    edges: routes.map(({ from, to, width, label }) => ({ from: from.id, to: to.id, width, label, color: "#8698aa" })),
  };
}"""

VIS_PAGE = """<!doctype html><meta charset="utf-8"><style>#net { width: 1440px; height: 600px; }</style><div id="net"></div>
<script>%s</script><script>const picture = %s;
const network = new vis.Network(document.getElementById("net"), picture, { physics: false, nodes: { shape: "box", fixed: true },
  edges: { arrows: "to", smooth: { type: "cubicBezier", forceDirection: "horizontal" } } });
network.once("afterDrawing", () => { document.documentElement.dataset.ready = "true"; });
network.fit({ animation: false });</script>"""

ACTS = {
    "select an account": "(n) => showBox(boxes[n].node)",
    "select a flow": "(n) => showFlow(currentPicture().routes[n].flow)",
    "clear the selection": "() => clearSelection()",
    "select several": "(n) => toggleChosen(boxes[n].node)",
    "colour": "(n) => nextColour(boxes[n].node)",
    "drag a box": "(n) => dragged(boxes[n], [10, 10])",
    "name an account": "(n) => annotate('addresses', trace.nodes.address[boxes[n].node], 'name', 'who ' + n)",
    "search": "(n) => drawFound(search('A0' + n), 'A0' + n)",
    "open the transfers table": "() => change({ tab: 'transfers' })",
    "go back to the picture": "() => change({ tab: 'flow' })",
}
LAID_OUT = {
    "another rule": "(n) => change({ rule: trace.rules[n % trace.rules.length] })",
    "a window of time": "(n) => change({ from: timeSpan().first + 3600 * n, to: null })",
    "all times": "() => change({ from: null, to: null })",
    "a typed filter": "(n) => change({ filter: { least: String(n + 1) } })",
    "no filter": "() => change({ filter: {} })",
    "more of a stub": "(n) => showMore(boxes.filter((box) => box.stub.count)[n])",
    "hide": "(n) => ACTS.hide.act(boxes[n + 9].node)",
    "collapse": "(n) => ACTS.collapse.act(boxes[n + 3].node)",
    "expand": "(n) => ACTS.expand.act(boxes[n + 3].node)",
    "open or close a fold": "() => toggleFold(trace.endpoints.find(({ service }) => service !== null).node)",
    "reset": "() => reset()",
}

ACT_TIME = """async ([act, number]) => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const boxes = [...currentPicture().boxes.values()];
  const begun = performance.now();
  eval(act)(number);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begun;
}"""


def traced(rows: int, folder: Path) -> Path:
    """The traced folder of a case of so many transfers."""
    tracer.trace(CaseFile.load(write_case(rows, folder / "case")), folder / "traced")
    return folder / "traced"


def built(folder: Path, rows: int) -> Figures:
    """The page made again by the command, in a process of its own, after one that made the byte code."""
    spent = min((launched("-c", RENDER, str(folder)) for _ in range(2)), key=lambda each: each.cpu)
    size = (folder / "case.html").stat().st_size / 1e6
    return {
        "build_s": at_most(round(spent.cpu, 1), "s", 4, f"CPU seconds, {rows:,} transfers"),
        "build_mb": at_most(round(spent.mb), "MB", 600),
        "file_mb": at_most(round(size, 1), "MB", 10),
    }


@contextmanager
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("this bench needs Chromium: install Debian's chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium: Any, page: Path, state: str = "") -> Iterator[Page]:
    """A page in a tab of its own, once it is drawn."""
    context = chromium.new_context(viewport=SIZE, bypass_csp=True)
    tab = context.new_page()
    tab.add_init_script(READY_AT)
    tab.goto(page.as_uri() + state)
    tab.wait_for_selector("html[data-ready=true]", timeout=120_000)
    yield tab
    context.close()


def first_picture(chromium: Any, page: Path) -> float:
    """Seconds until the picture stands, the median of three."""
    found = []
    for _ in range(ROUNDS):
        with opened(chromium, page) as tab:
            found.append(tab.evaluate("window.readyAt") / 1000)
    return round(median(found), 2)


def frames(chromium: Any, page: Path, boxes: int, folder: Path) -> Figures:
    """How smoothly the page moves with so many boxes, beside vis-network."""
    ours: list[float] = []
    theirs: list[float] = []
    with opened(chromium, page, f'#{{"top":{boxes}}}') as tab:
        there = tab.locator(".box").count()
        if VIS.exists():
            beside = folder / f"vis{boxes}.html"
            beside.write_text(VIS_PAGE % (VIS.read_text(encoding="utf-8"), json.dumps(tab.evaluate(SAME_PICTURE))), encoding="utf-8")
            with opened(chromium, beside) as vis:
                for _ in range(ROUNDS):
                    tab.bring_to_front()
                    ours += tab.evaluate(GESTURES, "[data-testid=flow]")
                    vis.bring_to_front()
                    theirs += vis.evaluate(GESTURES, "#net canvas")
        else:
            for _ in range(ROUNDS):
                ours += tab.evaluate(GESTURES, "[data-testid=flow]")
    return {f"frame_{name}_ms_{boxes}": frame_figure(name, ours, theirs, there) for name in SMOOTH}


def frame_figure(name: str, ours: list[float], theirs: list[float], boxes: int) -> Any:
    value, rival = of_frames(name, ours), of_frames(name, theirs) if theirs else None
    note = "vis-network is not installed" if rival is None else f"vis-network {rival} ms"
    bar = SMOOTH[name] if rival is None else max(SMOOTH[name], rival / 2)
    return at_most(value, "ms", round(bar, 1), f"{boxes} boxes, {note}")


def of_frames(name: str, found: list[float]) -> float:
    ordered = sorted(found)
    return round(ordered[len(ordered) // 2 if name == "median" else len(ordered) * 95 // 100], 1)


def acts(chromium: Any, page: Path) -> Figures:
    """How long acts take on the whole case."""
    slowest = {}
    with opened(chromium, page) as tab:
        busy = clock(tab)
        for kind, named in (("light", ACTS), ("laid out", LAID_OUT)):
            times = {name: timed(tab, act, busy) for name, act in named.items()}
            name = max(times, key=lambda name: times[name][0])
            slowest[kind] = (name, *times[name])
            if "--each" in sys.argv:
                print({name: [round(each) for each in both] for name, both in times.items()}, file=sys.stderr)
    return {
        "act_ms": act_figure(max(slowest.values(), key=lambda each: each[1]), 300),
        "act_light_ms": act_figure(slowest["light"], 100),
    }


def act_figure(slowest: tuple[str, float, float], bar: int) -> Any:
    name, wall, spent = slowest
    return at_most(round(wall), "ms", bar, f"{name}, {round(spent)} ms of the processor")


def timed(tab: Page, act: str, busy: Callable[[], float]) -> tuple[float, float]:
    """The median of an act in milliseconds: on the clock, and of the processor in the page's thread."""
    walls, spent = [], []
    for number in range(ACT_ROUNDS):
        before = busy()
        walls.append(tab.evaluate(ACT_TIME, [act, number]))
        spent.append(busy() - before)
    return median(walls), median(spent)


def clock(tab: Page) -> Callable[[], float]:
    """Milliseconds of the processor that the page's thread has had so far."""
    asked = tab.context.new_cdp_session(tab)
    asked.send("Performance.enable", {"timeDomain": "threadTicks"})
    return lambda: next(1000 * one["value"] for one in asked.send("Performance.getMetrics")["metrics"] if one["name"] == "TaskDuration")


def measured() -> Figures:
    rows = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else ROWS
    found: Figures = {}
    with TemporaryDirectory() as place, browser() as chromium:
        folder = traced(rows, Path(place) / "one")
        found |= built(folder, rows)
        page = folder / "case.html"
        found["first_picture_s"] = at_most(first_picture(chromium, page), "s", 2.5, f"{rows:,} transfers")
        found |= frames(chromium, page, FEW, Path(place)) | frames(chromium, page, MANY, Path(place))
        found |= acts(chromium, page)
        large = traced(3 * rows, Path(place) / "three") / "case.html"
        found["first_picture_300k_s"] = at_most(first_picture(chromium, large), "s", 5, f"{3 * rows:,} transfers")
    return found


if __name__ == "__main__":
    raise SystemExit(run([measured]))
