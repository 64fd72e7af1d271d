"""`tracer path`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.options import as_json, folder_argument, opened
from tracer.cli.text import print_json, print_table, say
from tracer.errors import InputError
from tracer.times import utc


@click.command("path")
@folder_argument
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--rule", help="The rule whose stolen value counts; default: the primary one, else the first.")
@as_json
def path_command(folder: Path, source: str, target: str, rule: str | None, as_json: bool) -> None:
    """The strongest path in time from one address to another: the one whose weakest transfer carried most stolen value.

    FROM and TO are addresses, or names of services (every address of the service is tried).
    """
    from tracer.flow import strongest_path

    case = opened(folder)
    flow = case.flow
    chosen = rule or flow.leading_rule
    if chosen not in flow.rules:
        raise InputError(f"rule {chosen!r} was not run in {folder}: it is one of {', '.join(flow.rules)}")
    ends = [
        [address for address, node in flow.nodes(data=True) if end in (address, node["service"], node["label"])] for end in (source, target)
    ]
    for given, found in zip((source, target), ends, strict=True):
        if not found:
            known = given in case.ledger.index
            why = "received no stolen value and was not touched" if known else "is no address, label or service of this case"
            raise InputError(f"{given} {why}: tracer accounts {folder} lists them")
    paths = [path for a in ends[0] for b in ends[1] if (path := strongest_path(flow, a, b, chosen))]
    if not paths:
        raise InputError(f"no chain of transfers in the order of time carried stolen value from {source} to {target} under {chosen}")
    best = max(paths, key=lambda path: path.bottleneck)
    if as_json:
        hops = [
            {"row": e["row"], "time": utc(e["time"]), "tx_hash": e["tx_hash"], "sender": s, "recipient": r, "stolen": str(e[chosen])}
            for s, r, e in best.hops
        ]
        print_json({"rule": chosen, "bottleneck": str(best.bottleneck), "hops": hops})
        return
    asset = flow.asset
    rows = [
        [
            e["row"],
            e["height"],
            utc(e["time"]),
            flow.nodes[s]["label"] or s,
            flow.nodes[r]["label"] or r,
            asset.format(e["amount"]),
            asset.format(e[chosen]),
            e["tx_hash"],
        ]
        for s, r, e in best.hops
    ]
    print_table("", ["row", "height", "time", "from", "to", "amount", f"stolen ({chosen})", "hash"], rows, numeric=[0, 1, 5, 6])
    say(f"every transfer of it carried at least {asset.stated(best.bottleneck)} of stolen value")
