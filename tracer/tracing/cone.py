"""The cone of the thefts: the accounts that may hold stolen value under any rule, and the rows with an end among them."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from tracer.tracing.followed_rows import Flows
from tracer.tracing.runs import reached


class Cone(NamedTuple):
    """`touched`: (account, row that first touched it). `holders`: accounts that may hold stolen value, ascending.

    `flows` are the rows `rows` of the ledger, with the holders numbered as in `holders` and everybody else outside.
    """

    touched: list[tuple[int, int]]
    holders: list[int]
    rows: list[int]
    flows: Flows


def cone_of(flows: Flows) -> Cone:
    """The cone of the thefts of these rows, which are lists."""
    first = reached(flows)
    holders = [account for account, row in enumerate(first[1::2]) if row >= 0]
    number = [-1] * (len(flows.openings) + 1)  # the last is that of nobody, who is -1
    for place, account in enumerate(holders):
        number[account] = place
    thefts = [row for row in flows.thefts if row < len(flows.sender)]
    rows = [
        row
        for row, (sender, recipient) in enumerate(zip(flows.sender, flows.recipient, strict=True))
        if number[sender] >= 0 or number[recipient] >= 0
    ]
    rows = sorted({*rows, *thefts})
    place_of = {row: place for place, row in enumerate(rows)} if thefts else {}
    exchanges = [
        exchange._replace(place=bisect_left(rows, exchange.place), account=number[exchange.account])
        for exchange in flows.exchanges
        if number[exchange.account] >= 0
    ]
    touched = sorted(((account, row) for account, row in enumerate(first[::2]) if row >= 0), key=lambda touch: touch[1])
    return Cone(
        touched,
        holders,
        rows,
        Flows(
            sender=[number[flows.sender[row]] for row in rows],
            recipient=[number[flows.recipient[row]] for row in rows],
            amount=[flows.amount[row] for row in rows],
            fee=[flows.fee[row] for row in rows],
            cut=[flows.cut[row] for row in rows],
            thefts=[place_of.get(row, len(rows)) for row in flows.thefts],
            openings=[flows.openings[account] for account in holders],
            exchanges=exchanges,
        ),
    )
