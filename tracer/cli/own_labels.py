"""`tracer labels add`: a label of one's own, or a paste of many; `tracer labels get`: a public collection."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from tracer.cli.options import allow_outside
from tracer.cli.output import say
from tracer.errors import InputError
from tracer.wording import counted

PASTE = "-"


@click.command("add")
@click.argument("address")
@click.argument("name", default="")
@click.option(
    "--source", default="", help="Who says so: a letter, a link. Required; in a CSV it applies to the lines that state no source."
)
@click.option(
    "--category", default="", help="What the address is: exchange, mixing_service ...; the trail ends there if [stops] lists the category."
)
@click.option("--author", default="", help="Who makes the label; default: your user name.")
@click.option("--case", "case", type=click.Path(path_type=Path), default=Path("case.toml"), show_default=True, help="The case file.")
@allow_outside
def add_command(address: str, name: str, source: str, category: str, author: str, case: Path, allow_outside: bool | None) -> None:
    """Add a label of your own to a case, with its author and time: it states that ADDRESS is NAME, and SOURCE is who says so. Trace the
    case again to use it.

    If ADDRESS is -, the command reads a CSV from standard input: the columns address and name, and if you like category and source. It
    adds either all the lines or none.

    \b
    tracer labels add 0x28c6... "Corner Exchange" --category exchange --source "letter of 2026-03-01"
    tracer labels add - --source "list of the police, 2026-03-01" < paste.csv
    """
    from tracer.casefile import CaseFile
    from tracer.labels.own_labels_csv import Made, pasted
    from tracer.pipeline.own_labels import add_labels

    if (address == PASTE) == bool(name):
        raise InputError("write the name after the address, or - alone and the CSV on standard input")
    rows = pasted(sys.stdin.read()) if address == PASTE else [(address, {"address": address, "name": name, "category": category})]
    made = Made(author or getpass.getuser(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), source)
    path, labels = add_labels(CaseFile.load(case).with_options({"allow_outside": allow_outside}), rows, made)
    say(f"{counted(len(labels), 'label')} by {made.author} added to {path}: trace the case again to use them")


@click.command("get")
@click.argument("name", default="graphsense")
@click.option(
    "-o", "--output", "into", type=click.Path(path_type=Path), default=Path("labels"), show_default=True, help="The folder to put it in."
)
@click.option(
    "--from", "mirror", metavar="URL", default="", help="Look for the same commit here first, for example in a clone of your own."
)
def get_command(name: str, into: Path, mirror: str) -> None:
    """Fetch a public collection of labels once, at a fixed commit; after that tracer contacts no server for it. This needs git.

    The collection is graphsense: the TagPacks of GraphSense. No other command downloads labels, and this one downloads only the
    collection you name.
    """
    from tracer.ingest.label_collections import fetched

    found = fetched(name, into, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), mirror)
    stated = found.stated
    when = "fetched now" if found.downloaded else f"fetched {stated['fetched']}"
    say(f"{name}: commit {stated['commit']} of {stated['date'][:10]}, {when}")
    say(f"sha256 {stated['sha256']} of its files, as {'written' if found.downloaded else 'they were fetched'}")
    say(f"{stated['licence']} ({stated['url']})")
    say(f'in a case file: [labels] files = ["{found.packs.as_posix()}"]')
