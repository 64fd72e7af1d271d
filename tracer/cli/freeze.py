"""`tracer freeze`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.issued_files_log import beside, issued
from tracer.cli.options import as_it_leaves, as_json, as_name, folder_argument, opened, read_so_far_of, redact_list, say_so_far
from tracer.cli.output import print_json, say
from tracer.cli.rules import bound_as_data

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.report.deposits import Freeze

SO_FAR = "freeze-read-so-far"
"""Where lists are written that are not final."""


@click.command("freeze")
@folder_argument
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help=f"The folder to write into; default: freeze in DIR, or {SO_FAR} while the first trace is still running.",
)
@click.option(
    "--since",
    "sent",
    multiple=True,
    metavar="LIST",
    type=click.Path(path_type=Path),
    help="Continue a list (or a folder of lists) that you sent before: lines keep their numbers, and those to "
    "which no stolen value is traced any more are marked withdrawn (you no longer ask the service to hold these deposits).",
)
@redact_list
@as_name
@as_json
def freeze_command(folder: Path, target: Path | None, sent: tuple[Path, ...], redact: str | None, by: str | None, as_json: bool) -> None:
    """Write a list for each service, as a CSV with a letter: the deposits that carried stolen value under the declared rule.

    If no rule is declared, the lists contain the deposits that carried stolen value under at least one rule, and README.txt
    lists the service with the highest floor first.

    Each line gives the receiving address of the service, the memo (text and bytes), hash, height, UTC time and amount; the traced value
    under every rule; the floor and ceiling of the customer (all who use this memo at this address), that is the least and the most that
    the customer could have received under any rule that follows the payments in order and neither adds to the stolen total nor loses
    any of it; and whether the row is provisional, that is, whether a reorganisation could still undo it. The lists contain only rows
    read from blocks.
    While the first trace is still running, the command lists what has been read so far, and each file and each line says that it is not
    final.
    """
    from tracer.pipeline.stoppable.numbering import read_sent
    from tracer.report.freeze_lists import freeze, traced_at, write
    from tracer.report.numbered_deposits import SERVICE, withdrawn_said
    from tracer.wording import counted

    earlier = read_sent(sent, SERVICE) if sent else None
    case = as_it_leaves(opened(folder, so_far=True), redact)
    frozen = freeze(case, earlier)
    paths = write(case, frozen, target or beside(case, SO_FAR if case.so_far else f"freeze{'-redacted' * bool(redact)}"))
    issued(case, f"freeze{' --redact' * bool(redact)}", by, paths)
    if as_json:
        print_json(_as_data(case, frozen, paths))
        return
    say_so_far(case)
    for freeze_list in frozen.lists:
        under = f" under {frozen.primary}" if frozen.primary else ""
        say(f"{freeze_list.service}: {counted(len(freeze_list.deposits), 'deposit')}, {traced_at(case, freeze_list)}{under}")
        for line in freeze_list.withdrawn:
            say(f"  {withdrawn_said(case, line)}")
    if frozen.no_bounds:
        say(f"floors and ceilings are left empty: {frozen.no_bounds}")
    for service, why in frozen.without.items():
        say(f"{service}: no list: {why}")
    if not frozen.lists:
        say(f"no service received stolen value that a list could ask for; who else can stop it: tracer stoppable {case.folder}")
    for path in paths:
        say(str(path))


def _as_data(case: CaseFolder, frozen: Freeze, paths: Sequence[Path]) -> dict[str, Any]:
    """The lists as JSON values; amounts are whole numbers of the smallest unit, as text."""
    from tracer.report.freeze_lists import file_of
    from tracer.report.numbered_deposits import why_deposit_withdrawn

    return {
        **read_so_far_of(case),
        "primary": frozen.primary,
        "reason": case.question.trace.reason,
        "declared": list(case.declared.sentences),
        "files": [str(path) for path in paths],
        "lists": [
            {
                "service": freeze_list.service,
                "file": f"{file_of(case, freeze_list)}.csv",
                "deposits": len(freeze_list.deposits),
                "traced": {rule: str(amount) for rule, amount in freeze_list.traced.items()},
                **bound_as_data(freeze_list.bound),
                "customers": [
                    {"address": customer.address, "memo": customer.memo and customer.memo.as_json(), **bound_as_data(bound)}
                    for customer, bound in freeze_list.customers.items()
                ],
                "provisional": freeze_list.provisional,
                "left_out": freeze_list.left_out,
                "withdrawn": [
                    {
                        "line": line.number,
                        "id": line.line_id,
                        "tx_hash": line.cells.get("tx_hash"),
                        "why": why_deposit_withdrawn(case, line),
                    }
                    for line in freeze_list.withdrawn
                ],
            }
            for freeze_list in frozen.lists
        ],
        "without": frozen.without,
        "no_bounds": frozen.no_bounds or None,
    }
