"""Thefts, stops and rules -> a Trace: hops, endpoints, fees, the certificate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import TypeVar

from tracer.collector import collector_paused
from tracer.errors import CertificateError
from tracer.ledger import NOBODY, Ledger
from tracer.model import BASES, REASONS, Basis, Endpoint, Hop, Reason, Theft
from tracer.tracing.cone import Cone, cone_of
from tracer.tracing.rules import RULES
from tracer.tracing.runs import Flows, Run, in_form, topped_up
from tracer.tracing.stops import Stops, cuts, horizon

K = TypeVar("K")


@dataclass(frozen=True)
class Stolen:
    """What one rule says: hops and fees by row and theft, what accounts still hold (address, theft, amount).

    `taken` is what each theft made stolen, which is less than its face amount where it carried money stolen before.
    `topped_up` is clean money that had to be assumed, by address, at accounts that may hold stolen value and paid more than
    they held: the same under every rule. Elsewhere it can change no figure and is not counted; the audit names it.
    """

    taken: tuple[int, ...]
    hops: tuple[Hop, ...]
    fees: tuple[Hop, ...]
    held: tuple[tuple[str, int, int], ...]
    topped_up: Mapping[str, int]

    @cached_property
    def total(self) -> int:
        return sum(self.taken)

    @cached_property
    def burnt(self) -> int:
        """Stolen value that left as fees."""
        return sum(fee.amount for fee in self.fees)

    @cached_property
    def by_row(self) -> dict[int, int]:
        """Stolen value each row carried."""
        return _sums((row, amount) for row, _, amount in self.hops)

    @cached_property
    def fees_by_row(self) -> dict[int, int]:
        """Stolen value each row's fee took."""
        return _sums((row, amount) for row, _, amount in self.fees)


@dataclass(frozen=True)
class Trace:
    """The answer. `cuts`: rows at which the trail stops, and why. `touched`: account -> the row that first touched it."""

    thefts: tuple[Theft, ...]
    stops: Stops
    rows: int
    rules: Mapping[str, Stolen]
    cuts: Mapping[int, Reason]
    touched: Mapping[str, int]
    endpoints: tuple[Endpoint, ...]

    @cached_property
    def carrying(self) -> frozenset[int]:
        """The rows that carried stolen value under any rule."""
        return frozenset(row for stolen in self.rules.values() for row in stolen.by_row)

    def carried(self, row: int) -> dict[str, int]:
        """The stolen value that a row carried, by rule."""
        return {rule: stolen.by_row.get(row, 0) for rule, stolen in self.rules.items()}

    def ended(self, reasons: Collection[Reason] = REASONS) -> dict[str, dict[str, int]]:
        """Stolen value that ended at each address for one of the reasons, by rule."""
        found: dict[str, dict[str, int]] = {}
        for endpoint in self.endpoints:
            if endpoint.reason in reasons:
                at = found.setdefault(endpoint.address, dict.fromkeys(self.rules, 0))
                for rule, amount in endpoint.amounts.items():
                    at[rule] += amount
        return found


def follow(ledger: Ledger, thefts: Sequence[Theft], stops: Stops, rules: Iterable[str]) -> Trace:
    """Follows the thefts under each rule, one run for all thefts together.

    First the cone: the accounts that money from the thefts could have reached, forward in time. Then the rules, on the rows
    with an end at one that may hold stolen value (and the thefts). That is exact: what is left out moves clean money
    between accounts that never hold any other, whatever the rule. An account at which money is only cut off holds none.

    Raises CertificateError if a unit is lost or made: that is a defect of this program and nothing is reported then.
    """
    thefts = sorted(thefts, key=lambda theft: theft.row)
    rows = horizon(ledger, stops)
    cut = cuts(ledger, thefts, stops, rows)
    cone = cone_of(flows_of(ledger, thefts, rows, cut))
    flows = in_form(cone.flows)
    with collector_paused():
        short = _by_address(ledger, cone, topped_up(flows))
        found = {rule: _named(ledger, cone, RULES[rule](flows), short) for rule in rules}
        stopped = {row: cut[row] for row in sorted({hop.row for stolen in found.values() for hop in stolen.hops} & cut.keys())}
        trace = Trace(
            thefts=tuple(thefts),
            stops=stops,
            rows=rows,
            rules=found,
            cuts=stopped,
            touched={ledger.accounts[account].address: row for account, row in cone.touched},
            endpoints=_endpoints(ledger, thefts, stops, cone.rows, found, stopped),
        )
        certify(trace)
    return trace


def certify(trace: Trace) -> None:
    """The certificate: per rule and theft, what was taken is what lies at the endpoints and left as fees, to the unit."""
    for rule, stolen in trace.rules.items():
        burnt = _sums((fee.theft, fee.amount) for fee in stolen.fees)
        for number, theft in enumerate(trace.thefts):
            arrived = sum(endpoint.by_theft[rule][number] for endpoint in trace.endpoints)
            missing = stolen.taken[number] - arrived - burnt.get(number, 0)
            if missing:
                raise CertificateError(
                    f"{rule}, theft {theft.tx_hash or theft.row_key}: {stolen.taken[number]} taken, {arrived} at endpoints, "
                    f"{burnt.get(number, 0)} in fees: {missing} units are not accounted for; please report this"
                )


def flows_of(ledger: Ledger, thefts: Sequence[Theft], rows: int, cut: Mapping[int, Reason]) -> Flows:
    """The first `rows` rows as the kernels read them; `thefts` in ledger order."""
    c = ledger.columns
    return Flows(
        sender=c.sender[:rows],
        recipient=c.recipient[:rows],
        amount=c.amount[:rows],
        fee=c.fee[:rows],
        cut=[row in cut for row in range(rows)],
        thefts=[theft.row for theft in thefts],
        openings=ledger.openings,
    )


def _by_address(ledger: Ledger, cone: Cone, amounts: Iterable[tuple[int, int]]) -> dict[str, int]:
    return {ledger.accounts[cone.holders[number]].address: amount for number, amount in amounts}


def _named(ledger: Ledger, cone: Cone, run: Run, short: Mapping[str, int]) -> Stolen:
    """What a run of the cone says, in rows and addresses of the ledger. Coins that were burnt left like a fee."""
    places, is_fee, thefts, amounts = run.carried()
    recipient = ledger.columns.recipient
    rows = [cone.rows[place] for place in places]
    burnt = [recipient[row] == NOBODY for row in rows]
    gone = [fee or burning for fee, burning in zip(is_fee, burnt, strict=True)]
    arrived = [not each for each in gone]
    found = list(map(Hop._make, zip(rows, thefts, amounts, strict=True)))
    hops, fees = compress(found, arrived), compress(found, gone)
    return Stolen(
        taken=tuple(run.taken),
        hops=tuple(hops),
        fees=tuple(_once_a_row(fees) if any(burnt) else fees),
        held=tuple((ledger.accounts[cone.holders[holder]].address, theft, amount) for holder, theft, amount in run.held()),
        topped_up=short,
    )


def _once_a_row(fees: Iterable[Hop]) -> Iterator[Hop]:
    """One loss for a row and theft, where a row both paid a fee and burnt coins."""
    found = _sums(((row, theft), amount) for row, theft, amount in fees)
    return (Hop(row, theft, amount) for (row, theft), amount in found.items())


def _endpoints(
    ledger: Ledger, thefts: Sequence[Theft], stops: Stops, rows: Iterable[int], found: Mapping[str, Stolen], stopped: Mapping[int, Reason]
) -> tuple[Endpoint, ...]:
    """Cut hops by recipient, and what is held at the horizon; most value first, under the first rule."""
    amounts: dict[tuple[str, Reason], dict[str, list[int]]] = {}

    def add(address: str, reason: Reason, rule: str, theft: int, amount: int) -> None:
        by_rule = amounts.setdefault((address, reason), {})
        by_rule.setdefault(rule, [0] * len(thefts))[theft] += amount

    for rule, stolen in found.items():
        for hop in stolen.hops:
            if hop.row in stopped:
                add(ledger.accounts[ledger.columns.recipient[hop.row]].address, stopped[hop.row], rule, hop.theft, hop.amount)
        for address, theft, amount in stolen.held:
            add(address, "unspent", rule, theft, amount)
    bases = _bases(ledger, thefts, rows, found, stopped)
    nothing = [0] * len(thefts)
    endpoints = [
        Endpoint(
            address=address,
            reason=reason,
            service=stops.services.get(address) if reason == "service" else None,
            basis=bases[address, reason],
            amounts={rule: sum(by_rule.get(rule, nothing)) for rule in found},
            by_theft={rule: tuple(by_rule.get(rule, nothing)) for rule in found},
        )
        for (address, reason), by_rule in amounts.items()
    ]
    return tuple(sorted(endpoints, key=lambda e: (*(-amount for amount in e.amounts.values()), e.address, e.reason)))


def _bases(
    ledger: Ledger, thefts: Sequence[Theft], rows: Iterable[int], found: Mapping[str, Stolen], stopped: Mapping[int, Reason]
) -> dict[tuple[str, Reason], Basis]:
    """The weakest basis of anything an endpoint rests on: every row that carried value there, and all money it mixed with.

    `rows` are those of the cone: no other brings money to an account that holds stolen value.
    """
    carrying = {hop.row for stolen in found.values() for hop in stolen.hops}
    declared = {theft.row for theft in thefts}
    strengths = {basis: strength for strength, basis in enumerate(BASES)}
    weakest: dict[tuple[str, Reason], int] = {}
    mixed = [strengths[account.opening_basis] for account in ledger.accounts]
    stolen_here: dict[int, int] = {}
    c = ledger.columns
    for row in rows:
        sender, recipient, strength = c.sender[row], c.recipient[row], strengths[c.basis[row]]
        if row in carrying:
            if row not in declared or sender in stolen_here:
                strength = max(strength, stolen_here.get(sender, 0), mixed[sender])
            place = ledger.accounts[recipient].address, stopped.get(row, "unspent")
            weakest[place] = max(strength, weakest.get(place, 0))
            if row not in stopped:
                stolen_here[recipient] = max(strength, stolen_here.get(recipient, 0))
        if recipient != NOBODY:
            mixed[recipient] = max(strength, mixed[recipient])
    for number, strength in stolen_here.items():
        place = ledger.accounts[number].address, "unspent"
        weakest[place] = max(strength, mixed[number], weakest.get(place, 0))
    return {place: BASES[strength] for place, strength in weakest.items()}


def _sums(pairs: Iterable[tuple[K, int]]) -> dict[K, int]:
    found: dict[K, int] = {}
    for key, amount in pairs:
        found[key] = found.get(key, 0) + amount
    return found
