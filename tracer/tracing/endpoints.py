"""Where the trail ends: what is there under each rule, and the weakest basis it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from tracer.ledger import NOBODY, Ledger
from tracer.model import BASES, Basis, Endpoint, Reason, Theft
from tracer.tracing.stops import HeldAtTheEnd, Stops, end_of_row
from tracer.tracing.trace import Stolen

Place: TypeAlias = tuple[str, Reason]
"""Where a trail ends: at which address, and why."""


def endpoints_of(
    ledger: Ledger, thefts: Sequence[Theft], stops: Stops, rows: Iterable[int], by_rule: Mapping[str, Stolen], stopped: Mapping[int, Reason]
) -> tuple[Endpoint, ...]:
    """Cut hops by where they end, and what is held at the horizon; most value first, under the first rule.

    What an account holds is unspent only where its whole history was read and no issuer froze it.
    """
    held = HeldAtTheEnd(ledger, stops.until)
    end_of = {row: (ledger.accounts[end_of_row(ledger, row, reason)].address, reason) for row, reason in stopped.items()}
    holders = {address for stolen in by_rule.values() for address in stolen.held.column("address")}
    held_at: dict[str, Place] = {address: (address, held.reason(ledger.index[address])) for address in holders}
    amounts = {rule: _ended(stolen, len(thefts), end_of, held_at) for rule, stolen in by_rule.items()}
    bases = _bases(ledger, thefts, rows, by_rule, stopped, held)
    nothing = (0,) * len(thefts)
    endpoints = [
        Endpoint(
            address=address,
            reason=reason,
            service=stops.services.get(address) if reason == "service" else None,
            basis=bases[address, reason],
            amounts={rule: sum(ended.get((address, reason), nothing)) for rule, ended in amounts.items()},
            by_theft={rule: tuple(ended.get((address, reason), nothing)) for rule, ended in amounts.items()},
        )
        for address, reason in dict.fromkeys(chain.from_iterable(amounts.values()))
    ]
    return tuple(sorted(endpoints, key=lambda e: (*(-amount for amount in e.amounts.values()), e.address, e.reason)))


def _ended(stolen: Stolen, thefts: int, end_of: Mapping[int, Place], held_at: Mapping[str, Place]) -> dict[Place, list[int]]:
    """What ended at each place under one rule, by theft: of hops that are cut, and of what is held."""
    ended: dict[Place, list[int]] = {}
    for values, of, places in ((stolen.hops, "row", end_of), (stolen.held, "address", held_at)):
        ends = map(places.get, values.column(of))
        for place, theft, amount in zip(ends, values.column("theft"), values.column("amount"), strict=True):
            if place is not None:
                if place not in ended:
                    ended[place] = [0] * thefts
                ended[place][theft] += amount
    return ended


def _bases(
    ledger: Ledger,
    thefts: Sequence[Theft],
    rows: Iterable[int],
    by_rule: Mapping[str, Stolen],
    stopped: Mapping[int, Reason],
    held: HeldAtTheEnd,
) -> dict[Place, Basis]:
    """The weakest basis of anything an endpoint rests on: every row that carried value there, and all money it mixed with.

    `rows` are those of the cone: no other brings money to an account that holds stolen value.
    """
    carrying = {row for stolen in by_rule.values() for row in stolen.hops.column("row")}
    declared = {theft.row for theft in thefts}
    strengths = {basis: strength for strength, basis in enumerate(BASES)}
    weakest: dict[Place, int] = {}
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
