"""Rows whose order nothing but a file gives: how many of them the order of matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any


def unordered_pairs(places: Sequence[Any], sides: tuple[Sequence[Any], Sequence[Any]], rows: Iterable[int], nobody: Any) -> tuple[int, int]:
    """Of the rows, which stand by place: how many pairs have one place, and how many of those share an account.

    Only the order of the latter can change a result: the others move money that never meets.

    >>> unordered_pairs([7, 7, 7, 8], (["ann", "bob", "dan", "ann"], ["bob", "cat", "eve", "bob"]), range(4), None)
    (3, 1)
    """
    several = shared = 0
    for _, group in groupby(rows, key=places.__getitem__):
        together = list(group)
        if len(together) > 1:
            several += _pairs(len(together))
            shared += _sharing([{sides[0][row], sides[1][row]} - {nobody} for row in together])
    return several, shared


def _sharing(ends: Iterable[Collection[Any]]) -> int:
    """Pairs with an account in common: those of each account, less those counted twice because both accounts are common."""
    ends = list(ends)
    one = Counter(account for accounts in ends for account in accounts)
    both = Counter(frozenset(accounts) for accounts in ends if len(accounts) == 2)
    return sum(map(_pairs, one.values())) - sum(map(_pairs, both.values()))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
