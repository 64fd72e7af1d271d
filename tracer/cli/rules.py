"""`tracer rules`: endpoints x rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.asset_options import asset_options, print_endpoints, shown_asset
from tracer.cli.options import as_csv, as_json, folder_argument, opened, read_so_far_of, say_so_far, top_option, wide
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.table_width import Narrowing
from tracer.report.highest_floor_first import endpoints_in_order
from tracer.report.undeclared_rule import with_bounds
from tracer.tracing.reconciliation import certify

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Bound
    from tracer.tracing import Outcome


@click.command("rules")
@folder_argument
@top_option("How many endpoints the table shows; JSON and CSV have them all.")
@click.option(
    "--without-labels",
    "left_out",
    multiple=True,
    metavar="SOURCE",
    help="Show what changes if the labels of this source are not used (repeatable).",
)
@click.option(
    "--by-theft",
    is_flag=True,
    help="With --csv: print one line for each endpoint and each theft from which value ended there.",
)
@asset_options
@as_csv
@as_json
@wide
def rules_command(
    folder: Path,
    most: int,
    left_out: tuple[str, ...],
    by_theft: bool,
    asset_name: str | None,
    answer: str | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show where the trail of the stolen value ends under each rule: the endpoints (an endpoint is an address with the reason why the trail
    stops there), the fees, and the reconciliation, which balances to the smallest unit. While the first trace is still running, the command
    shows what has been read so far.

    With --without-labels SOURCE, tracer applies the rules of a finished trace again without the labels of that source, and shows the old
    and the new figure of every endpoint that changes; it writes nothing. SOURCE is the source that a label states, the title of a TagPack,
    or a label file.
    """
    case = opened(folder, so_far=not left_out)
    if left_out:
        from tracer.cli.rules_without_labels import report_without

        report_without(case, left_out, most, as_csv, as_json)
        return
    certify(case.outcome)
    if of := shown_asset(case, asset_name, answer):
        print_endpoints(case, of, most, as_csv, as_json)
        return
    if as_json:
        print_json(as_data(case))
        return
    if as_csv:
        from tracer.report.tables import rules_table

        print_csv(*rules_table(case, by_theft=by_theft))
        return
    say_so_far(case)
    trace, asset = case.outcome, case.asset
    rules, ends = list(trace.rules), endpoints_in_order(case)

    def line(first: Sequence[str | None], amounts: Mapping[str, int], bound: Bound | tuple[()] = ()) -> list[str | None]:
        return [*first, *with_bounds(case, [asset.format(amounts[rule]) for rule in rules], tuple(map(asset.format, bound)))]

    rows = [
        line([e.address, e.reason, e.service, e.basis], e.amounts, case.bounds.endpoints.get((e.address, e.reason), ()))
        for e in ends[:most]
    ]
    if rest := ends[most:]:
        rows.append(line([f"{len(rest):,} more: --top", *[""] * 3], {rule: sum(e.amounts[rule] for e in rest) for rule in rules}))
    rows.append(line(["fees", *[""] * 3], trace.fees))
    rows.append(line(["stolen", *[""] * 3], trace.stolen))
    names = ["address", "reason", "service", "basis", *headed(case, rules)]
    print_table("", names, rows, numeric=range(4, len(names)), final=True, order=rules_last(case, rules, 4, 3, 1))
    _say_what_holds(case)


def _say_what_holds(case: CaseFolder) -> None:
    """What stands under the table: the declared rule, why totals disagree, what bounds assume, the reconciliation, the gaps."""
    from tracer.evidence.coverage import stolen_twice

    say_star(case)
    say(primary_line(case))
    if twice := stolen_twice(case.outcome, case.asset):
        say(twice)
    for assumption in assumptions(case) if case.bounds.endpoints else ():
        say(assumption)
    say("reconciliation: for every rule and theft, endpoints and fees add up to what was stolen, to the smallest unit")
    for gap in case.gaps:
        say(f"GAP: {gap}")


def _choice_said(outcome: Outcome) -> str:
    """What the other rules show of the declared one: computed on their figures; "" where no other rule was run."""
    if len(outcome.rules) == 1:
        return ""
    figures = (outcome.stolen, outcome.fees, *(end.amounts for end in outcome.endpoints))
    if all(len({amounts[rule] for rule in outcome.rules}) == 1 for amounts in figures):
        return " The other rules that were run give the same figures."
    return " The other rules show how much depends on this choice."


def primary_line(case: CaseFolder) -> str:
    """Which rule is declared, why, and what had been seen by then; or what follows from there being none."""
    from tracer.evidence.coverage import NO_PRIMARY
    from tracer.report.undeclared_rule import UNKNOWN_FLOORS

    primary, reason = case.question.trace.primary, case.question.trace.reason
    said = [f"Declared rule: {primary} (reason in the case file: {reason}).{_choice_said(case.outcome)}" if primary else f"{NO_PRIMARY}."]
    if primary is None and not case.bounds.endpoints:
        said.append(UNKNOWN_FLOORS)
    if case.so_far is None:
        said += ["The rule was declared before this folder held any result."] if case.declared.beforehand else case.declared.sentences
    return " ".join(said)


def marked(case: CaseFolder, rules: Iterable[str]) -> list[str]:
    """The rules as headings, the primary one with a star, which `say_star` explains."""
    return [f"{rule} *" if rule == case.question.trace.primary else rule for rule in rules]


def say_star(case: CaseFolder) -> None:
    """What the star beside a rule means, for the line under a table; nothing where no rule is declared."""
    if case.question.trace.primary is not None:
        say("* the declared rule")


def rules_last(case: CaseFolder, rules: Sequence[str], first: int, *then: int, keep: Sequence[int] = ()) -> Narrowing:
    """How a table is narrowed that has the rules from column `first` on: rules other than the leading one go first, then `then`.

    Where no rule is declared and floors are known, floor and ceiling stay instead of a rule.
    """
    if case.question.trace.primary is None and case.bounds.endpoints:
        return Narrowing([*reversed(range(first + 1, first + 1 + len(rules))), *then], [0, first, first + 1 + len(rules), *keep])
    leading = first + [*rules].index(case.question.leading_rule) if case.question.leading_rule in rules else 0
    others = [first + n for n in reversed(range(len(rules))) if first + n != leading]
    return Narrowing([*others, *then], [0, leading, *keep])


def headed(case: CaseFolder, rules: Sequence[str]) -> list[str]:
    """How the columns of rules and bounds are headed."""
    return [str(name) for name in with_bounds(case, marked(case, rules), ("floor", "ceiling"))]


def assumptions(case: CaseFolder) -> list[str]:
    """What the bounds of a case assume, a sentence each. A case without statements is not read for it."""
    if not case.question.links:
        return []
    from tracer.evidence.statements import assumption_of

    return [assumption_of(case.flow.about.statements)]


def bound_as_data(bound: Bound | None) -> dict[str, str | None]:
    """Least and most as JSON values; null until `tracer bounds` has been run."""
    return {"least": bound and str(bound.least), "most": bound and str(bound.most)}


def as_data(case: CaseFolder) -> dict[str, Any]:
    """The result as JSON values; amounts are whole numbers of the smallest unit, as text."""
    trace = case.outcome
    return {
        **read_so_far_of(case),
        "primary": case.question.trace.primary,
        "reason": case.question.trace.reason or None,
        "declared": list(case.declared.sentences),
        "declared_before_tracing": case.so_far is None and case.declared.beforehand,
        "gaps": case.gaps,
        "asset": case.asset._asdict(),
        "thefts_total": str(sum(theft.amount for theft in trace.thefts)),
        "stolen": {rule: str(amount) for rule, amount in trace.stolen.items()},
        "thefts": [
            {
                "number": number,
                "label": theft.label,
                "tx_hash": theft.tx_hash,
                "amount": str(theft.amount),
                "stolen": {rule: str(taken[number - 1]) for rule, taken in trace.taken.items()},
            }
            for number, theft in enumerate(trace.thefts, 1)
        ],
        "endpoints": [
            {
                "address": endpoint.address,
                "reason": endpoint.reason,
                "service": endpoint.service,
                "basis": endpoint.basis,
                **{rule: str(amount) for rule, amount in endpoint.amounts.items()},
                **bound_as_data(case.bounds.endpoints.get((endpoint.address, endpoint.reason))),
            }
            for endpoint in endpoints_in_order(case)
        ],
        "fees": {rule: str(amount) for rule, amount in trace.fees.items()},
    }
