"""Ledger, trace and labels -> the flow graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracer.flow.about import About
from tracer.flow.attributes import EdgeAttributes, NodeAttributes
from tracer.flow.graph import FlowGraph
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Label, Marking, Tag, Transfer
from tracer.tracing import Trace, received_by, role_of, stop_of


def build(ledger: Ledger, trace: Trace, labels: LabelBook, about: About) -> FlowGraph:
    """The flow graph of a case: a node for each address that was traced, touched or marked, an edge for each row that led there."""
    flow = FlowGraph(about=about)
    tags = _names(about.tags)
    declared = {theft.row: number for number, theft in enumerate(trace.thefts, 1)}
    for row in sorted(trace.carrying | set(trace.touched.values())):
        transfer = ledger.transfer(row)
        if transfer.sender is None or transfer.recipient is None:
            continue
        edge = edge_of(transfer, ledger, trace, declared.get(row), tags.of_row.get(row, ()))
        flow.add_edge(transfer.sender, transfer.recipient, key=transfer.row_key, **edge, **trace.carried(row))
    flow.add_nodes_from(marking.address for marking in about.markings if marking.address in ledger.index)
    for address, node in nodes_of(flow.nodes, ledger, trace, labels, about, sums_of(ledger, trace)).items():
        flow.nodes[address].update(node)
    return flow


class AddressSums(NamedTuple):
    """Stolen value by address and rule: what arrived, what ended, what was paid as fees."""

    arrived: Mapping[str, Mapping[str, int]]
    ended: Mapping[str, Mapping[str, int]]
    fees: Mapping[str, Mapping[str, int]]


NO_SUMS = AddressSums({}, {}, {})
"""Of addresses that no stolen value reached."""


def sums_of(ledger: Ledger, trace: Trace) -> AddressSums:
    """What a trace comes to at each address."""
    return AddressSums(received_by(ledger, trace), trace.ended(), paid_as_fees(ledger, trace))


def nodes_of(
    addresses: Iterable[str], ledger: Ledger, trace: Trace, labels: LabelBook, about: About, sums: AddressSums
) -> dict[str, NodeAttributes]:
    """What the graph says of addresses of the ledger."""
    addresses, tags = list(addresses), _names(about.tags)
    younger = set(labels.younger(ledger.last_times(address for address in addresses if labels.of(address))))
    marked = _by_address(about.markings)
    return {
        address: _node(address, ledger, trace, labels, younger, sums, marked.get(address, ()), tags.of_address.get(address, ()))
        for address in addresses
    }


class _Names(NamedTuple):
    """The names of the tags of each address, and of those that each row is a member of."""

    of_address: Mapping[str, tuple[str, ...]]
    of_row: Mapping[int, tuple[str, ...]]


def _names(tags: Iterable[Tag]) -> _Names:
    of_address: dict[str, dict[str, None]] = {}
    of_row: dict[int, dict[str, None]] = {}
    for tag in tags:
        of_address.setdefault(tag.subject, {})[tag.name] = None
        for row in tag.rows:
            of_row.setdefault(row, {})[tag.name] = None
    return _Names({key: tuple(names) for key, names in of_address.items()}, {row: tuple(names) for row, names in of_row.items()})


def _by_address(markings: Iterable[Marking]) -> dict[str, tuple[Marking, ...]]:
    spans: dict[str, list[Marking]] = {}
    for marking in markings:
        spans.setdefault(marking.address, []).append(marking)
    return {address: tuple(marked) for address, marked in spans.items()}


def edge_of(transfer: Transfer, ledger: Ledger, trace: Trace, theft: int | None = None, tags: tuple[str, ...] = ()) -> EdgeAttributes:
    """What the graph says of a row, but for the stolen value it carried."""
    return EdgeAttributes(
        row=transfer.row,
        height=transfer.height,
        position=transfer.position,
        time=transfer.time,
        tx_hash=transfer.tx_hash,
        amount=transfer.amount,
        fee=transfer.fee,
        kind=transfer.kind,
        memo=transfer.memo,
        basis=transfer.basis,
        verified=transfer.verified,
        tie=transfer.attributes.get("tie"),
        provisional=ledger.provisional(transfer.row),
        theft=theft,
        cut=trace.cuts.get(transfer.row),
        tags=tags,
    )


def _node(
    address: str,
    ledger: Ledger,
    trace: Trace,
    labels: LabelBook,
    younger: set[Label],
    sums: AddressSums,
    marked: tuple[Marking, ...],
    tags: tuple[str, ...],
) -> NodeAttributes:
    number, own_labels = ledger.index[address], tuple(labels.of(address))
    stop = stop_of(address, ledger, trace)
    nothing = dict.fromkeys(trace.rules, 0)
    return NodeAttributes(
        label=labels.name(address),
        labels=own_labels,
        younger=tuple(label in younger for label in own_labels),
        conflict=address in labels.conflicts,
        marked=marked,
        service=trace.stops.services.get(address),
        role=role_of(address, stop, trace),
        coverage=ledger.accounts[number].coverage,
        stop=stop,
        balance=ledger.balances[number],
        touched=address in trace.touched,
        traced=sums.arrived.get(address, nothing),
        endpoint=sums.ended.get(address, nothing),
        fees=sums.fees.get(address, nothing),
        tags=tags,
    )


def paid_as_fees(ledger: Ledger, trace: Trace) -> dict[str, dict[str, int]]:
    """Stolen value an address paid as fees, per rule: what arrived there is what it sent, what ended there, and this."""
    paid: dict[str, dict[str, int]] = {}
    for rule, stolen in trace.rules.items():
        for row, amount in stolen.fees_by_row.items():
            address = ledger.accounts[ledger.columns.sender[row]].address
            paid.setdefault(address, dict.fromkeys(trace.rules, 0))[rule] += amount
    return paid
