"""The flow graph as the columns the viewer reads; what each is: `schema.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import cast

from tracer.evidence import NO_ATTRIBUTION
from tracer.evidence.statements import Told
from tracer.evidence.valuation import Valuation
from tracer.flow import About
from tracer.flow.flow_columns import FlowAddresses, FlowTransfers
from tracer.flow.freeze_facts_of_deposit import Freezable
from tracer.flow.page_inputs import Drawing
from tracer.model import ERROR_RATE, NO_BASE_RATE, UNRELATED, Bound, Customer, Evidence, Label, Marking, Tag, shown_preset
from tracer.render.columns_on_demand import ColumnsOnDemand
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
from tracer.render.several_assets_payload import shown_in_asset, shown_several
from tracer.render.several_assets_schema import SeveralPayload
from tracer.render.shown_endpoints import shown_endpoint, texts
from tracer.render.what_ifs import shown_what_if
from tracer.wording import base_rate_text, measure_text


def payload(drawing: Drawing) -> Payload | SeveralPayload:
    """All the viewer shows, as JSON values. Nodes and edges are columns; edges name nodes and thefts by number. The page of a case of one
    asset has no word of several."""
    shown = payload_to_write(drawing)
    shown["edges"] = cast(ShownEdges, cast(ColumnsOnDemand, shown["edges"]).whole())
    return shown


def payload_to_write(drawing: Drawing) -> Payload | SeveralPayload:
    """The same for whom writes it once: the columns of its edges are made as they are asked for."""
    flow, beside = drawing.flow, drawing.beside
    about = flow.about
    edges = flow.transfers.beside(beside.transfers) if beside.transfers.row else flow.transfers
    untraced = set(beside.transfers.row)
    near = flow.addresses.sorted().followed_by(beside.addresses)
    nodes = near.followed_by(drawing.elsewhere) if drawing.elsewhere.address else near
    number = {address: n for n, address in enumerate(nodes.address)}
    edge_of_row = {row: n for n, row in enumerate(edges.row)}
    shown = Payload(
        title=about.title,
        case=about.name,
        tracer=about.stamp.tracer,
        results_digest=about.stamp.results_digest,
        asset=ShownAsset(chain=about.asset.chain, symbol=about.asset.symbol, decimals=about.asset.decimals),
        rules=list(about.outcome.rules),
        primary=about.primary,
        reason=about.reason,
        declared=list(about.declared),
        stolen=texts(about.outcome.stolen, about.outcome.rules),
        fees=texts(about.outcome.fees, about.outcome.rules),
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
        statements=[_statement(told, about.outcome.rules) for told in about.statements],
        valuation=None if about.valuation is None else _valuation(about.valuation),
        tags=_tags(about, number),
        error_rate=f"{ERROR_RATE}; {UNRELATED if about.base_rates else NO_BASE_RATE}",
        measured=list(about.measured.values()),
        beside_left_out=beside.left_out,
        what_ifs=[shown_what_if(run, number, edge_of_row) for run in drawing.what_ifs],
        not_run=list(drawing.not_run),
        freezable=None if drawing.freezable is None else _freezable(drawing.freezable, edge_of_row),
        nodes=_nodes(nodes, len(flow.addresses.address), about.outcome.rules),
        edges=cast(ShownEdges, _edge_columns(edges, number, untraced)),
    )
    if about.several is None:
        return shown
    found = [shown_in_asset(each, number, about.outcome.rules, _edges(each.transfers, number, set())) for each in drawing.substituted]
    return SeveralPayload(**shown, several=shown_several(about, about.several, edges, number, found, len(near.address)))


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


def _thefts(about: About, edges: FlowTransfers) -> list[ShownTheft]:
    edge_of = {theft - 1: n for n, theft in enumerate(edges.theft) if theft is not None}
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


def _customers(about: About, edges: FlowTransfers, number: Mapping[str, int], untraced: set[int]) -> list[ShownCustomer]:
    deposits: dict[Customer, list[int]] = {each: [] for each in about.bounds.customers}
    addresses = {each.address for each in deposits}
    for n, (recipient, row, memo) in enumerate(zip(edges.recipient, edges.row, edges.memo, strict=True)):
        if recipient in addresses and row not in untraced and (each := Customer(recipient, memo)) in deposits:
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


def _nodes(nodes: FlowAddresses, traced: int, rules: tuple[str, ...]) -> ShownNodes:
    """The addresses; the first `traced` are those of the flow graph."""
    labels = zip(nodes.labels, nodes.younger, strict=True)
    standing = zip(nodes.touched, nodes.traced, nodes.role, strict=True)
    return ShownNodes(
        address=list(nodes.address),
        label=list(nodes.label),
        labels=[[_label(label, younger) for label, younger in zip(each, dated, strict=True)] for each, dated in labels],
        conflict=list(map(int, nodes.conflict)),
        marked=[list(map(_marking, spans)) for spans in nodes.marked],
        role=list(nodes.role),
        service=list(nodes.service),
        touched_only=[int(touched and role != "victim" and not any(arrived.values())) for touched, arrived, role in standing],
        beside=[int(n >= traced) for n in range(len(nodes.address))],
        balance=[str(held) if covered == "full" else None for held, covered in zip(nodes.balance, nodes.coverage, strict=True)],
        fees={rule: [str(fees[rule]) for fees in nodes.fees] for rule in rules},
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
    place = {of: at for at, of in enumerate(about.measured)}
    shown = ((tag, (tag.name, shown_preset(tag.presets))) for tag in about.tags)
    return [_tag(tag, number, said.get(of, ""), place.get(of)) for tag, of in shown]


def _tag(tag: Tag, number: Mapping[str, int], base_rate: str, measured: int | None) -> ShownTag:
    return ShownTag(
        node=number[tag.subject],
        row=tag.row,
        name=tag.name,
        status=tag.status,
        presets=list(tag.presets),
        base_rate=base_rate,
        measured=measured,
        measures=[measure_text(measure) for measure in tag.measures],
        against=[measure_text(measure) for measure in tag.against if measure.holds],
        checked=len(tag.against),
    )


def _edges(edges: FlowTransfers, number: Mapping[str, int], untraced: set[int]) -> ShownEdges:
    return cast(ShownEdges, _edge_columns(edges, number, untraced).whole())


def _edge_columns(edges: FlowTransfers, number: Mapping[str, int], untraced: set[int]) -> ColumnsOnDemand:
    """What ShownEdges has, a column at a time: of a million transfers all of them take 700 MB."""
    return ColumnsOnDemand(
        row=lambda: list(edges.row),
        height=lambda: list(edges.height),
        position=lambda: list(edges.position),
        time=lambda: list(edges.time),
        tx_hash=lambda: list(edges.tx_hash),
        sender=lambda: list(map(number.__getitem__, edges.sender)),
        recipient=lambda: list(map(number.__getitem__, edges.recipient)),
        amount=lambda: list(map(str, edges.amount)),
        fee=lambda: list(map(str, edges.fee)),
        kind=lambda: list(edges.kind),
        memo=lambda: [memo and (memo.text or memo.content.hex()) for memo in edges.memo],
        memo_kind=lambda: [memo and memo.kind for memo in edges.memo],
        memo_text=lambda: [int(bool(memo and memo.text)) for memo in edges.memo],
        basis=lambda: list(edges.basis),
        verified=lambda: list(map(int, edges.verified)),
        tie=lambda: list(edges.tie),
        provisional=lambda: list(map(int, edges.provisional)),
        beside=lambda: [int(row in untraced) for row in edges.row],
        theft=lambda: [-1 if theft is None else theft - 1 for theft in edges.theft],
        cut=lambda: list(edges.cut),
        stolen=lambda: ColumnsOnDemand(**{rule: partial(_texts, carried) for rule, carried in edges.stolen.items()}),
    )


def _texts(amounts: Iterable[int]) -> list[str]:
    return list(map(str, amounts))
