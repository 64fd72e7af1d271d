"""Case files that are begun for somebody: of wallets, hashes or a table; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer import chains
from tracer.casefile import STOPPING_CATEGORIES
from tracer.casefile.paths_in_and_out_of_case_folder import inside, path_from
from tracer.cli.options import units_given
from tracer.cli.payment_options import OPTIONS, Narrowed
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
OF_EVM = re.compile(r"0x(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})")
"""An address of an EVM chain, or a hash as EVM chains write it: no other chain here writes 0x."""


def chain_named(given: str | None, what: Sequence[str], sources: Iterable[Path]) -> str:
    """The chain that somebody named; else that of the addresses or hashes by their form, where no table might be of another one."""
    if given is None and all(OF_EVM.fullmatch(each) for each in what) and all(".jsonl" in source.name.lower() for source in sources):
        return "evm"
    return given or chains.DEFAULT


class TokenTaken(NamedTuple):
    """The token that was taken, by its contract, and the digits after its point."""

    contract: str
    decimals: int


def token_named(contract: str | None, decimals: int | None, urls: tuple[str, ...]) -> TokenTaken | None:
    """The token that somebody named by its contract, with the digits that were said, or that a node says. Raises InputError, NodeError."""
    if contract is None:
        if decimals is not None:
            raise InputError("--decimals is of a token: name its contract with --token")
        return None
    if decimals is None:
        from tracer.chains import Nodes
        from tracer.chains.evm.decimals import decimals_said

        if not urls:
            raise InputError("--token without --node needs --decimals: the digits of the token after its point")
        decimals = decimals_said(Nodes(urls, lambda *_: None), contract)
    return TokenTaken(chains.chain("evm").address(contract), decimals)


class Draft(NamedTuple):
    """A case file that would stand at `target`. Nothing is written. `token`: what the case counts, if not the chain's own coin."""

    what: tuple[str, ...]
    target: Path
    sources: tuple[Path, ...]
    urls: tuple[str, ...]
    chain: str
    token: TokenTaken | None = None

    def case(self, narrowed: Narrowed) -> CaseFile:
        """The case of the hashes and of what the wallets paid. Raises InputError where an address, a source or an amount is none."""
        from tracer.errors import AddressError
        from tracer.ingest.chain_and_asset_of_case import asset_of, checked_address

        if files := [each for each in self.what if Path(each).is_file()]:
            raise InputError(
                f"{files[-1]}: name one file, and no --source; others become [[sources]] in the case file that tracer new writes of it"
            )
        if not self.sources and not self.urls:
            raise InputError("name a node with --node, or a recording or a CSV with --source: where do the transfers come from?")
        for source in self.sources:
            if not source.is_file():
                raise InputError(f"{source}: there is no such file")
        if narrowed != Narrowed() and all(HASH.fullmatch(each) for each in self.what):
            raise InputError(f"a theft named by its hash has no window: leave {OPTIONS} out")
        asset = asset_of(self.with_thefts(_asked_for(_named(self.what), [])))
        least = 0 if narrowed.min_amount is None else units_given(asset, "--min-amount", narrowed.min_amount)
        question = self.with_thefts(_asked_for(_named(self.what), narrowed.lines(least)))
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

        return CaseFile.parse(_text(self, lines), self.target).with_options(self.allowed)

    @property
    def allowed(self) -> dict[str, bool]:
        """That its sources may be read where they are, for the command that names them; the case file alone allows nothing."""
        return {} if all(inside(self.target.parent, each) for each in self.sources) else {"allow_outside": True}


def _named(what: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What names each theft: a transaction hash or a wallet."""
    return ((each, "transfer" if HASH.fullmatch(each) else "wallet") for each in what)


def _asked_for(thefts: Iterable[tuple[str, str]], window: Sequence[str]) -> Iterator[str]:
    """The [[thefts]] of hashes, and of wallets in a window; a window that nobody stated is there to be filled in."""
    for theft, key in thefts:
        yield "[[thefts]]"
        yield f"{key} = {_quoted(theft)}"
        if key == "wallet":
            yield from window or WINDOW
        yield ""


def text_beyond(folder: Path, draft: Draft, far: str | None) -> str:
    """The case file of the other side of a case's bridge requests, with what the case states of each. Raises InputError."""
    from tracer.casefile import CaseFile
    from tracer.cli.options import opened
    from tracer.pipeline.cross_chain import continued_from, on_one_chain, stated_here, thefts_beyond

    if not draft.sources and not draft.urls:
        raise InputError(
            "name a node with --node, or a recording or a CSV with --source: where do the transfers of the other chain come from?"
        )
    case = opened(folder)
    found = on_one_chain(continued_from(case), chains.chain(draft.chain).address, far)
    lines = []
    for key, named, since in thefts_beyond(found):
        lines += ["[[thefts]]", f"{key} = {_quoted(named)}", *([f"from = {since}"] if since else []), *BEYOND[key], ""]
    for each in found:
        lines += ["[[links]]", *(f"{key} = {_quoted(value)}" for key, value in stated_here(case, each).items()), ""]
    title = f"{case.question.title}: what bridges were asked to pay out on {found[0].request.network}"
    return CaseFile.parse(_text(draft, lines, title), draft.target).text


BEYOND = {
    "wallet": [
        "# what was paid out there, nothing states: all that this address pays since it was asked for is taken as stolen.",
        '# Name the payout instead, when you know it: transfer = "hash"',
    ],
    "transfer": ["# the payout, as it is stated below"],
}
"""What stands beside the thefts of the other side of a bridge, by what names them."""


def text_of_file(path: Path, target: Path, narrowed: Narrowed, **answers: Any) -> str:
    """The case file of a table whose questions are answered. Raises InputError naming the options that answer."""
    from tracer.casefile import CaseFile
    from tracer.cli.survey import FileAnswers, asked_about
    from tracer.model import Asset

    found = asked_about(path, FileAnswers(**answers))
    if narrowed != Narrowed() and "wallet" not in found.thefts.values():
        raise InputError(f"a theft named by its hash has no window: leave {OPTIONS} out")
    asset = Asset("table", found.asset, found.decimals)
    least = 0 if narrowed.min_amount is None else units_given(asset, "--min-amount", narrowed.min_amount)
    source = ["[[sources]]", 'kind = "table"', f"path = {_quoted(path_from(target.parent, path))}", *found.lines, f"{TABLE[-1]}", ""]
    head = _head(_title(next(iter(found.thefts))), target, "table", [f"asset = {_quoted(found.asset)}", f"decimals = {found.decimals}"])
    thefts = _asked_for(found.thefts.items(), narrowed.lines(least))
    return CaseFile.parse("\n".join([*head, *source, *_question(thefts)]), target).text


def _text(asked: Draft, thefts: Iterable[str], title: str = "") -> str:
    what, target, sources, urls, chain, token = asked
    counted = [_asset(chain)] if token is None else [f"asset = {_quoted(token.contract)}", f"decimals = {token.decimals}"]
    lines = _head(title or _title(what[0]), target, chain, counted)
    if urls:
        lines += ["[[sources]]", 'kind = "node"', f"urls = [{', '.join(map(_quoted, urls))}]", ""]
    for source in sources:
        kind = "recording" if chains.chain(chain).scan is not None and ".jsonl" in source.name.lower() else "table"
        path = path_from(target.parent, source)
        lines += ["[[sources]]", f"kind = {_quoted(kind)}", f"path = {_quoted(path)}", *(TABLE if kind == "table" else ()), ""]
    return "\n".join([*lines, *_question(thefts)])


def _title(theft: str) -> str:
    return f"Theft {theft[:8]}" if HASH.fullmatch(theft) else f"Thefts by {theft}"


def _head(title: str, target: Path, chain: str, asset: list[str]) -> list[str]:
    name = re.sub(r"[^\w.-]", "-", target.stem)
    return [f"name = {_quoted(name)}", f"title = {_quoted(title)}", f"chain = {_quoted(chain)}", *asset, ""]


def _question(thefts: Iterable[str]) -> list[str]:
    """What is asked of the sources: the thefts, the rules, where the trail stops."""
    return [
        *thefts,
        "[trace]",
        '# primary = "fifo"             # declare one before you trace, with the reason',
        '# reason = "..."',
        'rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]',
        "",
        "# [labels]",
        '# files = ["labels.yaml"]       # TagPacks: without labels no service stops the trail',
        "",
        "[stops]",
        f"categories = [{', '.join(map(_quoted, STOPPING_CATEGORIES))}]",
        "dust = 0                       # smallest units; transfers below are not followed",
        "",
    ]


def _asset(chain: str) -> str:
    asset = chains.chain(chain).default_asset
    return f"asset = {_quoted(asset)}" if asset else 'asset = "coin"   # set both to the asset of the file\ndecimals = 6'


def _quoted(text: Any) -> str:
    import json

    return json.dumps(str(text))
