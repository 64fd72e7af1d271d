"""What `tracer rules --without-labels` prints: the stored result beside the one without the labels of a source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.table_width import Narrowing
from tracer.tracing.outcome_and_changes import Change, Outcome, changes
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Label


def report_without(case: CaseFolder, sources: Collection[str], most: int, as_csv: bool, as_json: bool) -> None:
    """Prints every endpoint that differs without the labels of some sources."""
    before, (after, gone) = case.outcome, case.outcome_without(sources)
    differing = changes(before, after)
    if as_json:
        print_json(_data(case, sources, gone, before, after, differing))
    elif as_csv:
        names = ["address", "reason", "service", "service_without", "basis", "basis_without"]
        amounts = [name for rule in before.rules for name in (rule, f"{rule}_without")]
        print_csv([*names, *amounts], ([*_ends(c), *_amounts(c.before, c.after, before.rules)] for c in differing))
    else:
        _print(case, sources, gone, before, after, differing, most)


def _ends(change: Change) -> list[str | None]:
    return [change.address, change.reason, *change.service, *change.basis]


def _amounts(before: Mapping[str, int], after: Mapping[str, int], rules: Sequence[str]) -> list[str]:
    return [str(amounts[rule]) for rule in rules for amounts in (before, after)]


def _data(
    case: CaseFolder, sources: Collection[str], gone: Sequence[Label], before: Outcome, after: Outcome, differing: Sequence[Change]
) -> dict[str, Any]:
    def side_by_side(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, dict[str, str]]:
        return {"stored": {rule: str(old[rule]) for rule in before.rules}, "without": {rule: str(new[rule]) for rule in before.rules}}

    return {
        "without_labels": list(sources),
        "labels_left_out": len(gone),
        "primary": case.question.trace.primary,
        "gaps": case.gaps,
        "asset": case.asset._asdict(),
        "services_gone": _services_gone(differing),
        "endpoints": [
            {**dict(zip(("address", "reason", "service", "service_without", "basis", "basis_without"), _ends(c), strict=True)),
             **side_by_side(c.before, c.after)}
            for c in differing
        ],
        "fees": side_by_side(before.fees, after.fees),
        "stolen": side_by_side(before.stolen, after.stolen),
    }  # fmt: skip


def _services_gone(differing: Sequence[Change]) -> dict[str, list[str]]:
    """Addresses at which a service absorbed stolen value and none does now, by the service's name."""
    gone: dict[str, list[str]] = {}
    for change in differing:
        before, after = change.service
        if before is not None and after is None:
            gone.setdefault(before, []).append(change.address)
    return gone


def _print(
    case: CaseFolder,
    sources: Collection[str],
    gone: Sequence[Label],
    before: Outcome,
    after: Outcome,
    differing: Sequence[Change],
    most: int,
) -> None:
    say(f"Without the labels of {' and '.join(sources)}: {counted(len(gone), 'label')} left out.")
    if not differing:
        say("No endpoint changes: every figure stands without them.")
        return
    rules, asset = before.rules, case.asset
    leading = case.question.leading_rule
    others = [rule for rule in rules if rule != leading]

    def line(place: Sequence[Any], old: Mapping[str, int], new: Mapping[str, int]) -> list[Any]:
        difference = {rule: new[rule] - old[rule] for rule in rules}
        signed = [("+" if difference[rule] > 0 else "") + asset.format(difference[rule]) for rule in (leading, *others)]
        return [*place, asset.format(old[leading]), asset.format(new[leading]), *signed]

    rows = [line([c.address, c.reason, _named(c)], c.before, c.after) for c in differing[:most]]
    if rest := differing[most:]:
        sums = ({rule: sum(getattr(c, side)[rule] for c in rest) for rule in rules} for side in ("before", "after"))
        rows.append(line([f"{len(rest):,} more: --top", "", ""], *sums))
    rows.append(line(["fees", "", ""], before.fees, after.fees))
    rows.append(line(["stolen", "", ""], before.stolen, after.stolen))
    names = ["address", "reason", "service", f"{leading}, stored", f"{leading}, without", *(f"{rule} +/-" for rule in (leading, *others))]
    print_table(
        "Endpoints that differ",
        names,
        rows,
        numeric=range(3, len(names)),
        final=True,
        order=Narrowing([*range(len(names) - 1, 5, -1), 1], [0, 3, 4, 5]),
    )
    for name, addresses in _services_gone(differing).items():
        taken = sum(c.before[leading] for c in differing if c.service == (name, None))
        where = counted(len(addresses), "address", "addresses")
        say(f"{name} no longer stops the trail at {where}: {asset.stated(taken)} ended there ({leading})")
    for gap in case.gaps:
        say(f"GAP: {gap}")
    say("The stored result is as it was: nothing was written.")


def _named(change: Change) -> str | None:
    """The service, or both where it is another one, or none, without the labels."""
    before, after = change.service
    if before == after:
        return before
    return f"{before or '(none)'} -> {after or '(none)'}"
