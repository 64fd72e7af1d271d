"""The same ledger with one thing otherwise: an account that opens with nothing, rows left out, rows of a block in another order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from tracer.ledger.ledger import Ledger
from tracer.ledger.ledger_columns import NOBODY, Columns

PLACES = ("row_key", "position")
"""Fields that say where a row stands, and not what it is: they stay where they are."""


def opening_with_nothing(ledger: Ledger, number: int) -> Ledger:
    """The ledger in which an account holds nothing before the first row."""
    accounts = list(ledger.accounts)
    accounts[number] = accounts[number]._replace(opening=0)
    return replace(ledger, accounts=tuple(accounts))


def without_rows(ledger: Ledger, gone: Collection[int]) -> Ledger:
    """The ledger without some rows; its accounts, and what they open with, stay. It is no longer a complete one."""
    kept = [row for row in range(len(ledger)) if row not in gone]
    return replace(ledger, columns=_picked(ledger.columns, kept), complete=False)


def in_order(ledger: Ledger, order: Sequence[int]) -> Ledger:
    """The ledger with its rows in another order; the places they stand at stay as they were."""
    columns = _picked(ledger.columns, order)
    return replace(ledger, columns=columns._replace(**{name: getattr(ledger.columns, name) for name in PLACES}))


def _picked(columns: Columns, rows: Sequence[int]) -> Columns:
    picked: Any = (list(map(column.__getitem__, rows)) for column in columns)
    return Columns(*picked)


def blocks(ledger: Ledger, among: Collection[int]) -> Iterator[range]:
    """The rows of each block (of each second, where no heights are known) in which two share one of these accounts, and are not of one
    transaction: only their order can change what these accounts pay on."""
    places: Sequence[Any] = ledger.columns.time if ledger.order_basis == "time" else ledger.columns.height
    for place, group in groupby(range(len(ledger)), key=places.__getitem__):
        rows = list(group)
        if place is not None and len(rows) > 1 and _share(ledger.columns, rows, among):
            yield range(rows[0], rows[-1] + 1)


def _share(columns: Columns, rows: Iterable[int], among: Collection[int]) -> bool:
    seen: dict[int, object] = {}
    for row in rows:
        whole = columns.tx_hash[row] or row
        for account in (columns.sender[row], columns.recipient[row]):
            if account in among and seen.setdefault(account, whole) != whole:
                return True
    return False


def other_way_round(ledger: Ledger, rows: range, held: Mapping[int, int]) -> list[int] | None:
    """The rows of a block with its transactions in reverse, as far as accounts hold what they pay then.

    None where no such order is found, or it is the one they have.

    Rows of one transaction stay together; what nobody sends, such as the fees that a block pays out, stays where it is, unless it is of a
    transaction in which somebody sends something, as where a token is made for coins. `held`: what the accounts that are fully read hold
    before the block; of the others nobody can say that they do not hold it.
    """
    c = ledger.columns
    sent = {c.tx_hash[row] for row in rows if c.sender[row] != NOBODY} - {None}
    sides = {side for row in rows for side in (ledger.columns.sender[row], ledger.columns.recipient[row])}
    left = {account: held[account] for account in sides & held.keys()}
    order: list[int] = []
    for nobody, group in groupby(rows, key=lambda row: c.sender[row] == NOBODY and c.tx_hash[row] not in sent):
        stretch = list(group)
        if nobody:
            _moved(ledger.columns, stretch, left)
            order += stretch
            continue
        waiting = [list(of_it) for _, of_it in groupby(stretch, key=lambda row: ledger.columns.tx_hash[row] or row)][::-1]
        while waiting:
            fits = next((n for n, whole in enumerate(waiting) if _moved(ledger.columns, whole, left)), None)
            if fits is None:
                return None
            order += waiting.pop(fits)
    return None if order == list(rows) else order


def _moved(columns: Columns, rows: Sequence[int], held: dict[int, int]) -> bool:
    """Plays rows on balances if nobody pays what he does not hold; else leaves these as they were."""
    after = dict(held)
    for row in rows:
        sender, recipient, amount, fee = columns.sender[row], columns.recipient[row], columns.amount[row], columns.fee[row]
        if sender in after:
            after[sender] -= fee if sender == recipient else fee + amount
            if after[sender] < 0:
                return False
        if recipient in after and recipient != sender:
            after[recipient] += amount
    held.update(after)
    return True
