"""One account pays many, who pay one; and many pay one account, which then pays many."""

from __future__ import annotations

from bisect import bisect_left

from tracer.model import Measure
from tracer.tagging.measures import HOUR, WHOLE, Finding, a_label, at_least, busiest, densest, fits, half, ppm, rows_moved, some
from tracer.tagging.payments_by_account import Move, View, after, between, row_of, total

MOST_PARTIES = 20
"""An account with more payments in, or out, is no middle of a scatter-gather: it is a service."""


def scatter_gather(view: View, account: int, *, min_middles: int, max_hours: int, min_matched_ppm: int) -> list[Finding]:
    """One account pays several, and all of these pay the same account; the collecting account is tagged, and the tag
    names the source.

    An intermediary is an account that no label calls a service. Within `max_hours` it passes on to the collecting
    account at least `min_matched_ppm` of what the source paid it, and not more than the source paid. Within a period of
    `max_hours` one source pays at least `min_middles` intermediaries, and the routes through them have no other account
    in common.

    Search limit: for each payment to the account, tracer examines the payments that the sender of that payment had
    received. A sender with more than 20 payments in or out does not count as an intermediary, so there are at most 20
    comparisons per payment.

    Sources: AMLSim and AMLworld, pattern scatter-gather (Altman et al., https://arxiv.org/abs/2306.16424). Both
    programs generate test data that contain this shape.

    Look-alikes: the deposit addresses of an exchange and its hot wallet have exactly this shape; routers of
    decentralised exchanges.

    Validation: the error rate on real chains is not known.
    """
    seconds = max_hours * HOUR
    by_source: dict[int, list[tuple[Move, Move]]] = {}
    for gathered, arrivals in view.of(account, _of_middles):
        scattered = _scattered(gathered, arrivals, account, seconds, min_matched_ppm)
        if scattered:
            by_source.setdefault(scattered.sender, []).append((scattered, gathered))
    source, pairs = max(by_source.items(), key=lambda item: (len({out.sender for _, out in item[1]}), -item[0]), default=(None, []))
    stretch = densest([gathered for _, gathered in pairs], seconds, "sender")
    held = {move.row for move in stretch}
    pairs = [pair for pair in pairs if pair[1].row in held]
    matched = ppm(total(out for _, out in pairs), total(first for first, _ in pairs))
    rows = some(move.row for pair in pairs for move in pair)
    note = f"from {view.name(source)}" if source is not None else ""
    measures = (
        at_least("middles between one source and this account", len({out.sender for _, out in pairs}), min_middles, "accounts", rows, note),
        at_least("part of what the middles got that arrives", matched, min_matched_ppm, "ppm", rows),
    )

    def against() -> tuple[Measure, ...]:
        others = {move.sender for move in view.ins(account)} - {out.sender for _, out in pairs}
        many = len(others) > len(pairs) > 0
        sweep = fits("other senders (a hot wallet is paid by everybody)", len(others), "accounts", "more than the middles", many)
        return sweep, a_label(view, account)

    return [Finding("pattern", measures, against, rows)]


def _of_middles(view: View, account: int) -> list[tuple[Move, list[Move]]]:
    """The payments to the account that a middle can have made, each with all that the middle was paid."""
    found = []
    for gathered in view.ins(account):
        middle = gathered.sender
        arrivals = view.life_ins(middle)
        if arrivals and len(arrivals) <= MOST_PARTIES and len(view.life_outs(middle)) <= MOST_PARTIES and middle not in view.services:
            found.append((gathered, arrivals))
    return found


def _scattered(gathered: Move, arrivals: list[Move], account: int, seconds: int, min_matched_ppm: int) -> Move | None:
    """The latest payment to a middle that its payment to the collecting account passes on."""
    amount, earlier = gathered.amount, bisect_left(arrivals, gathered.row, key=row_of)
    for first in reversed(arrivals[:earlier]):  # what costs least is asked first: for a hub, hundreds of thousands of times
        if first.amount < amount or min_matched_ppm * first.amount > WHOLE * amount:
            continue
        if gathered.time - first.time <= seconds and first.sender != account:
            return first
    return None


def gather_scatter(view: View, account: int, *, min_parties: int, max_hours: int, min_matched_ppm: int) -> list[Finding]:
    """Many accounts pay one, which then pays many others.

    At least `min_parties` senders pay the account within `max_hours`, and once that many have paid, it pays at least
    `min_parties` recipients within `max_hours`. The sum that came in and the sum that went out are close: the smaller
    is at least `min_matched_ppm` of the larger.

    Search limit: one pass over the account's payments.

    Sources: AMLSim and AMLworld, pattern gather-scatter (Altman et al., https://arxiv.org/abs/2306.16424). Both
    programs generate test data that contain this shape.

    Look-alikes: payment processors, exchanges, employers, a club that collects and pays.

    Validation: the error rate on real chains is not known.
    """
    seconds = max_hours * HOUR
    gathered = busiest(view, account, "ins", seconds)
    ready = _ready(gathered, min_parties)
    later = after(view.outs(account), ready.row) if ready else []
    scattered = densest([m for m in later if ready and m.time <= ready.time + 2 * seconds], seconds, "recipient")
    came = total(between(gathered, 0, scattered[-1].time)) if scattered else 0
    left = total(scattered)
    measures = (
        at_least("senders in the stretch", len({m.sender for m in gathered}), min_parties, "accounts", rows_moved(gathered)),
        at_least("recipients after that", len({m.recipient for m in scattered}), min_parties, "accounts", rows_moved(scattered)),
        at_least("match of what came and what left", ppm(min(came, left), max(came, left)), min_matched_ppm, "ppm"),
    )

    def against() -> tuple[Measure, ...]:
        recipients = {m.recipient for m in scattered}
        both = {m.sender for m in gathered} & recipients
        return half("recipients who had paid it (customers of a processor)", len(both), len(recipients), "accounts"), a_label(view, account)

    return [Finding("pattern", measures, against, rows_moved(gathered, scattered))]


def _ready(gathered: list[Move], min_parties: int) -> Move | None:
    """The payment with which the last of `min_parties` distinct senders has paid."""
    seen: set[int] = set()
    for move in gathered:
        seen.add(move.sender)
        if len(seen) >= min_parties:
            return move
    return None
