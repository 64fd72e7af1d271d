"""Rows that are not in the flow graph and touch an address that stolen value reached: with whom else it had to do."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from tracer.flow.flow_columns import NO_ADDRESSES, NO_TRANSFERS, Drawable, FlowAddresses, FlowTransfers
from tracer.flow.flow_graph_of_trace import NO_SUMS, addresses_of, transfers_of
from tracer.labels import LabelBook
from tracer.ledger import NOBODY, Ledger
from tracer.tracing import Trace

MOST = 20_000
"""Rows that are taken along, those of the largest amounts."""


class Beside(NamedTuple):
    """Rows that no rule puts stolen value into, in ledger order, and those of their addresses that the flow graph has not.

    They have no memo: it is a third party's. `left_out`: how many more there are, of smaller amounts.
    """

    transfers: FlowTransfers = NO_TRANSFERS
    addresses: FlowAddresses = NO_ADDRESSES
    left_out: int = 0


def beside_of(flow: Drawable, ledger: Ledger, trace: Trace, labels: LabelBook, wanted: Collection[int] = (), most: int = MOST) -> Beside:
    """The `most` rows of the largest amounts; the rows `wanted` are among them in any case."""
    inside = set(flow.transfers.row)
    found = [row for row in _touching(ledger, trace) if row not in inside]
    amounts = ledger.columns.amount
    largest = sorted(found, key=amounts.__getitem__, reverse=True)[:most]  # stable: of equals the earlier ones
    chosen = {*largest, *wanted} - inside
    transfers = transfers_of(sorted(chosen), ledger, trace)
    unsaid = [None] * len(transfers.row)
    transfers = transfers._replace(memo=unsaid, theft=unsaid)
    others = {*transfers.sender, *transfers.recipient}.difference(flow.addresses.address)
    return Beside(transfers, addresses_of(sorted(others), ledger, trace, labels, flow.about, NO_SUMS), max(0, len(found) - most))


def _touching(ledger: Ledger, trace: Trace) -> list[int]:
    """The rows up to the cut-off that move something between two accounts, one of which stolen value reached."""
    sender, recipient, amount = ledger.columns.sender, ledger.columns.recipient, ledger.columns.amount
    reached = {account for row in trace.carrying for account in (sender[row], recipient[row])} - {NOBODY}
    return [
        row
        for row in range(trace.rows)
        if amount[row] and (sender[row] in reached or recipient[row] in reached) and NOBODY not in (sender[row], recipient[row])
    ]
