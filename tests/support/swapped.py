"""A conversion in which the trail goes on, told a second time with the spending rules of verify.py.

An export holds no such conversion, so verify.py does not replay one; random ledgers do.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import NamedTuple

from tracer.verify import CLEAN, RULES, add, receive, spend_first


class Swap(NamedTuple):
    """Rows given, and rows received for them."""

    given: list[int]
    received: list[int]

    @property
    def last(self):
        return max(self.given)


def told(accounts, rows, thefts, stopped, rule, swaps):
    """What a rule says, as `engines.py` has it. What a swap gives waits, until all of it is there, to become what it receives, which
    comes then, whatever its place in the transaction."""
    on_top, spend = rule == "lifo", RULES[rule]
    holdings = {address: deque([(account.opening, CLEAN)]) for address, account in accounts.items()}
    taken, hops, fees, held, exchanged = [0] * len(thefts), Counter(), Counter(), Counter(), Counter()
    gives = {row: swap for swap in swaps for row in swap.given}
    gets = {row: swap for swap in swaps for row in swap.received}
    waiting = {swap.last: deque() for swap in swaps}
    for number in sorted(range(len(rows)), key=lambda row: (max(row, gets[row].last if row in gets else 0), row in gets, row)):
        row = rows[number]
        moved = [(row.moved, CLEAN)]
        if row.sender:
            parts = holdings[row.sender]
            if (missing := row.fee + row.moved - sum(units for units, _ in parts)) > 0:
                parts.append((missing, CLEAN))
            add(fees, number, spend(parts, row.fee))
            moved = spend(parts, row.moved)
        if number in gets:
            add(exchanged, number, moved)
            moved = spend(waiting[gets[number].last], row.moved)
        if number in thefts:
            taken[thefts[number]] += sum(units for units, origin in moved if origin == CLEAN)
            moved = [(units, thefts[number] if origin == CLEAN else origin) for units, origin in moved]
        add(hops, number, moved)
        if number in gives:
            receive(waiting[gives[number].last], moved, on_top)
        if number in waiting:
            received = sum(rows[row].moved for row in gives[number].received)
            waiting[number] = exchange(waiting[number], received, mixed=spend is not spend_first)
        if row.recipient:
            receive(holdings[row.recipient], [(row.moved, CLEAN)] if number in stopped or number in gives else moved, on_top)
    for address, parts in holdings.items():
        add(held, address, parts)
    return {"taken": taken, "hops": hops, "fees": fees, "held": held, "exchanged": exchanged}


def exchange(parts, received, mixed):
    """What is given becomes what is received, the stolen part the same part, rounded down. Mixed: of each theft in proportion, rounded
    down, what is left over of the earliest. Lots: each becomes its share, stolen or clean, up to there less that up to the one before."""
    given, stolen = sum(units for units, _ in parts), sum(units for units, origin in parts if origin != CLEAN)
    becomes, held, found = stolen * received // given, Counter(), deque()
    if mixed:
        for units, origin in parts:
            held[origin] += units
        paid = {theft: held[theft] * becomes // stolen for theft in sorted(held) if theft != CLEAN and held[theft]}
        found.extend((units + (becomes - sum(paid.values())) * (theft == min(paid)), theft) for theft, units in paid.items())
        return found + deque([(received - becomes, CLEAN)])
    for units, origin in parts:
        clean = origin == CLEAN
        of, to = (given - stolen, received - becomes) if clean else (stolen, becomes)
        before, held[clean] = held[clean], held[clean] + units
        found.append((held[clean] * to // of - before * to // of if of else 0, origin))
    return found
