"""`tracer explain DIR WHO --why-least`: the proof of a floor, to be added up by hand."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from tracer.cli.output import print_json, print_table, say
from tracer.errors import InputError
from tracer.model import Bounded, Memo, bounded_by
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.report.why_least import WhyLeast

ROWS = 6
"""Rows that a line names; --json has them all."""


def print_why_least(case: CaseFolder, who: str, memo: str | None, theft: int | None, most: int, as_json: bool) -> None:
    """Prints the proof of what is at least at a service, an address or a customer of one; `theft`: of that one alone, from 1."""
    from tracer.report.why_least import why_least

    number = None if theft is None or len(case.trace.thefts) == 1 else theft - 1
    if theft is not None and theft > len(case.trace.thefts):
        raise InputError(f"--theft {theft}: the case has {counted(len(case.trace.thefts), 'theft')}, numbered from 1 (tracer rules)")
    proofs = [why_least(case, bounded._replace(theft=number)) for bounded in _meant(case, who, memo)]
    if as_json:
        print_json([proof_as_data(case, proof) for proof in proofs])
        return
    for proof in proofs:
        _print(case, proof, most)


def _meant(case: CaseFolder, who: str, memo: str | None) -> list[Bounded]:
    """A service of that name, or what is bounded at an address: every endpoint there, or the customer with that memo. Of several addresses
    of one name, the one that has any of it is meant.

    Raises InputError where nothing of it is bounded, or where several addresses have it.
    """
    from tracer.cli.address_arguments import addresses_named, several

    if not case.bounds.endpoints:
        raise InputError(f"{case.folder}: no floor was computed yet: tracer bounds {case.folder} does, with its proof")
    if memo is None and (named := [name for name in case.bounds.services if name.casefold() == who.casefold()]):
        return [Bounded("service", service=name) for name in named]
    addresses = addresses_named(case, who)
    at = [bounded for bounded, _ in bounded_by(case.bounds) if bounded.address in addresses and bounded.theft is None]
    found = [b for b in at if (b.kind == "endpoint" if memo is None else b.kind == "customer" and _says(b.memo, memo))]
    if not found:
        raise InputError(f"{who}: {_why_no_floor(case, addresses, memo)}")
    if len(meant := sorted({str(bounded.address) for bounded in found})) > 1:
        raise several(case, who if memo is None else f"{who} with memo {memo!r}", meant)
    return found


def _says(memo: Memo | None, text: str) -> bool:
    """Whether a memo is this text, or these bytes in hex."""
    return memo is not None and text in (memo.text, memo.content.hex())


def _why_no_floor(case: CaseFolder, addresses: Collection[str], memo: str | None) -> str:
    """Why nothing is bounded at these addresses, or with this memo there."""
    if memo is None:
        if any(end.address in addresses for end in case.trace.endpoints):
            return f"no floor was computed there yet: tracer bounds {case.folder} --top N computes those of more endpoints"
        return "its floor is 0: none of the compared rules puts stolen value there"
    if not case.trace.stops.services.keys() & set(addresses):
        return "is no service, so it has no customers: leave --memo out"
    columns = case.ledger.columns
    numbers = {case.ledger.index[address] for address in addresses}
    if any(_says(given, memo) for given, to in zip(columns.memo, columns.recipient, strict=True) if to in numbers):
        return f"floor and ceiling of the customer with memo {memo!r} are 0: no stolen value can have come with it"
    return f"no payment to it has the memo {memo!r}"


def _print(case: CaseFolder, proof: WhyLeast, most: int) -> None:
    from tracer.report.bounds import bounded_name
    from tracer.report.why_least import amounts_to_add

    asset = case.ledger.asset
    lines = amounts_to_add(case, proof.crossings, most)
    place = bounded_name(case, proof.bounded)
    say(f"At least {asset.stated(proof.bound.least)} is at {place}, whichever coins are said to have left first. To add it up:")
    say(f"1. {asset.stated(proof.stolen)} was stolen, in {counted(len(proof.thefts), 'payment')}: rows {_rows(proof.thefts)}.")
    say(f"2. At most {asset.stated(proof.elsewhere)} of it can be anywhere else. {_way(case, proof, place, len(lines))}")
    total, cells = 0, []
    for line in lines:
        total += line.amount
        cells.append([asset.format(line.amount), line.text, asset.format(total), _rows(line.rows)])
    print_table("", ["amount", "what it is", "running total", "rows"], cells, numeric=(0, 2))
    say(f"3. {asset.format(proof.stolen)} - {asset.format(proof.elsewhere)} = {asset.format(proof.bound.least)}")
    say(_attained(proof, asset.stated(proof.bound.least)))
    say("Rows are numbered as in tracer transfers, which has their hashes; --json names every one.")
    say()


def _way(case: CaseFolder, proof: WhyLeast, place: str, amounts: int) -> str:
    """Through whom the stolen coins went, so that whoever reads on knows what the amounts are the whole of."""
    cut = proof.proof.cut
    if cut.listed == "far" or not cut.sides:
        return f"{'This amount is' if amounts == 1 else f'These {amounts:,} amounts are'} all of that:"
    spans: dict[str, list[str]] = {}
    for side in cut.sides:
        since = f"from row {side.first:,} on" if side.first else ""
        until = "" if side.until is None else f"up to row {side.until - 1:,}"
        spans.setdefault(side.address, []).append(" ".join(filter(None, (since, until))))
    named = [
        " ".join([case.labels.name(address) or address, " and ".join(filter(None, of_it))]).strip() for address, of_it in spans.items()
    ]
    who = "; ".join(named[:ROWS]) + (f"; and {len(named) - ROWS:,} more" if len(named) > ROWS else "")
    for_a_while = " Outside the rows named with it an account counts as somebody else." if any(map(any, spans.values())) else ""
    straight = ", and what was stolen straight into others," if any(crossing.way == "stolen" for crossing in proof.crossings) else ""
    ends = f" What {place} pays out is not followed: the trail ends there." if _absorbs(proof) else ""
    return (
        f"It came to {counted(len(named), 'account')} ({who}).{for_a_while} From there it could have gone on only in what they paid, "
        f"clean coins included. All that they paid to anybody but each other and {place}, burnt as fees or kept{straight} is in these "
        f"{counted(amounts, 'amount')}.{ends}"
    )


def _absorbs(proof: WhyLeast) -> bool:
    """Whether the bound is of a place where the trail ends whatever it pays on."""
    return proof.bounded.kind in ("service", "customer") or proof.bounded.reason == "service"


def _attained(proof: WhyLeast, least: str) -> str:
    name = proof.proof.allocation
    if name and not name[-1].isdigit():
        return f"No higher floor holds: {name}, one of the rules, puts exactly {least} there (tracer rules)."
    return f"No higher floor holds: allocation {name} in allocations.csv of tracer export puts exactly {least} there."


def _rows(rows: tuple[int, ...]) -> str:
    return ", ".join(map(str, rows[:ROWS])) + (f" and {len(rows) - ROWS:,} more" if len(rows) > ROWS else "")


def proof_as_data(case: CaseFolder, proof: WhyLeast) -> dict[str, Any]:
    """The proof as JSON values, every crossing by itself; amounts are whole numbers of the smallest unit, as text."""
    c, bounded = case.ledger.columns, proof.bounded
    return {
        "address": bounded.address,
        "reason": bounded.reason,
        "service": bounded.service,
        "memo": bounded.memo and bounded.memo.as_json(),
        "theft": None if bounded.theft is None else bounded.theft + 1,
        "least": str(proof.bound.least),
        "stolen": str(proof.stolen),
        "elsewhere_at_most": str(proof.elsewhere),
        "reached_by": proof.proof.allocation,
        "listed": proof.proof.cut.listed,
        "accounts": [{"address": side.address, "first": side.first, "until": side.until} for side in proof.proof.cut.sides],
        "crossings": [
            {
                "what": crossing.way,
                "row": crossing.row,
                "row_key": None if crossing.row is None else str(c.row_key[crossing.row]),
                "tx_hash": None if crossing.row is None else c.tx_hash[crossing.row],
                "from": crossing.payer,
                "to": crossing.payee,
                "amount": str(crossing.amount),
            }
            for crossing in proof.crossings
        ],
    }
