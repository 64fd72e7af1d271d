"""Peel chains: a large sum goes on from account to account, and a small part is paid out at each."""

from __future__ import annotations

from typing import NamedTuple

from tracer.model import Measure
from tracer.tagging.measures import HOUR, WHOLE, Finding, at_least, at_most, half, ppm, rows_moved, some
from tracer.tagging.payments_by_account import Move, View, after

MOST_STEPS = 100
"""Steps of a chain that are followed, each way."""
MOST_PAYMENTS = 200
"""An account that pays more often than this within the wait peels nothing: it is a service."""


class Step(NamedTuple):
    """One account of a chain: what came, what went on, what was peeled off."""

    arrival: Move
    main: Move
    peeled: tuple[Move, ...]
    share: int


def peel_chain(view: View, account: int, *, min_peels: int, min_main_ppm: int, max_hours: int, min_fresh_ppm: int) -> list[Finding]:
    """A sum passes through one account after another, and each of them pays a small part of it to somebody else.

    A step is an account that makes two kinds of payment within `max_hours` of the largest payment that it received: one
    main payment, which is at least `min_main_ppm` of the payment received (or of all that it pays in that time, if that is more),
    and at least one smaller payment to another recipient. The recipient of the main payment is the next account of the chain. No main
    payment is larger than the payment that the account received, so the amounts never grow along the chain. A chain has
    at least `min_peels` steps, and none of them is a labelled service. Of the accounts after the first, at least
    `min_fresh_ppm` had moved nothing before the money came: an account-based chain has no change outputs, and fresh
    accounts are the nearest equivalent. Every account that is a step is tagged.

    Search limit: 100 steps in each direction; tracer examines 200 payments in each step.

    Seen elsewhere: other tools require a peeled share of at most 5 % (at least 3 steps), of 1 to 20 % with a main part
    of at least 50 % (3 steps), of at most 20 % (4 steps, at most 24 h apart), or of at most 40 % (2 steps); these
    thresholds differ by a factor of eight.

    Sources: Kappos, Yousaf, Stuetz, Rollet, Haslhofer, Meiklejohn: How to Peel a Million, USENIX Security 2022,
    https://arxiv.org/abs/2205.13882 (the concept, on Bitcoin; the thresholds are those of open tools, and ours).

    Look-alikes: hot wallets of exchanges that pay customers, payrolls, payers of rewards, somebody who moves to a new
    wallet and pays bills.

    Validation: the error rate on real chains is not known.
    """
    limits = min_main_ppm, max_hours * HOUR
    chain = _chain(view, account, *limits)
    accounts = [step.arrival.recipient for step in chain]
    known = [n for n in accounts[1:] if (view.first_row(n) or 0) < next(s.arrival.row for s in chain if s.arrival.recipient == n)]
    fresh = ppm(len(accounts) - 1 - len(known), len(accounts) - 1) if len(accounts) > 1 else None
    moves = [move for step in chain for move in (step.main, *step.peeled)]
    rows = some(move.row for move in moves)
    shares = [step.share for step in chain]
    waits = [(step.main.time - step.arrival.time) // 60 for step in chain]
    measures = [
        at_least("peels in a row", len(chain), min_peels, "steps", rows),
        at_least("least part that goes on", min(shares, default=None), min_main_ppm, "ppm", rows_moved([s.main for s in chain])),
        at_most("longest wait", max(waits, default=None), max_hours * 60, "minutes"),
    ]
    if min_fresh_ppm:
        measures.append(at_least("accounts first seen with the arrival", fresh, min_fresh_ppm, "ppm"))
    return [Finding("pattern", tuple(measures), lambda: _against(chain, known), rows)]


def _against(chain: list[Step], known: list[int]) -> tuple[Measure, ...]:
    paid = [move.recipient for step in chain for move in step.peeled]
    again = len(paid) - len(set(paid))
    return (
        half("accounts in use before the money came (a service, a payroll)", len(known), len(chain) - 1, "accounts"),
        half("small payments to the same recipients again (bills, payroll)", again, len(paid), "transfers"),
    )


def _chain(view: View, account: int, min_main_ppm: int, seconds: int) -> list[Step]:
    """The steps of the chain that the account is in, first to last."""
    own = _step(view, account, None, min_main_ppm, seconds)
    if own is None:
        return []
    steps = [own]
    seen = {account}
    while len(steps) < MOST_STEPS:
        first = steps[0].arrival
        before = _step(view, first.sender, None, min_main_ppm, seconds)
        if before is None or before.main != first or first.sender in seen:
            break
        seen.add(first.sender)
        steps.insert(0, before)
    for _ in range(MOST_STEPS):
        last = steps[-1].main
        onward = _step(view, last.recipient, last, min_main_ppm, seconds)
        if onward is None or last.recipient in seen:
            break
        seen.add(last.recipient)
        steps.append(onward)
    return steps


def _step(view: View, account: int, arrival: Move | None, min_main_ppm: int, seconds: int) -> Step | None:
    """What the account does with an arrival (with its largest one), if that is a step of a peel."""
    ins, outs = view.ins(account), view.outs(account)
    if not ins or len(outs) < 2 or account in view.services:
        return None
    arrival = arrival or _largest(view, account)
    paid = []
    for move in after(outs, arrival.row, MOST_PAYMENTS + 1):
        if move.time - arrival.time > seconds:
            break
        paid.append(move)
    if not 2 <= len(paid) <= MOST_PAYMENTS:
        return None
    main = max(paid, key=lambda move: (move.amount, -move.row))
    peeled = tuple(move for move in paid if move.recipient != main.recipient)
    share = main.amount * WHOLE // max(arrival.amount, sum(move.amount for move in paid))
    on = share >= min_main_ppm and main.amount <= arrival.amount and main.recipient not in view.services
    return Step(arrival, main, peeled, share) if on and peeled else None


def _largest(view: View, account: int) -> Move:
    """The largest payment to an account that was paid, the first of equals. It is kept: a hub pays very many, and each asks."""
    known = view.once(_known)
    if account not in known:
        known[account] = max(view.ins(account), key=lambda move: (move.amount, -move.row))
    return known[account]


def _known(_: View) -> dict[int, Move]:
    """The largest payments to accounts, as far as somebody asked."""
    return {}
