"""`tracer bounds`: the least and the most at each endpoint, service and customer, under any admissible rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.address_arguments import addresses_of_service
from tracer.cli.options import as_csv, as_json, as_name, folder_argument, opened, top_option, wide
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.progress import progress, quiet_option
from tracer.cli.rules import assumptions, bound_as_data
from tracer.wording import ANY_RULE, counted, which

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Bound, Bounded


@click.command("bounds")
@folder_argument
@click.option(
    "--union",
    metavar="A,B",
    help="Also compute the floor and ceiling of these taken together: addresses, names of services or the word fees, separated by commas.",
)
@click.option("--service", metavar="NAME", help="Show only this service, its addresses and its customers.")
@top_option("For how many endpoints to compute bounds, largest first.", 1000)
@as_name
@as_csv
@quiet_option
@as_json
@wide
def bounds_command(
    folder: Path, union: str | None, service: str | None, most: int, by: str | None, quiet: bool, as_csv: bool, as_json: bool
) -> None:
    """Compute the floor and the ceiling of each service and each customer that stolen value could have reached, and of the largest
    endpoints (addresses where the trail ends under one of the compared rules; --top sets how many): the least and the most stolen value
    that could have ended there, under any rule that follows the payments in order and neither adds to the stolen total nor loses any of it.

    All who use the same memo (a short text that is sent with a payment) at an address of a service count as one customer; all payments
    without a memo to one address of the service are taken together. If there are several thefts, tracer also computes the floor and ceiling
    of the value from each theft alone: the table shows these only for services, if that floor is above 0; --csv and --json show all of
    them. The folder keeps the bounds with the proof of each figure; the page shows those of endpoints, services and customers.

    If the ledger does not add up, tracer computes no bounds and ends with exit code 2. It computes none and ends with exit code 1 if a
    theft may have taken money that had been stolen before; if a theft was not read from the chain; or if an account that stolen money can
    pass through or stay in has a row that was not read from the chain, an incomplete history, or an opening balance that is only modelled.
    """
    from tracer.pipeline.bounds import bounded, union_names
    from tracer.report.bounds import bounds_table

    case = opened(folder)
    only = {case.trace.stops.services[at] for at in addresses_of_service(case, service)} if service else None
    names = union.split(",") if union else []
    with progress(quiet) as advance:
        case = bounded(case, most, advance, by, names)
    together = union_names(case, names)
    if as_json:
        print_json(bounds_as_data(case, names, together, only))
    elif as_csv:
        print_csv(*bounds_table(case, only))
    else:
        _print(case, only)


def _print(case: CaseFolder, only: Collection[str] | None) -> None:
    """The bounds as a table, and what they assume."""
    from tracer.report.bounds import bounded_name, bounds_at

    every = list(bounds_at(case, only))
    asset, free = case.ledger.asset, case.bounds.any_order
    shown = [(subject, bound) for subject, bound in every if subject.theft is None or (subject.kind == "service" and bound.least)]
    shown.sort(key=_place)
    same = all(free.get(subject) == bound for subject, bound in shown)
    cells = [
        [subject.kind, bounded_name(case, subject), subject.reason, *map(asset.format, (*bound, *(() if same else free.get(subject, ()))))]
        for subject, bound in shown
    ]
    heads = ["", "where", "reason", "floor", "ceiling", *(["floor *", "ceiling *"] if free and not same else [])]
    print_table("", heads, [[*row, *[None] * (len(heads) - len(row))] for row in cells], numeric=range(3, len(heads)))
    stolen = asset.stated(sum(theft.amount for theft in case.trace.thefts))
    say(f"of {stolen} stolen, {ANY_RULE} puts at least the floor and at most the ceiling there")
    if customers := [bound for subject, bound in shown if subject.kind == "customer"]:
        some = sum(bound.least > 0 for bound in customers)
        said = counted(len(customers), "customer")
        said = f"stolen value could have reached {said} (a memo at an address of a service, or the payments without a memo to one)"
        say(f"{said}; under any such rule {some:,} received some")
    if {"service", "customer", "union"} & {subject.kind for subject, _ in shown}:
        say("the lines overlap, so do not add them up: the line of a service counts what its addresses and its customers received")
    if free:
        order = "for any order of the rows inside a block, which the block producer can choose"
        say(f"these floors and ceilings also hold {order}" if same else f"* {order}; these figures err on the safe side")
    for assumption in assumptions(case):
        say(assumption)
    if alone := len(every) - len(shown):
        floors = counted(alone, "floor and ceiling", "floors and ceilings")
        say(f"{floors} of one theft alone are left out here: --csv and --json print them")
    if only is None:
        if left := len(case.trace.endpoints) - len(case.bounds.endpoints):
            less = which(left, "endpoint of less value", "is", "are", "endpoints of less value")
            say(f"{less} left out (--top); the figures of services and customers are complete")
        say("an address of no service where none of the compared rules puts stolen value is not listed: its floor is 0")
    proof = f"tracer explain DIR ADDRESS --why-least{' --memo MEMO' if any(subject.memo for subject, _ in shown) else ''}"
    say(f"every figure has a proof that anybody can add up: see {proof}, and cuts.csv of tracer export")


def _place(line: tuple[Bounded, Bound]) -> tuple[int, int]:
    """Where a line of the table goes: as they are kept, but for customers, of whom the one who received most comes first."""
    subject, bound = line
    kinds = ("endpoint", "service", "customer", "union")
    return len(kinds) if subject.theft is not None else kinds.index(subject.kind), -bound.least if subject.kind == "customer" else 0


def bounds_as_data(
    case: CaseFolder, names: Sequence[str], together: tuple[str, ...], only: Collection[str] | None = None
) -> dict[str, Any]:
    """The bounds as JSON values, or those of these services; amounts are whole numbers of the smallest unit, as text."""
    from tracer.report.bounds import bounds_at

    bounds = case.bounds
    kept: dict[str, list[dict[str, Any]]] = {"endpoint": [], "service": [], "customer": [], "union": [], "theft": []}
    for subject, bound in bounds_at(case, only):
        service = case.trace.stops.services.get(str(subject.address)) if subject.reason == "service" else None
        of_it: dict[str, Any]
        kind = subject.kind if subject.theft is None else "theft"
        if subject.kind == "endpoint":
            of_it = {"address": subject.address, "service": service, "reason": subject.reason}
        elif subject.kind == "customer":
            memo = subject.memo and subject.memo.as_json()
            of_it = {"address": subject.address, "service": service, "memo": memo}
        elif subject.kind == "union":
            of_it = {"places": list(subject.names)}
        else:
            of_it = {"service": subject.service}
        if subject.theft is not None:
            of_it = {"theft": subject.theft + 1, "kind": subject.kind, **of_it}
        free = bound_as_data(bounds.any_order.get(subject))
        kept[kind].append({**of_it, **bound_as_data(bound), **{f"{name}_any_order": free[name] for name in free}})
    figures: dict[str, Any] = {f"{kind}s": lines for kind, lines in kept.items()}
    if assumed := assumptions(case):
        figures["assumptions"] = assumed
    if together:
        figures["union"] = {"places": list(names), **bound_as_data(bounds.unions[together])}
    return figures
