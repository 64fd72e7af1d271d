"""The tracing rules: which part of a mixed balance leaves first. One function a rule; the docstring is its definition."""

from __future__ import annotations

from collections.abc import Callable

from tracer.tracing.followed_rows import Flows
from tracer.tracing.kernel_output import Run
from tracer.tracing.kernels import CLEAN_FIRST, DIRTY_FIRST, HAIRCUT
from tracer.tracing.runs import run_lots, run_pooled

RuleFunction = Callable[[Flows], Run]


def fifo(flows: Flows) -> Run:
    """First in, first out: the oldest money in the account leaves first (Clayton's Case, 1816, on a running bank account).

    An opening balance is the oldest and clean. Order inside a block matters and is the block's own. Lots arrive in the
    order in which they were taken. Nothing is rounded.
    """
    return run_lots(flows, newest_first=False)


def lifo(flows: Flows) -> Run:
    """Last in, first out: the newest money in the account leaves first.

    The first lot taken lies on top at the recipient. Nothing is rounded. Said to be practice in the United States; no
    judgment that says so is known to us (unverified).
    """
    return run_lots(flows, newest_first=True)


def haircut(flows: Flows) -> Run:
    """Pro rata: every withdrawal has the same proportion of stolen money as the account has at that moment.

    Rounded down to the unit at each withdrawal; the rest of the unit stays with the sender. Several thefts share in
    proportion, rounded down; units left over are of the earliest theft that still has some. A rule between innocent
    claimants (Ruddle v Moore, 1969).
    """
    return run_pooled(flows, HAIRCUT)


def clean_first(flows: Flows) -> Run:
    """The account spends its clean money first (Re Hallett's Estate, 1880), its stolen money last (lowest intermediate balance rule, LIBR).

    What stays is at most the lowest balance since the stolen money came. A rule between a wrongdoer and whom he wronged.
    Nothing is rounded but the split over several thefts, which is that of haircut.
    """
    return run_pooled(flows, CLEAN_FIRST)


def dirty_first(flows: Flows) -> Run:
    """The account spends its stolen money first, the wrongdoer's own money last (compare Re Oatway, 1903; unverified).

    Nothing is rounded but the split over several thefts, which is that of haircut.
    """
    return run_pooled(flows, DIRTY_FIRST)


RULES: dict[str, RuleFunction] = {rule.__name__: rule for rule in (fifo, lifo, haircut, clean_first, dirty_first)}
