"""`tracer validate`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from tracer.cli.options import as_json, wide
from tracer.cli.output import print_json, print_table, say


@click.command("validate")
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@as_json
@wide
def validate_command(path: Path, as_json: bool) -> None:
    """Compare rules and tags with labelled data: PATH is a data set, or a folder of several.

    The data set launder_net_evm41 has real thefts with labelled exchange deposits; amlworld and amlsim have labelled laundering
    attempts at synthetic banks. docs/validation.md says where they come from and what the figures do and do not show.
    """
    from tracer.validation import validate

    results = validate(path)
    if as_json:
        print_json(results)
        return
    for name, figures in results.items():
        PRINTERS[name](figures)
        for left_out in figures["left_out"]:
            say(f"Left out: {left_out}.")


def _launder_net(figures: dict[str, Any]) -> None:
    """A table a theft: the rules, then what others reach on the same flows."""
    say(f"launder_net_evm41: {figures['population']}.")
    for cluster, of_cluster in figures["clusters"].items():
        rows: list[list[Any]] = [
            [f"tracer {rule}", at["found"], at["recall"], _dollars(at["value"]), at["share_of_loot"]]
            for rule, at in of_cluster["rules"].items()
        ]
        rows.append(["tracer touched (a mark)", of_cluster["touched"], None, None, None])
        rows += [[peer, None, at["recall"], None, at["share_of_loot"]] for peer, at in of_cluster["peers"].items()]
        title = (
            f"{of_cluster['theft'] or 'A theft that nobody named'} ({cluster}): {of_cluster['flows']:,} flows, "
            f"{of_cluster['thefts']} of them thefts; "
            f"{of_cluster['terminal_addresses']} terminal addresses"
        )
        print_table(title, ["", "terminals", "recall", "USD there", "share of loot"], rows, numeric=[1, 3], units_differ=True)
    if figures["ranges"]:
        ranges = [
            [f"tracer {rule}", *(" to ".join(of[name]) for name in ("recall", "share_of_loot"))] for rule, of in figures["ranges"].items()
        ]
        print_table(f"From the least to the most of these {len(figures['clusters'])} thefts", ["", "recall", "share of loot"], ranges)
    title = "The tag deposit_address, theft by theft: accounts labelled as deposits that pay on, and all other accounts that pay"
    _print_rates(title, {cluster: of["deposit_address"] for cluster, of in figures["clusters"].items()}, {}, "theft")


def _attempts(name: str, figures: dict[str, Any]) -> None:
    say(f"{name}: {figures['population']}; {figures['circular']}.")
    say(f"{figures['attempts']:,} attempts of {figures['file']}.")
    _print_rates("Attempts of the tag's own type that it names, and attempts of other types", figures["tags"], figures["ceilings"])


def _print_rates(title: str, tags: dict[str, Any], ceilings: dict[str, str], first: str = "tag") -> None:
    """A line a tag and preset, strictest first."""
    rows = [
        [tag, preset, f"{at['right']} of {at['of']}", at["recall"], f"{at['wrong']} of {at['of_others']}", at["base_rate"], at["precision"],
         at["likelihood_ratio"], ceilings.get(tag)]
        for tag, presets in tags.items()
        for preset, at in reversed(presets.items())
    ]  # fmt: skip
    names = [
        first,
        "preset",
        "found",
        "recall (95 %)",
        "others",
        "base rate",
        "precision in this mix",
        "likelihood ratio",
        "honest ceiling",
    ]
    print_table(title, names if ceilings else names[:-1], rows if ceilings else [row[:-1] for row in rows])


def _dollars(cents: str) -> str:
    from tracer.validation.launder_net import CENTS

    return CENTS.format(int(cents))


PRINTERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "launder_net_evm41": _launder_net,
    "amlworld": partial(_attempts, "amlworld"),
    "amlsim": partial(_attempts, "amlsim"),
}
