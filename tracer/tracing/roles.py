"""What an address is in a case."""

from __future__ import annotations

from tracer.ledger import Ledger
from tracer.tracing.trace import Trace


def stop_of(address: str, ledger: Ledger, trace: Trace) -> str | None:
    """Why an account absorbs: it is a service, it was robbed, or its history was not read. None if it does not."""
    if any(theft.sender == address for theft in trace.thefts):
        return "returned"
    if address in trace.stops.services:
        return "service"
    return "not_fetched" if ledger.accounts[ledger.index[address]].coverage == "boundary" else None


def role_of(address: str, stop: str | None, trace: Trace) -> str:
    """What an address is in the case: victim, service, recipient of a theft, boundary, or any other account."""
    if stop == "returned":
        return "victim"
    if stop == "service":
        return "service"
    if any(theft.recipient == address for theft in trace.thefts):
        return "recipient"
    return "boundary" if stop == "not_fetched" else "account"
