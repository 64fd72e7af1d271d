"""The flow graph as the columns the viewer reads; what each is: `schema.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tracer.evidence import NO_ATTRIBUTION
from tracer.evidence.statements import Told
from tracer.evidence.worth import Valuation
from tracer.flow import About, FlowGraph
from tracer.flow.drawing import Drawing
from tracer.flow.freezable import Freezable
from tracer.model import ERROR_RATE, NO_BASE_RATE, UNRELATED, Bound, Customer, Evidence, Label, Marking, Tag, shown_preset
from tracer.render.ends import shown_endpoint, texts
from tracer.render.schema import (
    Payload,
    ShownAsset,
    ShownCustomer,
    ShownEdges,
    ShownEndpoint,
    ShownEvidence,
    ShownFreezable,
    ShownLabel,
    ShownMarking,
    ShownNodes,
    ShownPrice,
    ShownService,
    ShownStatement,
    ShownTag,
    ShownTheft,
    ShownValuation,
)
from tracer.render.what_ifs import shown_what_if
from tracer.wording import base_rate_text, measure_text

Edge = tuple[str, str, dict[str, Any]]
T = TypeVar("T")


def payload(drawing: Drawing) -> Payload:
    """All the viewer shows, as JSON values. Nodes and edges are columns; edges name nodes and thefts by number."""
    flow, beside = drawing.flow, drawing.beside
    about = flow.about
    edges = sorted([*flow.edges(data=True), *beside.edges], key=lambda edge: edge[2]["row"])
    untraced = {edge["row"] for _, _, edge in beside.edges}
    addresses = [*sorted(flow.nodes), *beside.nodes]
    number = {address: n for n, address in enumerate(addresses)}
    edge_of_row = {edge["row"]: n for n, (_, _, edge) in enumerate(edges)}
    return Payload(
        title=about.title,
        case=about.name,
        tracer=about.stamp.tracer,
        results_digest=about.stamp.results_digest,
        asset=ShownAsset(chain=about.asset.chain, symbol=about.asset.symbol, decimals=about.asset.decimals),
        rules=list(flow.rules),
        primary=about.primary,
        reason=about.reason,
        declared=list(about.declared),
        stolen=texts(about.outcome.stolen, flow.rules),
        fees=texts(about.outcome.fees, flow.rules),
        thefts=_thefts(about, edges),
        endpoints=_endpoints(about, number),
        services=[_service(service, bound) for service, bound in about.bounds.services.items()],
        customers=_customers(about, edges, number, untraced),
        coverage=list(about.coverage),
        limits=list(about.limits),
        rests=list(about.rests),
        gaps=list(about.gaps),
        checked=about.checked,
        evidence=[_evidence(piece) for piece in about.evidence],
        caveats=[NO_ATTRIBUTION],
        claims=[comparison.as_data() for comparison in about.claims],
        statements=[_statement(told, flow.rules) for told in about.statements],
        valuation=None if about.valuation is None else _valuation(about.valuation),
        tags=_tags(about, number),
        error_rate=f"{ERROR_RATE}; {UNRELATED if about.base_rates else NO_BASE_RATE}",
        beside_left_out=beside.left_out,
        what_ifs=[shown_what_if(run, number, edge_of_row) for run in drawing.what_ifs],
        not_run=list(drawing.not_run),
        freezable=None if drawing.freezable is None else _freezable(drawing.freezable, edge_of_row),
        nodes=_nodes(drawing, addresses),
        edges=_edges(flow, edges, number, untraced),
    )


def _freezable(listed: Sequence[Freezable], edge_of_row: Mapping[int, int]) -> ShownFreezable:
    return ShownFreezable(
        edge=[edge_of_row[each.row] for each in listed],
        line_id=[each.line_id for each in listed],
        inner_hash=[each.inner_hash for each in listed],
        confirmations=[each.confirmations for each in listed],
        thefts=[each.thefts for each in listed],
        far_address=[each.far_address for each in listed],
        customer_address=[each.customer_address for each in listed],
        customer_deposits=[each.customer_deposits for each in listed],
    )


def _statement(told: Told, rules: tuple[str, ...]) -> ShownStatement:
    said = told.statement
    return ShownStatement(
        deposit=said.deposit,
        deposited=str(told.amount),
        traced=texts(told.traced, rules),
        amount=said.amount,
        asset=said.asset,
        network=said.network,
        paid_to=said.paid_to,
        withdrawal=said.withdrawal,
        time=said.time,
        says=said.says,
        source=said.source,
        grade=said.grade,
        why=told.why,
    )


def _thefts(about: About, edges: list[Edge]) -> list[ShownTheft]:
    edge_of = {edge["theft"] - 1: n for n, (_, _, edge) in enumerate(edges) if edge["theft"] is not None}
    return [
        ShownTheft(
            label=theft.label,
            tx_hash=theft.tx_hash,
            amount=str(theft.amount),
            basis=theft.basis,
            edge=edge_of.get(n),
            stolen={rule: str(taken[n]) for rule, taken in about.outcome.taken.items()},
        )
        for n, theft in enumerate(about.outcome.thefts)
    ]


def _endpoints(about: About, number: Mapping[str, int]) -> list[ShownEndpoint]:
    bounds, rules = about.bounds.endpoints, about.outcome.rules
    return [
        shown_endpoint(endpoint, number, rules, bounds.get((endpoint.address, endpoint.reason))) for endpoint in about.outcome.endpoints
    ]


def _service(service: str, bound: Bound) -> ShownService:
    return ShownService(service=service, least=str(bound.least), most=str(bound.most))


def _customers(about: About, edges: list[Edge], number: Mapping[str, int], untraced: set[int]) -> list[ShownCustomer]:
    deposits: dict[Customer, list[int]] = {each: [] for each in about.bounds.customers}
    addresses = {each.address for each in deposits}
    for n, (_, recipient, edge) in enumerate(edges):
        if recipient in addresses and edge["row"] not in untraced and (each := Customer(recipient, edge["memo"])) in deposits:
            deposits[each].append(n)
    return [
        ShownCustomer(node=number[each.address], edges=deposits[each], least=str(bound.least), most=str(bound.most))
        for each, bound in about.bounds.customers.items()
    ]


def _evidence(piece: Evidence) -> ShownEvidence:
    return ShownEvidence(
        kind=piece.kind,
        value=piece.value,
        time=piece.time,
        grade=piece.grade,
        status=piece.status,
        subject=piece.subject,
        source=piece.source,
    )


def _valuation(valuation: Valuation) -> ShownValuation:
    return ShownValuation(
        currency=valuation.currency,
        rule=valuation.rule,
        total=valuation.total,
        prices=[ShownPrice(time=price.time, price=price.price, source=price.source) for price in valuation.prices],
        thefts=[None if value is None else value.worth for value in valuation.thefts],
        endpoints=[dict(by_rule) for by_rule in valuation.endpoints],
    )


def _nodes(drawing: Drawing, addresses: list[str]) -> ShownNodes:
    flow, beside = drawing.flow, drawing.beside.nodes
    nodes = [beside[address] if address in beside else flow.nodes[address] for address in addresses]
    return ShownNodes(
        address=addresses,
        label=[node["label"] for node in nodes],
        labels=[[_label(label, younger) for label, younger in zip(node["labels"], node["younger"], strict=True)] for node in nodes],
        conflict=[int(node["conflict"]) for node in nodes],
        marked=[[_marking(span) for span in node["marked"]] for node in nodes],
        role=[node["role"] for node in nodes],
        service=[node["service"] for node in nodes],
        touched_only=[int(node["touched"] and not any(node["traced"].values()) and node["role"] != "victim") for node in nodes],
        beside=[int(address in beside) for address in addresses],
        balance=[str(node["balance"]) if node["coverage"] == "full" else None for node in nodes],
        fees={rule: [str(node["fees"].get(rule, 0)) for node in nodes] for rule in flow.rules},
    )


def _marking(span: Marking) -> ShownMarking:
    return ShownMarking(
        marker=span.marker,
        by=span.marked_by,
        tx_hash=span.tx_hash,
        first=span.first,
        last=span.last,
        ended=span.ended,
    )


def _label(label: Label, younger: bool) -> ShownLabel:
    return ShownLabel(
        label=label.label,
        category=label.category,
        source=label.source,
        confidence=label.confidence,
        lastmod=label.lastmod,
        younger=younger,
    )


def _tags(about: About, number: Mapping[str, int]) -> list[ShownTag]:
    said = {(rate.tag, rate.preset): base_rate_text(rate) for rate in about.base_rates}
    return [_tag(tag, number, said.get((tag.name, shown_preset(tag.presets)), "")) for tag in about.tags]


def _tag(tag: Tag, number: Mapping[str, int], base_rate: str) -> ShownTag:
    return ShownTag(
        node=number[tag.subject],
        row=tag.row,
        name=tag.name,
        status=tag.status,
        presets=list(tag.presets),
        base_rate=base_rate,
        measures=[measure_text(measure) for measure in tag.measures],
        against=[measure_text(measure) for measure in tag.against if measure.holds],
        checked=len(tag.against),
    )


def _edges(flow: FlowGraph, edges: list[Edge], number: Mapping[str, int], untraced: set[int]) -> ShownEdges:
    def column(of: Callable[[dict[str, Any]], T]) -> list[T]:
        return [of(edge) for _, _, edge in edges]

    return ShownEdges(
        row=column(lambda e: e["row"]),
        height=column(lambda e: e["height"]),
        position=column(lambda e: e["position"]),
        time=column(lambda e: e["time"]),
        tx_hash=column(lambda e: e["tx_hash"]),
        sender=[number[sender] for sender, _, _ in edges],
        recipient=[number[recipient] for _, recipient, _ in edges],
        amount=column(lambda e: str(e["amount"])),
        fee=column(lambda e: str(e["fee"])),
        kind=column(lambda e: e["kind"]),
        memo=column(lambda e: e["memo"] and (e["memo"].text or e["memo"].content.hex())),
        memo_kind=column(lambda e: e["memo"] and e["memo"].kind),
        memo_text=column(lambda e: int(bool(e["memo"] and e["memo"].text))),
        basis=column(lambda e: e["basis"]),
        verified=column(lambda e: int(e["verified"])),
        tie=column(lambda e: e["tie"]),
        provisional=column(lambda e: int(e["provisional"])),
        beside=column(lambda e: int(e["row"] in untraced)),
        theft=column(lambda e: -1 if e["theft"] is None else e["theft"] - 1),
        cut=column(lambda e: e["cut"]),
        stolen={rule: [str(edge[rule]) for _, _, edge in edges] for rule in flow.rules},
    )
