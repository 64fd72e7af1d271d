"""How long money has been at an account, and how long it usually stayed there before it moved on, by the rows of the case."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from tracer.ledger import NOBODY, Ledger
from tracer.wording import counted, lasted

FEWEST = 5
"""Arrivals below which nothing is called usual."""


class Arrival(NamedTuple):
    """Money that came to an account, by its row. `stayed`: seconds until as much had left as was there then; None: it is still there.

    What came first is taken to leave first, which says nothing about whose it was.
    """

    row: int
    stayed: int | None


class UsualStay(NamedTuple):
    """The median of how long arrivals stayed, in seconds, those still there counted as the longest. `at`: where they arrived.

    `seconds` is None where it is unknown, for the reason that `why` says. `of_left`: the median of those alone that moved on.
    """

    seconds: int | None
    why: str
    at: str
    arrivals: int = 0
    left: int = 0
    of_left: int | None = None

    @property
    def sentence(self) -> str:
        """The usual stay for people.

        >>> UsualStay(2400, "", "this address", 12, 11).sentence
        '40 minutes (median of 12 arrivals at this address, 11 of which moved on)'
        >>> UsualStay(None, "2 arrivals, and 5 are the fewest to say so", "").sentence
        'unknown: 2 arrivals, and 5 are the fewest to say so'
        """
        if self.seconds is None:
            return f"unknown: {self.why}"
        return f"{lasted(self.seconds)} (median of {counted(self.arrivals, 'arrival')} at {self.at}, {self.left:,} of which moved on)"

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values; minutes are rounded down."""
        minutes, of_left = (None if each is None else each // 60 for each in (self.seconds, self.of_left))
        told = {"at": self.at, "arrivals": self.arrivals, "moved_on": self.left, "unknown": self.why or None}
        return {"minutes": minutes, **told, "minutes_of_those": of_left}


def minutes_since(arrived: int | None, now: int | None) -> int | None:
    """The whole minutes from an arrival to the moment of a balance, both in UNIX seconds; None where either is unknown. A balance that
    was asked for earlier than the arrival gives 0.

    >>> minutes_since(0, 179), minutes_since(60, 0), minutes_since(None, 60)
    (2, 0, None)
    """
    return None if arrived is None or now is None else max(0, now - arrived) // 60


def arrivals_at(ledger: Ledger, addresses: Collection[str]) -> dict[str, list[Arrival]]:
    """What came to each of these accounts and how long it stayed there, in ledger order, in one pass over the rows. In a ledger of several
    assets an account is what an address holds of one, under that name (`model.holding_of`).

    Money it opened with was there first. A row without a time is left out, and so is one that left at an unknown time.
    """
    wanted = {ledger.index[address]: address for address in addresses if address in ledger.index}
    waiting: dict[int, deque[tuple[int, int]]] = {number: deque() for number in wanted}
    arrived = {number: ledger.accounts[number].opening or 0 for number in wanted}
    left = dict.fromkeys(wanted, 0)
    found: dict[str, list[Arrival]] = {address: [] for address in wanted.values()}
    c = ledger.columns
    for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True)):
        if sender in wanted:
            left[sender] += c.fee[row] + (0 if sender == recipient else c.amount[row])
            queue, now = waiting[sender], c.time[row]
            while queue and queue[0][1] <= left[sender]:
                came, _ = queue.popleft()
                if (then := c.time[came]) is not None and now is not None:
                    found[wanted[sender]].append(Arrival(came, max(0, now - then)))
        if recipient in wanted and recipient not in (NOBODY, sender) and c.amount[row]:
            arrived[recipient] += c.amount[row]
            waiting[recipient].append((row, arrived[recipient]))
    for number, queue in waiting.items():
        found[wanted[number]] += (Arrival(row, None) for row, _ in queue if c.time[row] is not None)
    return found


def usual(arrivals: Iterable[Arrival], at: str) -> UsualStay:
    """The usual stay of these arrivals, unknown where they are too few or most are still there.

    >>> usual([Arrival(n, stayed) for n, stayed in enumerate([60, 120, 300, None, 90])], "this address").seconds
    120
    """
    stays = [arrival.stayed for arrival in arrivals]
    moved = sorted(stay for stay in stays if stay is not None)
    if len(stays) < FEWEST:
        why = f"{counted(len(stays), 'arrival')} at {at}, and {FEWEST} are the fewest to say so"
        return UsualStay(None, why, at, len(stays), len(moved))
    middle = (len(stays) - 1) // 2
    of_left = moved[(len(moved) - 1) // 2] if len(moved) >= FEWEST else None
    if middle >= len(moved):
        those = f"; the {len(moved):,} that moved on stayed {lasted(of_left)} (median)" if of_left is not None else ""
        return UsualStay(
            None, f"most of {counted(len(stays), 'arrival')} at {at} are still there{those}", at, len(stays), len(moved), of_left
        )
    return UsualStay(moved[middle], "", at, len(stays), len(moved), of_left)
