"""Accounts that money only passes through. What they do side by side: `scatter_gather.py`."""

from __future__ import annotations

from typing import NamedTuple

from tracer.model import Measure
from tracer.tagging.measures import Finding, a_label, at_most, fits, median, ppm, rows_moved
from tracer.tagging.payments_by_account import Move, View, total


def relay(view: View, account: int, *, min_forwarded_ppm: int, max_minutes: int, max_parties: int) -> list[Finding]:
    """Money that arrives is soon passed on, nearly in full, from few senders to few recipients.

    Since its first touch, the account has paid out (fees counted) at least `min_forwarded_ppm` of what came in; at
    least half of its payments left within `max_minutes` of the last payment that it had received; and it has at most
    `max_parties` senders and at most `max_parties` recipients.

    Search limit: one pass over the account's payments.

    Seen elsewhere: 90 % forwarded (AMLSim), "100 % within 9 minutes", chains of at most 30 minutes, at most 60 minutes
    to an exchange (rules of open tools).

    Sources: AMLSim, https://github.com/IBM/AMLSim/wiki/Transaction-Model:-Alert-Model ; reports on the Coincheck theft
    of January 2018 describe such accounts on the way to an exchange (Akahata, 6 March 2018).

    This is a lead and not a pattern: in our measurement, more than 50 of 1,000 unrelated accounts had the shape, most
    of them deposit addresses.

    Look-alikes: deposit addresses of exchanges, somebody who moves to a new key, payment processors, a customer's own
    wallet in front of an exchange.

    Validation: the error rate on real chains is not known.
    """
    measures = _passing(view, account, min_forwarded_ppm, max_minutes, max_parties)
    return [Finding("lead", measures, lambda: _against(view, account), measures[0].rows)]


def single_use_relay(view: View, account: int, *, min_forwarded_ppm: int, max_minutes: int) -> list[Finding]:
    """A relay that received exactly one payment in its complete history, and made exactly one.

    The account meets the thresholds of `relay` with one sender and one recipient, and as far as the ledger goes it
    never received or made another payment. So only the money of that sender could have passed through it.

    Search limit: one pass over the account's payments.

    Sources: as for relay; the press reported single-use accounts on the route of the Coincheck money to Zaif (Akahata,
    6 March 2018).

    Look-alikes: a deposit address of an exchange (see deposit_address), somebody who moves to a new key.

    Validation: the error rate on real chains is not known.
    """
    once = (
        at_most("payments in, in its life", len(view.life_ins(account)), 1, "transfers"),
        at_most("payments out, in its life", len(view.life_outs(account)), 1, "transfers"),
    )
    measures = (*once, *_passing(view, account, min_forwarded_ppm, max_minutes, 1))
    return [Finding("pattern", measures, lambda: _against(view, account), measures[2].rows)]


class _Passage(NamedTuple):
    """What an account does with what arrives: the part that left, in ppm, and minutes that half of its payments waited at most (None of
    nothing); how many paid it, and whom it paid; the rows of all payments, those in, and those out."""

    forwarded: int | None
    wait: int | None
    senders: int
    recipients: int
    rows: tuple[int, ...]
    ins: tuple[int, ...]
    outs: tuple[int, ...]


def _passage(view: View, account: int) -> _Passage:
    ins, outs = view.ins(account), view.outs(account)
    came, left = total(ins), total(outs) + sum([move.fee for move in outs])
    return _Passage(
        forwarded=ppm(left, came),
        wait=median([(after - before) // 60 for before, after in _waits(ins, outs)]),
        senders=len({move.sender for move in ins}),
        recipients=len({move.recipient for move in outs}),
        rows=rows_moved(ins, outs),
        ins=rows_moved(ins),
        outs=rows_moved(outs),
    )


def _passing(view: View, account: int, min_forwarded_ppm: int, max_minutes: int, max_parties: int) -> tuple[Measure, ...]:
    seen = view.of(account, _passage)
    name = "part of what came that left, fees included"
    whole = seen.forwarded is not None and min_forwarded_ppm <= seen.forwarded <= 1_000_000
    return (
        Measure(name, seen.forwarded, "ppm", f"{min_forwarded_ppm:,} to 1,000,000", whole, seen.rows),
        at_most("half of its payments left within", seen.wait, max_minutes, "minutes", seen.outs),
        at_most("senders", seen.senders, max_parties, "accounts", seen.ins),
        at_most("recipients", seen.recipients, max_parties, "accounts", seen.outs),
    )


def _waits(ins: list[Move], outs: list[Move]) -> list[tuple[int, int]]:
    """For each payment the moment of the arrival before it, and its own."""
    waits, place = [], -1
    for out in outs:
        while place + 1 < len(ins) and ins[place + 1].row < out.row:
            place += 1
        if place >= 0:
            waits.append((ins[place].time, out.time))
    return waits


def _against(view: View, account: int) -> tuple[Measure, ...]:
    outs = view.outs(account)
    recipients = {move.recipient for move in outs}
    kept = [n for n in recipients - view.services.keys() if not _pays_after(view, n, outs[0].row)]
    served = len(recipients & view.services.keys())
    keeps, serves = 0 < len(kept) == len(recipients), 0 < served == len(recipients)
    return (
        fits("recipients that keep what they got (somebody's new wallet)", len(kept), "accounts", "all", keeps),
        fits("recipients that are labelled services (a customer's wallet)", served, "accounts", "all", serves),
        a_label(view, account),
    )


def _pays_after(view: View, account: int, row: int) -> bool:
    outs = view.life_outs(account)
    return bool(outs) and outs[-1].row > row
