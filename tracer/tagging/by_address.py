"""What heuristics look at for one address of a large case: the payments of each account that they ask for, read by index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from tracer.labels import LabelBook
from tracer.ledger.by_address import AddressesByNumber, IndexedLedger, OwnPayment, Side
from tracer.model import Everywhere
from tracer.tagging.equal_and_round_amounts import round_in
from tracer.tagging.payments_by_account import CRUMBS, UNTIMED, Move, Reach, View, memo_bytes
from tracer.tagging.signers_and_wallet_software import fingerprint_counts, fingerprints


class IndexedView(View):
    """The same payments as in the whole view, of the accounts that are asked about. `everywhere`: what all come to, counted when the case
    was tagged; of a ledger whose payments say how they were made (`marked`) the whole view is taken. `carried`: the least stolen value
    that any rule says a row carried."""

    ledger: IndexedLedger

    def __init__(
        self, ledger: IndexedLedger, labels: LabelBook, reach: Reach, everywhere: Everywhere, carried: Callable[[int], int]
    ) -> None:
        self._everywhere, self._carried, self._known = everywhere, carried, dict[int, int]()
        super().__init__(ledger, labels, reach)
        self._once = {round_in: everywhere.round, fingerprints: {}, fingerprint_counts: Counter()}

    def _index(self) -> None:
        self.touched = self.ledger.touched()
        self._life = _Moves(self, "sender"), _Moves(self, "recipient")
        self._crumbs = _Crumbs(self)

    @cached_property
    def accounts(self) -> AddressesByNumber:
        return AddressesByNumber(self.ledger)

    @cached_property
    def payments(self) -> int:
        return self._everywhere.payments

    @cached_property
    def has_times(self) -> bool:
        return self._everywhere.timed

    @cached_property
    def last_time(self) -> int:
        return self._everywhere.last_time

    def carried(self, move: Move) -> int:
        if move.row not in self._known:
            self._known[move.row] = self._carried(move.row)
        return self._known[move.row]

    def with_memo(self, service: int, memo: bytes) -> list[Move]:
        rows = {row for row in self.ledger.rows_with_memo(service, memo) if memo_bytes(self.memo(row)) == memo}
        return [move for move in self.life_ins(service) if move.row in rows]


class _Moves(Mapping[int, list[Move]]):
    """The payments of each account on one side, without those below the dust limit."""

    def __init__(self, view: IndexedView, side: Side) -> None:
        self._ledger, self._dust, self._side = view.ledger, view.dust, side
        self._known: dict[int, list[Move]] = {}

    def __getitem__(self, account: int) -> list[Move]:
        if account not in self._known:
            paid = self._ledger.payments(self._side, account)
            self._known[account] = [_move(each) for each in paid if each.amount >= self._dust]
        if not self._known[account]:
            raise KeyError(account)
        return self._known[account]

    def __iter__(self) -> Iterator[int]:
        raise TypeError("nobody goes through the payments of all accounts by index")

    def __len__(self) -> int:
        raise TypeError("nobody counts the accounts that pay")


class _Crumbs(Mapping[int, list[int]]):
    """The rows of small payments to each account."""

    def __init__(self, view: IndexedView) -> None:
        self._ledger, self._least = view.ledger, CRUMBS * view.dust

    def __getitem__(self, account: int) -> list[int]:
        return [each.row for each in self._ledger.payments("recipient", account) if each.amount < self._least]

    def __iter__(self) -> Iterator[int]:
        raise TypeError("nobody goes through the small payments of all accounts by index")

    def __len__(self) -> int:
        raise TypeError("nobody counts the accounts that pay")


def _move(paid: OwnPayment) -> Move:
    time = UNTIMED if paid.time is None else paid.time
    return Move(paid.row, time, paid.sender, paid.recipient, paid.amount, paid.fee)
