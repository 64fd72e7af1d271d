"""What a freeze list says of a deposit beside what its row says."""

from __future__ import annotations

from typing import NamedTuple


class Freezable(NamedTuple):
    """A deposit that a freeze list may ask for.

    `line_id`: what its line is known by. `confirmations`: of those after which nobody can rewrite it; None where no tip is stated.
    `thefts`: number of each theft and how much of the deposit is of it. `far_address`: where, on another chain, a payment to a bridge
    asks for the money. `customer_address`: the payer, where it is likely the customer's deposit address (inferred), with the
    transactions that brought stolen value there.
    """

    row: int
    line_id: str
    inner_hash: str | None
    confirmations: str | None
    thefts: str
    far_address: str | None
    customer_address: str | None
    customer_deposits: str | None
