"""How amounts are kept in `case.db`: as integers, or as decimal text where they could pass 64 bits.

The text has leading zeros to DIGITS digits, so that its order is the order of the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tracer.ledger import Ledger

INT64_ROOM = 1 << 62
"""Amounts from here on have no room in 64 bits: sums of a few of them must still fit."""

DIGITS = 39
"""Digits of 2^127: no amount of a ledger has more (`ledger.overflow`)."""

Amounts = Iterable[int | None]
Kept = Iterable[int | str | None]


def keeping(ledger: Ledger, more: int = 0) -> Callable[[Amounts], Kept]:
    """How columns of amounts of this ledger are kept: as they are, or all as decimal text if any amount (or `more`) is wide."""
    supply = sum(account.opening or 0 for account in ledger.accounts)
    widest = max(supply, more, max(ledger.columns.amount, default=0), max(ledger.columns.fee, default=0))
    return _as_text if widest >= INT64_ROOM else _as_they_are


def kept_singly(amounts: Amounts) -> Kept:
    """A column of stated amounts, each kept by its own width: a wide one as decimal text."""
    return (amount if amount is None or amount < INT64_ROOM else f"{amount:0{DIGITS}d}" for amount in amounts)


def amounts_in(column: Kept) -> list[int]:
    """A column of amounts as it was before it was kept."""
    return [int(amount) for amount in column]  # type: ignore[arg-type]


def known_amounts_in(column: Kept) -> list[int | None]:
    """The same, of amounts that may be unknown."""
    return [None if amount is None else int(amount) for amount in column]


def _as_they_are(amounts: Amounts) -> Kept:
    return amounts


def _as_text(amounts: Amounts) -> Kept:
    return (None if amount is None else f"{amount:0{DIGITS}d}" for amount in amounts)
