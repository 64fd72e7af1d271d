"""`tracer trace ... --node`: the page at once, filled as accounts are read."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.node_requirements import abilities_shown
from tracer.cli.view import server, shown_at, wait
from tracer.model import Advance, Progress

if TYPE_CHECKING:
    from tracer.casefile import CaseFile
    from tracer.casefolder import CaseFolder
    from tracer.workbench.served_case import Desk

view_option = click.option(
    "--view/--no-view",
    "view",
    default=None,
    help="Open the page at once, and fill it in as accounts are read. By default only for a wallet or hashes with --node, at a "
    "terminal with a browser.",
)


class Meanwhile:
    """The page of a run at work, or none: then the run is as without it.

    `done`: the case once it is traced; it is then served until somebody presses Ctrl-C. `nodes`: what the nodes can do, once it was asked.
    """

    def __init__(self, desk: Desk | None = None) -> None:
        self._desk = desk
        self.done: CaseFolder | None = None
        self.nodes: list[dict[str, Any]] = []

    def telling(self, progress: Progress) -> Progress:
        """A progress that the page shows as well; it ends the run where somebody cancels it there."""
        if self._desk is None:
            return progress
        told = self._desk.told

        def both(at: Advance) -> None:
            told(at)
            progress(at)

        return both

    def nodes_of(self, question: CaseFile, *, quiet: bool, as_json: bool) -> None:
        """Shows what the nodes of a case can do, on the page or on the terminal; then that the terminal asks which payments are thefts."""
        if self._desk is None:
            self.nodes = abilities_shown(question, quiet=quiet, as_json=as_json)
        else:
            from tracer.workbench.page_while_reading import look_at_nodes

            self._desk.told(Advance("asking the nodes what they can do"))
            look_at_nodes(self._desk, question)
            self._desk.told(Advance("reading the thefts; where it is not said which payments are thefts, the terminal asks"))


@contextmanager
def meanwhile(view: bool, folder: Path, by: str | None, allow_outside: bool) -> Iterator[Meanwhile]:
    """The page of what is traced into a folder, from now on; none unless `view`."""
    if not view:
        yield Meanwhile()
        return
    serving = server()
    from tracer.workbench.page_while_reading import kept_up
    from tracer.workbench.served_case import Desk

    desk = Desk(folder, by, allow_outside=allow_outside)
    desk.allow("ask")  # the command line named the nodes, or the case file that it was given
    page = Meanwhile(desk)
    with serving(desk) as door:
        shown_at(door.address, browser=True)
        with desk.at_work(), kept_up(desk):
            yield page
        if page.done is not None:
            desk.show(page.done, drawn=True)
            wait()


def wanted(given: bool | None, *, named: bool, as_json: bool, offline: bool) -> bool:
    """Whether the page is served: as somebody said, else of a wallet or hashes on nodes (`named`), on a terminal with a browser."""
    if given is not None:
        return given
    if not named or as_json or offline or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return _installed()


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("uvicorn") is not None and find_spec("starlette") is not None
