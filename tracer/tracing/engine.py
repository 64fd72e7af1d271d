"""Thefts, stops and rules -> a Trace: hops, endpoints, fees, the certificate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tracer.errors import CertificateError
from tracer.ledger import Ledger
from tracer.ledger.ledger import NOBODY
from tracer.model import BASES, CLEAN, REASONS, Basis, Endpoint, Hop, Reason, Theft
from tracer.tracing.kernels import Flows, Run
from tracer.tracing.rules import RULES
from tracer.tracing.stops import Stops, cuts, horizon


@dataclass(frozen=True)
class Stolen:
    """What one rule says: hops and fees by row and theft, what accounts still hold (address, theft, amount).

    `taken` is what each theft made stolen, which is less than its face amount where it carried money stolen before.
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
        return _sums((hop.row, hop.amount) for hop in self.hops)

    @cached_property
    def fees_by_row(self) -> dict[int, int]:
        """Stolen value each row's fee took."""
        return _sums((hop.row, hop.amount) for hop in self.fees)


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

    Raises CertificateError if a unit is lost or made: that is a defect of this program and nothing is reported then.
    """
    thefts = sorted(thefts, key=lambda theft: theft.row)
    rows = horizon(ledger, stops)
    cut = cuts(ledger, thefts, stops, rows)
    flows = _flows(ledger, thefts, rows, cut)
    openings = [account.opening or 0 for account in ledger.accounts]
    found = {rule: _named(ledger, RULES[rule](flows, openings, len(thefts))) for rule in rules}
    stopped = {row: cut[row] for row in sorted({hop.row for stolen in found.values() for hop in stolen.hops} & cut.keys())}
    trace = Trace(
        thefts=tuple(thefts),
        stops=stops,
        rows=rows,
        rules=found,
        cuts=stopped,
        touched=_touched(ledger, flows),
        endpoints=_endpoints(ledger, thefts, stops, rows, found, stopped),
    )
    certify(trace)
    return trace


def certify(trace: Trace) -> None:
    """The certificate: per rule and theft, what was taken is what lies at the endpoints and left as fees, to the unit."""
    for rule, stolen in trace.rules.items():
        for number, theft in enumerate(trace.thefts):
            arrived = sum(endpoint.by_theft[rule][number] for endpoint in trace.endpoints)
            burnt = sum(hop.amount for hop in stolen.fees if hop.theft == number)
            if stolen.taken[number] != arrived + burnt:
                raise CertificateError(
                    f"{rule}, theft {theft.tx_hash or theft.row_key}: {stolen.taken[number]} taken, {arrived} at endpoints, "
                    f"{burnt} in fees: {stolen.taken[number] - arrived - burnt} units are not accounted for; please report this"
                )


def _flows(ledger: Ledger, thefts: Sequence[Theft], rows: int, cut: Mapping[int, Reason]) -> Flows:
    theft_of = [CLEAN] * rows
    for number, theft in enumerate(thefts):
        if theft.row < rows:
            theft_of[theft.row] = number
    c = ledger.columns
    return Flows(c.sender[:rows], c.recipient[:rows], c.amount[:rows], c.fee[:rows], theft_of, [row in cut for row in range(rows)])


def _named(ledger: Ledger, run: Run) -> Stolen:
    return Stolen(
        taken=tuple(run.taken),
        hops=tuple(Hop(*hop) for hop in run.hops),
        fees=tuple(Hop(*fee) for fee in run.fees),
        held=tuple((ledger.accounts[account].address, theft, amount) for account, theft, amount in run.held),
        topped_up={ledger.accounts[account].address: amount for account, amount in run.topped_up.items()},
    )


def _touched(ledger: Ledger, flows: Flows) -> dict[str, int]:
    """Accounts that money could have reached from a theft, forward in time: a mark, never an amount."""
    reached: dict[int, int] = {}
    spreading: set[int] = set()
    for row, (sender, recipient, amount, _, theft, cut) in enumerate(zip(*flows, strict=True)):
        if recipient >= 0 and amount and sender != recipient and (theft != CLEAN or sender in spreading):
            reached.setdefault(recipient, row)
            if not cut:
                spreading.add(recipient)
    return {ledger.accounts[number].address: row for number, row in reached.items()}


def _endpoints(
    ledger: Ledger, thefts: Sequence[Theft], stops: Stops, rows: int, found: Mapping[str, Stolen], stopped: Mapping[int, Reason]
) -> tuple[Endpoint, ...]:
    """Cut hops by recipient, and what is held at the horizon; most value first, under the first rule."""
    amounts: dict[tuple[str, Reason], dict[str, list[int]]] = {}

    def add(address: str, reason: Reason, rule: str, theft: int, amount: int) -> None:
        by_rule = amounts.setdefault((address, reason), {each: [0] * len(thefts) for each in found})
        by_rule[rule][theft] += amount

    for rule, stolen in found.items():
        for hop in stolen.hops:
            if hop.row in stopped:
                add(ledger.accounts[ledger.columns.recipient[hop.row]].address, stopped[hop.row], rule, hop.theft, hop.amount)
        for address, theft, amount in stolen.held:
            add(address, "unspent", rule, theft, amount)
    bases = _bases(ledger, thefts, rows, found, stopped)
    endpoints = [
        Endpoint(
            address=address,
            reason=reason,
            service=stops.services.get(address) if reason == "service" else None,
            basis=bases[address, reason],
            amounts={rule: sum(by_theft) for rule, by_theft in by_rule.items()},
            by_theft={rule: tuple(by_theft) for rule, by_theft in by_rule.items()},
        )
        for (address, reason), by_rule in amounts.items()
    ]
    return tuple(sorted(endpoints, key=lambda e: (*(-amount for amount in e.amounts.values()), e.address, e.reason)))


def _bases(
    ledger: Ledger, thefts: Sequence[Theft], rows: int, found: Mapping[str, Stolen], stopped: Mapping[int, Reason]
) -> dict[tuple[str, Reason], Basis]:
    """The weakest basis of anything an endpoint rests on: every row that carried value there, and all money it mixed with."""
    carrying = {hop.row for stolen in found.values() for hop in stolen.hops}
    declared = {theft.row for theft in thefts}
    weakest: dict[tuple[str, Reason], int] = {}
    mixed = [BASES.index(account.opening_basis) for account in ledger.accounts]
    stolen_here: dict[int, int] = {}
    c = ledger.columns
    for row, (sender, recipient, basis) in enumerate(zip(c.sender[:rows], c.recipient[:rows], c.basis[:rows], strict=True)):
        strength = BASES.index(basis)
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


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for key, amount in pairs:
        found[key] = found.get(key, 0) + amount
    return found
