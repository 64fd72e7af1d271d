"""A case with the rows of a block in another order, without the rows that nothing verifies, or without an opening that is assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from tracer.ledger import Ledger
from tracer.ledger.balances import play
from tracer.ledger.counterfactual import blocks, in_order, opening_with_nothing, other_way_round, without_rows
from tracer.model import Assumption
from tracer.plan.assumption_removal import Asked, Grounds, Removal
from tracer.tracing import stop_of
from tracer.tracing.theft_of_row import theft_of
from tracer.wording import counted, utc

Orders: TypeAlias = Mapping[range, Sequence[int]]
"""The rows of blocks, and another order for each."""


def without_openings(case: Grounds) -> Iterator[Removal]:
    """What accounts that stolen value can touch are only assumed to have held before the first row."""
    for number, account in enumerate(case.ledger.accounts):
        if account.opening_basis == "modelled" and account.opening and number in case.touched:
            said = f"the modelled opening of {account.address}, {case.ledger.assets[account.asset].stated(account.opening)}"
            assumption = Assumption("opening", said)
            if stop_of(account.address, case.ledger, case.trace) in ("service", "not_fetched"):
                yield Removal(assumption, why="the trail stops there, whatever it held before")
            else:
                yield Removal(assumption, partial(_opened, case, number))


def _opened(case: Grounds, number: int) -> Asked:
    return case.asking(ledger=opening_with_nothing(case.ledger, number))


def without_orders(case: Grounds, most: int) -> tuple[list[Removal], list[str]]:
    """The order inside the blocks where another could change a figure: of all of them together, then of the `most` through which most
    was traced, one by one. And a sentence for those that are left out."""
    orders = dict(_other_orders(case))
    free = {block: order for block, order in orders.items() if order is not None}
    forced, place = len(orders) - len(free), _place(case.ledger)
    left = []
    if forced:
        left.append(f"the order inside {counted(forced, place)} in which no other is found that every account could pay in")
    whole = _carried(case, range(len(case.ledger)))
    ordered = sorted(free, key=lambda block: (-_part(_carried(case, block), whole), block.start))
    if len(ordered) > most:
        left.append(f"the order inside {counted(len(ordered) - most, place)} of less value, but for all of them together")
    removals = [_reordered(case, f"the order inside {_named(case.ledger, block)}", {block: free[block]}) for block in ordered[:most]]
    if len(free) > 1:
        removals.insert(0, _reordered(case, f"the order inside all {counted(len(free), place)}", free))
    return removals, left


def _place(ledger: Ledger) -> str:
    return "second" if ledger.order_basis == "time" else "block"


def _named(ledger: Ledger, block: range) -> str:
    c = ledger.columns
    where = f"second {utc(c.time[block.start])}" if ledger.order_basis == "time" else f"block {c.height[block.start]}"
    return f"{where} ({counted(len(block), 'row')})"


def _carried(case: Grounds, rows: range) -> list[int]:
    """The stolen value that rows carried, by asset: amounts of two assets are no sum."""
    carried, sums = case.trace.rules[case.question.leading_rule].by_row, [0] * len(case.ledger.assets)
    for row in rows:
        if units := carried.get(row):
            sums[case.ledger.asset_of(row)] += units
    return sums


def _part(carried: Sequence[int], whole: Sequence[int]) -> Fraction:
    """The largest part of an asset."""
    return max(Fraction(units, of) if of else Fraction(0) for units, of in zip(carried, whole, strict=True))


def _other_orders(case: Grounds) -> Iterator[tuple[range, list[int] | None]]:
    """The blocks in which accounts that stolen value can touch meet, each with its rows the other way round."""
    ledger = case.ledger
    full = [number for number, account in enumerate(ledger.accounts) if account.coverage == "full"]
    held, played = ledger.openings, 0
    for block in blocks(ledger, case.touched):
        play(ledger.columns, held, played, block.start)
        played = block.start
        yield block, other_way_round(ledger, block, {number: held[number] for number in full})


def _reordered(case: Grounds, said: str, orders: Orders) -> Removal:
    return Removal(Assumption("order", said), partial(_in_other_order, case, orders))


def _in_other_order(case: Grounds, orders: Orders) -> Asked:
    order = list(range(len(case.ledger)))
    for block, rows in orders.items():
        order[block.start : block.stop] = rows
    return _moved(case, in_order(case.ledger, order), order)


def without_stated_rows(case: Grounds) -> Iterator[Removal]:
    """Rows without hashes and signatures that could be verified, by the source whose word they are."""
    c, thefts = case.ledger.columns, {theft.row for theft in case.trace.thefts}
    by_source: dict[str, list[int]] = {}
    for row, verified in enumerate(c.verified):
        if not verified:
            by_source.setdefault(c.source[row], []).append(row)
    for source, rows in sorted(by_source.items()):
        assumption = Assumption("stated rows", f"the {counted(len(rows), 'row')} of {source} that nothing verifies")
        if not thefts.isdisjoint(rows):
            yield Removal(assumption, why="a theft is one of them: without them nothing is stolen", possible=False)
        elif all(case.touched.isdisjoint((c.sender[row], c.recipient[row])) for row in rows):
            yield Removal(assumption, why="stolen value can reach none of their accounts")
        else:
            yield Removal(assumption, partial(_without, case, rows))


def _without(case: Grounds, gone: Sequence[int]) -> Asked:
    out = set(gone)
    return _moved(case, without_rows(case.ledger, out), [row for row in range(len(case.ledger)) if row not in out])


def _moved(case: Grounds, ledger: Ledger, order: Sequence[int]) -> Asked:
    """The case on a ledger that has these rows of its own, in this order: the thefts stand elsewhere then."""
    now_at = {row: place for place, row in enumerate(order)}
    thefts = [theft_of(ledger.transfer(now_at[theft.row]), theft.label) for theft in case.trace.thefts]
    had, has = case.ledger.columns.row_key, ledger.columns.row_key
    keys = {had[row]: has[place] for row, place in now_at.items() if had[row] != has[place]}
    return case.asking(ledger=ledger, thefts=thefts, keys=keys)
