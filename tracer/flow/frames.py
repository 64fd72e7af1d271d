"""The transfers of a flow graph as columns of a frame."""

from __future__ import annotations

from typing import Any

from tracer.flow.flow_columns import FlowAddresses, FlowTransfers
from tracer.ledger.frames import OF_A_PARTY, memo_columns, parties


def edge_columns(transfers: FlowTransfers, addresses: FlowAddresses) -> dict[str, list[Any]]:
    """The transfers, with what is said of both their ends."""
    names = "row sender recipient height position time tx_hash amount fee kind".split()
    columns: dict[str, list[Any]] = {name: list(getattr(transfers, name)) for name in names}
    columns |= memo_columns(transfers.memo)
    columns |= {name: list(getattr(transfers, name)) for name in "basis verified provisional theft cut".split()}
    columns["tags"] = list(map(" ".join, transfers.tags))
    columns |= {rule: list(stolen) for rule, stolen in transfers.stolen.items()}
    said = zip(*(getattr(addresses, name) for name in OF_A_PARTY), strict=True)
    parties(columns, dict(zip(addresses.address, said, strict=True)))
    return columns
