"""`tracer verify`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer import verify
from tracer.cli.options import as_json
from tracer.cli.output import print_json, say
from tracer.errors import InputError


@click.command("verify")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@as_json
def verify_command(folder: Path, as_json: bool) -> int:
    """Recompute an exported case (tracer export) the slow way, and compare every figure to the unit; exit code 2 if one differs.

    The same as python verify.py FOLDER, which needs nothing but Python: give that file to whoever doubts the case.
    """
    try:
        report = verify.check(folder)
    except verify.Unreadable as error:
        raise InputError(str(error)) from error
    if as_json:
        print_json({"agrees": not report.differences, "checked": report.checked, "differences": report.differences, "given": report.given})
    else:
        for line in report.lines():
            say(line)
    return 2 if report.differences else 0
