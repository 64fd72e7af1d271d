"""Where the trail ends: what is there under each rule, and the weakest basis it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from tracer.ledger import NOBODY, Ledger
from tracer.model import BASES, Basis, Endpoint, Reason, Theft
from tracer.tracing.conversions import Share, Substituted
from tracer.tracing.hops_in_numpy import places_among, standing_at
from tracer.tracing.stops import HeldAtTheEnd, Stops, end_of_row
from tracer.tracing.trace_result import Stolen

Place: TypeAlias = tuple[int, Reason]
"""Where a trail ends: at which account, by its number, and why."""


def endpoints_of(
    ledger: Ledger,
    thefts: Sequence[Theft],
    stops: Stops,
    rows: Iterable[int],
    by_rule: Mapping[str, Stolen],
    stopped: Mapping[int, Reason],
    through: Sequence[Substituted] = (),
) -> tuple[Endpoint, ...]:
    """Cut hops by where they end, and what is held at the horizon; most value first, under the first rule.

    What an account holds is unspent only where its whole history was read and no issuer froze it. What a pool itself held of stolen value
    and paid in one of the conversions that the trail goes `through` is converted where it was.
    """
    held = HeldAtTheEnd(ledger, stops.until)
    end_of: dict[int, Place] = {row: (end_of_row(ledger, row), reason) for row, reason in stopped.items()}
    holders = {(name, ledger.index[name]) for stolen in by_rule.values() for name in stolen.held.column("address")}
    held_at: dict[str, Place] = {name: (number, held.reason(number)) for name, number in holders}
    amounts = {rule: _ended(ledger, stolen, len(thefts), end_of, held_at) for rule, stolen in by_rule.items()}
    bases = _bases(ledger, thefts, rows, by_rule, stopped, held, through)
    nothing = (0,) * len(thefts)
    endpoints = [
        Endpoint(
            address=ledger.accounts[number].address,
            reason=reason,
            service=stops.services.get(ledger.accounts[number].address) if reason == "service" else None,
            basis=bases[number, reason],
            amounts={rule: sum(ended.get((number, reason), nothing)) for rule, ended in amounts.items()},
            by_theft={rule: tuple(ended.get((number, reason), nothing)) for rule, ended in amounts.items()},
            asset=ledger.accounts[number].asset,
        )
        for number, reason in dict.fromkeys(chain.from_iterable(amounts.values()))
    ]
    return tuple(sorted(endpoints, key=lambda e: (e.asset, *(-amount for amount in e.amounts.values()), e.address, e.reason)))


def _ended(
    ledger: Ledger, stolen: Stolen, thefts: int, end_of: Mapping[int, Place], held_at: Mapping[str, Place]
) -> dict[Place, list[int]]:
    """What ended at each place under one rule, by theft: of hops that are cut, of what is held, and of what pools held and paid."""
    ended: dict[Place, list[int]] = {}
    hops, held = stolen.hops.columns, stolen.held.columns
    cut = places_among(hops["row"], end_of)
    row, theft, amount = (standing_at(hops[name], cut) for name in ("row", "theft", "amount"))
    of_hops = zip(map(end_of.__getitem__, row), theft, amount, strict=True)
    of_held = zip(map(held_at.__getitem__, held["address"]), held["theft"], held["amount"], strict=True)
    for place, number, units in chain(of_hops, of_held):
        if place not in ended:
            ended[place] = [0] * thefts
        ended[place][number] += units
    for hop in stolen.exchanged:
        ended.setdefault((ledger.columns.sender[hop.row], "converted"), [0] * thefts)[hop.theft] += hop.amount
    return ended


def _bases(
    ledger: Ledger,
    thefts: Sequence[Theft],
    rows: Iterable[int],
    by_rule: Mapping[str, Stolen],
    stopped: Mapping[int, Reason],
    held: HeldAtTheEnd,
    through: Sequence[Substituted],
) -> dict[Place, Basis]:
    """The weakest basis of anything an endpoint rests on: every row that carried value there, all money it mixed with, and what was
    given for it.

    `rows` are those of the cone as they are followed: no other brings money to an account that holds stolen value.
    """
    carrying = {row for stolen in by_rule.values() for row in stolen.by_row}
    declared = {theft.row for theft in thefts}
    strengths = {basis: strength for strength, basis in enumerate(BASES)}
    weakest: dict[Place, int] = {}
    mixed = [strengths[account.opening_basis] for account in ledger.accounts]
    stolen_here: dict[int, int] = {}
    given, received = _conversions_of(each.given for each in through), _conversions_of(each.received for each in through)
    exchanged = {hop.row for stolen in by_rule.values() for hop in stolen.exchanged}
    for_it: dict[int, int] = {}
    c = ledger.columns
    for row in rows:
        recipient, strength = c.recipient[row], strengths[c.basis[row]]
        sender = c.sender[row]
        if row in exchanged:
            weakest[sender, "converted"] = max(strength, stolen_here.get(sender, 0), mixed[sender], weakest.get((sender, "converted"), 0))
        if row in carrying:
            if row in received:
                strength = max(strength, *(for_it.get(number, 0) for number in received[row]))
            elif row not in declared or sender in stolen_here:
                strength = max(strength, stolen_here.get(sender, 0), mixed[sender])
            if row in given:
                for_it |= {number: max(strength, for_it.get(number, 0)) for number in given[row]}
                strength = strengths[c.basis[row]]
            elif row in stopped:
                place = end_of_row(ledger, row), stopped[row]
                weakest[place] = max(strength, weakest.get(place, 0))
            elif strength > stolen_here.get(recipient, -1):
                stolen_here[recipient] = strength
        if recipient != NOBODY and strength > mixed[recipient]:
            mixed[recipient] = strength
    for number, strength in stolen_here.items():
        weakest[number, held.reason(number)] = max(strength, mixed[number])
    return {place: BASES[strength] for place, strength in weakest.items()}


def _conversions_of(sides: Iterable[Iterable[Share]]) -> dict[int, list[int]]:
    """The numbers of the conversions that a row is of, by sides in their order."""
    found: dict[int, list[int]] = {}
    for number, side in enumerate(sides):
        for share in side:
            found.setdefault(share.row, []).append(number)
    return found
