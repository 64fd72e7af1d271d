"""`tracer columns`: a table as a data set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.engine_options import Engine, engine_options
from tracer.cli.options import allow_outside, as_json
from tracer.cli.output import print_json, say
from tracer.cli.progress import progress, quiet_option
from tracer.errors import InputError
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
@engine_options
@allow_outside
@quiet_option
@as_json
def columns_command(
    what: Path,
    folder: Path,
    append: bool,
    engine: Engine,
    quiet: bool,
    as_json: bool,
    allow_outside: bool | None,
    **stated: str | int | Path | None,
) -> None:
    """Convert a table into a data set of Parquet files, for a ledger that is too large to read whole.

    The table is a CSV or Parquet file, or the one that a case file names, read with the settings given there. A case whose source has
    kind = "columns" then reads from the data set only what its thefts can reach. This needs the extra scale. Spark also converts a
    folder of tables that have the same columns.

    \b
    tracer columns transfers.csv --asset eth --decimals 18 -o ledger
    tracer columns later.csv --asset eth --decimals 18 -o ledger --append
    tracer columns export --asset eth --decimals 18 --engine spark -o ledger
    """
    from tracer.casefile import CaseFile

    tables = _tables(what, engine)
    question = CaseFile.load(what).with_options({"allow_outside": allow_outside}) if what.suffix == ".toml" else _case_of(tables[0], stated)
    with engine.session() as session, progress(quiet) as advance:
        if session is not None:
            from tracer.dataset.cluster import convert_on_spark

            if append:
                raise InputError("--append: Spark writes a new data set only: leave --engine spark out, for one process appends to it")
            written = convert_on_spark(question, folder, session, tables[1:])
        else:
            from tracer.dataset.conversion import convert

            written = convert(question, folder, append=append, advance=lambda rows: advance(Advance(f"reading {what}", rows, unit="rows")))
    if as_json:
        print_json({**written._asdict(), "folder": str(folder)})
        return
    say(f"{written.rows:,} rows, {written.accounts:,} accounts{' that are new' if append else ''}, {written.rejections:,} rejections")
    say(str(folder))


def _tables(what: Path, engine: Engine) -> list[Path]:
    """The tables named: that one, or those in a folder. Raises InputError for a folder that has none, or that one process would read."""
    if not what.is_dir():
        return [what]
    if engine.name == "local":
        raise InputError(f"{what}: is a folder of tables, which Spark converts (--engine spark): name a table, and --append the later ones")
    tables = sorted(each for each in what.iterdir() if each.is_file() and not each.name.startswith((".", "_")))
    if not tables:
        raise InputError(f"{what}: has no tables in it")
    return tables


def _case_of(table: Path, stated: dict[str, str | int | Path | None]) -> CaseFile:
    """A case of nothing but that table."""
    from tracer.casefile import CaseFile

    source = {"kind": "table", "path": str(table.absolute())} | {key: str(stated[key]) for key in ("dialect", "token") if stated[key]}
    if stated["balances"]:
        source["balances"] = str(Path(str(stated["balances"])).absolute())
    head = [f"name = {json.dumps('columns')}", 'chain = "table"', f"asset = {json.dumps(stated['asset'])}", "thefts = []"]
    lines = [*head, f"decimals = {stated['decimals']}", "[[sources]]", *(f"{key} = {json.dumps(value)}" for key, value in source.items())]
    return CaseFile.parse("\n".join(lines), table).with_options({"allow_outside": True})  # the command line names both
