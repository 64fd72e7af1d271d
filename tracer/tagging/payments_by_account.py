"""What heuristics look at: the payments of every account, in ledger order, built once and only read."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from tracer.gc_pause import collector_paused
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Event, Memo, Transfer


class Move(NamedTuple):
    """A payment between two accounts, by their numbers in the ledger; `time` in UNIX seconds, amounts in smallest units.

    Where the view has no times, `time` is UNTIMED, and nobody looks at it.
    """

    row: int
    time: int
    sender: int
    recipient: int
    amount: int
    fee: int


class Reach(NamedTuple):
    """How far a trace came, in values: account -> row that first touched it; row -> the least stolen value that any rule says
    it carried; services; the accounts that were drained; the dust limit."""

    touched: Mapping[str, int]
    carried: Mapping[int, int]
    services: Mapping[str, str]
    drained: Collection[str]
    dust: int


T = TypeVar("T")
CRUMBS = 10
"""Payments below so many dust limits are kept apart, for those who look at dust more loosely than the case does."""
UNTIMED = -1
"""The time of a payment that no source states."""
NO_MOVES: list[Move] = []
row_of = attrgetter("row")


class View:
    """Payments by account. Amounts below the dust limit, payments to oneself and fees, levies, harvests are not among them.

    An account's scope begins with the row that first touched it: what it did before is not about this case. Without a
    `reach` every account is looked at, over its whole life, and `services` are who is known. The dust limit of a view
    without one is one smallest unit.
    """

    def __init__(
        self, ledger: Ledger, labels: LabelBook | None = None, reach: Reach | None = None, services: Mapping[str, str] | None = None
    ) -> None:
        self.ledger, self.reach = ledger, reach
        self.labels = labels or LabelBook([])
        self.dust = max(1, reach.dust if reach else 1)
        self.services = {ledger.index[a]: name for a, name in (reach.services if reach else services or {}).items() if a in ledger.index}
        self.drained = {ledger.index[address] for address in (reach.drained if reach else ())}
        self.touched = {ledger.index[address]: row for address, row in (reach.touched if reach else {}).items()}
        self.moves: list[Move] = []
        self._crumbs: Mapping[int, list[int]] = {}
        self._life: tuple[Mapping[int, list[Move]], Mapping[int, list[Move]]] = ({}, {})
        with collector_paused():
            self._index()
        self._scoped: tuple[dict[int, list[Move]], dict[int, list[Move]]] = ({}, {})
        self._once: dict[Any, Any] = {}
        self._of: tuple[int | None, dict[Any, Any]] = None, {}

    def _index(self) -> None:
        c = self.ledger.columns
        apart = [
            row
            for row, (sender, recipient, kind) in enumerate(zip(c.sender, c.recipient, c.kind, strict=True))
            if sender >= 0 and recipient >= 0 and sender != recipient and kind == "transfer"
        ]
        self.moves = self._moves([row for row in apart if c.amount[row] >= self.dust])
        outs, ins, crumbs = defaultdict[int, list[Move]](list), defaultdict[int, list[Move]](list), defaultdict[int, list[int]](list)
        for move in self.moves:
            outs[move.sender].append(move)
            ins[move.recipient].append(move)
        limit = CRUMBS * self.dust
        for row in apart:
            if c.amount[row] < limit:
                crumbs[c.recipient[row]].append(row)
        self._life, self._crumbs = (dict(outs), dict(ins)), dict(crumbs)

    def _moves(self, rows: Sequence[int]) -> list[Move]:
        """The payments of these rows; of a million, made in half the time of one by one."""
        c = self.ledger.columns
        columns: dict[str, Iterable[Any]] = {name: map(getattr(c, name).__getitem__, rows) for name in Move._fields if name != "row"}
        columns |= {"row": rows}
        if None in c.time:
            columns["time"] = [UNTIMED if time is None else time for time in columns["time"]]
        return list(map(partial(tuple.__new__, Move), zip(*(columns[name] for name in Move._fields), strict=True)))

    @cached_property
    def accounts(self) -> Sequence[str]:
        """The addresses, by the numbers of accounts."""
        return [account.address for account in self.ledger.accounts]

    @cached_property
    def subjects(self) -> list[int]:
        """The accounts that are looked at: those that stolen value could have reached, without the drained; all, without a trace."""
        accounts = self.touched if self.reach else {number for side in self._life for number in side}
        return sorted(accounts.keys() - self.drained if isinstance(accounts, dict) else accounts)

    def unrelated(self) -> list[int]:
        """The accounts that stolen value cannot have reached, whose every transfer was read and that paid or were paid something that
        counts for a shape; without services and the drained."""
        others = {number for side in self._life for number in side} - self.touched.keys() - self.drained - self.services.keys()
        return sorted(number for number in others if self.ledger.accounts[number].coverage == "full")

    def outside(self, subjects: list[int]) -> View:
        """The same payments for a look at accounts that the trace did not reach."""
        view = copy(self)
        view.reach, view._once, view._of = None, {}, (None, {})
        view.__dict__["subjects"] = subjects
        return view

    @cached_property
    def payments(self) -> int:
        """How many payments there are."""
        return len(self.moves)

    @cached_property
    def has_times(self) -> bool:
        """Whether the sources state the time of every payment: windows mean nothing without them."""
        return bool(self.moves) and all(move.time != UNTIMED for move in self.moves)

    @cached_property
    def last_time(self) -> int:
        return max((move.time for move in self.moves), default=0)

    def outs(self, account: int) -> list[Move]:
        """What the account paid after it was first touched."""
        return self._scope(0, account, 1)

    def ins(self, account: int) -> list[Move]:
        """What the account was paid from its first touch on."""
        return self._scope(1, account, 0)

    def life_outs(self, account: int) -> list[Move]:
        return self._life[0].get(account, NO_MOVES)

    def life_ins(self, account: int) -> list[Move]:
        return self._life[1].get(account, NO_MOVES)

    def life(self, account: int) -> list[Move]:
        """All payments of the account, in and out, in ledger order."""
        return sorted([*self.life_outs(account), *self.life_ins(account)])

    def _scope(self, side: int, account: int, later: int) -> list[Move]:
        known = self._scoped[side].get(account)
        if known is not None:
            return known
        moves = self._life[side].get(account, NO_MOVES)
        if moves and self.touched.get(account):
            moves = moves[bisect_left(moves, self.touched[account] + later, key=row_of) :]
        self._scoped[side][account] = moves
        return moves

    def crumbs(self, account: int) -> list[int]:
        """Rows of payments to the account of less than CRUMBS dust limits, from its first touch on."""
        return [row for row in self._crumbs.get(account, ()) if row >= self.touched.get(account, 0)]

    def with_memo(self, service: int, memo: bytes) -> list[Move]:
        """The payments to a service with a plain memo of these bytes."""
        return self.once(_by_memo).get((service, memo), NO_MOVES)

    def first_row(self, account: int) -> int | None:
        """The row of the first payment the account took part in."""
        rows = [side[account][0].row for side in self._life if account in side]
        return min(rows, default=None)

    def carried(self, move: Move) -> int:
        """The stolen value that a payment carried at least, whichever rule one takes; 0 without a trace."""
        return self.reach.carried.get(move.row, 0) if self.reach else 0

    def once(self, make: Callable[[View], T]) -> T:
        """The result of a function of the whole view, computed at the first call and kept."""
        if make not in self._once:
            self._once[make] = make(self)
        made: T = self._once[make]
        return made

    def of(self, account: int, make: Callable[..., T], *given: Any) -> T:
        """The result of a function of the view and an account, kept until it is asked of another: presets, and tags, often ask the same."""
        whose, kept = self._of
        if whose != account:
            self._of = account, (kept := {})
        key = (make, *given)
        if key not in kept:
            kept[key] = make(self, account, *given)
        made: T = kept[key]
        return made

    def name(self, account: int) -> str:
        """What to call an account in a note: its label, else its address."""
        return self.labels.name(self.accounts[account]) or self.accounts[account]

    def labelled(self, account: int) -> str | None:
        """What is known of who the account is: the name of its service, or its label."""
        return self.services.get(account) or self.labels.name(self.accounts[account])

    def transfer(self, row: int) -> Transfer:
        return self.ledger.transfer(row)

    def memo(self, row: int) -> Memo | None:
        return self.ledger.columns.memo[row]

    def attributes(self, row: int) -> str:
        """A row's attributes as the JSON text they are kept as."""
        return self.ledger.columns.attributes[row]

    @cached_property
    def events(self) -> dict[str, list[Event]]:
        """Events by the account they are about."""
        by_subject: dict[str, list[Event]] = {}
        for event in self.ledger.events:
            by_subject.setdefault(event.subject, []).append(event)
        return by_subject


def memo_bytes(memo: Memo | None) -> bytes | None:
    """The bytes of a plain memo; None of any other, or of none."""
    return memo.content if memo and memo.kind == "plain" else None


def _by_memo(view: View) -> dict[tuple[int, bytes], list[Move]]:
    """The payments to services with a plain memo."""
    payments: dict[tuple[int, bytes], list[Move]] = {}
    for service in view.services:
        for move in view.life_ins(service):
            if memo := memo_bytes(view.memo(move.row)):
                payments.setdefault((service, memo), []).append(move)
    return payments


def after(moves: list[Move], row: int, most: int | None = None) -> list[Move]:
    """The moves behind a row; the first `most` of them."""
    first = bisect_left(moves, row + 1, key=row_of)
    return moves[first : None if most is None else first + most]


def between(moves: Iterable[Move], first: int, last: int) -> list[Move]:
    """The moves within two moments, both included."""
    return [move for move in moves if first <= move.time <= last]


def total(moves: Iterable[Move]) -> int:
    return sum(move.amount for move in moves)
