"""Ledger, trace and labels -> the flow graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tracer.flow.graph import FlowGraph
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import NO_BOUNDS, Marking, Tag
from tracer.tracing import Trace, received_by, role_of, stop_of


def build(
    ledger: Ledger, trace: Trace, labels: LabelBook, markings: Sequence[Marking] = (), tags: Sequence[Tag] = (), **about: Any
) -> FlowGraph:
    """The flow graph of a case. `about` is what the case file says of itself: name, title, primary, reason, coverage, limits;
    and what stands beside the trace: bounds, evidence, claims, valuation."""
    flow = FlowGraph(
        asset=ledger.asset,
        rules=tuple(trace.rules),
        thefts=trace.thefts,
        stolen={rule: stolen.total for rule, stolen in trace.rules.items()},
        taken={rule: stolen.taken for rule, stolen in trace.rules.items()},
        fees={rule: stolen.burnt for rule, stolen in trace.rules.items()},
        endpoints=trace.endpoints,
        tags=tuple(tags),
        markers=tuple(sorted({each.marker for each in markings})),
        **{"bounds": NO_BOUNDS, "evidence": (), "claims": (), "valuation": None, **about},
    )
    declared = {theft.row: number for number, theft in enumerate(trace.thefts)}
    first_touch = set(trace.touched.values())
    of_address, of_row = _names(tags)
    for row in sorted(trace.carrying | first_touch):
        transfer = ledger.transfer(row)
        if transfer.sender is None or transfer.recipient is None:
            continue
        flow.add_edge(
            transfer.sender,
            transfer.recipient,
            key=transfer.row_key,
            row=row,
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
            provisional=ledger.provisional(row),
            theft=declared.get(row),
            cut=trace.cuts.get(row),
            tags=of_row.get(row, ()),
            **trace.carried(row),
        )
    arrived, ended = received_by(ledger, trace), trace.ended()
    paid = _paid_as_fees(ledger, trace)
    flow.add_nodes_from(each.address for each in markings if each.address in ledger.index)
    last = ledger.last_times(each.address for each in labels.labels)
    younger = set(labels.younger(last))
    spans: dict[str, list[Marking]] = {}
    for each in markings:
        spans.setdefault(each.address, []).append(each)
    for address in flow.nodes:
        node = flow.nodes[address]
        node.update(_node(address, ledger, trace, labels, arrived, ended, paid), tags=of_address.get(address, ()))
        node["younger"] = tuple(label in younger for label in node["labels"])
        node["marked"] = tuple(spans.get(address, ()))
    return flow


def _names(tags: Iterable[Tag]) -> tuple[dict[str, tuple[str, ...]], dict[int, tuple[str, ...]]]:
    """The names of the tags of each address, and of those that each row is a member of."""
    of_address: dict[str, dict[str, None]] = {}
    of_row: dict[int, dict[str, None]] = {}
    for tag in tags:
        of_address.setdefault(tag.subject, {})[tag.name] = None
        for row in tag.rows:
            of_row.setdefault(row, {})[tag.name] = None
    return {key: tuple(names) for key, names in of_address.items()}, {row: tuple(names) for row, names in of_row.items()}


def _node(
    address: str,
    ledger: Ledger,
    trace: Trace,
    labels: LabelBook,
    arrived: dict[str, dict[str, int]],
    ended: dict[str, dict[str, int]],
    paid: dict[str, dict[str, int]],
) -> dict[str, Any]:
    number = ledger.index[address]
    stop = stop_of(address, ledger, trace)
    nothing = dict.fromkeys(trace.rules, 0)
    return {
        "label": labels.name(address),
        "labels": tuple(labels.of(address)),
        "conflict": address in labels.conflicts,
        "service": trace.stops.services.get(address),
        "role": role_of(address, stop, trace),
        "coverage": ledger.accounts[number].coverage,
        "stop": stop,
        "balance": ledger.balances[number],
        "touched": address in trace.touched,
        "traced": arrived.get(address, nothing),
        "endpoint": ended.get(address, nothing),
        "fees": paid.get(address, nothing),
    }


def _paid_as_fees(ledger: Ledger, trace: Trace) -> dict[str, dict[str, int]]:
    """Stolen value an address paid as fees, per rule: what arrived there is what it sent, what ended there, and this."""
    paid: dict[str, dict[str, int]] = {}
    for rule, stolen in trace.rules.items():
        for row, amount in stolen.fees_by_row.items():
            address = ledger.accounts[ledger.columns.sender[row]].address
            paid.setdefault(address, dict.fromkeys(trace.rules, 0))[rule] += amount
    return paid
