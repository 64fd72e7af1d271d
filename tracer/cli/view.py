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
    from tracer.workbench.door import Door


@click.command("view")
@folder_argument
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; without it, any that is free.")
@click.option("--no-browser", is_flag=True, help="Open no browser: print the address, which is good for one visit.")
@allow_outside
@as_name
def view_command(folder: Path, port: int, no_browser: bool, allow_outside: bool | None, by: str | None) -> None:
    """Serve the page of a case to this computer's browser, with buttons for what only a program can do.

    Read an account from the node, go on through a service, treat an address as one, add a label, accept a suspected theft, change dust or
    cut-off, declare the rule, trace again and see what moved. What you do is written into the case file, whose comments stay, into
    labels/workbench.yaml beside it, and into the audit log: tracer trace alone comes to the same result. Only 127.0.0.1 is served, only
    your browser is let in, and no node is asked before you saw which. Ctrl-C ends it.
    """
    serving = server()
    from tracer.workbench.desk import Desk

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
        from tracer.workbench.server import serving
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
        say("ended; every act that was answered is in the case file")
