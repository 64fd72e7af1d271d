"""Ledger, trace and labels -> the flow graph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tracer.flow.case_attributes import About
from tracer.flow.flow_columns import ByRule, FlowAddresses, FlowColumns, FlowTransfers
from tracer.labels import LabelBook
from tracer.ledger import NOBODY, Ledger
from tracer.model import Marking, Tag
from tracer.tracing import Trace, received_by, role_of, stop_of

if TYPE_CHECKING:
    from tracer.flow.flow_graph import FlowGraph

K = TypeVar("K")
T = TypeVar("T")


def build(ledger: Ledger, trace: Trace, labels: LabelBook, about: About) -> FlowGraph:
    """The flow graph of a case: a node for each address that was traced, touched or marked, an edge for each row that led there."""
    from tracer.flow.flow_graph import FlowGraph

    return FlowGraph.of(flow_columns(ledger, trace, labels, about))


def flow_columns(ledger: Ledger, trace: Trace, labels: LabelBook, about: About) -> FlowColumns:
    """The same as columns, without networkx."""
    transfers = transfers_of(sorted(trace.carrying | set(trace.touched.values())), ledger, trace, about.tags)
    marked = (marking.address for marking in about.markings if marking.address in ledger.index)
    ends = chain.from_iterable(zip(transfers.sender, transfers.recipient, strict=True))
    addresses = dict.fromkeys(chain(ends, marked))
    return FlowColumns(about, transfers, addresses_of(addresses, ledger, trace, labels, about, sums_of(ledger, trace)))


class AddressSums(NamedTuple):
    """Stolen value by address and rule: what arrived, what ended, what was paid as fees."""

    arrived: Mapping[str, ByRule]
    ended: Mapping[str, ByRule]
    fees: Mapping[str, ByRule]


NO_SUMS = AddressSums({}, {}, {})
"""Of addresses that no stolen value reached."""


def sums_of(ledger: Ledger, trace: Trace) -> AddressSums:
    """What a trace comes to at each address."""
    return AddressSums(received_by(ledger, trace), trace.ended(), paid_as_fees(ledger, trace))


def transfers_of(rows: Iterable[int], ledger: Ledger, trace: Trace, tags: Iterable[Tag] = ()) -> FlowTransfers:
    """Rows of the ledger as transfers of the graph, those with two ends."""
    c = ledger.columns
    rows = [row for row in rows if c.sender[row] != NOBODY and c.recipient[row] != NOBODY]
    declared = {theft.row: number for number, theft in enumerate(trace.thefts, 1)}
    named = _names((row, tag.name) for tag in tags for row in tag.rows)
    address = [account.address for account in ledger.accounts]

    def picked(column: Sequence[T]) -> list[T]:
        return list(map(column.__getitem__, rows))

    return FlowTransfers(
        key=picked(c.row_key),
        sender=list(map(address.__getitem__, picked(c.sender))),
        recipient=list(map(address.__getitem__, picked(c.recipient))),
        row=rows,
        height=picked(c.height),
        position=picked(c.position),
        time=picked(c.time),
        tx_hash=picked(c.tx_hash),
        amount=picked(c.amount),
        fee=picked(c.fee),
        kind=picked(c.kind),
        memo=picked(c.memo),
        basis=picked(c.basis),
        verified=picked(c.verified),
        tie=[json.loads(text).get("tie") if '"tie"' in text else None for text in picked(c.attributes)],
        provisional=list(map(ledger.provisional, rows)),
        theft=list(map(declared.get, rows)),
        cut=list(map(trace.cuts.get, rows)),
        tags=list(map(named.get, rows, repeat(()))),
        stolen={rule: list(map(stolen.by_row.get, rows, repeat(0))) for rule, stolen in trace.rules.items()},
    )


def addresses_of(
    addresses: Iterable[str], ledger: Ledger, trace: Trace, labels: LabelBook, about: About, sums: AddressSums
) -> FlowAddresses:
    """What the graph says of addresses of the ledger."""
    addresses = list(addresses)
    accounts = list(map(ledger.index.__getitem__, addresses))
    labelled = {address: tuple(labels.of(address)) for address in addresses if labels.of(address)}
    younger = set(labels.younger(ledger.last_times(labelled)))
    stops = [stop_of(address, ledger, trace) for address in addresses]
    nothing: ByRule = dict.fromkeys(trace.rules, 0)
    own = [labelled.get(address, ()) for address in addresses]
    tags = _names((tag.subject, tag.name) for tag in about.tags)
    return FlowAddresses(
        address=addresses,
        label=list(map(labels.name, addresses)),
        labels=own,
        younger=[tuple(label in younger for label in each) for each in own],
        conflict=[address in labels.conflicts for address in addresses],
        marked=list(map(_by_address(about.markings).get, addresses, repeat(()))),
        service=list(map(trace.stops.services.get, addresses)),
        role=[role_of(address, stop, trace) for address, stop in zip(addresses, stops, strict=True)],
        coverage=[ledger.accounts[number].coverage for number in accounts],
        stop=stops,
        balance=list(map(ledger.balances.__getitem__, accounts)),
        touched=list(map(trace.touched.__contains__, addresses)),
        traced=list(map(sums.arrived.get, addresses, repeat(nothing))),
        endpoint=list(map(sums.ended.get, addresses, repeat(nothing))),
        fees=list(map(sums.fees.get, addresses, repeat(nothing))),
        tags=list(map(tags.get, addresses, repeat(()))),
    )


def _names(named: Iterable[tuple[K, str]]) -> dict[K, tuple[str, ...]]:
    """The names of the tags of each row, or address; each once."""
    names: dict[K, dict[str, None]] = {}
    for of, name in named:
        names.setdefault(of, {})[name] = None
    return {of: tuple(each) for of, each in names.items()}


def _by_address(markings: Iterable[Marking]) -> dict[str, tuple[Marking, ...]]:
    spans: dict[str, list[Marking]] = {}
    for marking in markings:
        spans.setdefault(marking.address, []).append(marking)
    return {address: tuple(marked) for address, marked in spans.items()}


def paid_as_fees(ledger: Ledger, trace: Trace) -> dict[str, dict[str, int]]:
    """Stolen value an address paid as fees, per rule: what arrived there is what it sent, what ended there, and this."""
    paid: dict[str, dict[str, int]] = {}
    for rule, stolen in trace.rules.items():
        for row, amount in stolen.fees_by_row.items():
            address = ledger.accounts[ledger.columns.sender[row]].address
            paid.setdefault(address, dict.fromkeys(trace.rules, 0))[rule] += amount
    return paid
