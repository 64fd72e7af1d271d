"""What a trace comes to, without the rows that lead there; and what changes from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tracer.model import Basis, Endpoint, Reason, Theft
from tracer.tracing.trace_result import Trace


class Outcome(NamedTuple):
    """The figures of a trace: `taken` has what each theft made stolen, `fees_by_theft` what of it left as fees, by rule."""

    thefts: tuple[Theft, ...]
    taken: Mapping[str, tuple[int, ...]]
    fees_by_theft: Mapping[str, tuple[int, ...]]
    endpoints: tuple[Endpoint, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.taken)

    @property
    def fees(self) -> dict[str, int]:
        """What left as fees, of all thefts together, by rule."""
        return {rule: sum(fees) for rule, fees in self.fees_by_theft.items()}

    @property
    def stolen(self) -> dict[str, int]:
        """What all thefts together made stolen, by rule."""
        return {rule: sum(taken) for rule, taken in self.taken.items()}


class Change(NamedTuple):
    """An endpoint in two outcomes, first the one before. `service` and `basis` are None where there is no such endpoint."""

    address: str
    reason: Reason
    service: tuple[str | None, str | None]
    basis: tuple[Basis | None, Basis | None]
    before: Mapping[str, int]
    after: Mapping[str, int]


def outcome_of(trace: Trace) -> Outcome:
    """The figures of a trace."""
    return Outcome(
        trace.thefts,
        taken={rule: stolen.taken for rule, stolen in trace.rules.items()},
        fees_by_theft={rule: stolen.burnt_by_theft for rule, stolen in trace.rules.items()},
        endpoints=trace.endpoints,
    )


def changes(before: Outcome, after: Outcome) -> list[Change]:
    """The endpoints that differ, in amount, service or basis; the largest difference under any rule first.

    Per rule the differences add up to nothing, together with those of fees and of what was stolen.
    """
    nothing = dict.fromkeys(before.rules, 0)
    old, new = ({(e.address, e.reason): e for e in outcome.endpoints} for outcome in (before, after))
    differences = []
    for address, reason in old.keys() | new.keys():
        a, b = old.get((address, reason)), new.get((address, reason))
        if a is None or b is None or (a.amounts, a.service, a.basis) != (b.amounts, b.service, b.basis):
            service, basis = (a and a.service, b and b.service), (a and a.basis, b and b.basis)
            differences.append(Change(address, reason, service, basis, a.amounts if a else nothing, b.amounts if b else nothing))
    return sorted(differences, key=lambda c: (-max(abs(c.after[rule] - c.before[rule]) for rule in before.rules), c.address, c.reason))
