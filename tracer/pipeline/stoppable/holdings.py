"""Who holds stolen value, and whom to ask about it: what stands on the list, by the kind of addressee."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tracer.labels import LabelBook
from tracer.labels.bridges import BridgeRequest, bridge_request, is_bridge
from tracer.ledger import Ledger
from tracer.model import BASES, STILL_HELD, Basis, Bounds, Endpoint, Memo, Reason, Transfer
from tracer.pipeline.stoppable.balances import Balance
from tracer.plan.deposit_addresses import DepositAddress
from tracer.tracing import Trace


class Holding(NamedTuple):
    """Stolen value at an address, or of one customer there, before anything is looked up of it. `arrivals`: the rows that brought it.
    `request`: what a bridge was asked for with it; then it is beyond the reach of this chain."""

    kind: str
    addressee: str
    address: str
    memo: Memo | None
    reason: Reason
    basis: Basis
    arrivals: tuple[Transfer, ...]
    traced: Mapping[str, int]
    request: BridgeRequest | None = None


class Facts(NamedTuple):
    """What the list is made of: a traced case, its bounds or why there are none, balances that were asked for just now, accounts that only
    forward to one service, and who can freeze the asset wherever it is (None: nobody)."""

    ledger: Ledger
    trace: Trace
    labels: LabelBook
    declared: str | None
    bounds: Bounds
    unbounded: str
    asked: Mapping[str, Balance] = {}
    deposit_addresses: Mapping[str, DepositAddress] = {}
    issuer: str | None = None

    def counts(self, traced: Mapping[str, int]) -> bool:
        """Whether value stands on the list: what the declared rule traces there, or any rule where none is declared."""
        return bool(traced[self.declared] if self.declared else any(traced.values()))

    def at_bridge(self, t: Transfer) -> bool:
        """Whether a row gave a bridge something, by its label or by its own event."""
        return is_bridge(t.recipient, self.labels) or bool(t.attributes.get("far_address"))


class Kind(NamedTuple):
    """Who can stop value: in words, what of the case is theirs, and what they are asked ("": nobody can be asked)."""

    who: str
    holdings: Callable[[Facts], Iterator[Holding]]
    asked: str


def _at_services(facts: Facts) -> Iterator[Holding]:
    """What came to services, a holding for each customer: the deposit address, or the memo on it. Only what a block vouches for; what
    came from a deposit address stands there."""
    trace = facts.trace
    ends = {end.address: end for end in trace.endpoints if end.reason == "service"}
    by_customer: dict[tuple[str, Memo | None], list[Transfer]] = {}
    for row, reason in sorted(trace.cuts.items()):
        if reason == "service" and row in trace.carrying and (t := facts.ledger.transfer(row)).basis == "chain":
            if t.sender in facts.deposit_addresses or facts.at_bridge(t):
                continue
            by_customer.setdefault((str(t.recipient), t.memo), []).append(t)
    for (address, memo), deposits in by_customer.items():
        traced = {rule: sum(trace.carried(t.row)[rule] for t in deposits) for rule in trace.rules}
        if facts.counts(traced):
            rows = tuple(t for t in deposits if facts.counts(trace.carried(t.row)))
            yield Holding("service", str(ends[address].service), address, memo, "service", ends[address].basis, rows, traced)


def _at_bridges(facts: Facts) -> Iterator[Holding]:
    """What bridges were given, a holding for each other side that they were asked for. Only what a block vouches for."""
    trace = facts.trace
    asked: dict[tuple[str, Memo | None, str | None, str | None], list[tuple[Transfer, BridgeRequest | None]]] = {}
    for row in sorted(trace.carrying):
        t = facts.ledger.transfer(row)
        if t.basis == "chain" and (trace.cuts.get(row) in GIVEN_AWAY or "far_address" in t.attributes) and facts.at_bridge(t):
            request = bridge_request(t, facts.labels)
            far = (request.address, request.number) if request else (None, None)
            asked.setdefault((str(t.recipient or t.sender), t.memo, *far), []).append((t, request))
    bases = {(end.address, end.reason): end.basis for end in trace.endpoints}
    for (address, memo, *_), given in asked.items():
        traced = {rule: sum(trace.carried(t.row)[rule] for t, _ in given) for rule in trace.rules}
        if facts.counts(traced):
            reason = trace.cuts.get(given[-1][0].row, "unspent")
            name = trace.stops.services.get(address) or facts.labels.name(address) or f"bridge {address}"
            rows = tuple(t for t, _ in given if facts.counts(trace.carried(t.row)))
            yield Holding("bridge", name, address, memo, reason, bases.get((address, reason), "chain"), rows, traced, given[-1][1])


def _at_deposit_addresses(facts: Facts) -> Iterator[Holding]:
    """What came to accounts that only forward to one service: what they passed on to it, and what they still hold."""
    trace, c = facts.trace, facts.ledger.columns
    ends = {end.address: end for end in _still_held(facts)}
    services = {end.address: end for end in trace.endpoints if end.reason == "service"}
    for address, each in facts.deposit_addresses.items():
        swept = [row for row in each.sweeps if row in trace.carrying and c.basis[row] == "chain"]
        left = ends.get(address)
        traced = {rule: sum(trace.carried(row)[rule] for row in swept) + (left.amounts[rule] if left else 0) for rule in trace.rules}
        if facts.counts(traced):
            rows = tuple(facts.ledger.transfer(row) for row in each.deposits if row in trace.carrying and facts.counts(trace.carried(row)))
            bases = [left.basis] if left else []
            bases += [services[facts.ledger.accounts[c.recipient[row]].address].basis for row in swept]
            reason: Reason = "service" if swept else left.reason if left else "unspent"
            yield Holding("deposit", each.service, address, None, reason, max(bases, key=BASES.index), rows, traced)


def _still_held(facts: Facts) -> Iterator[Endpoint]:
    """Where value still lies, but for what is frozen already."""
    return (end for end in facts.trace.endpoints if end.reason in STILL_HELD and end.reason != "frozen" and facts.counts(end.amounts))


def _held(facts: Facts) -> Iterator[Holding]:
    """What is held at addresses of no service, or was when their history was last read."""
    trace, ledger = facts.trace, facts.ledger
    ends = {end.address: end for end in _still_held(facts) if end.address not in facts.deposit_addresses}
    arrived: dict[str, list[Transfer]] = {address: [] for address in ends}
    for row in sorted(row for row in trace.carrying if trace.cuts.get(row) != "destroyed"):
        if facts.counts(trace.carried(row)) and (to := ledger.accounts[ledger.columns.recipient[row]].address) in ends:
            arrived[to].append(ledger.transfer(row))
    kind = "issuer" if facts.issuer else "nobody"
    for address, end in ends.items():
        if arrived[address] and all(map(facts.at_bridge, arrived[address])):
            continue
        yield Holding(kind, facts.issuer or "", address, None, end.reason, end.basis, tuple(arrived[address]), end.amounts)


KINDS: dict[str, Kind] = {
    "service": Kind(
        "the service at which it was deposited",
        _at_services,
        "to hold what these customers have with you, and to keep the records of who they are; to say how much of it you could hold",
    ),
    "deposit": Kind(
        "the service to which alone the address forwards (inferred)",
        _at_deposit_addresses,
        "whether these addresses are of your customers, and then to hold what they have with you, and to keep the records of who they are",
    ),
    "bridge": Kind(
        "the bridge that was asked to pay it out on another chain",
        _at_bridges,
        "to hold what you have not paid out of these requests; and to say of each what you paid out, where, when and in which transaction",
    ),
    "issuer": Kind(
        "the issuer of the token, whose contract can freeze it where it is",
        lambda facts: _held(facts) if facts.issuer else iter(()),
        "to freeze what these addresses hold of the token, and to say when that is done",
    ),
    "nobody": Kind(
        "nobody yet: it is held at addresses of no service that a label names",
        lambda facts: iter(()) if facts.issuer else _held(facts),
        "",
    ),
}
"""Who can stop value, by the kind of addressee, in the order of the list. Another kind is another entry."""


GIVEN_AWAY: tuple[Reason, ...] = ("service", "converted", "destroyed")
"""Why a trail ends at a bridge: it is labelled as a service, its own event says what it is, or it burns what it is given."""

OF_NO_SERVICE = ("issuer", "nobody")
"""Kinds of holdings at addresses of no service."""


def holdings_of(facts: Facts) -> list[Holding]:
    """What stands on the list, by kind."""
    return [holding for kind in KINDS.values() for holding in kind.holdings(facts)]
