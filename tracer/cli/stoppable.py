"""`tracer stoppable`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.issued_files_log import issued
from tracer.cli.options import (
    as_csv,
    as_it_leaves,
    as_json,
    as_name,
    folder_argument,
    opened,
    read_so_far_of,
    redact_list,
    say_so_far,
    top_option,
    wide,
)
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.progress import progress, quiet_option
from tracer.cli.rules import bound_as_data
from tracer.cli.table_width import Narrowing
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.pipeline.stoppable.lines import Line
    from tracer.pipeline.stoppable.listing import Listing
    from tracer.pipeline.stoppable.numbering import Numbered
    from tracer.pipeline.stoppable.who_holds_stolen_value import Facts


@click.command("stoppable")
@folder_argument
@click.option(
    "--node", "nodes", multiple=True, metavar="URL,...", help="Ask these nodes in turn, until one answers, what each address holds now."
)
@click.option(
    "--since", "sent", multiple=True, metavar="LIST", type=click.Path(path_type=Path),
    help="Continue a list that you sent before (CSV, message or folder; repeatable): lines keep their numbers, and withdrawn ones are "
    "named.",
)  # fmt: skip
@click.option("--messages", metavar="OUTDIR", type=click.Path(path_type=Path), help="Write a message to each addressee into this folder.")
@top_option("How many lines the table shows; JSON and CSV have them all.")
@redact_list
@as_csv
@as_name
@quiet_option
@as_json
@wide
def stoppable_command(
    folder: Path,
    nodes: tuple[str, ...],
    sent: tuple[Path, ...],
    messages: Path | None,
    most: int,
    redact: str | None,
    by: str | None,
    quiet: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """List where stolen value was last seen, and who may be able to stop it. There is one line for each customer of a service whom stolen
    value reached, each inferred deposit address and each request to a bridge that it reached (some requests share a line), and each other
    address that still holds some of it, or received some and has a history that was not read further. At these other addresses the issuer
    of a stolen token may be able to stop it, if the token's contract can freeze it; for other value no intermediary that could stop it is
    known yet. Whether a service still holds what it received is in its own books, not on the chain.

    Each line gives the floor and the ceiling (the least and the most stolen value there, under any rule that follows the payments in order
    and neither adds to the stolen total nor loses any of it), the value traced under the declared rule, the minutes from the last payment
    that brought stolen value there to the time of the balance, how long money usually stayed there, how many blocks had confirmed that
    payment when it was read, and what the address holds. CSV and JSON add the other rules, why a floor is unknown, the block of the
    balance, and what is only inferred.

    \b
    tracer stoppable my-case --node http://127.0.0.1:7890
    tracer stoppable my-case --csv > list.csv
    tracer stoppable my-case --since list.csv --messages letters
    """
    listing, case = _listed(folder, nodes, sent, redact, quiet)
    paths = _written(case, listing, messages) if messages else []
    if paths or (nodes and not case.so_far):
        issued(case, f"stoppable{' --redact' * bool(redact)}", by, paths)
    if as_json:
        print_json(stoppable_as_data(case, listing, paths))
    elif as_csv:
        from tracer.pipeline.stoppable.listing import table_of
        from tracer.report.tables import Table, marked_so_far

        print_csv(*marked_so_far(case, Table(*table_of(listing))))
    else:
        say_so_far(case)
        _print(case, listing, most)
        for path in paths:
            say(str(path))


def _listed(folder: Path, nodes: tuple[str, ...], sent: tuple[Path, ...], redacting: str | None, quiet: bool) -> tuple[Listing, CaseFolder]:
    from tracer.cli.new import urls_of
    from tracer.pipeline.stoppable.balance_of_an_address import asked_now
    from tracer.pipeline.stoppable.listing import ADDRESSEE, facts_of, listing_of
    from tracer.pipeline.stoppable.numbering import read_sent
    from tracer.pipeline.stoppable.who_holds_stolen_value import holdings_of

    earlier = read_sent(sent, ADDRESSEE) if sent else None
    case = as_it_leaves(opened(folder, so_far=True), redacting)
    with progress(quiet) as advance:
        facts = facts_of(case, advance)
    if nodes:
        accounts = [holding.account for holding in holdings_of(facts)]
        facts = facts._replace(asked=asked_now(case, urls_of(nodes), accounts))
    return listing_of(facts, earlier), case


def _written(case: CaseFolder, listing: Listing, folder: Path) -> list[Path]:
    from tracer.report.messages_to_addressees import write_messages

    return write_messages(case, listing, folder)


def _print(case: CaseFolder, listing: Listing, most: int) -> None:
    from tracer.pipeline.stoppable.kinds_of_addressee import KINDS
    from tracer.terminal_and_csv_escaping import plain

    facts, rules, declared = listing.facts, list(listing.facts.trace.rules), listing.facts.declared
    shown = rules if declared is None else [declared]
    several = ["asset"] * bool(facts.ledger.others)
    names = ["line", "by", "address", "customer", *several, "floor", "ceiling", *shown, "min.", "usual stay", "confirmed", "balance"]
    names.append("since last")

    def row(number: Numbered, line: Line) -> list[Any]:
        holding, bound, asset = line.holding, line.bound, facts.asset_of(line.holding)
        ends = [asset.format(bound.least), asset.format(bound.most)] if bound else ["unknown", "unknown"]
        stay = line.usual_stay.as_json()["minutes"]
        figures = [asset.format(holding.traced[rule]) for rule in shown]
        last = ["" if line.minutes is None else f"{line.minutes:,}", "unknown" if stay is None else f"{stay:,} min"]
        held = "unknown" if line.balance.amount is None else asset.format(line.balance.amount)
        memo = (holding.memo.text or holding.memo.content.hex()) if holding.memo else ""
        who = holding.addressee or "nobody known yet"
        called = [case.asset_names[holding.asset] for _ in several]
        first = [str(number.number), who, holding.address, memo, *called]
        return [*first, *ends, *figures, *last, str(line.confirmations or ""), held, number.since]

    lines = [row(number, line) for number, line in listing.shown() if line is not None]
    figures = 4 + len(several)
    order = Narrowing([3, len(names) - 3, figures + 1, len(names) - 2, len(names) - 4], [0, 1, *range(4, figures + 1)])
    print_table("", names, lines[:most], numeric=(0, *range(figures, figures + 3 + len(shown))), order=order)
    if len(lines) > most:
        say(f"{counted(len(lines) - most, 'more line')}: --top, --csv, --json")
    for kind, who in KINDS.items():
        for number, asset in enumerate(facts.ledger.assets):
            of_kind = [line for line in listing.lines if (line.holding.kind, line.holding.asset) == (kind, number)]
            if of_kind:
                sums = ", ".join(f"{rule} {asset.format(sum(line.holding.traced[rule] for line in of_kind))}" for rule in shown)
                say(f"{who}: {counted(len(of_kind), 'line')}, {sums} {plain(case.asset_names[number])}")
    for sentence in said_beside(listing):
        say(sentence)


def said_beside(listing: Listing) -> Iterable[str]:
    """What stands under the list: of when its balances are, why floors are missing, what is withdrawn."""
    from tracer.pipeline.stoppable.listing import why_withdrawn
    from tracer.wording import utc

    facts = listing.facts
    for source, height, time in dict.fromkeys((line.balance.source, line.balance.height, line.balance.time) for line in listing.lines):
        yield f"balances and minutes as of block {height if height is not None else 'unknown'}, {utc(time) or 'time unknown'}: {source}"
    if facts.declared is None:
        from tracer.evidence.coverage import NO_PRIMARY

        yield f"{NO_PRIMARY}."
    if facts.unbounded:
        yield f"floors are unknown: {facts.unbounded}"
    for number in listing.numbers:
        if number.sent is not None and number.place is None:
            address = number.sent.cells.get("address", "")
            whose = number.sent.addressee or "nobody known yet"
            yield f"WITHDRAWN line {number.number} of {whose}, {address}: {why_withdrawn(facts, number.sent)}"


def stoppable_as_data(case: CaseFolder, listing: Listing, paths: Iterable[Path] = ()) -> dict[str, Any]:
    """The list as JSON values; amounts are whole numbers of the smallest unit, as text."""
    from tracer.pipeline.stoppable.listing import why_withdrawn

    facts = listing.facts
    return {
        **read_so_far_of(case),
        "primary": facts.declared,
        "asset": case.asset._asdict(),
        "floors_unknown": facts.unbounded or None,
        "lines": [_line_as_data(facts, number, line) for number, line in listing.shown() if line is not None],
        "withdrawn": [
            {
                "line": number.number,
                "id": number.line_id,
                "addressee": number.sent.addressee,
                "address": number.sent.cells.get("address"),
                "why": why_withdrawn(facts, number.sent),
            }
            for number in listing.numbers
            if number.place is None and number.sent is not None
        ],
        "files": [str(path) for path in paths],
    }


def _line_as_data(facts: Facts, number: Numbered, line: Line) -> dict[str, Any]:
    from tracer.cli.explain_json import request_as_data
    from tracer.wording import utc

    holding = line.holding
    traced = {rule: str(amount) for rule, amount in holding.traced.items()}
    return {
        "line": number.number,
        "id": number.line_id,
        "since_last": number.since,
        "kind": holding.kind,
        "addressee": holding.addressee or None,
        "address": holding.address,
        "memo": holding.memo and holding.memo.as_json(),
        "asset": facts.asset_of(holding).symbol,
        "reason": holding.reason,
        "basis": holding.basis,
        **bound_as_data(line.bound),
        "unbounded": line.unbounded or None,
        "traced": traced,
        "arrivals": [
            {"tx_hash": t.tx_hash, "height": t.height, "time": utc(t.time), "amount": str(t.amount), "sender": t.sender}
            for t in holding.arrivals
        ],
        "minutes": line.minutes,
        "usual_stay": line.usual_stay.as_json(),
        "confirmations": line.confirmations and line.confirmations._asdict(),
        "balance": line.balance.as_json(),
        "bridged": request_as_data(holding.request) | {"traced": traced} if holding.request else None,
        "inferred": list(line.inferred),
    }
