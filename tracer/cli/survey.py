"""`tracer new FILE`: reads the file, shows it as it was read, and asks what it does not say."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from tracer.cli.output import print_table, warn
from tracer.errors import InputError
from tracer.wording import counted, shortened, utc

if TYPE_CHECKING:
    from tracer.casefile import CaseFile
    from tracer.ingest.table.survey import Survey, Traits
    from tracer.model import Asset

TRIAL_DECIMALS = 30  # digits after the point while nobody has said how many there are: amounts are shown as coins
NAMED = 5  # tokens in a question
TRIAL = "trial.toml"
"""The name of a case that is read and never written."""


class FileAnswers(NamedTuple):
    """What the command line says of a table. `keys` are lines of its source, as a case file has them."""

    thefts: tuple[str, ...] = ()
    asset: str | None = None
    decimals: int | None = None
    token: str | None = None
    keys: tuple[str, ...] = ()


class FileDraft(NamedTuple):
    """A table whose questions are answered: what its case file says of asset and source; each theft, and by what it is named."""

    asset: str
    decimals: int
    lines: tuple[str, ...]
    thefts: Mapping[str, str]


def asked_about(path: Path, answers: FileAnswers) -> FileDraft:
    """The table at `path`, shown as it is read; what it does not say is asked on a terminal.

    Raises InputError naming the options that answer where nobody can be asked, or the file cannot be read yet.
    """
    from tracer.ingest.chain_and_asset_of_case import asset_of
    from tracer.ingest.node.recording import is_recording
    from tracer.ingest.table.survey import named_as, survey, traits_of

    if is_recording(path):
        raise InputError(f"{path}: is a recording, of which a wallet makes a case: tracer new WALLET --source {path}")
    try:
        traits = traits_of(path, _trial(path, answers.keys, "coin", 0).sources[0])
        token = _asked_token(path, answers.token, traits)
        lines = _lines(answers, traits, token)
        symbol, decimals = _asset_of(answers, traits, token)
        trial = 0 if not _in_coins(traits, lines) else TRIAL_DECIMALS
        unsaid = [line for line in lines if not line.startswith("dialect") or line in answers.keys]  # so that its note says it
        question = _trial(path, unsaid, symbol, trial if decimals is None else decimals)
        found = survey(question)
    except InputError as error:
        mend = " (tracer new takes such a line as --key 'LINE')" if re.search(r" (in|of) the source", str(error)) else ""
        raise InputError(re.sub(rf"^.*{TRIAL}:\d+: ", f"{path}: ", str(error)) + mend) from error
    if not found.rows:
        raise InputError(f"{path}: has a header and no rows, so there is nothing to trace")
    _show(path, found, asset_of(question), decimals)
    decimals, thefts = _asked(path, found, symbol, decimals, answers.thefts)
    named = named_as(question, thefts)
    if missing := next((each for each in thefts if each not in named), None):
        raise InputError(f"{path}: {missing!r} is neither an address nor a transaction in it: --theft names one that stands there")
    return FileDraft(symbol, decimals, lines, named)


def no_case_file(path: Path) -> InputError:
    """What to say to somebody who traces a file that is no case file."""
    from tracer.ingest.node.recording import is_recording

    if is_recording(path):
        return InputError(f"{path}: is a recording and no case file: tracer trace WALLET --source {path}")
    return InputError(f"{path}: is a table and no case file: tracer new {path} -o case.toml writes one, then tracer trace case.toml")


def _trial(path: Path, lines: Sequence[str], symbol: str, decimals: int) -> CaseFile:
    """A case of the table that is only read, with what is known of it so far."""
    from tracer.casefile import CaseFile

    source = ["[[sources]]", 'kind = "table"', f"path = {_quoted(path.name)}", *lines]
    text = [
        'name = "trial"', 'chain = "table"', f"asset = {_quoted(symbol)}", f"decimals = {decimals}", *source, "[[thefts]]", 'wallet = "x"'
    ]  # fmt: skip
    return CaseFile.parse("\n".join(text), path.parent / TRIAL).with_options({"allow_outside": True})  # who names a link means its target


def _lines(answers: FileAnswers, traits: Traits, token: str | None) -> tuple[str, ...]:
    """What the source of the case file says besides its path."""
    keys = [line.split("=")[0].strip() for line in answers.keys]
    lines = []
    if traits.dialect and "dialect" not in keys:
        lines.append(f"dialect = {_quoted(traits.dialect)}   # as its header tells")
    elif not traits.dialect and traits.fractions and "unit" not in keys:
        lines.append('unit = "coin"                   # amounts have a fraction')
    if token is not None and "token" not in keys:
        lines.append(f"token = {_quoted(token)}")
    return (*lines, *answers.keys)


def _in_coins(traits: Traits, lines: Sequence[str]) -> bool:
    from tracer.ingest.table.dialects import DIALECTS

    unit = DIALECTS[traits.dialect].unit if traits.dialect in DIALECTS else None
    return unit == "coin" or (unit is None and any(line.replace(" ", "").startswith('unit="coin"') for line in lines))


def _asset_of(answers: FileAnswers, traits: Traits, token: str | None) -> tuple[str, int | None]:
    chosen = next((each for each in traits.tokens if token is not None and each.name.lower() == token.lower()), None)
    symbol = answers.asset or (chosen.symbol if chosen else traits.symbol) or "coin"
    known = chosen.decimals if chosen and chosen.decimals is not None else None if chosen and len(traits.tokens) > 1 else traits.decimals
    return symbol.lower(), answers.decimals if answers.decimals is not None else known


def _asked_token(path: Path, token: str | None, traits: Traits) -> str | None:
    if token is not None or len(traits.tokens) < 2:
        return token
    several = [f"{each.name}{f' ({each.symbol})' if each.symbol and each.symbol != each.name else ''}" for each in traits.tokens]
    said = f"holds {counted(len(several), 'token')}, and a ledger has one"
    if not sys.stdin.isatty():
        some = ", ".join(several[:NAMED]) + (" ..." if len(several) > NAMED else "")
        raise InputError(f"{path}: {said}: choose it with --token; there are {some}; nothing is written yet")
    for number, line in enumerate(several, 1):
        warn(f"{number}: {line}")
    chosen: int = click.prompt(f"{path} {said}. Which", type=click.IntRange(1, len(several)), err=True)
    return traits.tokens[chosen - 1].name


def _show(path: Path, found: Survey, asset: Asset, decimals: int | None) -> None:
    """How the table is read, and its first rows as they are read."""
    for note in found.notes:
        warn(note)
    warn(
        f"{path.name}: {counted(found.rows, 'row')}, {found.order}; amounts in {asset.symbol}"
        + ("" if decimals is None else f", {decimals} decimals")
    )
    if len(found.everywhere) == 1:
        warn(f"{found.everywhere[0]} stands in every row: it is the wallet the file was exported for")
    rows = [
        [
            row.height,
            utc(row.time) if row.time else None,
            row.sender,
            row.recipient,
            asset.format(row.amount),
            shortened(row.tx_hash or "", 20),
        ]
        for row in found.first
    ]
    print_table("The first rows, as they are read", ["height", "time", "from", "to", asset.symbol, "hash"], rows, numeric=[4], err=True)


def _asked(path: Path, found: Survey, symbol: str, decimals: int | None, thefts: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    wallet = found.everywhere[0] if len(found.everywhere) == 1 else _of_name(path, found)
    if not sys.stdin.isatty() and (decimals is None or not thefts):
        missing = [f"--decimals N: it does not say how many digits after the point {symbol} has"] if decimals is None else []
        if not thefts:
            who = f"{wallet} (all it paid)" if wallet else "WALLET (all it paid)"
            missing.append(f"--theft {who} or --theft HASH: it names no victim and no amount")
        raise InputError(f"{path}: nothing is written yet; answer with {'; and '.join(missing)}")
    if decimals is None:
        decimals = click.prompt(f"How many decimal places does {symbol} have", type=click.IntRange(0, 77), err=True)
    if not thefts:
        thefts = tuple(
            click.prompt("The drained wallet (an address), or the theft transactions (hashes)", default=wallet or None, err=True).split()
        )
    return decimals, thefts


def _of_name(path: Path, found: Survey) -> str | None:
    """Of the addresses in every row the one in the name of the file, as Etherscan names its exports."""
    return next((each for each in found.everywhere if each.lower() in path.name.lower()), None)


def _quoted(text: str) -> str:
    return json.dumps(text)
