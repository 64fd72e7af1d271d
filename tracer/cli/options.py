"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracer.cli.output import WIDE, say, warn
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Asset
    from tracer.store.graph.session import GraphTarget

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = "DIR"
folder_argument = click.argument("folder", metavar=FOLDER, type=click.Path(path_type=Path))
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON; amounts are whole numbers of the smallest unit, as text.")
allow_outside = click.option(
    "--allow-outside", is_flag=True, default=None, help="Also read files outside the folder of the case file, if the case file names them."
)
wide = click.option(
    "--wide",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _, given: context.meta.update({WIDE: given}),
    help="Print tables in full, even where they are wider than the terminal.",
)
as_name = click.option(
    "--as",
    "by",
    metavar="NAME",
    envvar="TRACER_AS",
    help="Your name for the audit log (or set TRACER_AS); without it the log names nobody.",
)
timestamp_request = click.option(
    "--timestamp-request",
    "request",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a request for a time stamp into this file.",
)
third_parties = partial(click.option, "--redact", type=click.Choice(["third-parties"]))
redact = third_parties(
    help="Hide third parties: accounts, except services, to which no stolen value was followed and that were neither payer nor payee in a "
    "theft. They appear as one account; some of their rows are left out, and the others lack hash, memo, block and time. The key file that "
    "restores these stays in DIR."
)
redact_list = third_parties(help="Make the list from the case without third parties (see tracer report --help); the key file stays in DIR.")
as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV; amounts are whole numbers of the smallest unit.")


def top_option(what: str, most: int = 30) -> Callable[[F], F]:
    """How many of something to print, or to compute: the command's parameter `most`, at least 1."""
    return click.option("--top", "most", type=click.IntRange(min=1), default=most, show_default=True, help=what)


def timestamp_token(what: str) -> Callable[[F], F]:
    """The answer of an authority to a request for a time stamp: the command's parameter `token`."""
    return click.option("--timestamp-token", "token", metavar="FILE", type=click.Path(path_type=Path), help=what)


GRAPH = "The Neo4j server to use (neo4j://, neo4j+s:// or bolt://); default: the embedded store in the case folder."
"""What --graph is in a command that needs a graph store."""


def graph_options(what: str = GRAPH) -> Callable[[F], F]:
    """Which graph store; the password comes from NEO4J_PASSWORD, or is asked for."""
    uri = click.option("--graph", "uri", metavar="URI", help=what)
    user = click.option(
        "--user",
        default="neo4j",
        show_default=True,
        help="User name on the server; tracer takes the password from NEO4J_PASSWORD, or asks for it.",
    )
    database = click.option("--database", default="neo4j", show_default=True, help="Database on the server.")
    return lambda command: uri(user(database(command)))


def graph_target(uri: str | None, user: str, database: str) -> GraphTarget:
    """The graph store that the options name."""
    from tracer.store.graph.session import GraphTarget

    password = os.environ.get("NEO4J_PASSWORD")
    if uri is not None and password is None and sys.stdin.isatty():
        password = str(click.prompt(f"password of {user}", hide_input=True, err=True))
    return GraphTarget(uri, user, password, database)


def opened(folder: Path, *, so_far: bool = False) -> CaseFolder:
    """Opens the case in a folder; warns on stderr of what has changed since it was traced.

    `so_far`: where the first run is still at work, what it has read so far is traced.
    """
    from tracer.casefolder import CaseFolder
    from tracer.casefolder.working_folder import under_way

    if so_far and under_way(folder):
        from tracer.pipeline.trace_so_far import read_so_far

        case = read_so_far(folder)
    else:
        case = CaseFolder.open(folder)
        for change in case.changes():
            warn(change)
    if case.gaps:
        were = "" if case.so_far else " that were allowed"
        warn(f"THE LEDGER DOES NOT ADD UP: every figure rests on {len(case.gaps)} gaps{were}: {case.gaps[0]}")
    return case


def as_it_leaves(case: CaseFolder, redacting: str | None) -> CaseFolder:
    """The case, without its third parties where --redact says so; notes where the key file is."""
    if redacting is None:
        return case
    from tracer.report.redacted_case_and_key_file import redacted_with_key

    made, key = redacted_with_key(case)
    warn(f"{key} opens the rows of third parties: it stays with you")
    return made


def say_so_far(case: CaseFolder) -> None:
    """Says over a table how far the run in progress has read; nothing of a case that is done."""
    if case.so_far:
        say(case.so_far.sentence)


def read_so_far_of(case: CaseFolder) -> dict[str, Any]:
    """The same for JSON, to stand in an object or in every one of a list."""
    return {"read_so_far": case.so_far.as_json()} if case.so_far else {}


def units_given(asset: Asset, option: str, text: str) -> int:
    """An amount that an option gives in whole coins, in smallest units, exactly. Raises InputError."""
    from tracer.ingest.table.cells import amount_of

    try:
        return amount_of(text, asset, "coin")
    except ValueError as error:
        raise InputError(f"{option} {text}: {error}; it is in whole {asset.symbol}, such as 1.5") from error
