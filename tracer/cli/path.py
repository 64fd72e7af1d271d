"""`tracer path`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.address_arguments import addresses_named
from tracer.cli.options import as_json, folder_argument, opened, wide
from tracer.cli.output import print_json, print_table, say
from tracer.cli.table_width import Narrowing
from tracer.errors import InputError
from tracer.wording import utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.flow import FlowGraph, StrongPath


@click.command("path")
@folder_argument
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--rule", help="The rule to measure stolen value by; default: the declared rule, or the first one if none is declared.")
@click.option("--most", type=click.IntRange(1, 100), default=1, show_default=True, help="How many paths to show, strongest first.")
@as_json
@wide
def path_command(folder: Path, source: str, target: str, rule: str | None, most: int, as_json: bool) -> None:
    """Find the strongest path of the money from one address to another: the path whose weakest transfer carried the most stolen value.

    Every transfer of a path comes after the one before it. FROM and TO are addresses, the first letters of one, or names of services;
    for a service tracer tries each of its addresses. With --most, each further path is the strongest that avoids the weakest transfer
    of every path before it. Paths can share transfers, so do not add up what they carry.
    """
    from tracer.flow import strongest_paths

    case = opened(folder)
    flow = case.flow
    chosen = rule or flow.leading_rule
    if chosen not in flow.rules:
        raise InputError(f"rule {chosen!r} was not run in {folder}: it is one of {', '.join(flow.rules)}")
    paths = strongest_paths(flow, _end(case, source), _end(case, target), chosen, most)
    if not paths:
        raise InputError(f"no chain of transfers in chronological order carried stolen value from {source} to {target} under {chosen}")
    if as_json:
        records = [_data(path, chosen) for path in paths]
        print_json({"rule": chosen, **records[0], "others": records[1:]})
        return
    for number, path in enumerate(paths, 1):
        _print(flow, path, chosen, f"Path {number}" if most > 1 else "")
    if len(paths) < most:
        say(f"there is no other path: {len(paths)} found, {most} asked for")


def _end(case: CaseFolder, text: str) -> list[str]:
    """The addresses of the flow graph that an end of the path means."""
    addresses = [address for address in addresses_named(case, text) if address in case.flow]
    if not addresses:
        raise InputError(f"{text} received no stolen value and was not touched: tracer accounts {case.folder} lists them")
    return addresses


def _data(path: StrongPath, rule: str) -> dict[str, Any]:
    hops = [
        {"row": e["row"], "time": utc(e["time"]), "tx_hash": e["tx_hash"], "sender": s, "recipient": r, "stolen": str(e[rule])}
        for s, r, e in path.hops
    ]
    return {"bottleneck": str(path.bottleneck), "hops": hops}


def _print(flow: FlowGraph, path: StrongPath, rule: str, title: str) -> None:
    asset = flow.asset
    rows = [
        [
            e["row"],
            e["height"],
            utc(e["time"]),
            flow.nodes[s]["label"] or s,
            flow.nodes[r]["label"] or r,
            asset.format(e["amount"]),
            asset.format(e[rule]),
            e["tx_hash"],
        ]
        for s, r, e in path.hops
    ]
    print_table(
        title,
        ["row", "height", "time", "from", "to", "amount", f"stolen ({rule})", "hash"],
        rows,
        numeric=[0, 1, 5, 6],
        order=Narrowing([1, 7], [0, 3, 4, 6]),
    )
    say(f"every transfer of it carried at least {asset.stated(path.bottleneck)} of stolen value")
