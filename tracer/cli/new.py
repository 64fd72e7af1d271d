"""`tracer new`: a case file for somebody who has only a wallet or a transaction."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tracer import chains
from tracer.casefile.paths import path_from, write_exact
from tracer.cli.options import units_given, wide
from tracer.cli.output import say, warn
from tracer.cli.payments import OPTIONS, Narrowed, which_payments
from tracer.cli.progress import quiet_option
from tracer.errors import InputError, TracerError

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
@which_payments
@quiet_option
@wide
def new_command(
    what: tuple[str, ...], target: Path, sources: tuple[Path, ...], nodes: tuple[str, ...], chain: str, quiet: bool, narrowed: Narrowed
) -> None:
    """Write a case file for a wallet address or for theft transaction hashes, ready to be edited.

    On a terminal the payments of a wallet are shown with numbers, and you are asked which are thefts.

    \b
    tracer new TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4 --source recording.jsonl.gz -o case.toml
    """
    if target.exists():
        raise InputError(f"{target} exists: name another file with -o")
    drafted = Draft(what, target, sources, urls_of(nodes), chain)
    case = drafted.case(narrowed)
    if sys.stdin.isatty() and any(theft.wallet for theft in case.thefts):
        case = _asked(drafted, case, narrowed, quiet)
    write_exact(target, case.text)
    say(str(target))


def _asked(drafted: Draft, case: CaseFile, narrowed: Narrowed, quiet: bool) -> CaseFile:
    """The case of the payments that somebody names; as it was where none is named, or the payments cannot be shown yet."""
    from tracer.cli.suspected import chosen

    try:
        lines = chosen(case, Path(case.name), yes=False, narrowed=narrowed != Narrowed(), quiet=quiet)
    except TracerError as error:
        warn(f"{error}; the case file has all payments of the wallet, to be edited")
        return case
    return drafted.with_thefts(lines) if lines else case


def urls_of(nodes: tuple[str, ...]) -> tuple[str, ...]:
    """The URLs of repeated or comma-separated --node."""
    return tuple(url.strip() for urls in nodes for url in urls.split(",") if url.strip())


class Draft(NamedTuple):
    """A case file that would stand at `target`. Nothing is written."""

    what: tuple[str, ...]
    target: Path
    sources: tuple[Path, ...]
    urls: tuple[str, ...]
    chain: str

    def case(self, narrowed: Narrowed) -> CaseFile:
        """The case of the hashes and of what the wallets paid. Raises InputError where an address, a source or an amount is none."""
        from tracer.errors import AddressError
        from tracer.ingest.chain import asset_of, checked_address

        if not self.sources and not self.urls:
            raise InputError("name a node with --node, or a recording or a CSV with --source: where do the transfers come from?")
        for source in self.sources:
            if not source.is_file():
                raise InputError(f"{source}: there is no such file")
        if narrowed != Narrowed() and all(HASH.fullmatch(each) for each in self.what):
            raise InputError(f"a theft named by its hash has no window: leave {OPTIONS} out")
        asset = asset_of(self.with_thefts(_asked_for(self.what, [])))
        least = 0 if narrowed.min_amount is None else units_given(asset, "--min-amount", narrowed.min_amount)
        question = self.with_thefts(_asked_for(self.what, narrowed.lines(least)))
        for theft in question.thefts:
            if theft.wallet:
                try:
                    checked_address(question, theft.wallet)
                except AddressError as error:
                    hint = "; for a file of another chain add --chain table"
                    raise InputError(f"{error}; nor is it a transaction hash of 64 hexadecimal digits or a case file{hint}") from error
        return question

    def with_thefts(self, lines: Iterable[str]) -> CaseFile:
        """The case of the thefts that these lines of a case file name."""
        from tracer.casefile import CaseFile

        return CaseFile.parse(_text(self, lines), self.target)


def _asked_for(what: Iterable[str], window: Sequence[str]) -> Iterator[str]:
    """The [[thefts]] of hashes, and of wallets in a window; a window that nobody stated is there to be filled in."""
    for each in what:
        by_hash = HASH.fullmatch(each)
        yield "[[thefts]]"
        yield f"{'transfer' if by_hash else 'wallet'} = {_quoted(each)}"
        if not by_hash:
            yield from window or WINDOW
        yield ""


def _text(asked: Draft, thefts: Iterable[str]) -> str:
    what, target, sources, urls, chain = asked
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
    lines += thefts
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
