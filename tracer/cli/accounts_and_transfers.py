"""`tracer accounts` and `tracer transfers`: the tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.address_arguments import addresses_named, addresses_of_service
from tracer.cli.asset_options import asset_options, shown_asset, shown_of
from tracer.cli.options import as_csv, as_json, folder_argument, opened, read_so_far_of, say_so_far, units_given, wide
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.payment_options import read_moment
from tracer.cli.rules import rules_last
from tracer.errors import InputError
from tracer.wording import utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Transfer

LINES = 40
"""Lines of a table on a terminal; --all, --csv and --json have every one."""


@click.command("accounts")
@folder_argument
@click.option("--tag", help="Show only accounts with this tag; tracer list tags lists the names.")
@click.option("--all", "everything", is_flag=True, help="Print every account, not the first 40.")
@asset_options
@as_csv
@as_json
@wide
def accounts_command(
    folder: Path, tag: str | None, everything: bool, asset_name: str | None, answer: str | None, as_csv: bool, as_json: bool
) -> None:
    """List the accounts of a case: what they hold, why the trail stops at them, and the stolen value that arrived at them.

    Accounts at which the most stolen value arrived come first. Value is counted each time it arrives, so value that arrives twice counts
    twice. While the first trace is still running, the command shows what has been read so far, and says so.
    """
    from tracer.report.tables import accounts_table

    case = opened(folder, so_far=True)
    require_tag(tag)
    tagged = {case_tag.subject for case_tag in case.tags if case_tag.name == tag}
    case, number, title = shown_of(case, shown_asset(case, asset_name, answer))
    if as_csv:
        names, rows = accounts_table(case, number)
        print_csv(names, (row for row in rows if tag is None or row[0] in tagged))
        return
    accounts = [account for account in _accounts(case, number) if tag is None or account["address"] in tagged]
    rules = list(case.trace.rules)
    if as_json:
        print_json(accounts)
        return
    for account in accounts:
        account["label"] = _name(account)
    names = ["address", "label", "coverage", "stop", "tags", "opening", "balance", *rules]
    lines = [[*(_text(a[name]) for name in names[:7]), *(a["traced"][rule] for rule in rules)] for a in accounts]
    asset = case.asset
    shown = [
        [*line[:5], *("" if amount is None else asset.format(int(amount)) for amount in line[5:])]
        for line in (lines if everything else lines[:LINES])
    ]
    say_so_far(case)
    print_table(
        f"{title}Stolen value received, by rule, in the columns at the right",
        names,
        shown,
        numeric=range(5, len(names)),
        order=rules_last(case, rules, 7, 2, 5),
    )
    _say_left_out(len(lines), len(shown))


def require_tag(name: str | None) -> None:
    """Raises InputError for a tag that does not exist."""
    from tracer.tagging import HEURISTICS

    if name is not None and name not in HEURISTICS:
        raise InputError(f"no tag is called {name!r}: there are {', '.join(HEURISTICS)}")


def _text(cell: Any) -> Any:
    return " ".join(cell) if isinstance(cell, list) else cell


def _accounts(case: CaseFolder, asset: int) -> Iterator[dict[str, Any]]:
    from tracer.tracing import received_by, stop_of

    ledger, trace = case.ledger, case.trace
    arrived = received_by(ledger, trace)
    tags: dict[str, list[str]] = {}
    for subject, name in dict.fromkeys((tag.subject, tag.name) for tag in case.tags):
        tags.setdefault(subject, []).append(name)
    nothing = dict.fromkeys(trace.rules, 0)
    of_asset = [number for number, account in enumerate(ledger.accounts) if account.asset == asset]
    order = sorted(of_asset, key=lambda n: ([-v for v in arrived.get(ledger.accounts[n].holding, nothing).values()], n))
    for number in order:
        account = ledger.accounts[number]
        unread = account.coverage != "full"  # what it opened with and holds is not known then
        yield {
            "address": account.address,
            "opening": None if unread else str(account.opening),
            "balance": None if unread else str(ledger.balances[number]),
            "coverage": account.coverage,
            "stop": stop_of(account.holding, ledger, trace),
            "label": case.labels.name(account.address),
            "labels": [label.label for label in case.labels.of(account.address)],
            "conflict": account.address in case.labels.conflicts,
            "touched": account.holding in trace.touched,
            "traced": {rule: str(amount) for rule, amount in arrived.get(account.holding, nothing).items()},
            "tags": tags.get(account.address, []),
            **read_so_far_of(case),
        }


def _name(account: dict[str, Any]) -> str | None:
    """What to call an account in a table: labels that disagree all stand there."""
    return " / ".join(account["labels"]) + " (labels disagree)" if account["conflict"] else account["label"]


@click.command("transfers")
@folder_argument
@click.option(
    "--address", "addresses", multiple=True, help="Show only transfers from or to this address; its beginning, or a name, is enough."
)
@click.option("--service", help="Show only transfers to or from this service.")
@click.option("--tag", help="Show only transfers from which a tag of this name was derived.")
@click.option("--min", "least", metavar="AMOUNT", help="Show only transfers of this amount or more, in coins or tokens, such as 1.5.")
@click.option("--from", "since", callback=read_moment, metavar="MOMENT", help="Show only transfers from this moment on (UTC).")
@click.option("--until", callback=read_moment, metavar="MOMENT", help="Show only transfers up to this moment.")
@click.option("--traced", is_flag=True, help="Show only transfers that carried stolen value under at least one rule.")
@click.option("--all", "everything", is_flag=True, help="Print every transfer, not the first 40.")
@asset_options
@as_csv
@as_json
@wide
def transfers_command(
    folder: Path,
    addresses: tuple[str, ...],
    service: str | None,
    tag: str | None,
    least: str | None,
    since: datetime | None,
    until: datetime | None,
    traced: bool,
    everything: bool,
    asset_name: str | None,
    answer: str | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """List the transfers of a case in the order of the ledger, with the stolen value that each carried under every rule.

    While the first trace is still running, the command shows what has been read so far, and says so.
    """
    from tracer.report.tables import transfers_table

    case = opened(folder, so_far=True)
    require_tag(tag)
    members = {case.ledger.columns.row_key[row] for case_tag in case.tags if case_tag.name == tag for row in case_tag.rows}
    wanted = {address for text in addresses for address in addresses_named(case, text)}
    case, number, title = shown_of(case, shown_asset(case, asset_name, answer))
    from_units = 0 if least is None else units_given(case.asset, "--min", least)
    if service is not None:
        wanted |= addresses_of_service(case, service)
    transfers = [
        t
        for t in case.ledger
        if t.asset == number
        and (not wanted or wanted & {t.sender, t.recipient})
        and t.amount >= from_units
        and _within(t.time, since, until)
        and (tag is None or t.row_key in members)
        and (not traced or t.row in case.trace.carrying)
    ]
    if as_json:
        print_json([_transfer(case, t) for t in transfers])
    elif as_csv:
        print_csv(*transfers_table(case, transfers))
    else:
        _print_transfers(case, transfers, everything, title)


def _within(time: int | None, since: datetime | None, until: datetime | None) -> bool:
    """Whether a moment lies between two, both included. One that no source states lies between none."""
    if since is None and until is None:
        return True
    return time is not None and (since is None or time >= since.timestamp()) and (until is None or time <= until.timestamp())


def _transfer(case: CaseFolder, t: Transfer) -> dict[str, Any]:
    return {
        **t._asdict(),
        "time": utc(t.time),
        "amount": str(t.amount),
        "fee": str(t.fee),
        "memo": t.memo and t.memo.as_json(),
        "attributes": dict(t.attributes),
        "provisional": case.ledger.provisional(t.row),
        "confirmations": (found := case.ledger.confirmations(t.row)) and found._asdict(),
        "cut": case.trace.cuts.get(t.row),
        "traced": {rule: str(amount) for rule, amount in case.trace.carried(t.row).items()},
        **read_so_far_of(case),
    }


def _print_transfers(case: CaseFolder, chosen: list[Transfer], everything: bool, title: str) -> None:
    asset, rules = case.asset, list(case.trace.rules)
    names = ["row", "height", "time", "confirmations", "from", "to", "amount", "memo", *rules]
    shown = chosen if everything else chosen[:LINES]
    lines = [
        [
            t.row,
            t.height,
            utc(t.time),
            case.ledger.confirmations(t.row),
            case.labels.name(t.sender or "") or t.sender or f"({t.kind})",
            case.labels.name(t.recipient or "") or t.recipient or f"({t.kind})",
            asset.format(t.amount),
            t.memo and (t.memo.text or f"({t.memo.kind})")[:24],
            *map(asset.format, case.trace.carried(t.row).values()),
        ]
        for t in shown
    ]
    say_so_far(case)
    title += "Stolen value carried, by rule, in the columns at the right"
    order = rules_last(case, rules, 8, 7, 1, 3, keep=[4, 5])
    print_table(title, names, lines, numeric=[0, 1, 6, *range(8, 8 + len(rules))], order=order)
    _say_left_out(len(chosen), len(shown))


def _say_left_out(total: int, shown: int) -> None:
    say(f"{total:,} in all" if shown == total else f"{shown:,} of {total:,} shown: --all, --csv or --json have every one")
