"""The pages that are actions: the page of a case with its script of actions; before anything is read, the page that says how far it is."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from jinja2 import Environment
from markupsafe import Markup

from tracer.casefile.whole_and_exact_files import read_exact
from tracer.casefolder import CaseFolder
from tracer.casefolder.page_inputs_of_case import drawing_of_case
from tracer.flow.page_inputs import Drawing
from tracer.render.html import Actions, payload_of_page, script_digests, served_page, viewer_files
from tracer.render.payload import payload
from tracer.render.schema import Payload

WAITING = ("10_ask.js", "20_progress.js", "70_nodes.js", "95_waiting.js")
"""Our scripts of the page before there is a picture; the others need one."""

BORROWED = ("12_hostile_text.js", "14_page.js")
"""What it takes of the viewer's: text made visible, parts of a page."""


def case_page(case: CaseFolder, mark: str, token: str, *, drawn: bool = False) -> str:
    """The page of a case as it is served, with the `mark` of its figures; `drawn`: the page in its folder was drawn by this very program.

    Of a run in progress its title, and every file saved from it, says how far it has read.
    """
    shown = _payload(case, drawn)
    if case.so_far:
        said = case.so_far.sentence
        shown["title"], shown["case"] = f"{said} · {shown['title']}", f"{shown['case']} ({said})"
    given = {"token": token, "mark": mark, "so_far": case.so_far.sentence if case.so_far else None}
    return served_page(shown, Actions(_script(), _style(), _data(given)))


def _payload(case: CaseFolder, drawn: bool) -> Payload:
    """What the page shows. A run at work has no time for other assumptions."""
    if case.so_far:
        return payload(Drawing(case.flow_columns))
    return payload_of_page(read_exact(case.folder / "case.html")) if drawn else payload(drawing_of_case(case, case.flow_columns))


def waiting_page(name: str, token: str) -> str:
    """The page before anything of a case is read: what its nodes can do, and how far the run is."""
    script = _script(*WAITING, borrowed=BORROWED)
    style = viewer_files(".css", "05_colours.css", "10_page.css") + _style()
    template = Environment(autoescape=True).from_string(_text("waiting.html"))
    policy = (
        f"default-src 'none'; script-src {script_digests(script)}; style-src {script_digests(style)}; connect-src 'self'; base-uri 'none'"
    )
    return template.render(
        name=name,
        csp=Markup(policy),  # noqa: S704 - digests
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        given=Markup(_data({"token": token, "mark": "", "so_far": None})),  # noqa: S704 - no mark that HTML knows
    )


def _data(given: dict[str, str | None]) -> str:
    """JSON that stands inside a page: no mark of HTML is left in it."""
    return json.dumps(given).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _script(*names: str, borrowed: tuple[str, ...] = ()) -> str:
    """Our scripts, joined in the order of their numbers, in a scope of their own: no name of theirs is one of the viewer's."""
    place = files("tracer.workbench") / "page"
    ours = sorted((file for file in place.iterdir() if file.name.endswith(".js")), key=lambda file: file.name)
    kept = [file for file in ours if file.name in names] if names else [file for file in ours if not file.name.startswith("95_")]
    borrowing = viewer_files(".js", *borrowed) if borrowed else ""
    return f'(() => {{\n"use strict";\n{borrowing}{"".join(file.read_text(encoding="utf-8") for file in kept)}}})();\n'


def _style() -> str:
    return _text("workbench.css")


def _text(name: str) -> str:
    return (files("tracer.workbench") / "page" / name).read_text(encoding="utf-8")
