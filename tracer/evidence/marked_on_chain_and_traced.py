"""Accounts that somebody marked on the chain, beside those that stolen value reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.labels import Marked, compare_markings
from tracer.ledger import Ledger
from tracer.model import Marking
from tracer.tracing import Trace
from tracer.wording import counted, which


def marked_of(ledger: Ledger, trace: Trace, markings: Sequence[Marking], rule: str) -> Marked:
    """The marked accounts compared with those that stolen value passed under a rule; services and drained accounts are left out."""
    stops = {theft.sender for theft in trace.thefts} | set(trace.stops.services)
    traced: dict[str, int] = {}
    for row in sorted(trace.rules[rule].by_row):
        if trace.cuts.get(row) == "destroyed":
            continue
        recipient = ledger.accounts[ledger.columns.recipient[row]].address
        if recipient not in stops:
            traced.setdefault(recipient, ledger.columns.height[row] or 0)
    touched = {address: ledger.columns.height[row] or 0 for address, row in trace.touched.items()}
    return compare_markings(markings, traced, touched)


def markers_said(ledger: Ledger, trace: Trace, markings: Sequence[Marking]) -> Iterator[str]:
    """What the coverage statement says of marked accounts, under the first rule."""
    if not markings:
        return
    rule = next(iter(trace.rules))
    marked = marked_of(ledger, trace, markings, rule)
    markers, accounts = len({marking.marker for marking in markings}), len({marking.address for marking in markings})
    if len(marked.both) == accounts:
        every = "It" if accounts == 1 else "Each of these accounts"
        when = f"{every} held a marker at some time after stolen value had arrived there (under {rule})."
    else:
        when = (
            f"Of these accounts, {len(marked.both):,} held a marker at some time after stolen value had arrived there (under {rule}); "
            f"{len(marked.touched):,} held one only at a time when stolen value could have arrived but, under {rule}, had not; "
            f"{len(marked.innocent):,} only when none could have arrived."
        )
    sent = f"somebody sent {'it' if accounts == 1 else 'them'} a marker, a token that marks an account, for example as suspect"
    kinds = f" There are {markers:,} kinds of marker." if markers > 1 else ""
    yield (
        f"{which(accounts, 'account', 'was', 'were')} marked on the chain: {sent}.{kinds} {when} Under {rule}, stolen value also "
        f"reached {counted(len(marked.missed), 'account')} that held none when it arrived or later; services and drained accounts are not "
        "counted."
    )
