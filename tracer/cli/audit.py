"""`tracer audit`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.casefolder import CaseFolder
from tracer.cli.options import as_json, folder_argument, wide
from tracer.cli.output import print_json, print_table, say, warn
from tracer.ledger import Audit, balances_of, openings_of
from tracer.wording import counted


@click.command("audit")
@folder_argument
@as_json
@wide
def audit_command(folder: Path, as_json: bool) -> int:
    """Check whether the ledger adds up: every balance at every row, against what the source states. The exit code is 2 if it does not.

    Before that, tracer checks that nobody has altered the record of the folder. If somebody has, it does not audit the ledger, and the
    exit code is 2.
    """
    case = CaseFolder.open(folder, even_altered=True)
    changes = case.changes(thorough=True)
    for change in changes:
        warn(change)
    if case.alteration:
        if as_json:
            print_json({"adds_up": None, "altered": True, "changes": changes})
        return 2
    verdict = case.audit
    if as_json:
        print_json(
            {
                "adds_up": verdict.adds_up,
                "altered": False,
                "changes": changes,
                "accounts": verdict.accounts,
                "full": verdict.full,
                "partial": verdict.partial,
                "boundary": verdict.boundary,
                "rows": verdict.rows,
                "served": verdict.served,
                "reconciled": verdict.reconciled,
                "contradicted": verdict.contradicted,
                "not_stated": verdict.unstated,
                "verified": verdict.verified,
                "rejections": [rejection._asdict() for rejection in case.ledger.rejections],
                "gaps": [{"address": g.address, "short_by": str(g.short_by), "row": g.row, "likely": g.likely} for g in verdict.gaps],
            }
        )
        return 0 if verdict.adds_up else 2
    read = f"{verdict.full:,} read in full, {verdict.partial:,} in part, {verdict.boundary:,} at the boundary"
    say(f"{counted(verdict.accounts, 'account')}: {read}")
    say(f"{counted(verdict.rows, 'row')}, {verdict.verified:,} of them verified by hashes and signatures")
    say(balances_of(verdict))
    if opened := openings_of(case.ledger):
        say(opened)
    if verdict.gaps:
        rows = [[g.address or "the ledger as a whole", g.short_by, g.row, g.likely] for g in verdict.gaps]
        print_table("", ["account", "short by (units)", "row", "likely"], rows, numeric=[1, 2])
    if case.ledger.rejections:
        rejected = [[r.source, r.place, r.reason] for r in case.ledger.rejections]
        print_table("Rejections", ["source", "place", "reason"], rejected)
    say(_verdict(verdict))
    return 0 if verdict.adds_up else 2


def _verdict(verdict: Audit) -> str:
    if not verdict.adds_up:
        return f"THE LEDGER DOES NOT ADD UP: {counted(len(verdict.gaps), 'gap')}"
    if not verdict.served:
        return "the ledger does not contradict itself, and no balance is stated to compare it with"
    return "the ledger adds up as far as balances are stated" if verdict.unstated else "the ledger adds up, to the unit"
