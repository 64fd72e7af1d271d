"""`tracer compare`: two results, or two sources, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.compare_sources import print_rows, row_difference_as_data, show_sources
from tracer.cli.options import allow_outside, as_json, wide
from tracer.cli.output import print_json, print_table, say
from tracer.cli.rules import bound_as_data
from tracer.cli.table_width import Narrowing
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.compare import Comparison
    from tracer.compare.results import MovedBound
    from tracer.compare.rival_schedule_file import Unit
    from tracer.tracing.outcome_and_changes import Change

MOST = 30  # endpoints in the table; all in JSON


@click.command("compare")
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--fail",
    is_flag=True,
    help="End with exit code 2 if a figure changed that both results have; for sources, if an answer or a row differs.",
)
@click.option(
    "--unit",
    type=click.Choice(["smallest", "coin"]),
    default="smallest",
    show_default=True,
    help="The unit in which a table states its amounts, unless tracer recognises the format of the file.",
)
@allow_outside
@as_json
@wide
def compare_command(before: Path, after: Path, fail: bool, unit: Unit, allow_outside: bool | None, as_json: bool) -> int:
    """Show which figures changed from one result to another, and why; or show where two sources differ, beginning with the first answer or
    row that differs.

    To name a result, give its case folder; an earlier result in it is DIR@3 (after entry 3 of its log, see tracer log), DIR@2026-03-01 (at
    the end of that day, UTC), or DIR@ followed by at least the first six characters of its results digest. tracer compares endpoints, fees,
    what was stolen, and the floors and ceilings of endpoints and services to the smallest unit, and then the case file, labels, rows,
    blocks read and the version of tracer.

    If A or B is a file, tracer compares two sources. It compares two recordings of nodes request by request, and anything else row by
    row: a case folder, the sources of a case file, a recording, or a table such as an explorer's file or a service's statement. It takes
    the amounts of a table to be in the asset of the case on the other side, or in XEM if there is none. For a difference tracer gives the
    amount that it concerns, if there is one, and the cause, if it is of a known kind. The table adds up rows by cause; --json lists them.

    \b
    tracer compare my-case@1 my-case
    tracer compare node-a.jsonl.gz node-b.jsonl.gz
    tracer compare my-case explorer.csv
    """
    from tracer.casefolder import CaseFolder
    from tracer.compare import compare_results
    from tracer.compare.sources_by_path import are_results

    if not are_results(before, after):
        return 2 if show_sources(before, after, allow_outside, unit, as_json) and fail else 0
    old, new = CaseFolder.open(before), CaseFolder.open(after)
    found = compare_results(old, new)
    if as_json:
        print_json(_data(before, after, old, new, found))
    else:
        _print(old, new, found)
    return 2 if fail and found.moved else 0


def _data(before: Path, after: Path, old: CaseFolder, new: CaseFolder, found: Comparison) -> dict[str, Any]:
    return {
        "a": {"case": str(before), "results_digest": old.manifest["results_digest"], "tracer": old.manifest["tracer"]},
        "b": {"case": str(after), "results_digest": new.manifest["results_digest"], "tracer": new.manifest["tracer"]},
        "asset": new.asset._asdict(),
        "moved": found.moved,
        "endpoints": [
            {
                "address": each.address,
                "reason": each.reason,
                "service": dict(zip(("a", "b"), each.service, strict=True)),
                "basis": dict(zip(("a", "b"), each.basis, strict=True)),
                "amounts": {rule: {"a": str(each.before[rule]), "b": str(each.after[rule])} for rule in found.rules},
            }
            for each in found.endpoints
        ],
        "fees": {rule: {"a": str(a), "b": str(b)} for rule, (a, b) in found.fees.items()},
        "stolen": {rule: {"a": str(a), "b": str(b)} for rule, (a, b) in found.stolen.items()},
        "bounds": [
            {**each._asdict(), "before": each.before and bound_as_data(each.before), "after": each.after and bound_as_data(each.after)}
            for each in found.bounds
        ],
        "why": [cause._asdict() for cause in found.why],
        "rows": [row_difference_as_data(each) for each in found.rows.differences] if found.rows else [],
        "verdict": found.verdict,
    }


def _print(old: CaseFolder, new: CaseFolder, found: Comparison) -> None:
    rule, asset = new.question.trace.primary or found.rules[0], new.asset
    rule = rule if rule in found.rules else found.rules[0]

    def line(first: list[str | None], was: Any, now: Any) -> list[str | None]:
        differences = (now[each] - was[each] for each in found.rules)
        return [*first, asset.format(was[rule]), asset.format(now[rule]), *map(asset.format, differences)]

    rows = [line(_named(each), each.before, each.after) for each in found.endpoints[:MOST]]
    for name, sums in (("fees", found.fees), ("stolen", found.stolen)):
        was, now = ({each: pair[place] for each, pair in sums.items()} for place in (0, 1))
        rows.append(line([name, None, None], was, now))
    names = ["address", "reason", "service", f"{rule} in A", f"{rule} in B", *(f"{each} B - A" for each in found.rules)]
    if found.moved:
        order = Narrowing(list(reversed(range(6, len(names)))), [0, 3, 4])
        print_table("", names, rows, numeric=range(3, len(names)), final=True, order=order)
        if len(found.endpoints) > MOST:
            say(f"{counted(len(found.endpoints) - MOST, 'more endpoint')} moved, by less (--json has all)")
    if found.rows and found.rows.differences:
        print_rows(asset, found.rows)
    for sentence in (*_bound_lines(new, found.bounds), *(cause.sentence for cause in found.why), found.verdict):
        say(sentence)
    say(f"results digest {old.manifest['results_digest']} in A")
    say(f"results digest {new.manifest['results_digest']} in B")


def _named(change: Change) -> list[str | None]:
    was, now = change.service
    return [change.address, change.reason, now if was == now else f"{was or 'none'} -> {now or 'none'}"]


def _bound_lines(case: CaseFolder, moved: list[MovedBound]) -> Iterator[str]:
    both = [each for each in moved if each.before and each.after]
    for each in both[:MOST]:
        was, now = (f"{case.asset.format(b.least)} to {case.asset.format(b.most)}" for b in (each.before, each.after) if b)
        yield f"Floor and ceiling of {each.address or each.service}: {was} -> {now}."
    if len(both) > MOST:
        yield f"{counted(len(both) - MOST, 'more floor or ceiling', 'more floors and ceilings')} moved (--json has all)."
    for name, only in (("A", sum(not each.after for each in moved)), ("B", sum(not each.before for each in moved))):
        if only:
            yield f"{counted(only, 'floor and ceiling', 'floors and ceilings')} known in {name} only."
