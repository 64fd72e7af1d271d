"""What the kernels have in common: which theft is next, and how a withdrawal's stolen shares are written."""

from __future__ import annotations

from tracer.tracing.kernels.arithmetic import Cells


def upcoming(thefts: Cells, row: int) -> int:
    """The number of the first theft at or after a row."""
    number = 0
    while number < len(thefts) and thefts[number] < row:
        number += 1
    return number


def emit(out: Cells, used: int, withdrawal: int, shares: Cells) -> int:
    """Writes the shares of a withdrawal, clears them, and gives how much of `out` is used."""
    if len(shares) == 1:
        out[used] = withdrawal
        out[used + 1] = shares[0]
        shares[0] = 0
        return used + 2
    for theft in range(len(shares)):
        if shares[theft]:
            out[used] = withdrawal * len(shares) + theft
            out[used + 1] = shares[theft]
            shares[theft] = 0
            used += 2
    return used
