"""`tracer explain`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.options import as_json, folder_argument, opened, top_option, wide
from tracer.cli.output import print_json, print_table, say
from tracer.cli.rules import marked, rules_last, say_star
from tracer.cli.table_width import Narrowing
from tracer.wording import counted, utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Transfer
    from tracer.report.explanation import Explanation, Movement

ROLES = {
    "victim": "it was drained: what comes back after its first theft has returned",
    "service": "a labelled service: the trail stops here",
    "recipient": "a theft was paid to it",
    "boundary": "its history was not read: the trail stops here",
    "account": "an account the trail goes on through",
}

FLOOR_LINES = 20
"""Amounts that somebody adds up by hand in five minutes."""

COVERAGE = {"full": "its complete history was read", "boundary": "only what others' histories say of it is known"}
COVERAGE |= {"partial": "some of its payments were read, and no source claims that they are all"}


@click.command("explain")
@folder_argument
@click.argument("address", metavar="ADDRESS")
@top_option(
    "How many transfers each table shows; with --why-least: the largest number of amounts that the sum may have; a number "
    "below 20 counts as 20. JSON has them all.",
    10,
)
@click.option(
    "--why-least",
    is_flag=True,
    help="Prove the floor: show, as a sum that you can add up by hand, why every rule that follows the payments in order and neither "
    "adds to the stolen total nor loses any of it puts at least this much there. Run tracer bounds first.",
)
@click.option(
    "--memo",
    metavar="TEXT",
    help="With --why-least: prove the floor of the customer whose deposits have this memo (as text, or its bytes in hex).",
)
@click.option("--theft", type=click.IntRange(min=1), metavar="N", help="With --why-least: count only the value stolen in theft N.")
@as_json
@wide
def explain_command(folder: Path, address: str, most: int, why_least: bool, memo: str | None, theft: int | None, as_json: bool) -> None:
    """Show what a case says about one address: among other things its labels and their sources, what it holds, and how much stolen value
    arrived, left and stayed there.

    For ADDRESS you can also write its first characters, or the name on its label, if only one address fits. Under fifo, lifo and haircut,
    tables show from which theft the value came, and through which deposits. With --why-least you can also name a service that has several
    addresses.
    """
    from tracer.casefolder.by_address import by_index
    from tracer.cli.address_arguments import address_named
    from tracer.report.explanation import explain

    case = opened(folder)
    if why_least:
        from tracer.cli.why_least import print_why_least

        print_why_least(case, address, memo, theft, max(most, FLOOR_LINES), as_json)
        return
    case = by_index(case)
    explanation = explain(case.ledger, case.trace, case.labels, address_named(case, address))
    if as_json:
        from tracer.cli.explain_json import explained

        print_json(explained(case, explanation))
        return
    for section in (_who, _holdings, _stolen, _ends, _statements, _tags, _transfers, _bridges, _origins, _in_every_asset):
        section(case, explanation, most)


def _who(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    say(explanation.address)
    say(f"{explanation.name or 'no label'}; {ROLES[explanation.role]}; {COVERAGE[explanation.account.coverage]}.")
    if explanation.labels:
        rows = [
            [
                label.label,
                label.actor,
                label.category,
                label.source,
                label.confidence,
                label.lastmod,
                "not used" if label in explanation.unused else "",
            ]
            for label in explanation.labels
        ]
        print_table("Labels", ["label", "actor", "category", "source", "confidence", "as of", ""], rows)
    if explanation.disputed:
        say("The labels do not agree on who it is: all are kept; the most trusted one names it.")


def _holdings(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    asset, account = case.asset, explanation.account
    if explanation.balance is None:
        say("What it opened with and what it holds is unknown: its history was not read.")
    else:
        opening, holds = asset.stated(account.opening or 0), asset.stated(explanation.balance)
        say(f"Opened with {opening} ({account.opening_basis}), holds {holds} after the last row.")
    if account.served is not None:
        say(f"The source states a balance of {asset.stated(account.served)} at height {account.served_height}.")
    if explanation.first and explanation.last:
        say(f"{counted(explanation.rows, 'transfer')}, from {_moment(explanation.first)} to {_moment(explanation.last)}.")
    if explanation.touched:
        say(f"Touched since {_moment(explanation.touched)}: stolen money could have come from then on. That is a mark, never an amount.")
    else:
        say("Not touched: no stolen money could have come, forward in time.")
    say()


def _moment(transfer: Transfer) -> str:
    height = "" if transfer.height is None else f", height {transfer.height:,}"
    return f"{utc(transfer.time) or 'a time that no source states'} (row {transfer.row:,}{height})"


def _stolen(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    """What came and went by rule, or that nothing did."""
    if not any(any(sums) for sums in explanation.sums.values()):
        say("No rule traces stolen value to it.")
        return
    asset = case.asset
    rows = [[rule, *map(asset.format, sums)] for rule, sums in zip(marked(case, explanation.sums), explanation.sums.values(), strict=True)]
    names = ["rule", "stolen from it", "received", "sent", "ended here", "fees"]
    print_table("Stolen value: stolen from it + received = sent + ended here + fees", names, rows, numeric=range(1, 6))
    say_star(case)


def _ends(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    """What ended here and why, with the bounds where they were computed."""
    if not explanation.endpoints:
        return
    shown, bounds = case.asset.format, [case.bounds.endpoints.get((end.address, end.reason)) for end in explanation.endpoints]
    rows = [
        [
            end.reason,
            end.service,
            end.basis,
            *(shown(end.amounts[rule]) for rule in explanation.sums),
            *(map(shown, bound) if bound else ("", "")),
        ]
        for end, bound in zip(explanation.endpoints, bounds, strict=True)
    ]
    names = ["why", "service", "basis", *explanation.sums, "floor", "ceiling"]
    if not any(bounds):
        names, rows = names[:-2], [row[:-2] for row in rows]
    print_table("Stolen value that ended here", names, rows, numeric=range(3, len(names)), order=rules_last(case, [*explanation.sums], 3))


def _in_every_asset(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    """In a case of several assets: what ended here in each of them, in both answers, and what it converted."""
    from tracer.cli.both_answers import print_in_every_asset

    print_in_every_asset(case, explanation.address, explanation.balance)


def _statements(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    """What services say they did with deposits at it, or paid to it."""
    from tracer.cli.explain_json import statements_on

    about_it = statements_on(case, explanation.address)
    if about_it:
        say("Statements of services, reported and never traced")
        for told in about_it:
            say(f"  {told.sentence()}")
        say()


def _tags(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    """What it does according to heuristics: what held and what did not, with numbers."""
    from tracer.plan.tags import examined
    from tracer.tagging import lines_of

    everything = examined(case.question, case.ledger, case.labels, case.trace, explanation.address, case.everywhere)
    say("Tags: what it does, never who it is" if everything else "Tags: none is looked for here, since no stolen value could have come")
    for line in lines_of(everything, case.base_rates, case.question.thresholds) if everything else ():
        say(f"  {line}")
    say()


def _bridges(case: CaseFolder, explanation: Explanation, _most: int) -> None:
    """Where on another chain the money was to come out, as the memos of payments to bridges say."""
    from tracer.labels.bridge_requests import bridge_requests

    for request in bridge_requests((m.transfer for m in (*explanation.arriving, *explanation.leaving)), case.labels):
        say(request.stated())


def _transfers(case: CaseFolder, explanation: Explanation, most: int) -> None:
    for title, movements, far_end in (("Arriving", explanation.arriving, "from"), ("Leaving", explanation.leaving, "to")):
        if not movements:
            continue
        shown, rest = _largest(movements, most)
        rows = [
            [m.transfer.row, m.transfer.height, utc(m.transfer.time), _called(case, m.counterparty), case.asset.format(m.transfer.amount),
             *map(case.asset.format, m.traced.values()), m.transfer.tx_hash]
            for m in shown
        ]  # fmt: skip
        if rest:
            sums = [sum(m.traced[rule] for m in rest) for rule in explanation.sums]
            label = f"{len(rest):,} more: --top"
            rows.append(["", "", "", label, case.asset.format(sum(m.transfer.amount for m in rest)), *map(case.asset.format, sums), ""])
        names = ["row", "height", "time", far_end, "amount", *explanation.sums, "hash"]
        print_table(
            f"{title} with stolen value, by rule",
            names,
            rows,
            numeric=[0, 1, *range(4, 5 + len(explanation.sums))],
            order=rules_last(case, [*explanation.sums], 5, 1, keep=[3]),
        )


def _largest(movements: Sequence[Movement], most: int) -> tuple[list[Movement], list[Movement]]:
    """The ones that carried most under any rule, in ledger order, and the others."""
    order = sorted(range(len(movements)), key=lambda n: (-max(movements[n].traced.values()), n))
    chosen = set(order[:most])
    return [m for n, m in enumerate(movements) if n in chosen], [m for n, m in enumerate(movements) if n not in chosen]


def _called(case: CaseFolder, address: str | None) -> str | None:
    return address and (case.labels.name(address) or address)


def _origins(case: CaseFolder, explanation: Explanation, most: int) -> None:
    """From which thefts, and by which deposits; two columns a rule."""
    from tracer.report.explanation import NO_ORIGINS

    rules = [rule for rule, origins in explanation.origins.items() if origins]
    if not rules:
        return
    asset, thefts = case.asset, case.trace.thefts
    by_theft = {rule: {origin.theft: origin for origin in explanation.origins[rule]} for rule in rules}
    numbers = sorted({number for origins in by_theft.values() for number in origins})
    rows = []
    for number in numbers:
        found_at = [by_theft[rule].get(number) for rule in rules]
        cells = [asset.format(amount) for origin in found_at for amount in ((origin.arrived, origin.ended) if origin else (0, 0))]
        rows.append([thefts[number].label, thefts[number].tx_hash, *cells])
    names = ["theft", "hash", *(f"{rule}, {what}" for rule in rules for what in ("arrived", "ended"))]
    print_table("Origins: the thefts it came from", names, rows, numeric=range(2, len(names)), order=Narrowing([], [0, 2, 3]))
    deposits = _deposits(explanation, rules)
    shown = deposits[:most]
    lines = [[row, case.ledger.columns.tx_hash[row], thefts[number].label, *map(asset.format, amounts)] for row, number, *amounts in shown]
    print_table(
        "Through these deposits",
        ["row", "hash", "theft", *rules],
        lines,
        numeric=[0, *range(3, 3 + len(rules))],
        order=rules_last(case, rules, 3),
    )
    if len(deposits) > most:
        say(f"{most:,} of {len(deposits):,} shown: --top or --json have the rest")
    say(f"Origins: {NO_ORIGINS}.")


def _deposits(explanation: Explanation, rules: Iterable[str]) -> list[tuple[int, ...]]:
    """(row, theft, amount by rule), the largest amount first."""
    amounts = {rule: {(row, o.theft): amount for o in explanation.origins[rule] for row, amount in o.deposits.items()} for rule in rules}
    keys = sorted({key for of_rule in amounts.values() for key in of_rule})
    lines = [(*key, *(of_rule.get(key, 0) for of_rule in amounts.values())) for key in keys]
    return sorted(lines, key=lambda line: -max(line[2:]))
