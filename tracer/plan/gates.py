"""What a case must have before it is traced, and before a figure of it leaves the house."""

from __future__ import annotations

from tracer.casefile import CaseFile
from tracer.errors import AuditError
from tracer.ledger import Audit, Ledger, gaps_of


def require_sound(case: CaseFile, ledger: Ledger, verdict: Audit, allow_gaps: bool) -> None:
    """Raises AuditError if the ledger does not add up and gaps were not allowed."""
    if verdict.adds_up or allow_gaps:
        return
    first, *more = gaps_of(ledger, verdict)
    others = f" (and {len(more)} more)" if more else ""
    raise AuditError(
        f"{case.path}: the ledger does not add up: {first}{others}. Mend the source; or trace with --allow-gaps, and every result says so"
    )


def primary_of(case: CaseFile, what: str) -> str:
    """The primary rule. Raises CaseError where none is declared: `what` (a report, a freeze list) states one figure, not five."""
    if case.trace.primary is None:
        raise case.fault(
            ("trace",),
            f"{what} needs a primary rule: under [trace] write primary = "
            f'"{case.trace.rules[0]}" (or another of rules) and reason = "...", why this rule and not another; then trace again',
        )
    return case.trace.primary
