"""What a trace needs of an EVM node."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tracer.chains.evm.questions import CALL_TRACER, NO_TRACES
from tracer.chains.node_requirements import Ability, Probe


def _rpc(method: str, *params: Any, holds: Callable[[Any], Any] = lambda result: result) -> Probe:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, separators=(",", ":"))
    return Probe("POST", "", body, lambda said: holds(said["result"]) is not None)


ZERO = "0x" + "0" * 40

ABILITIES = (
    Ability(
        "answers JSON-RPC, and states its chain id",
        (_rpc("eth_chainId"),),
        "check the address, the key in it (${RPC_KEY}), and that JSON-RPC is served over HTTP",
    ),
    Ability(
        "gives blocks with their transactions", (_rpc("eth_getBlockByNumber", "0x1", True),), "let it synchronise, or add another node"
    ),
    Ability("gives the receipts of a block", (_rpc("eth_getBlockReceipts", "0x1"),), "a newer version of the node serves them"),
    Ability(
        "tells what is paid within a transaction",
        (_rpc("trace_block", "0x1"), _rpc("debug_traceBlockByNumber", "0x1", CALL_TRACER)),
        NO_TRACES,
    ),
    Ability(
        "lists what an account sent and received",
        (_rpc("trace_filter", {"fromBlock": "0x1", "toBlock": "0x1"}), _rpc("ots_getApiLevel")),
        "without trace_filter or ots_* blocks are read one by one, at most five thousand: add an Erigon or Reth node with --node",
    ),
    Ability(
        "proves a balance to the hash of a block",
        (_rpc("eth_getProof", ZERO, [], "latest"),),
        "without proofs a node is given up: one of one's own serves them",
    ),
    Ability(
        "shows what waits, for tracer watch",
        (_rpc("txpool_status"), _rpc("eth_getBlockByNumber", "pending", False)),
        "without it a watch tells payments once they are mined: --http.api=eth,debug,txpool with geth",
    ),
)
