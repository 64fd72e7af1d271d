"""Payments too small to be the money: on a hop, and never more than a mark."""

from __future__ import annotations

from tracer.model import Measure
from tracer.tagging.measures import WHOLE, Finding, a_label, at_least, fits, measured
from tracer.tagging.view import View


def dust(view: View, account: int, *, limit_ppm: int) -> list[Finding]:
    """A payment to the account that is smaller than `limit_ppm` of the case's dust limit.

    A tag of the hop, not of the account: anybody can send dust to anybody. It never carries taint: such payments are left out
    of every other tag, tracing does not follow them, and a neighbour by dust is no neighbour. What it may be for is told: a
    message or a mosaic (a marker, an advertisement, a threat), or nothing but the payment (a test, an address to be mistaken for).
    Without a dust limit in the case file only payments of 0 are dust: what a coin is worth is not known here. Payments of more
    than 10 limits are never looked at.

    Bound: one pass over the small payments to the account.

    Seen elsewhere: 0.001 ETH; 2,730 and 5,000 satoshi (GraphSense).

    Sources: reports on the Coincheck theft: mosaics as marks, and payments of 0 and 100 XEM by the thief to strangers
    (2018); etherscan/skills, etherscan-flow (dust below 0.001 ETH), https://docs.etherscan.io.

    Why it is there: it is a fact that explains neighbours who are none, and the payments that bear marks and threats; it says nothing
    about who got it.

    Look-alikes: a first payment to test an address, fees of a wallet, tips.

    Validation: error rate on this chain: unknown.
    """
    findings = [_finding(view, account, row, view.dust * limit_ppm) for row in view.crumbs(account)]
    return findings or [Finding("fact", (at_least("small payments to it", 0, 1, "transfers"),))]


def _finding(view: View, account: int, row: int, limit: int) -> Finding:
    paid = view.transfer(row)
    sender = view.ledger.index[paid.sender or ""]
    role = "a message" if paid.memo else "a mosaic or message only" if not paid.amount else "a payment only"
    small = Measure("amount", paid.amount, "smallest units", f"below {-(-limit // WHOLE):,}", paid.amount * WHOLE < limit, (row,))

    def against() -> tuple[Measure, ...]:
        known = sum(m.sender == sender for m in view.life_ins(account)) + sum(m.recipient == sender for m in view.life_outs(account))
        friends = fits("larger payments between the two (a test, change)", known, "transfers", "at least 1", known > 0)
        return friends, a_label(view, sender)

    return Finding("fact", (small, measured("what comes with it", role)), against, (row,), row)
