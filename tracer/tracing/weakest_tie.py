"""What binds the value at an end of the trail to its chain: the weakest tie of any row that led there."""

from __future__ import annotations

from tracer.ledger import Ledger
from tracer.model import TIES, Reason, Tie
from tracer.tracing.stops import HeldAtTheEnd, end_of_row
from tracer.tracing.trace_result import Trace


def ties_of(ledger: Ledger, trace: Trace) -> dict[tuple[str, Reason], Tie]:
    """By address and reason of each endpoint the weakest tie of the rows that carried stolen value there, under any rule.

    Empty where rows state no ties, as on chains whose every row is signed or is a file's word.
    """
    held = HeldAtTheEnd(ledger, trace.stops.until)
    declared = {theft.row for theft in trace.thefts}
    here: dict[int, int] = {}
    found: dict[tuple[str, Reason], int] = {}
    for row in sorted(trace.carrying):
        tie = ledger.transfer(row).attributes.get("tie")
        if tie not in TIES:
            return {}
        sender, recipient = ledger.columns.sender[row], ledger.columns.recipient[row]
        weakest = max(TIES.index(tie), 0 if row in declared and sender not in here else here.get(sender, 0))
        if reason := trace.cuts.get(row):
            place = ledger.accounts[end_of_row(ledger, row)].address, reason
            found[place] = max(weakest, found.get(place, 0))
        else:
            here[recipient] = max(weakest, here.get(recipient, 0))
    for number, weakest in here.items():
        found[ledger.accounts[number].address, held.reason(number)] = weakest
    return {(end.address, end.reason): TIES[found[end.address, end.reason]] for end in trace.endpoints}


def stolen_by_tie(ledger: Ledger, trace: Trace) -> dict[str, dict[Tie, int]]:
    """By rule, what of the stolen value lies at ends of each tie; empty where rows state none. Fees are not among it."""
    ties = ties_of(ledger, trace)
    if not ties:
        return {}
    sums: dict[str, dict[Tie, int]] = {rule: dict.fromkeys(TIES, 0) for rule in trace.rules}
    for end in trace.endpoints:
        for rule, amount in end.amounts.items():
            if amount:
                sums[rule][ties[end.address, end.reason]] += amount
    return sums
