"""The transfers of a flow graph as columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx

from tracer.ledger.frames import OF_A_PARTY, memo_columns, parties


def edge_columns(flow: networkx.MultiDiGraph[Any], rules: Iterable[str]) -> dict[str, list[Any]]:
    """The transfers of a flow graph as columns, in ledger order."""
    edges = sorted(flow.edges(data=True), key=lambda edge: edge[2]["row"])
    columns: dict[str, list[Any]] = {"row": [edge["row"] for *_, edge in edges]}
    columns |= {"sender": [sender for sender, *_ in edges], "recipient": [recipient for _, recipient, _ in edges]}
    for name in "height position time tx_hash amount fee kind".split():
        columns[name] = [edge[name] for *_, edge in edges]
    columns |= memo_columns([edge["memo"] for *_, edge in edges])
    for name in "basis verified provisional theft cut".split():
        columns[name] = [edge[name] for *_, edge in edges]
    columns["tags"] = [" ".join(edge["tags"]) for *_, edge in edges]
    columns |= {rule: [edge[rule] for *_, edge in edges] for rule in rules}
    parties(columns, {address: [node[name] for name in OF_A_PARTY] for address, node in flow.nodes(data=True)})
    return columns
