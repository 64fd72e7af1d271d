"""Runs of the kernels: the rows to follow as columns, and the memory a kernel fills.

The form of the columns decides the speed: `lists_or_compiled_arrays.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tracer.ledger.overflow import BITS as WIDE
from tracer.tracing import kernels
from tracer.tracing.followed_rows import Becomes, Flows
from tracer.tracing.kernel_memory import cells_with, doubled, noughts, of_width, parts_of_pools, step_of_lots, step_of_pools, unwritten
from tracer.tracing.kernel_output import Run, is_list, is_wide, numbers_in
from tracer.tracing.kernels import NARROW, STEP, Cells

CHUNK = 1 << 19
"""Withdrawals that a kernel writes down before they are taken from it, at least."""


class Replay(NamedTuple):
    """What accounts held, row by row, whatever the rule.

    `past` is the first row where a payment with its fee, a balance, or money that was not there passes what the kernels hold
    of this form; None if there is none. `short` is what accounts paid and did not have, up to there.
    """

    past: int | None
    short: Cells

    def topped_up(self) -> list[tuple[int, int]]:
        """Clean money that had to be assumed at accounts that paid more than they held, by account."""
        return [(account, units) for account, units in enumerate(numbers_in(self.short)) if units]


def reached(flows: Flows) -> Cells:
    """The cone of the thefts, two cells an account: the row that first touched it, and the row from which it may hold stolen
    value; -1 where there is none. The second is never without the first: at a cut money arrives and stays away from there."""
    first = cells_with(flows, 2 * len(flows.openings), -1)
    kernel = _kernel("reach", flows)
    start = min(int(flows.thefts[0]), len(flows.sender)) if len(flows.thefts) else len(flows.sender)
    kernel(start, len(flows.sender), flows.sender, flows.recipient, flows.amount, flows.cut, flows.thefts, first)
    return first


def replayed(flows: Flows) -> Replay:
    """Replays what accounts hold, which is the same under every rule."""
    balance = flows.openings[:] if is_list(flows.openings) else flows.openings.copy()
    short = noughts(flows, len(balance))
    bits = WIDE if is_list(flows.amount) or is_wide(flows.amount) else NARROW
    kernel, row = _kernel("balances", flows), 0
    for until, becomes in _stretches(flows):
        row = kernel(row, until, *flows.moves, balance, short, bits)
        if row < until or (becomes and becomes.received >> bits):
            return Replay(min(row, len(flows.sender) - 1), short)
        if becomes:
            balance[becomes.account : becomes.account + 1] = of_width(flows, becomes.received)
    return Replay(None, short)


def run_pooled(flows: Flows, rule: int) -> Run:
    """Accounts are pools, `rule` is one of the kernels' HAIRCUT, CLEAN_FIRST, DIRTY_FIRST."""
    thefts, step_of_one = len(flows.thefts), step_of_pools(flows)
    pool, taken, shares = noughts(flows, len(flows.openings) * step_of_one), noughts(flows, thefts), noughts(flows, thefts)
    pool[::step_of_one] = flows.openings
    kernel = _kernel("pooled", flows)

    def step(row: int, until: int, out: Cells) -> tuple[int, int]:
        row, used = kernel(row, until, *flows.moves, flows.cut, flows.thefts, rule, step_of_one, pool, taken, shares, out)
        if row < 0:
            raise AssertionError(f"row {-1 - row}: more is stolen than the account has, or less than nothing")
        return row, used

    def change(becomes: Becomes) -> None:
        _kernel("exchange_pool", flows)(becomes.account, of_width(flows, becomes.given, becomes.received), step_of_one, pool, shares)

    written = _written(flows, step, change)
    return Run(numbers_in(taken), written, parts_of_pools(flows, pool))


def run_lots(flows: Flows, newest_first: bool) -> Run:
    """Accounts are inventories of lots, spent oldest first or newest first.

    A deposit arrives in the order its lots were taken; newest first, the first taken lies on top. Neighbouring lots
    of one origin are one lot.
    """
    accounts, thefts, step_of_one = len(flows.openings), len(flows.thefts), step_of_lots(flows)
    taken, shares, free = noughts(flows, thefts), noughts(flows, thefts), cells_with(flows, 64, -1)
    arena = noughts(flows, step_of_one * accounts + 4 * min(CHUNK, len(flows.sender)) + 16)
    together = step_of_one > STEP
    vectors = arena if together else cells_with(flows, STEP * accounts)
    _kernel("lay", flows)(flows.openings, vectors, arena, free)
    kernel = _kernel("lots", flows)

    def step(row: int, until: int, out: Cells) -> tuple[int, int]:
        nonlocal arena, vectors
        row, used = kernel(row, until, *flows.moves, flows.cut, flows.thefts, newest_first, vectors, arena, free, taken, shares, out)
        if row < until and used <= len(out) - 4 * thefts:
            arena = doubled(arena)
            vectors = arena if together else vectors
        return row, used

    def change(becomes: Becomes) -> None:
        sides = of_width(flows, becomes.given, becomes.received)
        _kernel("exchange_lots", flows)(becomes.account, sides, newest_first, vectors, arena)

    written = _written(flows, step, change)
    parts = noughts(flows, accounts * thefts)
    _kernel("count", flows)(accounts, vectors, arena, thefts, parts)
    return Run(numbers_in(taken), written, parts)


def _written(flows: Flows, step: Callable[[int, int, Cells], tuple[int, int]], change: Callable[[Becomes], None]) -> list[Cells]:
    """Runs a kernel from one exchange to the next and to the last row, on fresh cells to write to whenever it stops; what it wrote."""
    written = []
    row = 0
    for until, becomes in _stretches(flows):
        while row < until:
            out = unwritten(flows, 2 * min(CHUNK, until - row) + 4 * len(flows.thefts))
            row, used = step(row, until, out)
            written.append(out[:used])
        if becomes:
            change(becomes)
    return written


def _stretches(flows: Flows) -> list[tuple[int, Becomes | None]]:
    """Until which row to run each time, and what is exchanged then."""
    return [*((becomes.place, becomes) for becomes in flows.exchanges), (len(flows.sender), None)]


def _kernel(name: str, flows: Flows) -> Callable[..., Any]:
    if is_list(flows.sender):
        return getattr(kernels, name)  # type: ignore[no-any-return]
    from tracer.tracing.compiled import compiled

    return compiled(name, is_wide(flows.amount))
