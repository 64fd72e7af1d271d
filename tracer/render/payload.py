"""The flow graph as the columns the viewer reads. Amounts are decimal text: JavaScript's numbers cannot hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tracer.evidence import NO_ATTRIBUTION
from tracer.flow import FlowGraph
from tracer.model import ERROR_RATE, Bound, Label, Marking, Tag
from tracer.version import __version__
from tracer.wording import measure_text


def payload(flow: FlowGraph) -> dict[str, Any]:
    """All the viewer shows, as JSON values. Nodes and edges are columns; edges name nodes and thefts by number."""
    about = flow.about
    edges = sorted(flow.edges(data=True), key=lambda each: each[2]["row"])
    addresses = sorted(flow.nodes)
    number = {address: n for n, address in enumerate(addresses)}
    edge_of = {edge["theft"]: n for n, (_, _, edge) in enumerate(edges) if edge["theft"] is not None}
    return {
        "title": about.title,
        "case": about.name,
        "tracer": __version__,
        "asset": flow.asset._asdict(),
        "rules": list(flow.rules),
        "primary": about.primary,
        "reason": about.reason,
        "stolen": _texts(about.outcome.stolen),
        "fees": _texts(about.outcome.fees),
        "thefts": [
            {
                "label": theft.label,
                "tx_hash": theft.tx_hash,
                "amount": str(theft.amount),
                "edge": edge_of.get(n),
                "stolen": {rule: str(taken[n]) for rule, taken in about.outcome.taken.items()},
            }
            for n, theft in enumerate(about.outcome.thefts)
        ],
        "endpoints": [
            {
                "node": number[endpoint.address],
                "reason": endpoint.reason,
                "service": endpoint.service,
                "basis": endpoint.basis,
                "amounts": {rule: str(endpoint.amounts[rule]) for rule in flow.rules},
                **_bound(about.bounds.endpoints.get((endpoint.address, endpoint.reason))),
            }
            for endpoint in about.outcome.endpoints
        ],
        "services": [{"service": service, **_bound(each)} for service, each in about.bounds.services.items()],
        "coverage": list(about.coverage),
        "limits": list(about.limits),
        "gaps": list(about.gaps),
        "checked": about.checked,
        "evidence": [each._asdict() for each in about.evidence],
        "caveats": [NO_ATTRIBUTION],
        "claims": [each.as_data() for each in about.claims],
        "valuation": about.valuation and about.valuation.as_data(),
        "tags": [_tag(tag, number) for tag in about.tags],
        "error_rate": ERROR_RATE,
        "nodes": _nodes(flow, addresses),
        "edges": _edges(flow, edges, number),
    }


def _bound(bound: Bound | None) -> dict[str, str | None]:
    """The least and the most under any rule; null until `tracer bounds` was run."""
    return {"least": bound and str(bound.least), "most": bound and str(bound.most)}


def _nodes(flow: FlowGraph, addresses: list[str]) -> dict[str, Any]:
    nodes = [flow.nodes[address] for address in addresses]
    return {
        "address": addresses,
        "label": [node["label"] for node in nodes],
        "labels": [[_label(*each) for each in zip(node["labels"], node["younger"], strict=True)] for node in nodes],
        "conflict": [int(node["conflict"]) for node in nodes],
        "marked": [[_span(span) for span in node["marked"]] for node in nodes],
        "role": [node["role"] for node in nodes],
        "service": [node["service"] for node in nodes],
        "touched_only": [int(node["touched"] and not any(node["traced"].values()) and node["role"] != "victim") for node in nodes],
        "balance": [None if node["coverage"] == "boundary" else str(node["balance"]) for node in nodes],  # null: not read, not known
        "fees": {rule: [str(node["fees"][rule]) for node in nodes] for rule in flow.rules},
    }


def _span(span: Marking) -> dict[str, str | int | None]:
    """When an address was marked, and by whom."""
    return {
        "marker": span.marker,
        "by": span.marked_by,
        "tx_hash": span.tx_hash,
        "first": span.first,
        "last": span.last,
        "ended": span.ended,
    }


def _label(label: Label, younger: bool) -> dict[str, str | bool | None]:
    """What a label says, on whose word, and whether it is younger than the transfers."""
    return {
        "label": label.label,
        "category": label.category,
        "source": label.source,
        "confidence": label.confidence,
        "lastmod": label.lastmod,
        "younger": younger,
    }


def _tag(tag: Tag, number: dict[str, int]) -> dict[str, Any]:
    """What an address does, how that was seen, and what else would explain it."""
    return {
        "node": number[tag.subject],
        "row": tag.row,
        "name": tag.name,
        "status": tag.status,
        "presets": list(tag.presets),
        "measures": [measure_text(each) for each in tag.measures],
        "against": [measure_text(each) for each in tag.against if each.holds],
        "checked": len(tag.against),
    }


def _edges(flow: FlowGraph, edges: list[tuple[str, str, dict[str, Any]]], number: dict[str, int]) -> dict[str, Any]:
    def column(of: Callable[[dict[str, Any]], Any]) -> list[Any]:
        return [of(edge) for _, _, edge in edges]

    return {
        "row": column(lambda e: e["row"]),
        "height": column(lambda e: e["height"]),
        "position": column(lambda e: e["position"]),
        "time": column(lambda e: e["time"]),
        "tx_hash": column(lambda e: e["tx_hash"]),
        "sender": [number[sender] for sender, _, _ in edges],
        "recipient": [number[recipient] for _, recipient, _ in edges],
        "amount": column(lambda e: str(e["amount"])),
        "fee": column(lambda e: str(e["fee"])),
        "kind": column(lambda e: e["kind"]),
        "memo": column(lambda e: e["memo"] and (e["memo"].text or e["memo"].content.hex())),
        "memo_kind": column(lambda e: e["memo"] and e["memo"].kind),
        "basis": column(lambda e: e["basis"]),
        "provisional": column(lambda e: int(e["provisional"])),
        "theft": column(lambda e: -1 if e["theft"] is None else e["theft"]),
        "cut": column(lambda e: e["cut"]),
        "stolen": {rule: column(lambda e, rule=rule: str(e[rule])) for rule in flow.rules},  # type: ignore[misc]
    }


def _texts(amounts: Mapping[str, int]) -> dict[str, str]:
    return {rule: str(amount) for rule, amount in amounts.items()}
