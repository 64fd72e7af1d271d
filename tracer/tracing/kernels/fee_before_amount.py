"""A fee leaves before the amount: what of each is stolen, where accounts are pools. In lots (`fifo_lifo.py`) the fee takes its lots first.

A convention of ours, for every chain: NIS executes amount, levies, fee. The difference is at most a fee.
"""

from __future__ import annotations

from tracer.tracing.kernels.haircut_libr_rounding import share


def fee_then_amount(rule: int, stolen: int, balance: int, fee: int, amount: int) -> tuple[int, int]:
    """The stolen parts of a fee and of the amount paid with it, from a pool that holds both: the amount's is of what the fee left."""
    burnt = share(rule, stolen, balance, fee)
    left = stolen - burnt
    return burnt, share(rule, left, balance - fee, amount) if left else 0
