"""Takes the screenshots of `viewer.md`: `python docs/shots.py`, where playwright and Chromium are. Both cases are traced anew for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

import tracer
from tracer.casefile import CaseFile
from tracer.pipeline.bounds import bounded

HERE = Path(__file__).parent
CASES = HERE.parent / "fixtures" / "cases"
TARGET = HERE / "viewer"
COLOURS = 160  # of a picture: the page is flat, and the files stay small
SMALL, USUAL, TELEPHONE = (1280, 720), (1440, 900), (390, 844)


def nothing(tab: Page) -> None:
    """The page as it opens."""


def exit_card(tab: Page) -> None:
    tab.get_by_role("tab", name="Exits").click()
    tab.get_by_test_id("exit-list").get_by_role("button", name="exchange2").click()


def customers(tab: Page) -> None:
    tab.get_by_role("tab", name="Exits").click()
    tab.get_by_test_id("card").get_by_text("15 customers").scroll_into_view_if_needed()
    tab.get_by_test_id("card-customers").scroll_into_view_if_needed()


def neighbours(tab: Page) -> None:
    tab.locator(".box", has_text="exchange1").first.focus()
    tab.keyboard.press("n")
    tab.get_by_test_id("fit").click()


def what_if(tab: Page) -> None:
    tab.get_by_test_id("what-if").select_option("2")


def path(tab: Page) -> None:
    tab.locator(".box", has_text="TCOPFZ").first.focus()
    tab.keyboard.press("f")
    tab.get_by_test_id("search").fill("exchange2")
    tab.keyboard.press("Enter")
    tab.locator("[data-act=to]").click()


def limits(tab: Page) -> None:
    tab.get_by_role("tab", name="Coverage & limits").click()


def paper(tab: Page) -> None:
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")


Act = Callable[[Page], None]
SHOTS: dict[str, tuple[str, tuple[int, int], Act, dict[str, Any]]] = {
    "rehearsal": ("rehearsal", USUAL, nothing, {}),
    "rehearsal-small": ("rehearsal", SMALL, nothing, {}),
    "rehearsal-telephone": ("rehearsal", TELEPHONE, nothing, {}),
    "rehearsal-dark": ("rehearsal", SMALL, nothing, {"scheme": "dark"}),
    "rehearsal-grey": ("rehearsal", SMALL, nothing, {"grey": True}),
    "rehearsal-print": ("rehearsal", (1122, 793), paper, {"media": "print"}),
    "coincheck": ("coincheck", USUAL, nothing, {}),
    "coincheck-dark": ("coincheck", SMALL, nothing, {"scheme": "dark"}),
    "coincheck-grey": ("coincheck", SMALL, nothing, {"grey": True}),
    "coincheck-small": ("coincheck", SMALL, nothing, {}),
    "coincheck-telephone": ("coincheck", TELEPHONE, nothing, {}),
    "coincheck-print": ("coincheck", (1122, 793), paper, {"media": "print"}),
    "card": ("rehearsal", SMALL, exit_card, {}),
    "customers": ("rehearsal", SMALL, customers, {}),
    "path": ("rehearsal", SMALL, path, {}),
    "neighbours": ("rehearsal", SMALL, neighbours, {}),
    "what-if": ("rehearsal", USUAL, what_if, {}),
    "limits": ("coincheck", SMALL, limits, {}),
}
"""Each picture: of which case, in which window, after what was done; `scheme`, `grey` and `media` are how it is looked at."""


def shot(browser: Browser, page: Path, name: str) -> None:
    """Takes one picture."""
    _, (width, height), act, look = SHOTS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=look.get("scheme", "light"))
    tab = context.new_page()
    if look.get("grey"):
        context.new_cdp_session(tab).send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    tab.goto(page.as_uri() + ("#sheet" if look.get("media") else ""))
    tab.wait_for_selector("html[data-ready=true]")
    if look.get("media"):
        tab.emulate_media(media=look["media"])
    act(tab)
    tab.mouse.move(0, 0)
    taken = Image.open(BytesIO(tab.screenshot())).convert("RGB")
    few_colours(taken).save(TARGET / f"{name}.png", optimize=True)
    context.close()


def few_colours(taken: Image.Image) -> Image.Image:
    """The picture in its most frequent colours, which stay as they are; each other becomes the nearest of them."""
    pixels = np.asarray(taken).reshape(-1, 3)
    found, at, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    kept = found[np.argsort(-counts)[:COLOURS]]
    nearest = ((found[:, None].astype(int) - kept[None]) ** 2).sum(axis=2).argmin(axis=1)
    image = Image.fromarray(nearest[at].reshape(taken.height, taken.width).astype(np.uint8), "P")
    image.putpalette(kept.flatten().tolist())
    return image


def main() -> None:
    """Traces both cases, with bounds, and takes every picture."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    TARGET.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = {}
        for name in ("rehearsal", "coincheck"):
            case = tracer.trace(CaseFile.load(CASES / name / "case.toml"), Path(folder) / name)
            pages[name] = (bounded(case, 100, lambda _: None) if name == "rehearsal" else case).folder / "case.html"
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (case_name, *_) in SHOTS.items():
            shot(browser, pages[case_name], name)
        browser.close()


if __name__ == "__main__":
    main()
