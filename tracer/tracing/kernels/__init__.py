"""The kernels: how money moves under a family of rules. One source, two speeds.

Everything here is integers in flat lists, so that the same functions run as they are (CPython, on lists) and compiled
(`compiled.py`, on arrays), where AHEAD, LINE, STEP, `ahead`, `muldiv`, `proportion` and `portion` are replaced and nothing else. None
of them allocates: what they fill is made by `kernel_memory.py`, and one that runs out of room says at which row, and is called again
from there.

A row is two withdrawals (the fee, then the amount) and one deposit; a payment to oneself only pays its fee. A sender or
recipient below zero is outside: what it pays is clean, what it gets is gone. Every withdrawal that carries stolen value
is written to `out`, two cells a theft: (2 * row + is_fee) * thefts + theft, and the units. At every row

    0 <= stolen <= balance        taken by thefts = held + absorbed at cuts and outside + left as fees

Between two rows an account may exchange what it holds for so much of another asset: a step of its own (`conversion.py`).
"""

from tracer.model import CLEAN
from tracer.tracing.kernels.arithmetic import (
    AHEAD,
    LINE,
    NARROW,
    STEP,
    Cells,
    ahead,
    made_exact,
    muldiv,
    muldiv64,
    portion,
    portion64,
    proportion,
    proportion64,
)
from tracer.tracing.kernels.balances import balances
from tracer.tracing.kernels.common import emit, upcoming
from tracer.tracing.kernels.conversion import exchange_lots, exchange_pool
from tracer.tracing.kernels.fee_before_amount import fee_then_amount
from tracer.tracing.kernels.fifo_lifo import count, lay, lots, make_room
from tracer.tracing.kernels.haircut_libr_rounding import CLEAN_FIRST, DIRTY_FIRST, HAIRCUT, share, split
from tracer.tracing.kernels.maxflow_start import give_back, push, room
from tracer.tracing.kernels.pools import pooled
from tracer.tracing.kernels.reach import reach

__all__ = [
    "AHEAD",
    "CLEAN",
    "CLEAN_FIRST",
    "DIRTY_FIRST",
    "HAIRCUT",
    "LINE",
    "NARROW",
    "STEP",
    "Cells",
    "ahead",
    "balances",
    "count",
    "emit",
    "exchange_lots",
    "exchange_pool",
    "fee_then_amount",
    "give_back",
    "lay",
    "lots",
    "made_exact",
    "make_room",
    "muldiv",
    "muldiv64",
    "pooled",
    "portion",
    "portion64",
    "proportion",
    "proportion64",
    "push",
    "reach",
    "room",
    "share",
    "split",
    "upcoming",
]
