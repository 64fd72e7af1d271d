"""How others search for stolen money, as their papers say it, on the same ledgers: they name accounts, and keep no balances.

All begin at the accounts that were paid in the thefts and go no further than a known service, so that nobody is better for knowing less.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Mapping

from tracer.tagging import View
from tracer.tracing import Trace

ALPHA, FORWARD, LEAST = 0.15, 0.8, 1e-3
"""What stays at an account, the part of the rest that goes forward, and the residue below which nothing is passed on (TRacer)."""

Edges = Mapping[int, Mapping[int, int]]
"""Account -> account -> the sum paid, in smallest units."""


def by_rule(view: View, trace: Trace, rule: str) -> set[str]:
    """The accounts to which a rule of ours says that stolen value came, in however small a part; the drained are none of them."""
    came = {view.ledger.columns.recipient[row] for row in trace.rules[rule].by_row}
    return {view.accounts[account] for account in came - view.drained if account >= 0}


def poison(view: View, depth: int) -> set[str]:
    """Whoever was paid, and whoever they ever paid, so many steps far: neither time nor amounts count.

    Source: Möser, Böhme, Breuker, Towards Risk Scoring of Bitcoin Transactions, FC 2014; with a depth, as in Wu et al., TRacer.
    """
    return _within(view, depth, [_paid(view)])


def search(view: View, depth: int) -> set[str]:
    """Whoever is so many payments away, up or down: breadth first. Source: the baseline BFS of Wu et al., TRacer."""
    return _within(view, depth, [_paid(view), _paying(view)])


def value_decay(view: View) -> set[str]:
    """Whoever keeps a part of a residue that decays with every step, and splits by value, forward more than backward.

    A residue of one begins at the accounts that were paid in the thefts; an account keeps ALPHA of what comes, and passes the rest on as
    long as it is at least LEAST. Source: Wu et al., TRacer: Scalable Graph-Based Transaction Tracing for Account-Based Blockchain Trading
    Systems, IEEE TIFS 2023, https://arxiv.org/abs/2201.05757, weighted by value, without time and without swaps. A rank, no amount: floats.
    """
    paid, paying, kept = _paid(view), _paying(view), set[int]()
    begin = _begin(view)
    residue = dict.fromkeys(begin, 1 / len(begin))
    waiting = deque(begin)
    while waiting:
        account = waiting.popleft()
        mass = residue.pop(account, 0.0)
        if mass < LEAST:
            continue
        kept.add(account)
        if account in view.services:
            continue
        for edges, part in ((paid, FORWARD), (paying, 1 - FORWARD)):
            total = sum(edges[account].values())
            for other, amount in edges[account].items():
                residue[other] = residue.get(other, 0.0) + (1 - ALPHA) * part * mass * (amount / total)
                waiting.append(other)
    return {view.accounts[account] for account in kept - view.drained}


PEERS: Mapping[str, Callable[[View], set[str]]] = {
    "poison, depth 2": lambda view: poison(view, 2),
    "poison, depth 50": lambda view: poison(view, 50),
    "search, depth 2": lambda view: search(view, 2),
    "value-decay search": value_decay,
}
"""Each by what it is called in tables."""


def _begin(view: View) -> list[int]:
    """The accounts that were paid in the thefts: the first that stolen value touched."""
    return sorted({move.recipient for move in view.moves if move.sender in view.drained and view.touched.get(move.recipient) == move.row})


def _paid(view: View) -> Edges:
    edges: dict[int, Counter[int]] = defaultdict(Counter)
    for move in view.moves:
        edges[move.sender][move.recipient] += move.amount
    return edges


def _paying(view: View) -> Edges:
    edges: dict[int, Counter[int]] = defaultdict(Counter)
    for move in view.moves:
        edges[move.recipient][move.sender] += move.amount
    return edges


def _within(view: View, depth: int, directions: Collection[Edges]) -> set[str]:
    found = at = set(_begin(view))
    for _ in range(depth):
        at = {other for account in at - view.services.keys() for edges in directions for other in edges[account]} - found
        found = found | at
    return {view.accounts[account] for account in found - view.drained}
