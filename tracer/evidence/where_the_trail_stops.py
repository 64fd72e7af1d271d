"""What the coverage statement says of where the trail stops, of stolen value that was not followed further, of accounts that paid more
than they are known to have held, and of how many are touched."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.ledger import Ledger
from tracer.tracing import Trace
from tracer.wording import counted, utc, which


def cut_said(ledger: Ledger, trace: Trace) -> Iterator[str]:
    """Where the trail of a case stops, what was cut there by rule, and how many accounts stolen money could have reached."""
    yield _stops(ledger, trace)
    for reason, meant in (("dust", "the transfers are too small"), ("not_fetched", "the history was not read, or was read only in part")):
        cut = {rule: sum(e.amounts[rule] for e in trace.endpoints if e.reason == reason) for rule in trace.rules}
        if any(cut.values()):
            by_rule = ", ".join(f"{rule} {ledger.asset.format(amount)}" for rule, amount in cut.items())
            yield f"Stolen value not followed further because {meant} ({reason}): {by_rule} {ledger.asset.symbol}."
    short = max(sum(stolen.topped_up.values()) for stolen in trace.rules.values())
    if short:
        yield f"Accounts paid {ledger.asset.stated(short)} more than they are known to have held; tracer takes the difference to be clean."
    touched = which(len(trace.touched), "account", "is", "are")
    could = "judging by the sequence of payments alone, stolen money could have arrived there"
    yield f"{touched} touched: {could}; this says nothing about how much."


def _stops(ledger: Ledger, trace: Trace) -> str:
    """Where the trail of this case may stop; of unread accounts and of assets destroyed or exchanged only where it did."""
    drained = {theft.sender for theft in trace.thefts}
    owners = {trace.stops.services.get(address) for address in drained}
    stopping = [name for address, name in trace.stops.services.items() if address not in drained and address in ledger.index]
    services = sorted(set(stopping) - owners)
    theirs = [name for name in stopping if name in owners]
    labelled = " or ".join(f'"{owner}"' for owner in sorted(set(theirs)))
    others = f"{counted(len(theirs), 'other account')} labelled {labelled}" if theirs else ""
    stopped = {row: trace.cuts[row] for row in trace.carrying if row in trace.cuts}
    met = set(stopped.values())
    unread = {ledger.columns.recipient[row] for row, reason in stopped.items() if reason == "not_fetched"}
    several = "s" * (len(drained) > 1)
    parts = [f"at services ({', '.join(services)})"] if services else []
    parts.append(f"at the drained account{several}{f' and {others}' if others else ''}")
    if unread:
        parts.append(f"at {counted(len(unread), 'account')} whose history was not read")
    if away := [said for reason, said in (("destroyed", "destroyed"), ("converted", "exchanged")) if reason in met]:
        parts.append(f"where the asset is {' or '.join(away)}")
    if trace.stops.dust:
        parts.append(f"at transfers below {ledger.asset.stated(trace.stops.dust)}")
    if trace.stops.until is not None:
        parts.append(f"at the cut-off, {utc(trace.stops.until)}")
    but = f" other than the drained one{several}" if any(owners) else ""
    none = "" if services or others else f"No account in the ledger{but} is labelled as a service. "
    return f"{none}The trail stops {'; '.join(parts)}."
