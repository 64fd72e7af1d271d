"""In which form rows are run: the form of their columns decides the speed.

Lists run as they are, arrays run compiled, and arrays with amounts of two limbs (`int128_arrays.Wide`) run compiled where amounts pass
what 64 bits hold. `in_form` picks it.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import Any

from tracer.errors import SlowWarning
from tracer.ledger.overflow import BITS as WIDE
from tracer.tracing.followed_rows import Flows
from tracer.tracing.kernel_output import numbers_in
from tracer.tracing.kernels import NARROW
from tracer.tracing.runs import replayed
from tracer.wording import missing_extra

COMPILED_FROM = 300_000
"""So many rows, each counted once a rule, are run as fast by Python as numba needs to be imported and to read its code from disk."""


def in_form(flows: Flows, rules: int = 1) -> Flows:
    """The rows in the form they are run fastest in that is exact, by so many rules.

    Few rows: lists. Many: arrays, of two limbs where a number or a balance is too wide for one. Where numba is not there: lists,
    with a SlowWarning. Numbers too wide for any array stay in lists: `replayed` says where.
    """
    if len(flows.sender) * rules < COMPILED_FROM or (bits := _widest(flows)) > WIDE:
        return as_lists(flows)
    if not find_spec("numba"):
        if len(flows.sender) >= COMPILED_FROM:
            warnings.warn(
                f"{len(flows.sender):,} rows are followed by Python alone, which takes some hundred times as long: "
                f"{missing_extra('fast', 'speed')}",
                SlowWarning,
                stacklevel=2,
            )
        return as_lists(flows)
    if bits <= NARROW:
        packed = as_arrays(flows)
        if replayed(packed).past is None:
            return packed
    return as_limbs(flows)


def as_lists(flows: Flows) -> Flows:
    """The rows as lists of Python integers."""
    lists: dict[str, Any] = {
        name: numbers_in(column) if hasattr(column, "tolist") else list(column) for name, column in flows.columns.items()
    }
    return flows._replace(**lists)


def as_arrays(flows: Flows) -> Flows:
    """The rows as arrays of their own that can be written to: numba compiles once for these, and only for these."""
    import numpy as np

    kinds = Flows(np.int32, np.int32, np.int64, np.int64, np.uint8, np.int64, np.int64)
    arrays: dict[str, Any] = {name: np.require(column, getattr(kinds, name), ["C", "W"]) for name, column in flows.columns.items()}
    return flows._replace(**arrays)


def as_limbs(flows: Flows) -> Flows:
    """The rows as arrays whose amounts, fees and openings have two limbs each."""
    from tracer.tracing.int128_arrays import widened

    amounts: dict[str, Any] = {name: widened(getattr(as_lists(flows), name)) for name in ("amount", "fee", "openings")}
    return as_arrays(flows._replace(amount=[], fee=[], openings=[]))._replace(**amounts)


def _widest(flows: Flows) -> int:
    """The bits of the largest single number; those of balances, `replayed` has."""
    return max(int(max(column, default=0)).bit_length() for column in (flows.amount, flows.fee, flows.openings))
