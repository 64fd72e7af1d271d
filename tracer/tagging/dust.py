"""Payments too small to be the money: on a hop, and never more than a mark."""

from __future__ import annotations

from tracer.model import Measure
from tracer.tagging.measures import WHOLE, Finding, a_label, at_least, fits, measured
from tracer.tagging.payments_by_account import View


def dust(view: View, account: int, *, limit_ppm: int) -> list[Finding]:
    """The account received a payment smaller than the case's dust limit (ten times the limit in the loose preset).

    The limit is multiplied by `limit_ppm` millionths; in the strict preset that leaves only payments of nearly nothing.

    This is a tag of the payment, not of the account: anybody can send dust to anybody. tracer does not
    follow stolen value in payments below the dust limit, every other tag leaves these payments out, and accounts linked
    only by them do not count as connected. The tag says what the payment may be for: it carries a message or a mosaic
    (a marker, an advertisement, a threat), or it carries nothing (a test, or a payment from an address that is made to
    be mistaken for another). If the case file states no dust limit, tracer does not know what a coin is worth, so only payments of 0
    coins count as dust. Payments of more than ten times the dust limit are never tagged.

    Search limit: one pass over the small payments to the account.

    Seen elsewhere: 0.001 ETH; 2,730 and 5,000 satoshi (GraphSense).

    Sources: reports on the Coincheck theft: mosaics as marks, and payments of 0 and 100 XEM by the thief to strangers
    (2018); etherscan/skills, etherscan-flow (dust below 0.001 ETH), https://docs.etherscan.io.

    Why it is there: the tag states a fact that explains away apparent connections, and it picks out the payments that
    carry marks and threats. It says nothing about the account that received them.

    Look-alikes: a first payment to test an address, fees of a wallet, tips.

    Validation: the error rate on real chains is not known.
    """
    findings = [_finding(view, account, row, view.dust * limit_ppm) for row in view.crumbs(account)]
    return findings or [Finding("fact", (at_least("small payments to it", 0, 1, "transfers"),))]


def _finding(view: View, account: int, row: int, limit: int) -> Finding:
    c = view.ledger.columns
    sender, amount = c.sender[row], c.amount[row]
    role = "a message" if c.memo[row] else "a mosaic or message only" if not amount else "a payment only"
    small = Measure("amount", amount, "smallest units", f"below {-(-limit // WHOLE):,}", amount * WHOLE < limit, (row,))

    def against() -> tuple[Measure, ...]:
        known = sum(m.sender == sender for m in view.life_ins(account)) + sum(m.recipient == sender for m in view.life_outs(account))
        friends = fits("larger payments between the two (a test, change)", known, "transfers", "at least 1", known > 0)
        return friends, a_label(view, sender)

    return Finding("fact", (small, measured("what comes with it", role)), against, (row,), row)
