"""What the amounts say: equal ones, ones just below a limit, round ones."""

from __future__ import annotations

from tracer.model import Measure
from tracer.tagging.measures import HOUR, WHOLE, Finding, a_label, at_least, densest, fits, ppm, rows_moved
from tracer.tagging.payments_by_account import Move, View, row_of, total
from tracer.tagging.rates_with_wilson_intervals import Ratio, ratio

ROUND_DIGITS = 2
"""A round amount has at most so many digits that are not zeros at its end."""


def structuring(view: View, account: int, *, min_transfers: int, max_hours: int, max_spread_ppm: int, min_share_ppm: int) -> list[Finding]:
    """A sum is paid in several equal or nearly equal parts.

    At least `min_transfers` payments within `max_hours` have amounts that differ by at most `max_spread_ppm` of the
    smallest. Together they are at least `min_share_ppm` of all that the account has paid since its first touch. In law,
    structuring means splitting a sum to stay below a reporting threshold; that is the tag `threshold_avoidance` here, and
    this tag looks only for equal parts.

    Search limit: payments are sorted once by amount, and the largest group is examined.

    Seen elsewhere: the same amount two or three times; on 30 January 2018 the Coincheck thief paid 100 XEM eleven
    times.

    Sources: AMLSim, "large or rounded" amounts, https://github.com/IBM/AMLSim/wiki/Transaction-Model:-Alert-Model ;
    FATF, Virtual Assets Red Flag Indicators, September 2020 (structuring in small amounts).

    Look-alikes: payrolls, faucets, a shop with one price, mixers, instalments.

    Validation: the error rate on real chains is not known.
    """
    outs, group = view.outs(account), view.of(account, _paid_in_parts, max_spread_ppm, max_hours * HOUR)
    rows = rows_moved(group)
    amounts = f"{view.ledger.asset.stated(min(m.amount for m in group))} each" if group else ""
    measures = (
        at_least("payments of one amount in the stretch", len(group) if len(group) > 1 else 0, min_transfers, "transfers", rows, amounts),
        at_least("part of all it paid", ppm(total(group), total(outs)), min_share_ppm, "ppm", rows),
    )
    return [Finding("pattern", measures, lambda: _paid_alike(view, account, group, amounts), rows)]


def _paid_alike(view: View, account: int, group: list[Move], amounts: str) -> tuple[Measure, ...]:
    recipients = len({move.recipient for move in group})
    return (
        fits("recipients (payroll, airdrop, faucet)", recipients, "accounts", "one a payment", recipients == len(group) > 1),
        fits("the amount (a price, a ticket)", amounts or "none", "", "a round one", bool(group) and is_round(group[0].amount)),
        a_label(view, account),
    )


def _paid_in_parts(view: View, account: int, max_spread_ppm: int, seconds: int) -> list[Move]:
    """The stretch with most of the payments of nearly one amount."""
    return densest(_alike(view.outs(account), max_spread_ppm), seconds, "row")


def _alike(outs: list[Move], max_spread_ppm: int) -> list[Move]:
    """The largest group of payments of nearly one amount, in ledger order; of equals that with the larger amounts."""
    ordered = sorted(outs, key=lambda move: (move.amount, move.row))
    best, start = (0, 0), 0
    for end, move in enumerate(ordered):
        while (move.amount - ordered[start].amount) * WHOLE > max_spread_ppm * ordered[start].amount:
            start += 1
        if end + 1 - start >= best[1] - best[0]:
            best = (start, end + 1)
    return sorted(ordered[slice(*best)], key=row_of)


def threshold_avoidance(
    view: View, account: int, *, limit: int, min_band_ppm: int, min_transfers: int, max_hours: int, min_share_ppm: int
) -> list[Finding]:
    """Several payments each stay just below a limit, and together exceed it.

    At least `min_transfers` payments within `max_hours` are below the limit, but each is at least `min_band_ppm` of it.
    Together they are above the limit, and at least `min_share_ppm` of all that the account paid. `limit` is in smallest
    units. If it is 0, no limit is stated: tracer then takes the smallest power of ten, in coins, above each payment,
    and the tag is only a lead. Legal limits are amounts of money, not of coins: state how many coins the limit was
    worth at the time.

    Search limit: one pass over the account's payments.

    Seen elsewhere: bands from 80, 85, 90 and 95 % of the limit, three payments in 24 h to 7 days.

    Sources: FATF, Virtual Assets Red Flag Indicators, September 2020 (amounts just below a reporting threshold); after
    the Zaif theft of 2018 the press reported more than 700 payments of just under 2 BTC, the limit for accounts without
    identification (Akahata, 27 September 2018).

    Look-alikes: prices just below a round number, limits that a wallet or a service sets for everybody.

    Validation: the error rate on real chains is not known.
    """
    outs = view.outs(account)
    coin = 10**view.ledger.asset.decimals
    by_limit: dict[int, list[Move]] = {}
    for move in outs:
        below = limit or _next_power(move.amount, coin)
        if min_band_ppm * below <= move.amount * WHOLE < WHOLE * below:
            by_limit.setdefault(below, []).append(move)
    stretches = {below: densest(moves, max_hours * HOUR, "row") for below, moves in by_limit.items()}
    below, group = max(stretches.items(), key=lambda item: (len(item[1]), item[0]), default=(0, []))
    rows = rows_moved(group)
    named = f"below {view.ledger.asset.stated(below)}" if below else ""
    measures = (
        at_least("payments just below the limit in the stretch", len(group), min_transfers, "transfers", rows, named),
        at_least("their sum, in limits", total(group) // below if below else None, 1, "limits", rows),
        at_least("part of all it paid", ppm(total(group), total(outs)), min_share_ppm, "ppm", rows),
    )
    kinds = len({move.amount for move in group})

    def against() -> tuple[Measure, ...]:
        assumed = fits("the limit is a guess, the next power of ten", named or "none", "", "no limit stated", not limit)
        same = fits("different amounts among them (one: a price)", kinds, "amounts", "exactly 1", kinds == 1)
        return assumed, same, a_label(view, account)

    return [Finding("pattern" if limit else "lead", measures, against, rows)]


def _next_power(amount: int, coin: int) -> int:
    """The least power of ten of whole coins above an amount."""
    return int(coin * 10 ** len(str(amount // coin))) if amount >= coin else coin


def is_round(amount: int) -> bool:
    """Whether at most two digits are followed by nothing but zeros.

    >>> is_round(1_200_000), is_round(1_230_000)
    (True, False)
    """
    return not amount % 10 and len(str(amount).rstrip("0")) <= ROUND_DIGITS < len(str(amount))  # the first of which says most


def round_amounts(view: View, account: int, *, min_transfers: int, min_times_ppm: int) -> list[Finding]:
    """The account pays round amounts more often than the other accounts of the ledger do. The tag gives a likelihood
    ratio; on its own it is no evidence of anything.

    The account makes at least `min_transfers` payments. The share of round amounts among them (at most two digits, then
    zeros) is at least `min_times_ppm` / 1,000,000 times the share among all other payments of the ledger, and the
    ratio's 95 % interval lies above 1.

    Search limit: one pass over the account's payments, one over the ledger.

    Sources: tracer takes the base rate from the ledger itself, because round amounts are common and mean nothing
    without a base rate. Interval: Simel, Samsa, Matchar: Likelihood ratios with confidence, J Clin Epidemiol 44 (1991)
    763 (log method).

    Look-alikes: everybody, since people and shops alike prefer round numbers.

    Validation: the error rate on real chains is not known.
    """
    outs = view.outs(account)
    round_payments = view.of(account, _round_payments)
    everywhere = view.once(round_in)
    rate = ratio(len(round_payments), len(outs), everywhere - len(round_payments), view.payments - len(outs))
    measures = (
        at_least("payments", len(outs), min_transfers, "transfers", rows_moved(outs)),
        *_times(rate, min_times_ppm, rows_moved(round_payments)),
    )
    return [Finding("lead", measures, lambda: (a_label(view, account),), rows_moved(round_payments))]


def _times(rate: Ratio | None, min_times_ppm: int, rows: tuple[int, ...]) -> tuple[Measure, ...]:
    return (
        at_least(
            "its rate, of the rate in the rest of the ledger",
            rate and rate.value_ppm,
            min_times_ppm,
            "ppm",
            rows,
            rate.text if rate else "",
        ),
        at_least("lower end of its 95 % interval", rate and rate.low_ppm, WHOLE + 1, "ppm"),
    )


def _round_payments(view: View, account: int) -> list[Move]:
    return [move for move in view.outs(account) if is_round(move.amount)]


def round_in(view: View) -> int:
    """How many of all payments are of a round amount."""
    return sum(is_round(move.amount) for move in view.moves)
