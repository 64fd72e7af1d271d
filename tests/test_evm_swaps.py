"""The rehearsal with a market: what became what on a chain whose every movement is known, to the unit."""

from __future__ import annotations

from collections import Counter

import pytest
from conftest import EVM_SWAPS
from support.evm_recording import ETHER, EVM, address_of, read, recorded, truth

TOKENS = {"RUSD": ("dollar", 6), "WETH": ("weth", 18), "GRAIN": ("grain", 18)}
ASSETS = ("ETH", *TOKENS)


def asset_of(name):
    if name == "ETH":
        return ETHER
    contract, decimals = TOKENS[name]
    return EVM.asset(address_of(contract, EVM_SWAPS), decimals)


@pytest.mark.parametrize("name", ASSETS)
def test_every_balance_of_every_asset_closes_against_a_proof_and_every_movement_is_that_of_the_book(name):
    reading, verdict = read(recorded(EVM_SWAPS), asset_of(name))
    assert verdict.adds_up
    assert verdict.reconciled == verdict.full == verdict.served == 227
    assert reading.rejections == []
    found = Counter((t.tx_hash, t.sender or "", t.recipient or "", t.amount) for t in reading.transfers if t.amount and t.kind != "tip")
    told = Counter(
        (row["hash"], row["sender"], row["recipient"], int(row["amount"]))
        for row in truth("movements", EVM_SWAPS)
        if row["asset"] == name and row["hash"] and not row["kind"].startswith("fee_") and int(row["amount"])
    )
    assert found == told
