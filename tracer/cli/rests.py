"""`tracer rests`: each assumption taken away, one at a time, and what changes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_csv, as_json, as_name, folder_argument, opened, top_option, wide
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.progress import progress, quiet_option
from tracer.cli.rests_of_several_assets import several_lines
from tracer.cli.table_width import Narrowing
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Place, Rests, Without


@click.command("rests")
@folder_argument
@top_option("How many lines the table shows; JSON and CSV have them all.")
@click.option(
    "--blocks",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="How many blocks to reverse one at a time, in addition to all of them together.",
)
@click.option(
    "--floors",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="For how many endpoints to compute floors, in addition to the services.",
)
@as_name
@as_csv
@quiet_option
@as_json
@wide
def rests_command(folder: Path, most: int, blocks: int, floors: int, by: str | None, quiet: bool, as_csv: bool, as_json: bool) -> None:
    """Show what the figures depend on: tracer drops one assumption at a time, traces the case again, and shows what changes.

    The assumptions are that a payment is a theft; each label, each source of labels, and the labels made in this case; where the trail
    stops; the dust limit and the cut-off; in a case with several assets each conversion, each liquidity pool and each kind of
    conversion; modelled opening balances; the order of transactions inside a block; rows that nothing verifies; and statements of
    services. The assumption that changes most comes first. A second table shows how much of each customer's floor is left in the worst
    case, and the same for what was taken from each victim if there are several. The folder keeps the result and the page shows it until
    you trace the case again.
    """
    from tracer.pipeline.what_figures_rest_on import rested

    case = opened(folder)
    with progress(quiet) as advance:
        case, rests = rested(case, floors, blocks, advance, by)
    if as_json:
        print_json(_data(case, rests))
    elif as_csv:
        from tracer.report.what_figures_rest_on import rests_table

        print_csv(*rests_table(case, rests))
    else:
        _print(case, rests, most)


def _data(case: CaseFolder, rests: Rests) -> dict[str, Any]:
    from tracer.evidence.valuation import decimal
    from tracer.evidence.what_figures_rest_on import moved, rests_sentences, worth_moved
    from tracer.store.record.what_figures_rest_on import rests_as_data

    figures = rests_as_data(rests)
    for line, written in zip(rests.lines, figures["assumptions"], strict=True):
        by_asset = [{rule: str(amount) for rule, amount in moved(rests, line, number).items()} for number in range(len(case.assets))]
        written["moved"] = by_asset[0]
        if rests.assets:
            written["moved_by_asset"] = dict(zip(case.asset_names, by_asset, strict=True))
            written["worth_moved"] = {rule: decimal(worth) for rule, worth in worth_moved(rests, line).items()}
    sentences = rests_sentences(rests, case.asset, case.question.leading_rule)
    return {"rule": case.question.leading_rule, "asset": case.asset._asdict(), "gaps": case.gaps, "sentences": sentences, **figures}


def _print(case: CaseFolder, rests: Rests, most: int) -> None:
    from tracer.evidence.what_figures_rest_on import ranked, rests_sentences

    rule = case.question.leading_rule
    for sentence in rests_sentences(rests, case.asset, rule):
        say(sentence)
    lines = ranked(rests, rule)
    names = ["without", f"moves, {rule}", "any rule", "most at", "reason", f"{rule}", f"{rule}, without", "floor", "floor, without"]
    rows = [] if rests.assets else [_row(case, rests, line, rule) for line in lines[:most]]
    if rests.assets:
        for sentence in several_lines(rests, lines[:most], rule):
            say(sentence)
    elif rows:
        print_table("", names, rows, numeric=(1, 2, 5, 6, 7, 8), whole=(0,), order=Narrowing([4, 7, 5, 3], [0, 1]))
    if len(lines) > most:
        say(f"{counted(len(lines) - most, 'more assumption')} of less effect: --top")
    _print_parts(case, rests, most)
    _say_rest(rests)
    for gap in case.gaps:
        say(f"GAP: {gap}")


def _row(case: CaseFolder, rests: Rests, line: Without, rule: str) -> list[str | None]:
    """An assumption, what moves without it, and the place where most does."""
    from tracer.evidence.what_figures_rest_on import moved

    before = {place.key: place for place in rests.places}
    show = case.asset.format

    def change(place: Place) -> tuple[int, int]:
        had = before.get(place.key)
        by_rule = {each: abs(amount - (had.amounts[each] if had else 0)) for each, amount in place.amounts.items()}
        return by_rule[rule], max(by_rule.values())

    by_rule = moved(rests, line)
    first: list[str | None] = [line.assumption.what, show(by_rule.get(rule, 0)), show(max(by_rule.values(), default=0))]
    if not line.places:
        return [*first, None, None, None, None, None, None]
    at = max(line.places, key=change)
    had = before.get(at.key)
    floors = [show(place.bound.least) if place and place.bound else None for place in (had, at)]
    return [*first, at.name or None, at.reason, show(had.amounts[rule] if had else 0), show(at.amounts[rule]), *floors]


def _print_parts(case: CaseFolder, rests: Rests, most: int) -> None:
    """Customers and victims: floor, what it rests on, and the least that is left without any other assumption."""
    from tracer.evidence.what_figures_rest_on import asset_of_place, part_name, resting_parts

    rule = case.question.leading_rule
    found = resting_parts(rests, rule)
    rows = []
    for part, rests_on, otherwise in found[:most]:
        asset = asset_of_place(rests, part, case.asset)
        floors = [bound and asset.format(bound.least) for bound in (part.bound, part.any_order)]
        at = f"{part.name} ({asset.symbol})" if rests.assets else part.name
        rows.append([at, part_name(part), asset.format(part.amounts[rule]), *floors, rests_on, asset.format(otherwise)])
    if rows:
        names = ["at", "of it", rule, "floor", "floor, any order", "rests on", "without any other, at least"]
        differ, order = bool(rests.assets), Narrowing([4, 2, 0], [1, 5])
        print_table("Customers and victims", names, rows, numeric=(2, 3, 4, 6), whole=(1, 5), order=order, units_differ=differ)
    if len(found) > most:
        say(f"{counted(len(found) - most, 'more customer or victim', 'more customers and victims')} of less value: --top")


def _say_rest(rests: Rests) -> None:
    """The assumptions that change nothing, those that cannot be taken away, and what was not tried."""
    same = Counter(line.assumption.kind for line in rests.lines if line.came == "changes nothing")
    if same:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in same.items())
        say(f"Nothing changes without {counted(same.total(), 'other assumption')}: {kinds}.")
    for line in rests.lines:
        if line.came == "cannot be taken away":
            say(f"Cannot be taken away: {line.assumption.what}: {line.why}.")
    for line in rests.lines:
        if line.no_bounds:
            say(f"No floor without {line.assumption.what}: {line.no_bounds.removeprefix('no bounds: ')}.")
    for each in rests.left_out:
        say(f"Not taken away one by one: {each}.")
