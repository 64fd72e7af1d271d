"""The slice that a case needs of a whole ledger on disk, found over its columns: the accounts that stolen value can reach.

Why tracing the slice says what tracing all would say. The slice has every row of every account in the cone, and the thefts.
An account outside never holds stolen value: nothing that spreads pays it, or the row ends there (a service, a drained account).
What it pays is clean whatever it held, so it may open with anything, and opens with enough never to go short. An account inside
has all its rows, so its balances, its lots and its opening are those of the whole ledger. And no stolen value ends as
`not_fetched`: whatever a spreading account pays goes to an account inside, or ends as `returned` or `service`, which come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 1 << 14
"""Rows looked at together: they and what they need stay in the processor's cache, and within them two rounds mostly do."""


class Limits(NamedTuple):
    """What ends the trail, by account number: services, drained accounts with the row of their first theft; the last row."""

    services: Sequence[int]
    drained: Mapping[int, int]
    rows: int


class Stretch(NamedTuple):
    """Rows that stand together, `start` being the first of them: who pays, who is paid, and of each whether it moves anything, and
    whether that is dust. Nobody is account -1."""

    start: int
    sender: NDArray[Any]
    recipient: NDArray[Any]
    moves: NDArray[Any]
    dust: NDArray[Any]


def needed(stretches: Iterable[Stretch], thefts: Sequence[int], limits: Limits, accounts: int) -> NDArray[Any]:
    """For each of `accounts`, whether its whole history is needed: stolen value can reach it, and does not end there because of
    what it is. Those that only dust reaches are among them: their history is read, though nothing is followed from there.

    `stretches` are the rows in order, from the first theft at the latest; `thefts` are rows. Exact: the rules of `stops.py` and of what
    counts as touched, row by row.
    """
    import numpy as np

    reached = np.full(accounts + 1, limits.rows)  # the first row that brings an account stolen value to spend
    spreads, only_dust = np.zeros((2, accounts + 1), bool)
    absorbs_from = np.full(accounts + 1, limits.rows)
    for account, row in limits.drained.items():
        absorbs_from[account] = row
    absorbs_from[[*limits.services, -1]] = 0  # nobody is the last one: what is burnt is nowhere
    declared = np.array(sorted(row for row in thefts if row < limits.rows), np.int64)
    for start, s, r, moves, dust in _chunks(stretches, int(declared[0]) if len(declared) else limits.rows, limits.rows):
        rows = declared[np.searchsorted(declared, start) : np.searchsorted(declared, start + len(s))]
        rows = rows[rows < absorbs_from[r[rows - start]]]
        np.minimum.at(reached, r[rows - start], rows)
        spreads[r[rows - start]] = True
        while True:  # who is reached in this chunk may spend in it
            here = np.flatnonzero(spreads.take(s))
            to, at = r[here], here + start
            arrives = (reached[s[here]] < at) & (at < absorbs_from[to]) & moves[here] & (s[here] != to)
            only_dust[to[arrives & dust[here]]] = True
            earlier = np.flatnonzero(arrives & ~dust[here] & (at < reached[to]))[::-1]
            if not len(earlier):
                break
            reached[to[earlier]] = at[earlier]  # backwards in time: of several rows the first is written last
            spreads[to[earlier]] = True
    whole: NDArray[Any] = (spreads | only_dust)[:-1]
    return whole


def _chunks(stretches: Iterable[Stretch], first: int, last: int) -> Iterator[Stretch]:
    """The rows from `first` up to before `last`, so many together as the processor's cache holds."""
    for each in stretches:
        for start in range(max(each.start, first), min(each.start + len(each.sender), last), CHUNK):
            here = slice(start - each.start, min(start + CHUNK, last) - each.start)
            yield Stretch(start, each.sender[here], each.recipient[here], each.moves[here], each.dust[here])
        if each.start + len(each.sender) >= last:
            return
