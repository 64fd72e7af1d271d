"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracer.cli.text import warn

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

F = TypeVar("F", bound=Callable[..., Any])

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON; amounts are decimal strings of the smallest unit.")
as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV; amounts are integers of the smallest unit.")


def opened(folder: Path, *, thorough: bool = False) -> CaseFolder:
    """The case in a folder; what has changed since it was traced is said on stderr."""
    from tracer.casefolder import CaseFolder

    case = CaseFolder.open(folder)
    for change in case.changes(thorough=thorough):
        warn(change)
    if case.gaps:
        warn(f"THE LEDGER DOES NOT ADD UP: every figure rests on {len(case.gaps)} gaps that were allowed: {case.gaps[0]}")
    return case
