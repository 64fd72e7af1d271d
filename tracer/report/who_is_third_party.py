"""Who is a third party, and which of their rows stay. The ledger without them: `third_parties_hidden_in_ledger_and_texts.py`.

A third party is an account that carries no stolen value under any rule, unless in payments too small to follow. All of them become one
account, since a name of its own for each could be found again on the chain by its amounts. Rows between them are left out, and so are
theirs with services and drained accounts, whose own business decides no figure.
"""

from __future__ import annotations

from typing import NamedTuple

from tracer.ledger import NOBODY, Ledger
from tracer.tracing import Trace
from tracer.wording import counted

POOLED = "third parties"
"""What all third parties together are called in a redacted export."""


class Redaction(NamedTuple):
    """What was taken out. `parties`: accounts that are one now; `dropped`: rows left out; `rows`: new row -> old row, of those that
    stayed; `hidden`: of these, the new rows whose hash, memo, block and time are withheld."""

    parties: frozenset[int]
    dropped: int
    rows: tuple[int, ...]
    hidden: frozenset[int]

    @property
    def sentence(self) -> str:
        """What is printed with everything that is made of the redacted case."""
        return (
            f"Third parties are redacted: {counted(len(self.parties), 'account')} that carried no stolen value, but for what was too small "
            f'to follow, stand as one, "{POOLED}"; {counted(self.dropped, "row")} of theirs left out; of '
            f"{counted(len(self.hidden), 'row')} hash, memo, block and time are withheld, and a salted commitment stands for them. "
            "The figures of everybody else are those of the whole case."
        )


def redaction_of(ledger: Ledger, trace: Trace) -> Redaction:
    """Who is a third party, which of their rows stay and which are hidden."""
    c, known, absorbing = ledger.columns, _known(ledger, trace), absorbing_accounts(ledger, trace)
    rows, hidden = list[int](), set[int]()
    for row, ends in enumerate(zip(c.sender, c.recipient, strict=True)):
        here = {end for end in ends if end != NOBODY}
        if not here & known or (here - known and here & absorbing):
            continue
        if here - known:
            hidden.add(len(rows))
        rows.append(row)
    parties = frozenset(range(len(ledger.accounts))) - known
    return Redaction(parties, len(ledger) - len(rows), tuple(rows), frozenset(hidden))


def _known(ledger: Ledger, trace: Trace) -> set[int]:
    """Who stays: the two sides of each theft, whoever carried stolen value that was followed, and services."""
    c = ledger.columns
    known = {ledger.index[address] for theft in trace.thefts for address in (theft.sender, theft.recipient)}
    known |= {ledger.index[address] for address in trace.stops.services if address in ledger.index}
    for row in trace.carrying:
        known |= {c.sender[row]} if trace.cuts.get(row) == "dust" else {c.sender[row], c.recipient[row]}
    return known - {NOBODY}


def absorbing_accounts(ledger: Ledger, trace: Trace) -> set[int]:
    """Services, and drained accounts that never held stolen value: what they do with others decides no figure."""
    c = ledger.columns
    held = {c.recipient[row] for row in trace.carrying if row not in trace.cuts}
    named = {*trace.stops.services, *(theft.sender for theft in trace.thefts)}
    return {ledger.index[address] for address in named if address in ledger.index} - held
