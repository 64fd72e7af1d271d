"""`tracer columns`: a table, or a recording of a chain, as a data set."""

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
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefile import CaseFile


@click.command("columns")
@click.argument("what", metavar="TABLE|RECORDING|CASE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), help="The folder to make, or to append to.")
@click.option("--chain", help="For a recording: its chain, such as nem or evm.")
@click.option("--asset", help="The asset: for a table, any symbol (default: coin); for a recording, a token (default: the chain's coin).")
@click.option("--decimals", type=click.IntRange(0, 77), help="The number of decimal places of the asset (for a table, 0 by default).")
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
    """Convert a table, or a recording of a chain, into a data set of Parquet files, for a ledger that is too large to read whole.

    The table is a CSV or Parquet file, or the one that a case file names, read with the settings given there. A recording of every block
    (.jsonl or .jsonl.gz) needs --chain, or a case file that names it. A case whose source has
    kind = "columns" then reads from the data set only what its thefts can reach. This needs the extra scale. Spark also converts a
    folder of tables that have the same columns.

    \b
    tracer columns transfers.csv --asset eth --decimals 18 -o ledger
    tracer columns later.csv --asset eth --decimals 18 -o ledger --append
    tracer columns recording.jsonl.gz --chain nem -o ledger
    tracer columns export --asset eth --decimals 18 --engine spark -o ledger
    """
    from tracer.casefile import CaseFile

    tables = _tables(what, engine)
    question = CaseFile.load(what).with_options({"allow_outside": allow_outside}) if what.suffix == ".toml" else _case_of(tables[0], stated)
    with engine.session() as session, progress(quiet) as advance:
        if session is not None:
            from tracer.dataset.conversion_to_data_set_on_spark import convert_on_spark

            if append:
                raise InputError("--append: Spark writes a new data set only: leave --engine spark out, for one process appends to it")
            written = convert_on_spark(question, folder, session, tables[1:])
        else:
            from tracer.dataset.conversion_to_data_set import convert

            written = convert(question, folder, append=append, advance=lambda rows: advance(Advance(f"reading {what}", rows, unit="rows")))
    if as_json:
        print_json({**written._asdict(), "folder": str(folder)})
        return
    accounts = counted(written.accounts, "new account" if append else "account")
    say(f"{counted(written.rows, 'row')}, {accounts}, {counted(written.rejections, 'rejection')}")
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


def _case_of(file: Path, stated: dict[str, str | int | Path | None]) -> CaseFile:
    """A case of nothing but that table, or that recording."""
    from tracer.casefile import CaseFile
    from tracer.ingest.node.recording import is_recording

    recording = file.is_file() and is_recording(file)
    source = {"kind": "recording" if recording else "table", "path": str(file.absolute())}
    source |= {key: str(stated[key]) for key in ("dialect", "token") if stated[key]}
    if stated["balances"]:
        source["balances"] = str(Path(str(stated["balances"])).absolute())
    question = _of_recording(file, stated) if recording else _of_table(stated)
    head: dict[str, object] = {"name": "columns", "thefts": [], **question}
    lines = [f"{key} = {json.dumps(value)}" for part in (head.items(), source.items()) for key, value in part]
    lines.insert(len(head), "[[sources]]")
    return CaseFile.parse("\n".join(lines), file).with_options({"allow_outside": True})  # the command line names both


def _of_table(stated: dict[str, str | int | Path | None]) -> dict[str, str | int | Path | None]:
    """What a case of a table counts."""
    if stated["chain"] not in (None, "table"):
        raise InputError("--chain: is of a recording, and this is a table: leave it out, or name a case file with the table")
    return {"chain": "table", "asset": stated["asset"] or "coin", "decimals": stated["decimals"] or 0}


def _of_recording(file: Path, stated: dict[str, str | int | Path | None]) -> dict[str, str | int | Path | None]:
    """What a case of a recording counts: the chain's own coin, or a token."""
    from tracer.chains import chain

    if not stated["chain"]:
        raise InputError(f"{file}: is a recording of a chain: say which with --chain nem or --chain evm")
    for key in ("dialect", "token", "balances"):
        if stated[key]:
            raise InputError(f"--{key}: is of a table, and {file} is a recording: leave it out")
    found = {"chain": stated["chain"], "asset": stated["asset"] or chain(str(stated["chain"])).default_asset}
    return found if stated["decimals"] is None else {**found, "decimals": stated["decimals"]}
