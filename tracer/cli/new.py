"""`tracer new`: a case file for somebody who has only a wallet, a transaction or a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.casefile.paths_in_and_out_of_case_folder import inside
from tracer.casefile.whole_and_exact_files import write_exact
from tracer.cli.draft_of_new_case_file import Draft, chain_named, text_beyond, text_of_file
from tracer.cli.options import wide
from tracer.cli.output import say, warn
from tracer.cli.payment_options import Narrowed, which_payments
from tracer.cli.progress import quiet_option
from tracer.errors import InputError, TracerError

if TYPE_CHECKING:
    from tracer.casefile import CaseFile


@click.command("new")
@click.argument("what", metavar="[WHAT]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    default=Path("case.toml"),
    show_default=True,
    help="The case file to write; it must not exist yet.",
)
@click.option(
    "--theft",
    "thefts",
    multiple=True,
    metavar="WALLET|HASH",
    help="For a file: the drained wallet, or the hash of a theft (repeatable).",
)
@click.option("--asset", help="For a file: the asset in which its amounts are stated.")
@click.option("--decimals", type=click.IntRange(0, 77), help="For a file: the number of decimal places of the asset.")
@click.option("--token", help="For a file with several tokens: the token that was stolen.")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="LINE",
    help="For a file: a setting for its [[sources]] entry in the case file, in the form 'name = value' (repeatable).",
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    help="For a wallet, hashes or --continue: a recording, or a CSV or Parquet file (repeatable).",
)
@click.option(
    "--node",
    "nodes",
    multiple=True,
    metavar="URL,...",
    help="For a wallet, hashes or --continue: the nodes to query, in this order.",
)
@click.option(
    "--chain",
    help='The chain; "table" for a table (--source) of any other chain that keeps a balance for each account.  '
    "[default: evm for 0x... or --continue, unless --source names a table; else nem]",
)
@click.option(
    "--continue", "continued", metavar="DIR", type=click.Path(path_type=Path),
    help="Write a case file that follows, on the chain given with --chain, the value that crossed a bridge in the case in DIR.",
)  # fmt: skip
@click.option(
    "--far", metavar="NETWORK", help="With --continue: the destination network to follow, if the transfers into bridges name several."
)
@which_payments
@quiet_option
@wide
def new_command(
    what: tuple[str, ...],
    target: Path,
    sources: tuple[Path, ...],
    nodes: tuple[str, ...],
    chain: str | None,
    continued: Path | None,
    far: str | None,
    quiet: bool,
    narrowed: Narrowed,
    **answers: Any,
) -> None:
    """Write a case file that you can then edit: for a wallet address, for the hashes of theft transactions (separated by spaces), for a
    file, or (with --continue) for another chain, to follow there what crossed a bridge (which takes money in on one chain and pays it out
    on another) in a traced case.

    A file may be an explorer's export or API response, or any other table. tracer reads it, shows its first rows as it understands them,
    and asks for what neither the file nor an option says. If something is missing and there is no terminal to ask at, tracer writes nothing
    and names the options that give the missing answers. For a wallet, tracer numbers the payments and asks which are thefts. For a file, or
    without a terminal, it takes all that the options leave: edit the case file before you trace.

    \b
    tracer new export.csv --theft 0x... -o case.toml
    tracer new TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4 --source recording.jsonl.gz -o case.toml
    tracer new --continue my-case --chain evm --node http://127.0.0.1:8545 -o far.toml
    """
    if target.exists():
        raise InputError(f"{target} exists: name another file with -o")
    if not what and not continued:
        raise InputError("name a wallet, theft transactions or a file; or a traced case with --continue")
    files = [each for each in what if Path(each).is_file()]
    if continued:
        if what or any(answers.values()) or narrowed != Narrowed():
            raise InputError("--continue takes what it needs from the case: name nothing else but --chain, --far, --node and --source")
        text = text_beyond(continued, Draft((), target, sources, urls_of(nodes), chain_named(chain, (), sources)), far)
    elif len(files) == 1 and not sources:
        named = tuple(each for each in what if each not in files)
        text = text_of_file(Path(files[0]), target, narrowed, **{**answers, "thefts": (*named, *answers["thefts"])})
    elif any(answers.values()):
        raise InputError(f"{what[0]}: there is no such file, and --theft, --asset, --decimals, --token and --key are of a file")
    else:
        drafted = Draft(what, target, sources, urls_of(nodes), chain_named(chain, what, sources))
        case = drafted.case(narrowed)
        if sys.stdin.isatty() and any(theft.wallet for theft in case.thefts):
            case = _asked(drafted, case, narrowed, quiet)
        text = case.text
    write_exact(target, text)
    if not all(inside(target.parent, each) for each in (*map(Path, files), *sources)):
        warn(f"what it reads lies outside its folder: copy it there, or trace it with tracer trace {target} --allow-outside")
    say(str(target))


def _asked(drafted: Draft, case: CaseFile, narrowed: Narrowed, quiet: bool) -> CaseFile:
    """The case of the payments that somebody names; as it was where none is named, or the payments cannot be shown yet."""
    from tracer.cli.suspected import chosen

    try:
        lines, _ = chosen(case, Path(case.name), yes=False, narrowed=narrowed != Narrowed(), quiet=quiet)
    except TracerError as error:
        warn(f"{error}; the case file has all payments from the wallet, to be edited")
        return case
    return drafted.with_thefts(lines) if lines else case


def urls_of(nodes: tuple[str, ...]) -> tuple[str, ...]:
    """The URLs of repeated or comma-separated --node."""
    return tuple(url.strip() for urls in nodes for url in urls.split(",") if url.strip())
