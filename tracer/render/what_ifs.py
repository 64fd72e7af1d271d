"""The case under another assumption, as the page has it: what of its transfers and addresses is otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.flow.what_if import WhatIf
from tracer.render.schema import ShownWhatIf
from tracer.render.shown_endpoints import shown_endpoint, texts


def shown_what_if(run: WhatIf, number: Mapping[str, int], edge_of_row: Mapping[int, int]) -> ShownWhatIf:
    """Rows and addresses by their numbers on the page. A row with one end only is on no page, and an address without a transfer neither."""
    outcome, rules = run.outcome, run.outcome.rules
    rows = [(edge_of_row[row], carried) for row, carried in run.rows.items() if row in edge_of_row]
    addresses = [(number[address], standing) for address, standing in run.addresses.items() if address in number]
    return ShownWhatIf(
        says=run.says,
        stolen=texts(outcome.stolen, rules),
        fees=texts(outcome.fees, rules),
        taken=[{rule: str(taken[n]) for rule, taken in outcome.taken.items()} for n in range(len(outcome.thefts))],
        endpoints=[shown_endpoint(endpoint, number, rules, None) for endpoint in outcome.endpoints],
        edges=[edge for edge, _ in rows],
        cut=[carried.cut for _, carried in rows],
        carried={rule: [str(carried.stolen[rule]) for _, carried in rows] for rule in rules},
        nodes=[node for node, _ in addresses],
        role=[standing.role for _, standing in addresses],
        service=[standing.service for _, standing in addresses],
        touched_only=[int(standing.touched_only) for _, standing in addresses],
        paid={rule: [str(standing.fees[rule]) for _, standing in addresses] for rule in rules},
    )
