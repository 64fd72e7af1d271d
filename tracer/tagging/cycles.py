"""Round trips: what an account paid comes back to it, forward in time."""

from __future__ import annotations

from heapq import nsmallest

from tracer.model import Measure
from tracer.tagging.measures import HOUR, Finding, a_label, at_least, at_most, fits, ppm, rows_moved
from tracer.tagging.payments_by_account import Move, View, after

MOST_STARTS = 20
"""Payments a round trip is looked for from: the largest of the account."""
MOST_MOVES = 500
"""Payments that are looked at for one account, in all."""
Path = tuple[Move, ...]


def cycle(view: View, account: int, *, min_hops: int, max_hops: int, max_hours: int, min_returned_ppm: int) -> list[Finding]:
    """What the account paid comes back to it through others: each of them is paid first and then pays the next, and the last
    pays the account.

    The round trip has `min_hops` to `max_hops` payments within `max_hours`. No payment is larger than the one before or
    smaller than `min_returned_ppm` of the first, none goes through a labelled service, and no account occurs twice.
    tracer tags the account where the round trip begins and ends, and reports its largest round trip; the rows of the
    tag name the accounts in between.

    Search limit: a depth-first search in time order from the 20 largest payments, which skips amounts and times that cannot
    fit; at most 500 payments are examined for one account. If a search ends at that limit, the note of the
    tag says so.

    Seen elsewhere: 2 or more intermediaries within 72 h, 48 h with depth 6, 30 days with a minimum value.

    Sources: AMLSim, typology cycle (90 % passed on at each hop),
    https://github.com/IBM/AMLSim/wiki/Transaction-Model:-Alert-Model ; Altman et al., https://arxiv.org/abs/2306.16424.

    Look-alikes: two-way trade with somebody, a loan that is paid back, a payment sent back.

    Validation: the error rate on real chains is not known.
    """
    left = [MOST_MOVES]
    trip: Path = ()
    ins = view.ins(account)
    for start in view.of(account, _starts) if ins else []:
        floor, last = -(-start.amount * min_returned_ppm // 1_000_000), start.time + max_hours * HOUR
        if any(floor <= move.amount <= start.amount and move.time <= last for move in after(ins, start.row, MOST_MOVES)):
            trip = _back(view, account, (start,), floor, last, (min_hops, max_hops), left)
        if trip or not left[0]:
            break
    note = "" if trip or left[0] else f"the search ended after {MOST_MOVES} payments"
    returned = ppm(trip[-1].amount, trip[0].amount) if trip else None
    minutes = (trip[-1].time - trip[0].time) // 60 if trip else None
    rows = rows_moved(trip)
    measures = (
        at_least("payments of the round trip", len(trip), min_hops, "hops", rows, note),
        at_least("part that came back", returned, min_returned_ppm, "ppm", rows[-1:]),
        at_most("time it took", minutes, max_hours * 60, "minutes", rows),
    )
    return [Finding("pattern", measures, lambda: (_trade(view, account, trip), a_label(view, account)), rows)]


def _starts(view: View, account: int) -> list[Move]:
    """The largest payments of the account, the largest first; of equals the earlier."""
    return nsmallest(MOST_STARTS, view.outs(account), key=lambda move: (-move.amount, move.row))


def _back(view: View, home: int, path: Path, floor: int, last: int, hops: tuple[int, int], left: list[int]) -> Path:
    """The first way back home in time order, depth first; empty if there is none within the bounds."""
    latest, away = path[-1], {move.sender for move in path}
    largest = latest.amount
    for move in after(view.outs(latest.recipient), latest.row, left[0] + 1) if latest.recipient not in view.services else []:
        if move.time > last or not left[0]:
            return ()
        left[0] -= 1
        if not floor <= move.amount <= largest:
            continue
        longer = (*path, move)
        if move.recipient == home:
            if len(longer) >= hops[0]:
                return longer
        elif len(longer) < hops[1] and move.recipient not in away:
            trip = _back(view, home, longer, floor, last, hops, left)
            if trip:
                return trip
    return ()


def _trade(view: View, account: int, trip: Path) -> Measure:
    """Payments both ways between the account and the one it got its money back from: business goes both ways."""
    partner = trip[-1].sender if trip else None
    ways = [m for m in view.life_outs(account) if m.recipient == partner], [m for m in view.life_ins(account) if m.sender == partner]
    both = min(map(len, ways))
    return fits("payments each way with the last payer (trade, a loan)", both, "transfers", "at least 3", both >= 3)
