"""Suspected thefts: payments of a drained wallet, shown with numbers, of which somebody says which are thefts. Nothing is guessed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from tracer.cli.output import print_table, warn
from tracer.cli.payment_options import KEYS, OPTIONS, Narrowed
from tracer.cli.progress import progress
from tracer.errors import InputError
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefile import CaseFile
    from tracer.model import Asset, Theft

QUESTION = "Which of these payments are thefts? (all, none, or numbers such as 1,3-5)"


class Suspected(NamedTuple):
    """The payments that the [[thefts]] of a case name, before anybody has said that they are thefts."""

    asset: Asset
    payments: list[Theft]
    hints: tuple[str, ...] = ()

    def show(self) -> None:
        """Prints them on stderr, numbered from 1."""
        from tracer.wording import utc

        format = self.asset.format
        rows = [[number, utc(t.time), format(t.amount), t.recipient, t.tx_hash] for number, t in enumerate(self.payments, 1)]
        print_table("Candidate thefts", ["", "time", self.asset.symbol, "to", "hash"], rows, numeric=[0, 2], err=True)
        for hint in self.hints:
            warn(hint)

    def ask(self) -> list[int]:
        """The numbers that somebody at the terminal names."""

        def taken(text: str) -> list[int]:
            try:
                return numbers(text, len(self.payments))
            except ValueError as error:
                raise click.UsageError(str(error)) from error

        found: list[int] = click.prompt(QUESTION, value_proc=taken, err=True)
        return found


def suspected(question: CaseFile, folder: Path, quiet: bool, *, offline: bool = False) -> Suspected:
    """The payments, read from the sources; what nodes answer is kept in `folder` for the run that follows."""
    from tracer.pipeline.suspected_thefts import candidate_thefts

    with progress(quiet) as advance:
        return Suspected(*candidate_thefts(question, folder, progress=advance, offline=offline))


class Chosen(NamedTuple):
    """The [[thefts]] of the payments that somebody chose; None where all are meant, as the case has them; [] where none is. `accepted` says
    for the audit log how many, and how that was said."""

    lines: list[str] | None
    accepted: str


def chosen(question: CaseFile, folder: Path, *, yes: bool, narrowed: bool, quiet: bool, offline: bool = False) -> Chosen:
    """The suspected payments that somebody calls thefts.

    Raises InputError where nobody can answer and nothing was chosen.
    """
    found = suspected(question, folder, quiet, offline=offline)
    found.show()
    every = f"all {counted(len(found.payments), 'suspected payment')}"
    if yes:
        return Chosen(None, f"{every}, by --yes")
    if not sys.stdin.isatty():
        if narrowed:
            return Chosen(None, f"{every} that the options left")
        raise InputError(
            f"an ordinary withdrawal is no theft: confirm with --yes that all of these are, or say which with {OPTIONS}; "
            f"in a case file (tracer new writes one): {KEYS}"
        )
    wanted = found.ask()
    if len(wanted) == len(found.payments):
        return Chosen(None, f"{every}, by answer")
    return Chosen(
        list(pinned(question, found.payments, wanted)), f"{len(wanted)} of {counted(len(found.payments), 'suspected payment')}, by answer"
    )


def confirmed(question: CaseFile, folder: Path, *, yes: bool, quiet: bool, offline: bool = False) -> str:
    """Asks which payments are thefts before a case file is traced that names any payment of a wallet, and gives what was said.

    Raises InputError unless all are.
    """
    lines, accepted = chosen(question, folder, yes=yes, narrowed=False, quiet=quiet, offline=offline)
    if lines is None:
        return accepted
    again = f"then tracer trace {question.path} -o {folder}"
    if not lines:
        raise InputError(f"nothing traced: narrow {KEYS} under [[thefts]] in {question.path}, {again}")
    warn("the thefts that you chose, as a case file has them:")
    click.echo("\n".join(lines), err=True)
    raise InputError(f"nothing traced: put these in place of the [[thefts]] in {question.path}, {again}")


def numbers(text: str, most: int) -> list[int]:
    """The numbers that a choice names, each once, rising. Raises ValueError saying what cannot be read.

    >>> numbers("1,3-5", 9), numbers("all", 3), numbers("none", 3)
    ([1, 3, 4, 5], [1, 2, 3], [])
    """
    word = text.strip().lower()
    if word in ("none", "no", "n"):
        return []
    if word == "all":
        return list(range(1, most + 1))
    named: set[int] = set()
    for part in word.split(","):
        ends = re.fullmatch(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?", part.strip(), re.ASCII)
        if not ends:
            raise ValueError(f"{part.strip()!r} is no number: write all, none, or numbers such as 1,3-5")
        first, last = int(ends[1]), int(ends[2] or ends[1])
        if not 1 <= first <= last <= most:
            raise ValueError(f"{part.strip()} is none of the payments: they have the numbers 1 to {most}")
        named.update(range(first, last + 1))
    return sorted(named)


def pinned(question: CaseFile, payments: Sequence[Theft], wanted: Sequence[int]) -> Iterator[str]:
    """The [[thefts]] that name these payments and no other: windows from the first to the last of those that stand together; hashes where
    the case names some, or the source states no times. Raises InputError where nothing tells two payments apart."""
    from tracer.ingest.chain_and_asset_of_case import checked_address

    mine = {number - 1 for number in wanted}
    by_hash = any(query.transfer for query in question.thefts)
    for wallet in dict.fromkeys(payments[n].sender for n in sorted(mine)):
        queries = [query for query in question.thefts if query.wallet and checked_address(question, query.wallet) == wallet]
        places = [n for n, each in enumerate(payments) if each.sender == wallet]
        moments = {n: time for n in places if (time := payments[n].time) is not None}
        if by_hash or len(queries) > 1 or len(moments) < len(places):
            yield from _by_hash([payments[n] for n in places if n in mine], [payments[n] for n in places if n not in mine])
            continue
        for run in _together(moments, mine):
            first, last = moments[run[0]], moments[run[-1]]
            left = [payments[n] for n in places if n not in mine and first <= moments[n] <= last]
            window = Narrowed.of(queries[0])._replace(since=_time(first), until=_time(last))
            out = dict.fromkeys((*window.exclude, *_hashes(left, [payments[n] for n in run])))
            yield from _theft(payments[run[0]], ["wallet"], window._replace(exclude=tuple(out)).lines(queries[0].min_amount))


def _together(moments: Mapping[int, int], mine: set[int]) -> Iterator[list[int]]:
    """Runs of chosen payments with none between them that was left out; what falls into one second is not divided. `moments` are those
    of all payments of a wallet, by number."""
    run: list[int] = []
    between = False
    for n, moment in moments.items():
        if n not in mine:
            between = True
            continue
        if run and between and moment > moments[run[-1]]:
            yield run
            run = []
        run.append(n)
        between = False
    if run:
        yield run


def _by_hash(taken: Iterable[Theft], left: Iterable[Theft]) -> Iterator[str]:
    taken = list(taken)
    _hashes(left, taken)
    for theft in {theft.tx_hash: theft for theft in taken}.values():
        if theft.tx_hash is None:
            raise InputError(f"the source states neither time nor hash of the payment to {theft.recipient}: say which with {OPTIONS}")
        yield from _theft(theft, ["transfer", "wallet"], [])


def _hashes(left: Iterable[Theft], taken: Iterable[Theft]) -> tuple[str, ...]:
    """The hashes of payments to leave out. Raises InputError where one has none, or moved in one transaction with one that is taken."""
    of_taken = {theft.tx_hash for theft in taken}
    for theft in left:
        if theft.tx_hash is None or theft.tx_hash in of_taken:
            why = "has no hash" if theft.tx_hash is None else f"was made by transaction {theft.tx_hash} together with one that you chose"
            raise InputError(f"the payment to {theft.recipient} cannot be left out, it {why}: choose both or none, or use {OPTIONS}")
    return tuple(dict.fromkeys(str(theft.tx_hash) for theft in left))


def _theft(theft: Theft, names: Sequence[str], window: Iterable[str]) -> Iterator[str]:
    yield "[[thefts]]"
    said = {"transfer": theft.tx_hash, "wallet": theft.sender}
    yield from (f"{name} = {json.dumps(said[name], ensure_ascii=False)}" for name in names)
    if theft.label != "theft":
        yield f"label = {json.dumps(theft.label, ensure_ascii=False)}"
    yield from window
    yield ""


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
