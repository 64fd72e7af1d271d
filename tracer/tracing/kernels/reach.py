"""Where stolen money can come at all, and when: the kernel of the cone, the same under every rule."""

from __future__ import annotations

from tracer.tracing.kernels.arithmetic import AHEAD, Cells, ahead
from tracer.tracing.kernels.common import upcoming


def reach(i: int, n: int, sender: Cells, recipient: Cells, amount: Cells, cut: Cells, thefts: Cells, first: Cells) -> None:
    """Where money could come from the thefts, forward in time.

    `first` has two cells an account, -1 where there is no such row: the row that first touched it, and the row from
    which it may hold stolen value. A cut touches and does not spread.
    """
    number = upcoming(thefts, i)
    theft = thefts[number] if number < len(thefts) else -1
    while i < n:
        if AHEAD and i + AHEAD < n:
            ahead(first, 2 * sender[i + AHEAD])
            ahead(first, 2 * recipient[i + AHEAD])
        payer = sender[i]
        payee = recipient[i]
        carries = payer >= 0 and first[2 * payer + 1] >= 0
        if i == theft:
            carries = True
            number += 1
            theft = thefts[number] if number < len(thefts) else -1
        if carries and payee >= 0 and payee != payer and amount[i]:
            if first[2 * payee] < 0:
                first[2 * payee] = i
            if first[2 * payee + 1] < 0 and not cut[i]:
                first[2 * payee + 1] = i
        i += 1
