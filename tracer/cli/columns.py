"""`tracer columns`: a table as a data set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.options import allow_outside, as_json
from tracer.cli.output import print_json, say
from tracer.cli.progress import progress, quiet_option
from tracer.model import Advance

if TYPE_CHECKING:
    from tracer.casefile import CaseFile


@click.command("columns")
@click.argument("what", metavar="TABLE|CASE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), help="The folder to make, or to append to.")
@click.option("--asset", default="coin", show_default=True, help="For a table: the symbol of its asset.")
@click.option(
    "--decimals", type=click.IntRange(0, 77), default=0, show_default=True, help="For a table: the number of decimal places of the asset."
)
@click.option("--dialect", "--preset", "dialect", help="For a table: the known format it is in, such as that of an explorer.")
@click.option("--token", help="For a table of several tokens: the token to take.")
@click.option(
    "--balances", type=click.Path(path_type=Path), help="For a table: a CSV of opening balances, with the columns address and opening."
)
@click.option("--append", is_flag=True, help="Add to what the folder holds: rows of a later height or time, or another asset.")
@allow_outside
@quiet_option
@as_json
def columns_command(
    what: Path, folder: Path, append: bool, quiet: bool, as_json: bool, allow_outside: bool | None, **stated: str | int | Path | None
) -> None:
    """Convert a table into a data set of Parquet files, for a ledger that is too large to read whole.

    The table is a CSV or Parquet file, or the one that a case file names, read with the settings given there. A case whose source has
    kind = "columns" then reads from the data set only what its thefts can reach. This needs the extra scale.

    \b
    tracer columns transfers.csv --asset eth --decimals 18 -o ledger
    tracer columns later.csv --asset eth --decimals 18 -o ledger --append
    """
    from tracer.casefile import CaseFile
    from tracer.dataset.conversion import convert

    question = CaseFile.load(what).with_options({"allow_outside": allow_outside}) if what.suffix == ".toml" else _case_of(what, stated)
    with progress(quiet) as advance:
        written = convert(question, folder, append=append, advance=lambda rows: advance(Advance(f"reading {what}", rows, unit="rows")))
    if as_json:
        print_json({**written._asdict(), "folder": str(folder)})
        return
    say(f"{written.rows:,} rows, {written.accounts:,} accounts{' that are new' if append else ''}, {written.rejections:,} rejections")
    say(str(folder))


def _case_of(table: Path, stated: dict[str, str | int | Path | None]) -> CaseFile:
    """A case of nothing but that table."""
    from tracer.casefile import CaseFile

    source = {"kind": "table", "path": str(table.absolute())} | {key: str(stated[key]) for key in ("dialect", "token") if stated[key]}
    if stated["balances"]:
        source["balances"] = str(Path(str(stated["balances"])).absolute())
    head = [f"name = {json.dumps('columns')}", 'chain = "table"', f"asset = {json.dumps(stated['asset'])}", "thefts = []"]
    lines = [*head, f"decimals = {stated['decimals']}", "[[sources]]", *(f"{key} = {json.dumps(value)}" for key, value in source.items())]
    return CaseFile.parse("\n".join(lines), table).with_options({"allow_outside": True})  # the command line names both
