"""At the doors of services: deposit addresses, customers by memo, and accounts that are services without a label.

Freeze lists use none of these tags: which addresses belong to a service is inferred in `plan/deposit_addresses_for_freeze_lists.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from functools import partial
from math import log

from tracer.model import Measure
from tracer.tagging.measures import HOUR, WHOLE, Finding, a_label, at_least, at_most, fits, half, measured, ppm, rows_moved
from tracer.tagging.payments_by_account import Move, View, memo_bytes, row_of, total

HOURS_A_DAY = 24
LONGEST = 64
"""Bytes of a memo that a note repeats."""
MANY = 20
"""More accounts than one customer has."""


def deposit_address(view: View, account: int, *, min_deposits: int, max_kept_ppm: int, max_hours: int) -> list[Finding]:
    """Nearly everything that arrives is soon sent on to one labelled service, which suggests that the service gave this
    address to a customer.

    In its complete history the account pays nobody but one labelled service, without a memo, and makes at least
    `min_deposits` payments. Each payment leaves within `max_hours` of a payment that the account received. At most
    `max_kept_ppm` of all that came in stays there (fees count as sent on). If no label names the service at the far end,
    there is no tag, because the shape alone is no evidence: in the five data sets of LaunderNet, a public simulation,
    80 of 270, 104 of 443, 21 of 59, 111 of 133 and 98 of 371 ordinary relay wallets have it. On chains where memos name
    customers, the memo identifies the customer, whoever pays; the service's address and the memo together then take
    the place of a deposit address.

    Search limit: one pass over the account's payments.

    Seen elsewhere: at most 0.01 ETH kept, sent on within 3,200 blocks (10,000 blocks by default in Victor's code,
    see Sources).

    Sources: Victor: Address Clustering Heuristics for Ethereum, Financial Cryptography 2020 (17.9 % of active accounts
    clustered); code https://github.com/etherclust/etherclust.

    Look-alikes: payment processors, somebody who forwards to an exchange by hand.

    Validation: the error rate on real chains is not known.
    """
    ins, outs = view.life_ins(account), view.life_outs(account)
    targets = {move.recipient for move in outs}
    service = view.services.get(next(iter(targets))) if len(targets) == 1 else None
    far_end = Measure(
        "the one account it pays is a labelled service", service or "no", "", "a label", service is not None, rows_moved(outs)
    )
    if service is None:
        return [Finding("pattern", (far_end,))]
    sent, came = total(outs) + sum(move.fee for move in outs), total(ins)
    soon = [move for move in outs if _follows(ins, move, max_hours * HOUR)]
    memos = [move for move in outs if view.memo(move.row)]
    kept = ppm(came - sent, came) if sent <= came else None
    rows = rows_moved(ins, outs)
    measures = (
        far_end,
        at_least("payments to it", len(outs), min_deposits, "transfers", rows_moved(outs)),
        at_least("of them soon after an arrival", ppm(len(soon), len(outs)), WHOLE, "ppm", rows_moved(soon)),
        at_most("part of what came that it kept", kept, max_kept_ppm, "ppm", rows, "" if kept is not None else "it sent more than came"),
        at_most("payments to the service with a memo", len(memos), 0, "transfers", rows_moved(memos)),
    )
    few = len({move.sender for move in ins})
    own = fits("senders (one: somebody's own wallet in front of a service)", few, "accounts", "at most 1", few <= 1)
    return [Finding("pattern", measures, lambda: (own, a_label(view, account)), rows)]


def _follows(ins: list[Move], move: Move, seconds: int) -> bool:
    """Whether a payment follows an arrival within so many seconds: the latest one tells."""
    before = bisect_left(ins, move.row, key=row_of)
    return before > 0 and move.time - ins[before - 1].time <= seconds


def same_memo(view: View, account: int, *, min_senders: int, min_length: int) -> list[Finding]:
    """Several accounts pay one labelled service with the same memo, which suggests that they are one customer there.

    At least `min_senders` accounts, this one among them, paid the service with the same unencrypted memo, which has at
    least `min_length` bytes. There is one finding for each memo that the account used. It is a lead for a question to
    the service, which knows to whom the memo belongs.

    Search limit: payments to labelled services are sorted by memo once for the whole case.

    Sources: exchanges of account chains take deposits at one address and tell customers apart by the memo
    (https://support.kuna.io/en/support/solutions/articles/17000080922; the destination tags of XRP work in the same way);
    Moreno-Sanchez et al., Listening to Whispers of Ripple, PoPETs 2016.

    Look-alikes: a shared company account, a typing error, somebody who copies a memo that everybody can read.

    Validation: the error rate on real chains is not known.
    """
    used = {
        (move.recipient, memo)
        for move in view.outs(account)
        if move.recipient in view.services and (memo := memo_bytes(view.memo(move.row)))
    }
    findings = []
    for service, memo in sorted(used):
        moves = view.with_memo(service, memo)
        senders = Counter(move.sender for move in moves)
        note = f"at {view.services[service]}: {memo[:LONGEST].decode(errors='replace')}"
        measures = (
            at_least("accounts that paid with this memo", len(senders), min_senders, "accounts", rows_moved(moves), note),
            at_least("length of the memo", len(memo), min_length, "bytes"),
        )
        findings.append(Finding("lead", measures, partial(_customer, view, account, len(senders)), rows_moved(moves)))
    return findings or [Finding("lead", (at_least("accounts that paid a service with its memo", 0, min_senders, "accounts"),))]


def _customer(view: View, account: int, senders: int) -> tuple[Measure, ...]:
    fixed = senders > MANY
    return fits("accounts with this memo (a fixed text, not a customer)", senders, "accounts", f"more than {MANY}", fixed), a_label(
        view, account
    )


def hub(view: View, account: int, *, min_counterparties: int, min_both_ppm: int, min_hours_ppm: int) -> list[Finding]:
    """The account pays and is paid, and it deals with at least as many others as the threshold says, as services do.

    In its complete history the account has at least `min_counterparties` counterparties. Of its payments, at least
    `min_both_ppm` come in and at least `min_both_ppm` go out. The entropy of the hours of the day at which they were
    made is at least `min_hours_ppm` of the largest possible, which is that of payments spread evenly over all 24 hours.
    If a label says what the account is, rely on the label and not on this tag. If you find a hub without a label, give
    it one, so that the trail stops there: a trail that goes on through an unlabelled service proves nothing, and this
    tag is how you find such a service.

    Search limit: one pass over the account's payments.

    Sources: practice of explorers (degree of 1,000 or more); Wu et al., TRacer, IEEE TIFS 2023,
    https://arxiv.org/abs/2201.05757 (on hubs, and why a large number of counterparties does not show where a trail
    leads).

    Look-alikes: a popular merchant, a donation address, a game, a spammer.

    Validation: the error rate on real chains is not known.
    """
    ins, outs = view.life_ins(account), view.life_outs(account)
    rows, partners = rows_moved(ins, outs), view.of(account, _partners)
    measures = [
        at_least("partners in its life", partners, min_counterparties, "accounts", rows),
        at_least("share of its rarer direction", ppm(min(len(ins), len(outs)), len(ins) + len(outs)), min_both_ppm, "ppm"),
    ]
    if min_hours_ppm and view.has_times:
        measures.append(at_least("spread over the hours of the day", view.of(account, _hours_ppm), min_hours_ppm, "ppm"))
    memos = view.of(account, _with_memo) if partners >= min_counterparties else 0
    with_memo = measured("payments to it with a memo", memos, "transfers")
    rarer = min(len(ins), len(outs))
    one_way = fits("its rarer direction (none: a merchant, a collector)", rarer, "transfers", "exactly 0", not rarer)
    return [Finding("pattern", (*measures, with_memo), lambda: (one_way, a_label(view, account)), rows)]


def _partners(view: View, account: int) -> int:
    """How many others the account paid or was paid by in its life."""
    return len({move.sender for move in view.life_ins(account)} | {move.recipient for move in view.life_outs(account)})


def _with_memo(view: View, account: int) -> int:
    """How many payments to the account carry a memo."""
    return sum([view.memo(move.row) is not None for move in view.life_ins(account)])


def _hours_ppm(view: View, account: int) -> int:
    """Shannon entropy of the UTC hours of the day of all its payments, as a part of the largest possible."""
    moves = [*view.life_ins(account), *view.life_outs(account)]
    hours = Counter([move.time // HOUR % HOURS_A_DAY for move in moves])
    parts = [count / len(moves) for count in hours.values()]
    return int(WHOLE * -sum(part * log(part) for part in parts) / log(HOURS_A_DAY)) if moves else 0


def mixer_like(
    view: View, account: int, *, min_parties: int, max_denominations: int, min_equal_ppm: int, max_known_ppm: int
) -> list[Finding]:
    """Many accounts pay this one and it pays many others, in a few fixed amounts and without memos; most recipients are not among
    the senders.

    It has at least `min_parties` senders and at least `min_parties` recipients. The `max_denominations` most frequent
    amounts that it pays make up at least `min_equal_ppm` of its payments, and the same amounts make up at least that
    share of the payments it receives. At most `max_known_ppm` of its recipients are among the senders.

    Search limit: one pass over the account's payments.

    Seen elsewhere: on Bitcoin, JoinMarket with 3 or more participants, Whirlpool with 5 to 8 equal inputs and outputs
    (GraphSense).

    Sources: Beres, Seres, Benczur, Quintyne-Collins: Blockchain is Watching You, https://arxiv.org/abs/2005.14051
    (mixers on an account chain: fixed denominations); heuristics of graphsense-lib.

    Look-alikes: batch payouts of an exchange, a lottery, a shop with few prices that pays suppliers.

    Validation: the error rate on real chains is not known.
    """
    ins, outs = view.ins(account), view.outs(account)
    senders, recipients = {move.sender for move in ins}, {move.recipient for move in outs}
    amounts = {amount for amount, _ in Counter(move.amount for move in outs).most_common(max_denominations)}
    equal = [[move for move in side if move.amount in amounts] for side in (ins, outs)]
    measures = (
        at_least("senders", len(senders), min_parties, "accounts", rows_moved(ins)),
        at_least("recipients", len(recipients), min_parties, "accounts", rows_moved(outs)),
        at_least("part of what it pays in these amounts", ppm(len(equal[1]), len(outs)), min_equal_ppm, "ppm", rows_moved(equal[1])),
        at_least("part of what it is paid in these amounts", ppm(len(equal[0]), len(ins)), min_equal_ppm, "ppm", rows_moved(equal[0])),
        at_most("recipients who had paid it", ppm(len(senders & recipients), len(recipients)), max_known_ppm, "ppm"),
    )
    memos = [move.row for side in equal for move in side if view.memo(move.row)]
    named = half("payments with a memo (customers of a service)", len(memos), len(ins) + len(outs), "transfers")
    return [Finding("pattern", measures, lambda: (named, a_label(view, account)), rows_moved(*equal))]
