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

    An opening balance is clean, and older than everything else. Rows of one block are in the block's own order. Lots arrive in the
    order in which they were taken. No withdrawal is rounded.
    """
    return run_lots(flows, newest_first=False)


def lifo(flows: Flows) -> Run:
    """Last in, first out: the newest money in the account leaves first.

    The first lot taken lies on top at the recipient. No withdrawal is rounded. We know of no judgment that applies it; a vendor
    of tracing software described it as the practice in the United States.
    """
    return run_lots(flows, newest_first=True)


def haircut(flows: Flows) -> Run:
    """Pro rata at each withdrawal: every withdrawal has the same proportion of stolen money as the account has at that moment.

    Rounded down to the unit at each withdrawal; the fraction that is cut off stays with the sender. Several thefts share in
    proportion, rounded down; units left over belong to the earliest theft that still has some. Sharing in proportion is for
    innocent claimants (Ruddle v Moore, 1969, shared at the end; North American courts are said to have shared at each withdrawal).
    """
    return run_pooled(flows, HAIRCUT)


def clean_first(flows: Flows) -> Run:
    """The account spends its clean money first and its stolen money last (lowest intermediate balance rule).

    What stays is at most the lowest balance since the stolen money came (James Roscoe v Winder, 1915). A rule between a wrongdoer and
    his victim (Re Hallett's Estate, 1880). No withdrawal is rounded, except in the split over several thefts, which is that of haircut.
    """
    return run_pooled(flows, CLEAN_FIRST)


def dirty_first(flows: Flows) -> Run:
    """The account spends its stolen money first and all other money last.

    A limiting case that we added; compare Re Oatway (1903), where the other money was the wrongdoer's own. In forfeiture, United States
    v Banco Cafetero Panama, 797 F.2d 1154 (2d Cir. 1986), is said to let the government choose between drugs-in, first-out and
    drugs-in, last-out; we have not read it. No withdrawal is rounded, except in the split over several thefts, which is that of haircut.
    """
    return run_pooled(flows, DIRTY_FIRST)


RULES: dict[str, RuleFunction] = {rule.__name__: rule for rule in (fifo, lifo, haircut, clean_first, dirty_first)}
