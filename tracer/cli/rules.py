"""`tracer rules`: endpoints x rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_csv, as_json, folder_argument, opened
from tracer.cli.text import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


@click.command("rules")
@folder_argument
@click.option(
    "--top", "most", type=click.IntRange(min=1), default=30, show_default=True, help="Endpoints in the table; all in JSON and CSV."
)
@click.option("--without-labels", "source", metavar="SOURCE", help="What changes without the labels of a source, or of a pack.")
@as_csv
@as_json
def rules_command(folder: Path, most: int, source: str | None, as_csv: bool, as_json: bool) -> None:
    """Where the stolen value is, under each rule: every endpoint, and the certificate that closes to the unit."""
    case = opened(folder)
    if source is not None:
        _print_changes(case, source, as_csv, as_json)
        return
    if as_json:
        print_json(as_data(case))
        return
    trace, asset = case.trace, case.ledger.asset
    rules = list(trace.rules)
    names = ["address", "reason", "service", "basis", *rules]
    if as_csv:
        print_csv(names, ([e.address, e.reason, e.service, e.basis, *(str(e.amounts[rule]) for rule in rules)] for e in trace.endpoints))
        return
    rows = [[e.address, e.reason, e.service, e.basis, *(asset.format(e.amounts[r]) for r in rules)] for e in trace.endpoints[:most]]
    rest = trace.endpoints[most:]
    if rest:
        rows.append(
            [
                f"{len(rest):,} more endpoints (--top, --csv or --json show them)",
                "",
                "",
                "",
                *(asset.format(sum(e.amounts[r] for e in rest)) for r in rules),
            ]
        )
    rows.append(["fees", "", "", "", *(asset.format(trace.rules[r].burnt) for r in rules)])
    rows.append(["stolen", "", "", "", *(asset.format(trace.rules[r].total) for r in rules)])
    print_table("", names, rows, numeric=range(4, 4 + len(rules)), final=True)
    primary = case.case.trace.primary
    say(f"primary rule: {primary} ({case.case.trace.reason})" if primary else "no primary rule is declared")
    say("certificate: for every rule and theft, endpoints and fees add up to what was stolen, to the unit")
    for gap in case.gaps:
        say(f"GAP: {gap}")


def _print_changes(case: CaseFolder, source: str, as_csv: bool, as_json: bool) -> None:
    """The endpoints whose figures differ when the labels of one source are left out: how much rests on its word."""
    from tracer.stages import traced_without

    other = traced_without(case.case, case.ledger, case.labels, source)
    before = {(e.address, e.reason): e for e in case.trace.endpoints}
    after = {(e.address, e.reason): e for e in other.endpoints}
    rules, asset = list(case.trace.rules), case.ledger.asset
    changes = []
    for place in sorted(before.keys() | after.keys()):
        was, now = ({r: end.amounts[r] if end else 0 for r in rules} for end in (before.get(place), after.get(place)))
        if was != now:
            changes.append((*place, was, now))
    changes.sort(key=lambda each: -max(abs(each[3][r] - each[2][r]) for r in rules))
    if as_json:
        texts = [
            {"address": a, "reason": why, "with": {r: str(was[r]) for r in rules}, "without": {r: str(now[r]) for r in rules}}
            for a, why, was, now in changes
        ]
        print_json({"without": source, "changes": texts})
        return
    names = ["address", "reason", *rules]
    if as_csv:
        print_csv(names, ([a, why, *(str(now[r] - was[r]) for r in rules)] for a, why, was, now in changes))
        return
    rows = [[a, why, *(asset.format(now[r] - was[r]) for r in rules)] for a, why, was, now in changes]
    print_table(f"What changes without the labels of {source}", names, rows, numeric=range(2, 2 + len(rules)))
    say(f"{len(changes):,} endpoints differ; the figures are what comes on top, or goes")


def as_data(case: CaseFolder) -> dict[str, Any]:
    """The result as JSON values; amounts are decimal strings of the smallest unit."""
    trace = case.trace
    return {
        "primary": case.case.trace.primary,
        "gaps": case.gaps,
        "asset": case.ledger.asset._asdict(),
        "thefts_total": str(sum(theft.amount for theft in trace.thefts)),
        "stolen": {rule: str(stolen.total) for rule, stolen in trace.rules.items()},
        "thefts": [
            {
                "label": theft.label,
                "tx_hash": theft.tx_hash,
                "amount": str(theft.amount),
                "stolen": {rule: str(stolen.taken[n]) for rule, stolen in trace.rules.items()},
            }
            for n, theft in enumerate(trace.thefts)
        ],
        "endpoints": [
            {
                "address": endpoint.address,
                "reason": endpoint.reason,
                "service": endpoint.service,
                "basis": endpoint.basis,
                **{rule: str(amount) for rule, amount in endpoint.amounts.items()},
                "least": None,
                "most": None,
            }
            for endpoint in trace.endpoints
        ],
        "fees": {rule: str(stolen.burnt) for rule, stolen in trace.rules.items()},
    }
