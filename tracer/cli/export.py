"""`tracer export`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.issued import issued
from tracer.cli.options import as_json, as_name, folder_argument, opened
from tracer.cli.output import print_json, say
from tracer.report.export import export
from tracer.report.stamped import put_list


@click.command("export")
@folder_argument
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="Folder to write into.")
@click.option("--format", "kind", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@as_name
@as_json
def export_command(folder: Path, target: Path, kind: str, by: str | None, as_json: bool) -> None:
    """Write the tables that verify.py recomputes a case from: case.toml, and method, thefts, transfers, accounts, rules as CSV.

    Amounts are integers of the smallest unit. Anybody can check the folder, without tracer: python verify.py OUT. With --format
    parquet: the transfers that carried stolen value, accounts, endpoints and thefts, as a notebook has them (extra parquet).
    """
    case = opened(folder)
    paths = export(case, target) if kind == "csv" else put_list(case.to_parquet(target), case.stamp)
    issued(case, "export", by, paths)
    if as_json:
        print_json({"files": [str(path) for path in paths]})
        return
    for path in paths:
        say(str(path))
