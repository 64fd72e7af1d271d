"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracer.cli.output import WIDE, warn
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Asset
    from tracer.store.graph.session import GraphTarget

F = TypeVar("F", bound=Callable[..., Any])

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON; amounts are decimal strings of the smallest unit.")
wide = click.option(
    "--wide",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _, given: context.meta.update({WIDE: given}),
    help="Print tables whole, wider than the terminal.",
)
as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV; amounts are integers of the smallest unit.")


def graph_options(command: F) -> F:
    """Which graph store; the password comes from NEO4J_PASSWORD, or is asked for."""
    uri = click.option(
        "--graph", "uri", metavar="URI", help="A Neo4j server: neo4j://, neo4j+s:// or bolt://; default: the embedded store in DIR."
    )
    user = click.option(
        "--user", default="neo4j", show_default=True, help="User of the server; the password: NEO4J_PASSWORD, or asked for."
    )
    return uri(user(click.option("--database", default="neo4j", show_default=True, help="Database of the server.")(command)))


def graph_target(uri: str | None, user: str, database: str) -> GraphTarget:
    """The graph store that the options name."""
    from tracer.store.graph.session import GraphTarget

    password = os.environ.get("NEO4J_PASSWORD")
    if uri is not None and password is None and sys.stdin.isatty():
        password = str(click.prompt(f"password of {user}", hide_input=True, err=True))
    return GraphTarget(uri, user, password, database)


def opened(folder: Path) -> CaseFolder:
    """Opens the case in a folder; warns on stderr of what has changed since it was traced."""
    from tracer.casefolder import CaseFolder

    case = CaseFolder.open(folder)
    for change in case.changes():
        warn(change)
    if case.gaps:
        warn(f"THE LEDGER DOES NOT ADD UP: every figure rests on {len(case.gaps)} gaps that were allowed: {case.gaps[0]}")
    return case


def units_given(asset: Asset, option: str, text: str) -> int:
    """An amount that an option gives in whole coins, in smallest units, exactly. Raises InputError."""
    from tracer.ingest.table.parse import amount_of

    try:
        return amount_of(text, asset, "coin")
    except ValueError as error:
        raise InputError(f"{option} {text}: {error}; it is in whole {asset.symbol}, such as 1.5") from error
