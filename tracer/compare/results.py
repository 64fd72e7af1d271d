"""Two results of one asset: the figures that moved, and everything that differs in what they were made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tracer.casefolder import CaseFolder
from tracer.compare.causes import Cause, causes
from tracer.compare.ledger_rows import RowComparison, compare_rows
from tracer.errors import InputError
from tracer.model import Bound, Reason
from tracer.tracing import Outcome
from tracer.tracing.outcome_and_changes import Change, changes


class MovedBound(NamedTuple):
    """Floor and ceiling that are not as they were; None where unknown. `address` and `reason` are None of a service as a whole."""

    address: str | None
    reason: Reason | None
    service: str | None
    before: Bound | None
    after: Bound | None


class Comparison(NamedTuple):
    """What moved from one result to another. `rules` are those that both ran; `fees` and `stolen` hold before and after, by rule.

    `why`: what differs in case file, labels, ledger, tracer; `rows`: which rows of the ledger, None where all are the same.
    """

    rules: tuple[str, ...]
    endpoints: list[Change]
    fees: Mapping[str, tuple[int, int]]
    stolen: Mapping[str, tuple[int, int]]
    bounds: list[MovedBound]
    why: list[Cause]
    rows: RowComparison | None = None

    @property
    def moved(self) -> bool:
        """Whether any figure that both results have is another; a bound that only one of them has is no figure that moved."""
        sums = (*self.fees.values(), *self.stolen.values())
        return bool(self.endpoints) or any(a != b for a, b in sums) or any(each.before and each.after for each in self.bounds)

    @property
    def verdict(self) -> str:
        """What follows from there being one cause, several, or none."""
        movers = [cause for cause in self.why if cause.moves]
        if not self.moved:
            return "No figure moved." if self.why else "No figure moved, and nothing that they were made from differs."
        if len(movers) == 1:
            return f"That is why figures moved, as nothing else that could move one differs: {movers[0].sentence}"
        if movers:
            return "More than one thing differs: which of them moved which figure, tracing with one of them at a time shows."
        return "Nothing that they were made from differs: figures that moved all the same are a fault; verify both (tracer audit)."


def compare_results(before: CaseFolder, after: CaseFolder) -> Comparison:
    """What moved from one result to another, and why. Raises InputError where they count different assets or share no rule."""
    if before.asset != after.asset:
        said = " and ".join(f"{each.asset.symbol} on {each.asset.chain} ({each.asset.decimals} decimals)" for each in (before, after))
        raise InputError(f"{before.folder} and {after.folder} count {said}: there is no figure to compare")
    rules = tuple(rule for rule in before.outcome.rules if rule in after.outcome.rules)
    if not rules:
        raise InputError(f"{before.folder} and {after.folder} have no rule in common: there is no figure to compare")
    old, new = (_of_rules(case.outcome, rules) for case in (before, after))
    return Comparison(
        rules=rules,
        endpoints=changes(old, new),
        fees={rule: (old.fees[rule], new.fees[rule]) for rule in rules},
        stolen={rule: (old.stolen[rule], new.stolen[rule]) for rule in rules},
        bounds=list(_bounds(before, after)),
        why=list(causes(before, after)),
        rows=None if _transfers(before) == _transfers(after) else compare_rows(before.ledger, after.ledger),
    )


def _transfers(case: CaseFolder) -> object:
    return case.manifest["record"]["tables"]["transfers"]


def _of_rules(outcome: Outcome, rules: tuple[str, ...]) -> Outcome:
    """The outcome under some of its rules, without the endpoints at which none of them puts anything."""
    kept = (end._replace(amounts={rule: end.amounts[rule] for rule in rules}) for end in outcome.endpoints)
    return outcome._replace(
        taken={rule: outcome.taken[rule] for rule in rules},
        fees_by_theft={rule: outcome.fees_by_theft[rule] for rule in rules},
        endpoints=tuple(end for end in kept if any(end.amounts.values())),
    )


def _bounds(before: CaseFolder, after: CaseFolder) -> Iterator[MovedBound]:
    old, new = before.bounds, after.bounds
    for address, reason in dict.fromkeys([*old.endpoints, *new.endpoints]):
        ends = old.endpoints.get((address, reason)), new.endpoints.get((address, reason))
        if ends[0] != ends[1]:
            yield MovedBound(address, reason, None, *ends)
    for service in dict.fromkeys([*old.services, *new.services]):
        ends = old.services.get(service), new.services.get(service)
        if ends[0] != ends[1]:
            yield MovedBound(None, None, service, *ends)
