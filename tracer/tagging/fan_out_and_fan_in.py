"""Many on one side: fan-out and fan-in. Both at one account: `scatter_gather.py`."""

from __future__ import annotations

from collections import Counter

from tracer.model import Measure
from tracer.tagging.measures import HOUR, Finding, a_label, at_least, at_most, busiest, half, ppm, rows_moved
from tracer.tagging.payments_by_account import Move, View, total


def fan_out(view: View, account: int, *, min_recipients: int, max_hours: int, min_share_ppm: int, max_single_ppm: int) -> list[Finding]:
    """One account pays many others within a short time.

    tracer takes the period of `max_hours` in which the account pays the largest number of recipients. There are at
    least `min_recipients` of them. In that period the account pays at least `min_share_ppm` of all that it has paid
    since its first touch, and no recipient gets more than `max_single_ppm` of what the account pays in that period.

    Search limit: one pass over the account's payments.

    Seen elsewhere: a minimum of 3, 4 or 5 recipients.

    Sources: AMLSim, typology fan_out, https://github.com/IBM/AMLSim/wiki/Transaction-Model:-Alert-Model ; Altman et
    al., Realistic Synthetic Financial Transactions for Anti-Money Laundering Models, https://arxiv.org/abs/2306.16424 ;
    FATF, Virtual Assets Red Flag Indicators, September 2020 (spread over many accounts with no business reason).

    Why it is there: where money is spread, the trail becomes expensive to follow, and an investigator must choose which
    branches to pursue. The tag says where that happens, not that anybody hides something: firms that pay wages have the
    shape more often than thieves do.

    Look-alikes: payout services, airdrops, payrolls, rewards, a token shop that sends buyers what they bought.

    Validation: the error rate on real chains is not known.
    """
    outs = view.outs(account)
    stretch = busiest(view, account, "outs", max_hours * HOUR)
    by_recipient: Counter[int] = Counter()
    for move in stretch:
        by_recipient[move.recipient] += move.amount
    rows = rows_moved(stretch)
    measures = (
        at_least("recipients in the stretch", len(by_recipient), min_recipients, "accounts", rows),
        at_least("part of all it paid that leaves in the stretch", ppm(total(stretch), total(outs)), min_share_ppm, "ppm", rows),
        at_most("largest part to one recipient", ppm(max(by_recipient.values(), default=0), total(stretch)), max_single_ppm, "ppm"),
    )

    def against() -> tuple[Measure, ...]:
        return _equal_amounts(stretch), _again(view.life_outs(account), stretch), a_label(view, account)

    return [Finding("pattern", measures, against, rows)]


def _equal_amounts(stretch: list[Move]) -> Measure:
    _, most = max(Counter(move.amount for move in stretch).items(), key=lambda item: item[1], default=(0, 0))
    return half("payments of one same amount (airdrop, payroll, reward)", most if most > 1 else 0, len(stretch), "transfers")


def _again(outs: list[Move], stretch: list[Move]) -> Measure:
    """Recipients that the account also pays at another time: what is regular is likelier a business."""
    there, held = {move.recipient for move in stretch}, {move.row for move in stretch}
    again = {move.recipient for move in outs if move.row not in held} & there
    return half("recipients also paid at other times (payroll, supplier)", len(again), len(there), "accounts")


def fan_in(view: View, account: int, *, min_senders: int, max_hours: int, min_traced_ppm: int) -> list[Finding]:
    """Many accounts pay one within a short time, and a large part of what they pay is stolen value (at least a tenth in the
    loose preset).

    tracer takes the period of `max_hours` in which the largest number of senders pay the account. There are at least
    `min_senders` of them, and at least `min_traced_ppm` of what they paid is stolen value under every rule that was
    run. If nothing was traced, the second measure is left out.

    Search limit: one pass over the account's payments.

    Seen elsewhere: a minimum of 2 or 5 senders.

    Sources: AMLSim, typology fan_in, https://github.com/IBM/AMLSim/wiki/Transaction-Model:-Alert-Model ; FATF, Virtual
    Assets Red Flag Indicators, September 2020 (different senders to the same account).

    Look-alikes: any exchange, merchant or shop, a crowd sale, a donation address.

    Validation: the error rate on real chains is not known.
    """
    stretch = busiest(view, account, "ins", max_hours * HOUR)
    rows = rows_moved(stretch)
    measures = [at_least("senders in the stretch", len({move.sender for move in stretch}), min_senders, "accounts", rows)]
    if view.reach:
        part = ppm(sum(map(view.carried, stretch)), total(stretch))
        measures.append(at_least("part of what they paid that is stolen, under every rule", part, min_traced_ppm, "ppm", rows))
    return [Finding("pattern", tuple(measures), lambda: (_outsiders(view, stretch), a_label(view, account)), rows)]


def _outsiders(view: View, stretch: list[Move]) -> Measure:
    """Senders who paid nothing stolen: a shop has customers."""
    senders = {move.sender for move in stretch}
    clean = senders - {move.sender for move in stretch if view.carried(move)} if view.reach else set()
    return half("senders who paid nothing stolen (customers of a shop)", len(clean), len(senders), "accounts")
