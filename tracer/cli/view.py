"""`tracer view`: the page of a case served on loopback, with actions."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.options import allow_outside, as_name, folder_argument, opened
from tracer.cli.output import say
from tracer.errors import InputError
from tracer.wording import missing_extra

if TYPE_CHECKING:
    from tracer.workbench.access import Door


@click.command("view")
@folder_argument
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1; default: any free port.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser; print a link to the page instead; the link works once.")
@allow_outside
@as_name
def view_command(folder: Path, port: int, no_browser: bool, allow_outside: bool | None, by: str | None) -> None:
    """Open the page of a case in your browser, with buttons to change the case and to trace it again.

    On this page you can read one more account from the node, follow the money through a service, treat an address as a service, add a
    label, accept a suspected theft, change the dust limit or the cut-off, declare the rule, trace again, and see which figures changed.
    tracer writes what you do into the case file (your comments stay), into labels/workbench.yaml beside it, and into the audit log, so
    that the command "tracer trace" later gives the same result from the case file and that label file alone.

    The page can be reached only from this computer (127.0.0.1), and only with the browser in which you opened it. tracer contacts a node
    only after it has shown you which one. Press Ctrl-C to stop.
    """
    serving = server()
    from tracer.workbench.served_case import Desk

    case = opened(folder)
    if case.as_of is not None:
        raise InputError(f"{folder}: is an earlier result, which nothing can be done to: serve {case.folder}")
    desk = Desk(case.folder, by, allow_outside=bool(allow_outside))
    with serving(desk, port) as door:
        desk.show(case)
        shown_at(door.address, browser=not no_browser)
        wait()


def server() -> Callable[..., AbstractContextManager[Door]]:
    """What serves a desk. Raises InputError where the extra for it is not installed."""
    try:
        from tracer.workbench.loopback_server import serving
    except ModuleNotFoundError as error:
        raise InputError(missing_extra("workbench", "a served page")) from error
    return serving


def shown_at(address: str, *, browser: bool) -> None:
    """Says where the page is, and opens it."""
    if browser and webbrowser.open(address):
        say(f"the page is at {address.partition('/enter')[0]}, open in your browser; Ctrl-C ends it")
    else:
        say(f"open {address}")
        say("it is good for one visit; Ctrl-C ends it")


def wait() -> None:
    """Waits until somebody presses Ctrl-C."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say("ended; every action that was answered is in the case file")
