"""Who holds stolen value, by the kind of addressee who can stop it: what stands on the list, before anything is looked up of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tracer.labels import LabelBook
from tracer.labels.bridge_requests import BridgeRequest, bridge_request, is_bridge
from tracer.ledger import Columns, Ledger
from tracer.model import BASES, NO_BOUNDS, STILL_HELD, Asset, Basis, Bounds, Endpoint, Memo, Reason, Transfer, holding_of
from tracer.pipeline.stoppable.balance_of_an_address import Balance
from tracer.pipeline.stoppable.kinds_of_addressee import KINDS
from tracer.plan.deposit_addresses_for_freeze_lists import DepositAddress
from tracer.tracing import Trace
from tracer.tracing.stops import rows_of_keys


class Holding(NamedTuple):
    """Stolen value at an address, or of one customer there, before anything is looked up of it. `arrivals`: the rows that brought it.
    `request`: what a bridge was asked for with it; then it is beyond the reach of this chain. `asset`: its number among those of the case,
    in whose smallest units `traced` is."""

    kind: str
    addressee: str
    address: str
    memo: Memo | None
    reason: Reason
    basis: Basis
    arrivals: tuple[Transfer, ...]
    traced: Mapping[str, int]
    request: BridgeRequest | None = None
    asset: int = 0

    @property
    def numbers(self) -> list[str]:
        """The numbers by which a bridge knows its requests: of its own event, or where memos ask the hash of each transaction."""
        if self.request is None or self.request.by_event:
            return [self.request.number] if self.request and self.request.number else []
        return [t.tx_hash for t in self.arrivals if t.tx_hash]

    @property
    def account(self) -> str:
        """The name of what the address holds of the asset, in a ledger of several."""
        return holding_of(self.address, self.asset)


class Facts(NamedTuple):
    """What the list is made of: a traced case, its bounds by the number of the asset or why there are none, balances that were asked for
    just now, accounts that only forward to one service, and who can freeze an asset wherever it is. Ledger and trace are of all assets."""

    ledger: Ledger
    trace: Trace
    labels: LabelBook
    declared: str | None
    bounds: Mapping[int, Bounds]
    unbounded: str
    asked: Mapping[str, Balance] = {}
    deposit_addresses: Mapping[str, DepositAddress] = {}
    issuers: Mapping[int, str] = {}

    def asset_of(self, holding: Holding) -> Asset:
        """What a holding is of."""
        return self.ledger.assets[holding.asset]

    def bounds_of(self, holding: Holding) -> Bounds:
        """The bounds of its asset, as far as there are any."""
        return self.bounds.get(holding.asset, NO_BOUNDS)

    def counts(self, traced: Mapping[str, int]) -> bool:
        """Whether value stands on the list: what the declared rule traces there, or any rule where none is declared."""
        return bool(traced[self.declared] if self.declared else any(traced.values()))

    def at_bridge(self, t: Transfer) -> bool:
        """Whether a row gave a bridge something, by its label or by its own event."""
        return is_bridge(t.recipient, self.labels) or bool(t.attributes.get("far_address"))


def _at_services(facts: Facts) -> Iterator[Holding]:
    """What came to services, a holding for each customer: the deposit address, or the memo on it. Only what a block vouches for; what
    came from a deposit address stands there."""
    trace = facts.trace
    ends = {(end.address, end.asset): end for end in trace.endpoints if end.reason == "service"}
    by_customer: dict[tuple[str, int, Memo | None], list[Transfer]] = {}
    for row, reason in sorted(trace.cuts.items()):
        if reason == "service" and row in trace.carrying and (t := facts.ledger.transfer(row)).basis == "chain":
            if t.sender in facts.deposit_addresses or facts.at_bridge(t):
                continue
            by_customer.setdefault((str(t.recipient), t.asset, t.memo), []).append(t)
    for (address, asset, memo), deposits in by_customer.items():
        traced = {rule: sum(trace.carried(t.row)[rule] for t in deposits) for rule in trace.rules}
        if facts.counts(traced):
            rows = tuple(t for t in deposits if facts.counts(trace.carried(t.row)))
            end = ends[address, asset]
            yield Holding("service", str(end.service), address, memo, "service", end.basis, rows, traced, asset=asset)


def _at_bridges(facts: Facts) -> Iterator[Holding]:
    """What bridges were given, a holding for each other side that they were asked for. Only what a block vouches for."""
    trace = facts.trace
    asked: dict[tuple[str, int, Memo | None, str | None, str | None], list[tuple[Transfer, BridgeRequest | None]]] = {}
    for row in sorted(trace.carrying):
        t = facts.ledger.transfer(row)
        if _given_to_bridge(facts, t):
            request = bridge_request(t, facts.labels)
            far = (request.address, request.number if request.by_event else None) if request else (None, None)
            asked.setdefault((str(t.recipient or t.sender), t.asset, t.memo, *far), []).append((t, request))
    bases = {(end.address, end.asset, end.reason): end.basis for end in trace.endpoints}
    for (address, asset, memo, *_), given in asked.items():
        traced = {rule: sum(trace.carried(t.row)[rule] for t, _ in given) for rule in trace.rules}
        if facts.counts(traced):
            reason = trace.cuts.get(given[-1][0].row, "unspent")
            name = trace.stops.services.get(address) or facts.labels.name(address) or f"bridge {address}"
            rows = tuple(t for t, _ in given if facts.counts(trace.carried(t.row)))
            basis = bases.get((address, asset, reason), "chain")
            yield Holding("bridge", name, address, memo, reason, basis, rows, traced, given[-1][1], asset)


def _given_to_bridge(facts: Facts, t: Transfer) -> bool:
    """Whether a row stands on a line of a bridge; a labelled bridge without an event, at which the trail does not stop, is a holder."""
    away = facts.trace.cuts.get(t.row) in GIVEN_AWAY or "far_address" in t.attributes
    return t.basis == "chain" and away and facts.at_bridge(t)


def _at_deposit_addresses(facts: Facts) -> Iterator[Holding]:
    """What came to accounts that only forward to one service: what they passed on to it, and what they still hold, an asset each."""
    trace, c, accounts = facts.trace, facts.ledger.columns, facts.ledger.accounts
    ends = {(end.address, end.asset): end for end in _still_held(facts)}
    services = {(end.address, end.asset): end for end in trace.endpoints if end.reason == "service"}
    for address, each in facts.deposit_addresses.items():
        for asset in range(len(facts.ledger.assets)):
            swept = [row for row in each.sweeps if accounts[c.recipient[row]].asset == asset and row in trace.carrying and _read(c, row)]
            left = ends.get((address, asset))
            traced = {rule: sum(trace.carried(row)[rule] for row in swept) + (left.amounts[rule] if left else 0) for rule in trace.rules}
            if facts.counts(traced):
                paid = [facts.ledger.transfer(row) for row in each.deposits if row in trace.carrying and facts.counts(trace.carried(row))]
                bases = [left.basis] if left else []
                bases += [services[accounts[c.recipient[row]].address, asset].basis for row in swept]
                reason: Reason = "service" if swept else left.reason if left else "unspent"
                arrivals = tuple(t for t in paid if t.asset == asset)
                basis = max(bases, key=BASES.index)
                yield Holding("deposit", each.service, address, None, reason, basis, arrivals, traced, asset=asset)


def _read(c: Columns, row: int) -> bool:
    """Whether a block vouches for a row."""
    return c.basis[row] == "chain"


def _still_held(facts: Facts) -> Iterator[Endpoint]:
    """Where value still lies, but for what is frozen already."""
    return (end for end in facts.trace.endpoints if end.reason in STILL_HELD and end.reason != "frozen" and facts.counts(end.amounts))


def _held(facts: Facts, kind: str) -> Iterator[Holding]:
    """What is held at addresses of no service, or was when their history was last read: of assets that an issuer can freeze, or of the
    others."""
    trace, ledger = facts.trace, facts.ledger
    theirs = (end for end in _still_held(facts) if (end.asset in facts.issuers) == (kind == "issuer"))
    ends = {holding_of(end.address, end.asset): end for end in theirs if end.address not in facts.deposit_addresses}
    arrived: dict[str, list[Transfer]] = {name: [] for name in ends}
    given = rows_of_keys(ledger, trace.stops.exchanges.passed)  # it became something else, and is not at whoever got it
    for row in sorted(row for row in trace.carrying if trace.cuts.get(row) != "destroyed" and row not in given):
        if facts.counts(trace.carried(row)) and (to := ledger.accounts[ledger.columns.recipient[row]].holding) in ends:
            arrived[to].append(ledger.transfer(row))
    for name, end in ends.items():
        if arrived[name] and all(_given_to_bridge(facts, t) for t in arrived[name]):
            continue
        whose = facts.issuers.get(end.asset, "")
        yield Holding(kind, whose, end.address, None, end.reason, end.basis, tuple(arrived[name]), end.amounts, asset=end.asset)


FOUND: Mapping[str, Callable[[Facts], Iterator[Holding]]] = {
    "service": _at_services,
    "deposit": _at_deposit_addresses,
    "bridge": _at_bridges,
    "issuer": lambda facts: _held(facts, "issuer"),
    "nobody": lambda facts: _held(facts, "nobody"),
}
"""What of the case is theirs, for each kind of addressee in `kinds_of_addressee.py`, which says what another kind needs."""

GIVEN_AWAY: tuple[Reason, ...] = ("service", "converted", "destroyed")
"""Why a trail ends at a bridge: it is labelled as a service, its own event says what it is, or it burns what it is given."""

OF_NO_SERVICE = ("issuer", "nobody")
"""Kinds of holdings at addresses of no service."""


def holdings_of(facts: Facts) -> list[Holding]:
    """What stands on the list, by kind."""
    return [holding for kind in KINDS for holding in FOUND[kind](facts)]
