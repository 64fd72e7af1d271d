"""`tracer check DIR THEIR.csv`: a rival's schedule held against a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_json, folder_argument, opened, wide
from tracer.cli.output import print_json, print_table, say
from tracer.cli.progress import progress, quiet_option
from tracer.cli.table_width import Narrowing
from tracer.wording import counted, which

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.compare.rival_schedule_against_case import CheckedLine, CheckedSchedule
    from tracer.compare.rival_schedule_file import Unit

MOST = 30  # lines in the table; all in JSON


@click.command("check")
@folder_argument
@click.argument("theirs", metavar="THEIR.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--unit",
    type=click.Choice(["coin", "smallest"]),
    default="coin",
    show_default=True,
    help="The unit in which the schedule states its amounts.",
)
@click.option("--address", metavar="COLUMN", help="The schedule's column of addresses, if its header does not say so.")
@click.option("--hash", "tx_hash", metavar="COLUMN", help="The schedule's column of transaction hashes.")
@click.option("--amount", metavar="COLUMN", help="The schedule's column of amounts.")
@click.option("--memo", metavar="COLUMN", help="The schedule's column of memos.")
@quiet_option
@as_json
@wide
def check_command(
    folder: Path,
    theirs: Path,
    unit: Unit,
    address: str | None,
    tx_hash: str | None,
    amount: str | None,
    memo: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Check another expert's schedule of who received what against a case: which lines are wrong, what the schedule counts twice, and
    which rule fits it best.

    A line needs an address and an amount, and may give a transaction's hash and a memo. A line *closes* if it is a rule's figure to the
    smallest unit. It is *possible* if nothing speaks against it. It *does not close* if the ledger or the floors and ceilings
    contradict it: the address or hash is not there, the recipient is another one, more was claimed than was moved, or the money cannot
    have come there. tracer also compares the schedule with poison, which counts all that a touched account pays. The exit code is 2 if
    a line does not close, or if money is counted twice.
    """
    from tracer.compare.rival_schedule_against_case import checked
    from tracer.compare.rival_schedule_file import read_schedule
    from tracer.pipeline.bounds import bounds_at_hand

    case = opened(folder)
    given = {"address": address, "hash": tx_hash, "amount": amount, "memo": memo}
    columns = {name: column for name, column in given.items() if column}
    schedule = read_schedule(theirs, case.question, case.asset, unit, columns)
    with progress(quiet) as advance:
        bounds, why = bounds_at_hand(case, advance)
    found = checked(case, schedule, bounds, why)
    if as_json:
        print_json(_data(case, theirs, found))
    else:
        _print(case, found)
    return 0 if found.closes else 2


def _print(case: CaseFolder, found: CheckedSchedule) -> None:
    asset = case.asset
    say(f"{counted(len(found.lines), 'line')} of {asset.stated(found.claimed)}, of {asset.stated(found.stolen)} that was stolen.")
    odd = [line for line in found.lines if line.verdict == "does not close"]
    rows = [
        [f"{line.scheduled.line:,}", line.scheduled.address, asset.format(line.scheduled.amount), "; ".join(line.against)]
        for line in odd[:MOST]
    ]
    if rows:
        print_table(
            "Lines that do not close",
            ["line", "address", asset.symbol, "why"],
            rows,
            numeric=(0, 2),
            whole=(3,),
            order=Narrowing([1], [0, 3]),
        )
    if len(odd) > MOST:
        say(f"{which(len(odd) - MOST, 'more line', 'does', 'do')} not close (--json has all)")
    for lines in found.together:
        say(f"Lines {', '.join(map(str, lines.lines))} do not close together: {lines.why}.")
    for each in found.twice:
        at = f" (lines {', '.join(map(str, each.lines))})" if each.lines else ""
        say(f"Counted twice, at least: {asset.stated(each.amount)}: {each.why}{at}.")
    closing, possible = (sum(line.verdict == verdict for line in found.lines) for verdict in ("closes", "possible"))
    kinds = f"{closing:,} close, as a rule's figure to the unit; {possible:,} are possible, and no rule's"
    say(f"{kinds}; {len(odd):,} do not close.")
    _print_fits(case, found)
    if found.no_bounds:
        say(f"Floors and ceilings are not known, so none was compared: {found.no_bounds.removeprefix('no bounds: ')}.")


def _print_fits(case: CaseFolder, found: CheckedSchedule) -> None:
    rows = [[fit.rule, f"{fit.equal:,}", case.asset.format(fit.apart)] for fit in found.fits]
    print_table("How near each rule comes", ["rule", "lines equal", f"{case.asset.symbol} apart"], rows, numeric=(1, 2))
    first, lines = found.fits[0], sum(bool(line.rows) for line in found.lines)
    if not lines:
        say("No line means a payment of this case, so no rule fits.")
    else:
        said = "to the unit" if not first.apart else f"{case.asset.stated(first.apart)} apart in all"
        say(f"Nearest: {' and '.join(found.best)}, {first.equal:,} of {counted(lines, 'line')} equal, {said}.")


def _data(case: CaseFolder, theirs: Path, found: CheckedSchedule) -> dict[str, Any]:
    return {
        "schedule": str(theirs),
        "results_digest": case.stamp.results_digest or None,
        "asset": case.asset._asdict(),
        "closes": found.closes,
        "claimed": str(found.claimed),
        "stolen": str(found.stolen),
        "lines": list(map(_line_data, found.lines)),
        "together": [each._asdict() for each in found.together],
        "twice": [{"amount": str(each.amount), "lines": list(each.lines), "why": each.why} for each in found.twice],
        "fits": [{"rule": fit.rule, "equal": fit.equal, "apart": str(fit.apart)} for fit in found.fits],
        "best": list(found.best),
        "no_bounds": found.no_bounds or None,
    }


def _line_data(line: CheckedLine) -> dict[str, Any]:
    each = line.scheduled
    return {
        "line": each.line,
        "address": each.address,
        "tx_hash": each.tx_hash,
        "memo": each.memo,
        "amount": str(each.amount),
        "rows": list(line.rows),
        "verdict": line.verdict,
        "against": list(line.against),
        "equal": list(line.equal),
        "by_rule": {rule: str(figure) for rule, figure in line.by_rule.items()},
    }
