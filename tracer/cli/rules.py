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
@as_csv
@as_json
def rules_command(folder: Path, most: int, as_csv: bool, as_json: bool) -> None:
    """Where the stolen value is, under each rule: every endpoint, and the certificate that closes to the unit."""
    case = opened(folder)
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
