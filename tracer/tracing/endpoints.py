"""Where the trail ends: what is there under each rule, and the weakest basis it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracer.ledger import NOBODY, Ledger
from tracer.model import BASES, Basis, Endpoint, Reason, Theft
from tracer.tracing.stops import HeldAtTheEnd, Stops, end_of_row
from tracer.tracing.trace import Stolen


def endpoints_of(
    ledger: Ledger, thefts: Sequence[Theft], stops: Stops, rows: Iterable[int], by_rule: Mapping[str, Stolen], stopped: Mapping[int, Reason]
) -> tuple[Endpoint, ...]:
    """Cut hops by where they end, and what is held at the horizon; most value first, under the first rule.

    What an account holds is unspent only where its whole history was read and no issuer froze it.
    """
    amounts: dict[tuple[str, Reason], dict[str, list[int]]] = {}
    held = HeldAtTheEnd(ledger, stops.until)

    def add(address: str, reason: Reason, rule: str, theft: int, amount: int) -> None:
        there = amounts.setdefault((address, reason), {})
        there.setdefault(rule, [0] * len(thefts))[theft] += amount

    for rule, stolen in by_rule.items():
        for hop in stolen.hops:
            if hop.row in stopped:
                end = ledger.accounts[end_of_row(ledger, hop.row, stopped[hop.row])]
                add(end.address, stopped[hop.row], rule, hop.theft, hop.amount)
        for address, theft, amount in stolen.held:
            add(address, held.reason(ledger.index[address]), rule, theft, amount)
    bases = _bases(ledger, thefts, rows, by_rule, stopped, held)
    nothing = [0] * len(thefts)
    endpoints = [
        Endpoint(
            address=address,
            reason=reason,
            service=stops.services.get(address) if reason == "service" else None,
            basis=bases[address, reason],
            amounts={rule: sum(there.get(rule, nothing)) for rule in by_rule},
            by_theft={rule: tuple(there.get(rule, nothing)) for rule in by_rule},
        )
        for (address, reason), there in amounts.items()
    ]
    return tuple(sorted(endpoints, key=lambda e: (*(-amount for amount in e.amounts.values()), e.address, e.reason)))


def _bases(
    ledger: Ledger,
    thefts: Sequence[Theft],
    rows: Iterable[int],
    by_rule: Mapping[str, Stolen],
    stopped: Mapping[int, Reason],
    held: HeldAtTheEnd,
) -> dict[tuple[str, Reason], Basis]:
    """The weakest basis of anything an endpoint rests on: every row that carried value there, and all money it mixed with.

    `rows` are those of the cone: no other brings money to an account that holds stolen value.
    """
    carrying = {hop.row for stolen in by_rule.values() for hop in stolen.hops}
    declared = {theft.row for theft in thefts}
    strengths = {basis: strength for strength, basis in enumerate(BASES)}
    weakest: dict[tuple[str, Reason], int] = {}
    mixed = [strengths[account.opening_basis] for account in ledger.accounts]
    stolen_here: dict[int, int] = {}
    c = ledger.columns
    for row in rows:
        recipient, strength = c.recipient[row], strengths[c.basis[row]]
        if row in carrying:
            sender = c.sender[row]
            if row not in declared or sender in stolen_here:
                strength = max(strength, stolen_here.get(sender, 0), mixed[sender])
            if row in stopped:
                place = ledger.accounts[end_of_row(ledger, row, stopped[row])].address, stopped[row]
                weakest[place] = max(strength, weakest.get(place, 0))
            elif strength > stolen_here.get(recipient, -1):
                stolen_here[recipient] = strength
        if recipient != NOBODY and strength > mixed[recipient]:
            mixed[recipient] = strength
    for number, strength in stolen_here.items():
        weakest[ledger.accounts[number].address, held.reason(number)] = max(strength, mixed[number])
    return {place: BASES[strength] for place, strength in weakest.items()}
