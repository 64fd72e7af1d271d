"""`tracer new`: a case file for somebody who has only a wallet or a transaction."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer import chains
from tracer.casefile.paths import path_from, write_exact
from tracer.cli.options import wide
from tracer.cli.output import print_table, say
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefile import CaseFile

WINDOW = [
    "# from = 2018-01-26T00:00:00Z   # narrow the window: ordinary withdrawals are no thefts",
    "# until = 2018-01-26T09:00:00Z",
    "# min_amount = 1_000_000        # smallest units",
]
TABLE = [
    '# columns = {amount = "value"}    # where the file has other names',
    '# unit = "coin"                   # where amounts have a decimal point',
    '# balances = "balances.csv"       # address,opening',
]
HASH = re.compile(r"(0x)?[0-9a-fA-F]{64}")


@click.command("new")
@click.argument("what", metavar="WHAT", nargs=-1, required=True)
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), default=Path("case.toml"), show_default=True)
@click.option(
    "--theft", "thefts", multiple=True, metavar="WALLET|HASH", help="Of a FILE: who was robbed, or a transaction that is the theft."
)
@click.option("--asset", help="Of a FILE: what its amounts are of.")
@click.option("--decimals", type=click.IntRange(0, 77), help="Of a FILE: digits after the point of the asset.")
@click.option("--token", help="Of a FILE with several tokens: the one the case is of.")
@click.option("--key", "keys", multiple=True, metavar="LINE", help="Of a FILE: a line for its source in the case file.")
@click.option("--source", "sources", multiple=True, type=click.Path(path_type=Path), help="A recording (.jsonl), a CSV or Parquet file.")
@click.option("--node", "nodes", multiple=True, metavar="URL,...", help="Nodes to ask, in this order.")
@click.option("--chain", default=chains.DEFAULT, show_default=True, help="The chain; table for a file of any account chain.")
@wide
def new_command(what: tuple[str, ...], target: Path, sources: tuple[Path, ...], nodes: tuple[str, ...], chain: str, **answers: Any) -> None:
    """Write a case file, ready to be edited: for a wallet address, for theft transaction hashes, or for a file.

    WHAT may be a FILE: what an explorer exports or answers, or any other table. It is read, its first rows are shown as they are
    read, and what it does not say is asked. Without a terminal nothing is written, and the options that answer are named.

    \b
    tracer new export.csv --theft 0x... -o case.toml
    tracer new TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4 --source recording.jsonl.gz -o case.toml
    """
    if target.exists():
        raise InputError(f"{target} exists: name another file with -o")
    files = [each for each in what if Path(each).is_file()]
    if len(files) == 1 and not sources:
        named = tuple(each for each in what if each not in files)
        text = _text_of_file(Path(files[0]), target, **{**answers, "thefts": (*named, *answers["thefts"])})
    elif any(answers.values()):
        raise InputError(f"{what[0]}: there is no such file, and --theft, --asset, --decimals, --token and --key are of a file")
    else:
        text = draft(what, target, sources, urls_of(nodes), chain).text
    write_exact(target, text)
    say(str(target))


def urls_of(nodes: tuple[str, ...]) -> tuple[str, ...]:
    """The URLs of repeated or comma-separated --node."""
    return tuple(url.strip() for urls in nodes for url in urls.split(",") if url.strip())


def draft(what: tuple[str, ...], target: Path, sources: tuple[Path, ...], urls: tuple[str, ...], chain: str) -> CaseFile:
    """A case file that would stand at `target`; addresses and sources are checked, nothing is written."""
    from tracer.casefile import CaseFile
    from tracer.errors import AddressError
    from tracer.ingest.chain import checked_address

    if files := [each for each in what if Path(each).is_file()]:
        raise InputError(
            f"{files[-1]}: name one file, and no --source; others become [[sources]] in the case file that tracer new writes of it"
        )
    if not sources and not urls:
        raise InputError("name a node with --node, or a recording or a CSV with --source: where do the transfers come from?")
    for source in sources:
        if not source.is_file():
            raise InputError(f"{source}: there is no such file")
    text = _text(what, target, sources, urls, chain)
    question = CaseFile.parse(text, target)
    for theft in question.thefts:
        if theft.wallet:
            try:
                checked_address(question, theft.wallet)
            except AddressError as error:
                hint = "; for a file of another chain add --chain table"
                raise InputError(f"{error}; nor is it a transaction hash of 64 hexadecimal digits or a case file{hint}") from error
    return question


def confirmed(question: CaseFile, folder: Path, yes: bool) -> None:
    """Shows the payments the case would trace as thefts, and asks. Raises InputError where nobody can answer."""
    from tracer.pipeline.candidates import candidate_thefts
    from tracer.wording import counted, utc

    asset, thefts = candidate_thefts(question, folder)
    rows = [[utc(t.time), asset.format(t.amount), t.recipient, t.tx_hash] for t in thefts]
    print_table("Candidate thefts", ["time", asset.symbol, "to", "hash"], rows, numeric=[1], err=True)
    if yes:
        return
    narrow = "narrow from, until, to, min_amount in a case file (tracer new writes one)"
    if not sys.stdin.isatty():
        raise InputError(f"an ordinary withdrawal is no theft: confirm with --yes, or {narrow}")
    if not click.confirm(f"Trace {counted(len(thefts), 'payment')} as thefts?", err=True):
        raise InputError(f"nothing traced: {narrow}")


def _text_of_file(path: Path, target: Path, **answers: Any) -> str:
    """The case file of a table whose questions are answered."""
    from tracer.casefile import CaseFile
    from tracer.cli.survey import FileAnswers, asked_about

    found = asked_about(path, FileAnswers(**answers))
    source = ["[[sources]]", 'kind = "table"', f"path = {_quoted(path_from(target.parent, path))}", *found.lines, f"{TABLE[-1]}", ""]
    head = _head(next(iter(found.thefts)), target, "table", [f"asset = {_quoted(found.asset)}", f"decimals = {found.decimals}"])
    return CaseFile.parse("\n".join([*head, *source, *_question(found.thefts)]), target).text


def _text(what: tuple[str, ...], target: Path, sources: tuple[Path, ...], urls: tuple[str, ...], chain: str) -> str:
    lines = _head(what[0], target, chain, [_asset(chain)])
    if urls:
        lines += ["[[sources]]", 'kind = "node"', f"urls = [{', '.join(map(_quoted, urls))}]", ""]
    for source in sources:
        kind = "recording" if chains.chain(chain).scan is not None and ".jsonl" in source.name.lower() else "table"
        path = path_from(target.parent, source)
        lines += ["[[sources]]", f"kind = {_quoted(kind)}", f"path = {_quoted(path)}", *(TABLE if kind == "table" else ()), ""]
    return "\n".join([*lines, *_question({each: "transfer" if HASH.fullmatch(each) else "wallet" for each in what})])


def _head(theft: str, target: Path, chain: str, asset: list[str]) -> list[str]:
    name = re.sub(r"[^\w.-]", "-", target.stem)
    title = f"Theft {theft[:8]}" if HASH.fullmatch(theft) else f"Thefts by {theft}"
    return [f"name = {_quoted(name)}", f"title = {_quoted(title)}", f"chain = {_quoted(chain)}", *asset, ""]


def _question(thefts: Mapping[str, str]) -> list[str]:
    """What is asked of the sources: the thefts, each with what names it, the rules, where the trail stops."""
    lines: list[str] = []
    for theft, key in thefts.items():
        lines += ["[[thefts]]", f"{key} = {_quoted(theft)}"]
        if key == "wallet":
            lines += WINDOW
        lines.append("")
    return [
        *lines,
        "[trace]",
        '# primary = "fifo"             # declare one before you trace, with the reason',
        '# reason = "..."',
        'rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]',
        "",
        "# [labels]",
        '# files = ["labels.yaml"]       # TagPacks: without labels no service stops the trail',
        "",
        "[stops]",
        'categories = ["exchange", "service"]',
        "dust = 0                       # smallest units; transfers below are not followed",
        "",
    ]


def _asset(chain: str) -> str:
    asset = chains.chain(chain).default_asset
    return f"asset = {_quoted(asset)}" if asset else 'asset = "coin"   # set both to the asset of the file\ndecimals = 6'


def _quoted(text: Any) -> str:
    import json

    return json.dumps(str(text))
