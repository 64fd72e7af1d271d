"""`tracer validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.options import as_json
from tracer.cli.text import print_json, print_table, say


@click.command("validate")
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@as_json
def validate_command(path: Path, as_json: bool) -> None:
    """Compare the rules with labelled data: PATH is a data set, or the folder of several.

    launder_net_evm41: real thefts with labelled exchange deposits (docs/validation.md says where it comes from and what the
    figures do and do not show).
    """
    from tracer.validation import validate

    found = validate(path)
    if as_json:
        print_json(found)
        return
    for name, figures in found.items():
        PRINTERS[name](figures)


def _launder_net(figures: dict[str, Any]) -> None:
    """A table a theft: the rules, then what others reach on the same flows."""
    say(f"launder_net_evm41: {figures['population']}.")
    for cluster, each in figures["clusters"].items():
        rows: list[list[Any]] = [
            [f"tracer {rule}", at["found"], at["recall"], _dollars(at["value"]), at["share_of_loot"]] for rule, at in each["rules"].items()
        ]
        rows.append(["tracer touched (a mark)", each["touched"], None, None, None])
        rows += [[peer, None, at["recall"], None, at["share_of_loot"]] for peer, at in each["peers"].items()]
        title = (
            f"{each['theft']} ({cluster}): {each['flows']:,} flows, {each['thefts']} of them thefts; "
            f"{each['terminal_addresses']} terminal addresses"
        )
        print_table(title, ["", "terminals", "recall", "USD there", "share of loot"], rows, numeric=[1, 3])


def _dollars(cents: str) -> str:
    from tracer.validation.launder_net import CENTS

    return CENTS.format(int(cents))


PRINTERS = {"launder_net_evm41": _launder_net}
