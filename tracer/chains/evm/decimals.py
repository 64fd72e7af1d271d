"""How many digits a token has after its point, as its contract says: it changes what is printed, and no amount."""

from __future__ import annotations

import json

from tracer.chains import Nodes
from tracer.chains.evm.batches import body_of
from tracer.chains.evm.rlp_and_keccak import keccak, number
from tracer.chains.node.client import NodeClient
from tracer.errors import NodeError

CALL = "0x" + keccak(b"decimals()")[:4].hex()
MOST = 77
"""Digits that a number of 256 bits can have after its point (ERC-20 says 0 to 255, of which no token uses more)."""


def decimals_said(nodes: Nodes, contract: str) -> int:
    """What the first node says that answers. Raises NodeError where none says a number that can be."""
    client = NodeClient(nodes)
    for node in client.urls:
        exchange, _ = client.put(node, "POST", "", body_of("eth_call", ({"to": contract, "data": CALL}, "latest")))
        try:
            said = number(json.loads(exchange.answer)["result"]) if exchange is not None else MOST + 1
        except (ValueError, KeyError, TypeError):
            continue
        if said <= MOST:
            return said
    raise NodeError(
        f"no node says how many digits token {contract} has after its point: is it a token of that chain? Say it with --decimals"
    )
