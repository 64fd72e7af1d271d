"""`tracer bounds`: the least and the most at each endpoint and service, whatever the rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_csv, as_json, as_name, folder_argument, opened, wide
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.progress import progress, quiet_option
from tracer.cli.rules import assumptions, bound_as_data

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Bound


@click.command("bounds")
@folder_argument
@click.option("--union", metavar="A,B", help="Also of these together: addresses, services, or fees, separated by commas.")
@click.option("--top", "most", type=click.IntRange(min=1), default=1000, show_default=True, help="So many endpoints, of most value first.")
@as_name
@as_csv
@quiet_option
@as_json
@wide
def bounds_command(folder: Path, union: str | None, most: int, by: str | None, quiet: bool, as_csv: bool, as_json: bool) -> None:
    """The least and the most of the stolen value that can be at each endpoint and service, under any rule that loses nothing.

    They are kept in the folder, and stand in tracer rules and on the page from then on. Refused with exit code 2 where the
    ledger does not add up, with exit code 1 where rows or openings are not read from the chain, or stolen money was stolen again.
    """
    from tracer.pipeline.bounds import bounded, union_of

    case = opened(folder)
    together = union_of(case, union.split(",")) if union else None
    with progress(quiet) as advance:
        case = bounded(case, most, advance, by)
    names = [] if together is None else [("union", union, "", together)]
    rows = [
        *(("endpoint", address, reason, bound) for (address, reason), bound in case.bounds.endpoints.items()),
        *(("service", service, "", bound) for service, bound in case.bounds.services.items()),
        *names,
    ]
    if as_json:
        print_json(bounds_as_data(case, union, together))
    elif as_csv:
        print_csv(["what", "name", "reason", "least", "most"], ([*row[:3], str(row[3].least), str(row[3].most)] for row in rows))
    else:
        asset = case.ledger.asset
        cells = [[*row[:3], asset.format(row[3].least), asset.format(row[3].most)] for row in rows]
        print_table("", ["", "where", "reason", "least", "most"], cells, numeric=(3, 4))
        say(f"of {asset.stated(sum(theft.amount for theft in case.trace.thefts))} stolen; every rule that loses nothing lies between")
        for assumption in assumptions(case):
            say(assumption)
        if left := len(case.trace.endpoints) - len(case.bounds.endpoints):
            say(f"{left:,} endpoints of less value are left out (--top); services are whole")


def bounds_as_data(case: CaseFolder, union: str | None, together: Bound | None) -> dict[str, Any]:
    """The bounds as JSON values; amounts are decimal strings of the smallest unit."""
    services = {(e.address, e.reason): e.service for e in case.trace.endpoints}
    figures: dict[str, Any] = {
        "endpoints": [
            {"address": address, "service": services[address, reason], "reason": reason, **bound_as_data(bound)}
            for (address, reason), bound in case.bounds.endpoints.items()
        ],
        "services": [{"service": service, **bound_as_data(bound)} for service, bound in case.bounds.services.items()],
    }
    if assumed := assumptions(case):
        figures["assumptions"] = assumed
    if union and together:
        figures["union"] = {"places": union.split(","), **bound_as_data(together)}
    return figures
