"""What proves a least or a most: a cut through the network, and an allocation of every stolen unit, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tracer.ledger import Ledger
from tracer.model import Cut, Moved, Side
from tracer.tracing.bounds_by_max_flow import Extreme
from tracer.tracing.bounds_network import FEES, NO_ROW, Ending, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

Totals = Mapping[Ending, int]
"""What an allocation puts at each place."""


def cut_of(made: Network, ledger: Ledger, found: Extreme) -> Cut:
    """The least cut that fewest rows and balances cross, as the accounts on the side that takes fewer lines.

    Raises AssertionError where the crossings are not the flow: both are computed apart.
    """
    _, side = min(((_crossings(made, found, side), side) for side in found.sides), key=lambda each: each[0])
    runs: dict[bool, list[Side]] = {True: [], False: []}
    for account, near, first, until in _runs(made, side):
        runs[near].append(Side(ledger.accounts[account].address, first, until))
    listed = len(runs[True]) <= len(runs[False])
    return Cut("near" if listed else "far", tuple(runs[listed]))


def _crossings(made: Network, found: Extreme, side: NDArray[Any]) -> int:
    """How many rows and balances cross from the near side to the far one."""
    tails, heads, capacities = made.arcs
    crossing = side[tails] & ~side[heads]
    into = [source.amount for source in made.sources if not side[source.head]]
    total = sum(capacities[crossing].tolist()) + sum(into)
    if total != found.value:
        raise AssertionError(f"a cut of {total} does not prove a flow of {found.value}")
    return int(crossing.sum()) + len(into)


def _runs(made: Network, side: NDArray[Any]) -> list[tuple[int, bool, int, int | None]]:
    """Account by account, how long it lies on one side: account, whether near, first row, and the row before which it ends."""
    import numpy

    owners, begun, order = made.timelines
    near = side[: made.nodes][order]
    other = numpy.flatnonzero(numpy.diff(owners, prepend=-1))
    begins = numpy.unique(numpy.concatenate([other, numpy.flatnonzero(numpy.diff(near, prepend=False))]))
    firsts = numpy.where(numpy.isin(begins, other), 0, begun[begins])
    ends = [first or None for first in [*firsts.tolist(), 0][1:]]
    return list(zip(owners[begins].tolist(), near[begins].tolist(), firsts.tolist(), ends, strict=True))


def allocation_of(made: Network, found: Extreme) -> tuple[tuple[Moved, ...], Totals]:
    """A way to tell all stolen coins apart that has the flow in it; the rest goes forward in time wherever there is room.

    There is room: what can come in at a node is at most what can go out, and of the flow as much goes out as came in. The rest ends
    where the flow does not go, or the flow would not be the greatest.
    """
    excess = [0] * made.nodes
    used = found.used.tolist()
    totals: dict[int, int] = {}
    for head, amount, _ in made.sources:
        _add(excess, totals, head, amount)
    for tail, carried in zip(made.tails, used, strict=True):
        excess[tail] -= carried
    moved = {source.row: [source.amount, 0] for source in made.sources}
    burnt: dict[int, int] = {}
    for arc, (tail, head, capacity, row) in enumerate(zip(made.tails, made.heads, made.capacities, made.rows, strict=True)):
        more = min(excess[tail], capacity - used[arc]) if excess[tail] > 0 else 0
        excess[tail] -= more
        carried = used[arc] + more
        if not carried:
            continue
        _add(excess, totals, head, carried)
        if row != NO_ROW:
            moved.setdefault(row, [0, 0])[0] += carried
        elif head == made.places.get(FEES):
            burnt[tail] = carried
    for each in made.burnt:
        if part := min(burnt.get(each.node, 0), each.amount):
            burnt[each.node] -= part
            moved.setdefault(each.row, [0, 0])[1] += part
    if any(excess) or sum(totals.values()) != made.stolen:
        raise AssertionError("an allocation loses what was stolen")
    return tuple(Moved(row, *parts) for row, parts in sorted(moved.items())), {
        place: totals.get(number, 0) for place, number in made.places.items()
    }


def _add(excess: list[int], totals: dict[int, int], head: int, amount: int) -> None:
    if head < 0:
        totals[head] = totals.get(head, 0) + amount
    else:
        excess[head] += amount
