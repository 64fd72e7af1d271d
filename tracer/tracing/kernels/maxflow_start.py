"""Waves through a network whose arcs stand in the order of time: what to push on, and what comes back from where it is stuck."""

from __future__ import annotations

from tracer.tracing.kernels.arithmetic import Cells


def room(tails: Cells, heads: Cells, capacities: Cells, goal: int, rooms: Cells) -> None:
    """At most how much each node can pass on, up to `goal`; the sink's has to be in `rooms` already, and the others' 0."""
    for arc in range(len(tails) - 1, -1, -1):
        tail = tails[arc]
        rooms[tail] = min(goal, rooms[tail] + min(capacities[arc], rooms[heads[arc]]))


def push(
    tails: Cells, heads: Cells, capacities: Cells, sink: int, rooms: Cells, shut: Cells, used: Cells, excess: Cells, passed: Cells
) -> None:
    """Pushes what stands at the nodes onward, first along what comes first, into no node that is shut or has no more room.

    `excess` is what stands at each node; `passed` what came into it; `used` what each arc carries.
    """
    for arc in range(len(tails)):
        tail, head = tails[arc], heads[arc]
        if excess[tail] <= 0 or shut[head]:
            continue
        more = min(excess[tail], capacities[arc] - used[arc])
        if head != sink:
            more = min(more, rooms[head] - passed[head])
        if more > 0:
            used[arc] += more
            excess[tail] -= more
            excess[head] += more
            passed[head] += more


def give_back(tails: Cells, heads: Cells, shut: Cells, used: Cells, excess: Cells, passed: Cells) -> None:
    """Gives back what stands at nodes that are shut to those it came from, the last first."""
    for arc in range(len(tails) - 1, -1, -1):
        head = heads[arc]
        if not shut[head] or excess[head] <= 0:
            continue
        less = min(excess[head], used[arc])
        used[arc] -= less
        excess[head] -= less
        passed[head] -= less
        excess[tails[arc]] += less
