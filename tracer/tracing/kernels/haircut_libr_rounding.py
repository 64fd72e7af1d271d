"""What part of a withdrawal is stolen under haircut, clean_first and dirty_first: the rounding, and whose the unit left over is."""

from __future__ import annotations

from tracer.tracing.kernels.arithmetic import Cells, muldiv, portion, proportion

HAIRCUT, CLEAN_FIRST, DIRTY_FIRST = range(3)


def share(rule: int, stolen: int, balance: int, withdrawn: int) -> int:
    """The stolen part of a withdrawal from a pool."""
    if stolen == balance:
        return withdrawn
    if rule == HAIRCUT:
        return muldiv(stolen, withdrawn, balance)
    if rule == CLEAN_FIRST:
        clean = balance - stolen
        if clean > withdrawn:
            clean = withdrawn
        return withdrawn - clean
    return stolen if stolen < withdrawn else withdrawn


def split(parts: Cells, base: int, total: int, amount: int, shares: Cells) -> None:
    """Takes `amount` of the `total` stolen units of a pool: of each theft in proportion, rounded down; units left over
    are of the earliest theft that still has some. `parts` from `base` on is what the pool has of each; `shares` are noughts before."""
    left = amount
    in_proportion = proportion(amount, total)
    for theft in range(len(shares)):
        part = parts[base + theft]
        if part:
            less = portion(part, amount, total, in_proportion)
            shares[theft] = less
            parts[base + theft] = part - less
            left -= less
    theft = 0
    while left:
        more = min(left, parts[base + theft])
        shares[theft] += more
        parts[base + theft] -= more
        left -= more
        theft += 1
