"""When an account acts: not for long, all at once, or like a machine."""

from __future__ import annotations

from itertools import pairwise
from math import exp, lgamma, log
from operator import itemgetter

from tracer.tagging.measures import DAY, Finding, a_label, at_least, at_most, busiest, fits, rows_moved, span, variation_ppm
from tracer.tagging.payments_by_account import Move, View

LEAST_SEEN = 3
"""Payments below which nobody has a habit."""
MOST_GROUPS = 20
"""Recipients whose payments are looked at for a rhythm: those paid most often."""


def dormancy(view: View, account: int, *, min_days: int) -> list[Finding]:
    """The account makes no payment for at least `min_days`, at some time between its first touch and the end of the
    ledger.

    tracer takes the longest time between two consecutive payments that the account made since its first touch,
    including the time from the last payment to the end of the ledger. If the account made no payment after that time,
    the note says that it is still dormant. A payment that the account receives does not count.

    Search limit: one pass over the account's payments.

    Seen elsewhere: 7 days, 14 days, 30 days with at least 3 payments in 24 h afterwards.

    Sources: FATF, Virtual Assets Red Flag Indicators, September 2020 (accounts long inactive).

    Look-alikes: cold wallets, savings, lost keys.

    Validation: the error rate on real chains is not known.
    """
    longest, before, until = view.of(account, _longest_rest)
    slept = "still dormant at the end of the ledger" if until < 0 else "paid again"
    rows = tuple(row for row in (before, until) if row >= 0)
    paid = len(view.life_outs(account))
    few = fits("payments it made in its life (a wallet to keep)", paid, "transfers", "at most 2", paid <= 2)
    rest = at_least("longest rest", longest // DAY, min_days, "days", rows, slept)
    return [Finding("fact", (rest,), lambda: (few, a_label(view, account)), rows)]


def _longest_rest(view: View, account: int) -> tuple[int, int, int]:
    """Its seconds, the row before it, and the row after it, which is -1 where the ledger ends; the first of equals."""
    moves = [*view.ins(account)[:1], *view.outs(account)]
    gaps = [(after.time - before.time, before.row, after.row) for before, after in pairwise(moves)]
    if moves:
        gaps.append((view.last_time - moves[-1].time, moves[-1].row, -1))
    return max(gaps, key=itemgetter(0), default=(0, -1, -1))


def burst(view: View, account: int, *, min_transfers: int, window_minutes: int, min_times: int, min_surprise: int) -> list[Finding]:
    """The account pays far more often for a while than it does otherwise.

    In its busiest period of `window_minutes` the account makes at least `min_transfers` payments. In that period it
    pays at least `min_times` times as often as otherwise. A Poisson process with the account's average rate would
    make that many payments with a probability of at most 10 to the minus `min_surprise`. The probability is that of
    this one period; it is not corrected for the fact that the busiest period was chosen.

    Search limit: one pass over the account's payments.

    Sources: the ratio and the probability are common practice for bursts; this combination is ours and has not been
    validated.

    Why it is there: it shows when something was done. A program empties a wallet within minutes, and no other tag
    says when those minutes were.

    Look-alikes: a payroll day, a sale, a service that pays in batches.

    Validation: the error rate on real chains is not known.
    """
    outs = view.life_outs(account)
    window = window_minutes * 60
    stretch = busiest(view, account, "life_outs", window)
    rest, length = len(outs) - len(stretch), max(span(outs) - window, 0)
    times = len(stretch) * length // (window * rest) if rest and length else None
    unlikely = surprise(len(stretch), len(outs), window, span(outs))
    measures = (
        at_least("payments in the window", len(stretch), min_transfers, "transfers", rows_moved(stretch)),
        at_least("times its rate at other times", times, min_times, "times", (), "" if times is not None else "it has no other times"),
        at_least("surprise (minus the power of ten of its probability)", unlikely, min_surprise, "digits"),
    )
    recipients = len({move.recipient for move in stretch})
    batch = fits("recipients (a batch of payouts)", recipients, "accounts", "one a payment", recipients == len(stretch) > 1)
    return [Finding("pattern", measures, lambda: (batch, a_label(view, account)), rows_moved(stretch))]


def surprise(seen: int, of: int, window: int, length: int) -> int | None:
    """Minus the decimal logarithm, rounded down, of the probability of `seen` or more in a window, of `of` in `length` seconds.

    >>> surprise(12, 20, 3600, 100 * 3600)
    17
    """
    if seen < LEAST_SEEN or length <= window:
        return None
    rate = of * window / length
    tail = sum(exp(k * log(rate) - rate - lgamma(k + 1)) for k in range(seen, seen + 60))
    return int(-log(tail) / log(10)) if 0 < tail < 1 else 0 if tail >= 1 else 300


def rhythm(view: View, account: int, *, min_transfers: int, max_gap_variation_ppm: int, max_amount_variation_ppm: int) -> list[Finding]:
    """Payments follow each other at regular intervals and in nearly equal amounts, as if a program made them.

    tracer looks at all payments of the account since its first touch, and at those to each single recipient. In at
    least one of these groups there are at least `min_transfers` payments whose gaps and amounts vary little: their
    standard deviation divided by their mean is at most `max_gap_variation_ppm` for the gaps and at most
    `max_amount_variation_ppm` for the amounts. The
    largest such group counts; if there is none, the largest group of all is shown.

    Search limit: one pass for each of the 20 recipients paid most often.

    Sources: reports on the Coincheck theft: 200,000 to 300,000 XEM about every 40 minutes to an exchange (Akahata, 6
    March 2018). The measure is ours.

    Why it is there: it can be a sign that a program makes the payments, not a person. Such payments were reported on
    the route of the Coincheck money to an exchange. In our generated cases even standing orders look irregular,
    because they are paid with the next block and blocks come at irregular intervals: the default preset finds none of
    them, the loose preset some.

    Look-alikes: sweepers of an exchange, rewards and harvests in the rhythm of the blocks, standing orders, mining
    pools.

    Validation: the error rate on real chains is not known.
    """
    limits = min_transfers, max_gap_variation_ppm, max_amount_variation_ppm
    candidates = [(_rhythm_of(view, account, group, *limits), len(group)) for group in _groups(view.outs(account))]
    return [max(candidates, key=lambda candidate: (candidate[0].holds, candidate[1]))[0]]


def _groups(outs: list[Move]) -> list[list[Move]]:
    """All payments, then those to each recipient, the most often paid first."""
    by_recipient: dict[int, list[Move]] = {}
    for move in outs:
        by_recipient.setdefault(move.recipient, []).append(move)
    often = sorted(by_recipient.values(), key=len, reverse=True)
    return [outs, *often[:MOST_GROUPS]] if len(often) > 1 else [outs]


def _rhythm_of(view: View, account: int, group: list[Move], least: int, max_gap_ppm: int, max_amount_ppm: int) -> Finding:
    gaps = [after.time - before.time for before, after in pairwise(group)]
    rows = rows_moved(group)
    every = f"every {sum(gaps) // len(gaps) // 60} minutes on average" if gaps else ""
    measures = (
        at_least("payments", len(group), least, "transfers", rows),
        at_most("variation of the gaps", variation_ppm(gaps), max_gap_ppm, "ppm", rows, every),
        at_most("variation of the amounts", variation_ppm([move.amount for move in group]), max_amount_ppm, "ppm", rows),
    )
    days = span(group) // DAY
    rare = bool(gaps) and days >= len(gaps)
    order = fits("days from first to last (a standing order)", days, "days", "at least one a gap", rare)
    return Finding("pattern", measures, lambda: (order, a_label(view, account)), rows)
