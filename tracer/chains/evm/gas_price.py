"""The price of gas: what a transaction pays for a unit of it in its block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.chains.evm.rlp_and_keccak import number

Json = Mapping[str, Any]


def gas_price(block: Json, transaction: Json) -> int:
    """What a unit of gas costs a transaction in its block, in wei (EIP-1559)."""
    if number(transaction["type"]) < 2:
        return number(transaction["gasPrice"])
    base, most = number(block["baseFeePerGas"]), number(transaction["maxFeePerGas"])
    return min(most, base + number(transaction["maxPriorityFeePerGas"]))
