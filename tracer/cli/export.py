"""`tracer export`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.issued_files_log import issued
from tracer.cli.options import as_it_leaves, as_json, as_name, folder_argument, opened, redact
from tracer.cli.output import print_json, say
from tracer.errors import InputError
from tracer.report.export import export
from tracer.report.provenance import put_list


@click.command("export")
@folder_argument
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="The folder to write into.")
@click.option("--format", "kind", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@redact
@as_name
@as_json
def export_command(folder: Path, target: Path, kind: str, redact: str | None, by: str | None, as_json: bool) -> None:
    """Write the tables from which verify.py recomputes a case: case.toml, and method, thefts, transfers, accounts and rules as CSV.

    Amounts are whole numbers of the smallest unit. Anyone can check the folder without tracer: python verify.py OUT. With --format parquet
    the command writes the tables that a notebook uses: accounts, endpoints, thefts, and the transfers that carried stolen value (this
    needs the extra parquet).
    """
    if redact and kind == "parquet":
        raise InputError("--redact is of the CSV tables: frames are made from the record, which names third parties")
    case = as_it_leaves(opened(folder), redact)
    paths = export(case, target) if kind == "csv" else put_list(case.to_parquet(target), case.stamp)
    issued(case, f"export{f' --redact {redact}' if redact else ''}", by, paths)
    if as_json:
        print_json({"files": [str(path) for path in paths]})
        return
    for path in paths:
        say(str(path))
