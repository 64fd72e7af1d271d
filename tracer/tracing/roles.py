"""What an address is in a case."""

from __future__ import annotations

from tracer.ledger import Ledger
from tracer.tracing.trace_result import Trace


def stop_of(holding: str, ledger: Ledger, trace: Trace) -> str | None:
    """Why an account absorbs: it is a service, it was drained, or its history was not read. None if it does not. `holding`: its address, or
    that and an asset (`Account.holding`)."""
    held = ledger.index.get(holding)
    address = holding if held is None else ledger.accounts[held].address
    if address in trace.drained:
        return "returned"
    if address in trace.stops.services:
        return "service"
    return "not_fetched" if held is not None and ledger.accounts[held].coverage == "boundary" else None


def role_of(address: str, stop: str | None, trace: Trace) -> str:
    """What an address is in the case: victim, service, recipient of a theft, boundary, or any other account."""
    paid = address in trace.first_recipients
    return role_of_side(drained=stop == "returned", service=stop == "service", paid=paid, unread=stop == "not_fetched")


def role_of_side(*, drained: bool, service: bool, paid: bool, unread: bool) -> str:
    """The same, of what is known of an address: the first that holds, in this order, is what it is."""
    return "victim" if drained else "service" if service else "recipient" if paid else "boundary" if unread else "account"
