"""The page as a picture or on paper, made by the system's Chromium from the file: nothing is drawn a second time in another way."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tracer.errors import StoreError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
"""Programs that are tried, in this order; the environment's TRACER_CHROMIUM comes before them."""

NEEDED = (
    "needs Chromium: install it (Debian, Ubuntu: apt install chromium; macOS: brew install --cask chromium; or Google Chrome), "
    "or name the program in TRACER_CHROMIUM"
)

WINDOW = "1440,900"
MILLISECONDS = 20_000  # of the page's own clock, which runs as fast as the page works
SECONDS = 120  # until a Chromium that does not end is stopped

FLAGS = ("--headless", "--no-first-run", "--disable-gpu", "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb")
KINDS = {
    "pdf": ("#sheet", ("--no-pdf-header-footer", "--print-to-pdf={target}")),
    "png": ("#picture", ("--force-device-scale-factor=2", "--screenshot={target}")),
}
"""What the page is asked for by each kind of file, and how Chromium makes it: the exhibit, or the picture alone, whole."""

SIZE = re.compile(r'data-sheet="(\d+,\d+)"')
ABSENT = re.compile(r'data-absent="(\d+)"')
DATES = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}")


def chromium(what: str = "a picture of the page") -> str:
    """The program that makes `what`. Raises StoreError where there is none, with what to install."""
    named = os.environ.get("TRACER_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise StoreError(f"TRACER_CHROMIUM names {named}, which is no program" if named else f"{what} {NEEDED}")
    return found


def pictured(page: str, kind: str, view: str = "") -> bytes:
    """The page as `pdf` (the exhibit, its pages numbered) or `png` (the picture, with the lines that say what it shows and hides): in its
    first view, or in one that was kept (`kept_views.py`).

    The same page and the same Chromium give the same picture; the dates in a PDF are those of nobody's clock. The page's own policy cuts
    the network off. Raises StoreError.
    """
    program = chromium()
    asked, flags = KINDS[kind]
    asked += f":{view}" if view else ""
    with TemporaryDirectory(prefix="tracer-") as name:
        folder = Path(name)
        source, target = folder / "case.html", folder / f"case.{kind}"
        source.write_text(page, encoding="utf-8")
        shown = _run(program, folder, source.as_uri() + asked, WINDOW, ["--dump-dom"])
        if 'data-ready="true"' not in shown:
            raise StoreError(f"{program}: does not draw the page: it lacks what browsers have since 2023, or the page was altered")
        if (absent := ABSENT.search(shown)) and absent[1] != "0":
            raise StoreError(f"{absent[1]} addresses or transfers of the view are not on this page: open it there, and keep it again")
        size = SIZE.search(shown)
        _run(program, folder, source.as_uri() + asked, size[1] if size else WINDOW, [flag.format(target=target) for flag in flags])
        if not target.is_file():
            raise StoreError(f"{program}: made no {kind}: try it by hand with {' '.join(FLAGS)}")
        made = target.read_bytes()
    return DATES.sub(rb"\g<1>19700101000000", made) if kind == "pdf" else made


def printed(document: str) -> bytes:
    """An HTML document, which runs no script, as PDF, its pages numbered by its own style. Raises StoreError.

    Without tags for screen readers, which would make it twenty times as large: whoever reads by ear has the HTML.
    """
    program = chromium("a PDF")
    with TemporaryDirectory(prefix="tracer-") as name:
        source, target = Path(name) / "document.html", Path(name) / "document.pdf"
        source.write_text(document, encoding="utf-8")
        flags = ["--no-pdf-header-footer", "--disable-pdf-tagging", f"--print-to-pdf={target}"]
        _run(program, Path(name), source.as_uri(), WINDOW, flags)
        if not target.is_file():
            raise StoreError(f"{program}: made no pdf: print the HTML file from a browser")
        return DATES.sub(rb"\g<1>19700101000000", target.read_bytes())


def _run(program: str, folder: Path, address: str, window: str, flags: list[str]) -> str:
    """What Chromium prints. As root it runs only without its sandbox; the page it opens is ours."""
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    common = [f"--user-data-dir={folder / 'profile'}", f"--window-size={window}", f"--virtual-time-budget={MILLISECONDS}"]
    command = [program, *FLAGS, *sandbox, *common, *flags, address]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - no shell, our own arguments
    except OSError as error:
        raise StoreError(f"{program}: cannot be started ({error.strerror}): name another in TRACER_CHROMIUM") from error
    except subprocess.TimeoutExpired as error:
        raise StoreError(f"{program}: gave no answer in {SECONDS} s: the page is too large for it, or the machine too busy") from error
    return done.stdout.decode("utf-8", "replace")
