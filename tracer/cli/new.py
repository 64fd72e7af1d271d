"""`tracer new`: a case file for somebody who has only a wallet or a transaction."""

from __future__ import annotations

import re
import sys
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
@click.option("--source", "sources", multiple=True, type=click.Path(path_type=Path), help="A recording (.jsonl), a CSV or Parquet file.")
@click.option("--node", "nodes", multiple=True, metavar="URL,...", help="Nodes to ask, in this order.")
@click.option("--chain", default=chains.DEFAULT, show_default=True, help="The chain; table for a file of any account chain.")
@wide
def new_command(what: tuple[str, ...], target: Path, sources: tuple[Path, ...], nodes: tuple[str, ...], chain: str) -> None:
    """Write a case file for a wallet address or for theft transaction hashes, ready to be edited.

    \b
    tracer new TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4 --source recording.jsonl.gz -o case.toml
    """
    if target.exists():
        raise InputError(f"{target} exists: name another file with -o")
    case = draft(what, target, sources, urls_of(nodes), chain)
    write_exact(target, case.text)
    say(str(target))


def urls_of(nodes: tuple[str, ...]) -> tuple[str, ...]:
    """The URLs of repeated or comma-separated --node."""
    return tuple(url.strip() for urls in nodes for url in urls.split(",") if url.strip())


def draft(what: tuple[str, ...], target: Path, sources: tuple[Path, ...], urls: tuple[str, ...], chain: str) -> CaseFile:
    """A case file that would stand at `target`; addresses and sources are checked, nothing is written."""
    from tracer.casefile import CaseFile
    from tracer.errors import AddressError
    from tracer.ingest.chain import checked_address

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


def _text(what: tuple[str, ...], target: Path, sources: tuple[Path, ...], urls: tuple[str, ...], chain: str) -> str:
    name = re.sub(r"[^\w.-]", "-", target.stem)
    lines = [
        f"name = {_quoted(name)}",
        f"title = {_quoted('Thefts by ' + what[0] if not HASH.fullmatch(what[0]) else 'Theft ' + what[0][:8])}",
        f"chain = {_quoted(chain)}",
        _asset(chain),
        "",
    ]
    if urls:
        lines += ["[[sources]]", 'kind = "node"', f"urls = [{', '.join(map(_quoted, urls))}]", ""]
    for source in sources:
        kind = "recording" if chains.chain(chain).scan is not None and ".jsonl" in source.name.lower() else "table"
        path = path_from(target.parent, source)
        lines += ["[[sources]]", f"kind = {_quoted(kind)}", f"path = {_quoted(path)}", *(TABLE if kind == "table" else ()), ""]
    for theft in what:
        lines += ["[[thefts]]", f"{'transfer' if HASH.fullmatch(theft) else 'wallet'} = {_quoted(theft)}"]
        if not HASH.fullmatch(theft):
            lines += WINDOW
        lines.append("")
    lines += [
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
    return "\n".join(lines)


def _asset(chain: str) -> str:
    asset = chains.chain(chain).default_asset
    return f"asset = {_quoted(asset)}" if asset else 'asset = "coin"   # set both to the asset of the file\ndecimals = 6'


def _quoted(text: Any) -> str:
    import json

    return json.dumps(str(text))
