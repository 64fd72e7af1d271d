"""The rehearsal with a market: what became what on a chain whose every movement is known, to the unit."""

from __future__ import annotations

from collections import Counter

import pytest
from conftest import EVM_SWAPS
from support.evm_recording import ETHER, EVM, FORMS, address_of, dollar, read, recorded, truth

from tracer.chains.evm.answers import EvmAnswers
from tracer.chains.evm.conversions import recognised_in
from tracer.model import RECOGNISED, Leg, Recognition
from tracer.tracing.conversion_doubts import with_doubts

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
    assert verdict.reconciled == verdict.full == verdict.served == 237
    assert reading.rejections == []
    found = Counter((t.tx_hash, t.sender or "", t.recipient or "", t.amount) for t in reading.transfers if t.amount and t.kind != "tip")
    told = Counter(
        (row["hash"], row["sender"], row["recipient"], int(row["amount"]))
        for row in truth("movements", EVM_SWAPS)
        if row["asset"] == name and row["hash"] and not row["kind"].startswith("fee_") and int(row["amount"])
    )
    assert found == told


@pytest.fixture(scope="module")
def recognition():
    answers = EvmAnswers(recorded(EVM_SWAPS), "recording")
    return recognised_in((answers.whole(height) for height in sorted(answers.blocks)), [asset_of(name) for name in ASSETS])


def told():
    """The conversions of the book: by transaction, owner and form what was given and received, and the traps."""
    found = {}
    for row in truth("conversions", EVM_SWAPS):
        key = row["hash"], row["owner"], FORMS.get(row["form"], row["form"])
        sides = found.setdefault(key, ({"given": set(), "received": set()}, row["traps"], row["recipient"]))[0]
        if row["asset"] in ASSETS:
            sides[row["side"]].add((row["asset"], int(row["amount"])))
    return found


def sides_of(each):
    legs = [leg if isinstance(leg, tuple) and not isinstance(leg, Leg) else (leg,) for leg in (each.given, each.received)]
    return [{(ASSETS[leg.asset], leg.amount) for leg in side} for side in legs]


def test_every_wrap_and_swap_of_the_book_is_found_to_the_unit_and_no_other_is(recognition):
    book = {key: list(sides.values()) for key, (sides, _, _) in told().items() if key[2] in ("wrap", "unwrap", "swap")}
    found = {(each.tx_hash, each.owner, each.kind): sides_of(each) for each in recognition.conversions}
    assert found == book
    assert len(book) > 100


def test_every_trap_that_is_no_swap_is_named_for_what_it_is_and_no_other_is(recognition):
    book = {key: list(sides.values()) for key, (sides, _, _) in told().items() if key[2] in RECOGNISED and sides["given"]}
    found = {(each.tx_hash, each.owner, each.kind): sides_of(each) for each in recognition.recognised if each.kind != "bridge"}
    assert found == book
    assert {key[2] for key in book} == {"loan", "pool_share", "nft", "solver_fill", "unmatched"}


def test_a_swap_is_off_the_market_where_the_book_says_so_and_nowhere_else(recognition):
    book = {key[0] for key, (_, traps, _) in told().items() if "off_market" in traps}
    assert {each.tx_hash for each in recognition.conversions if each.doubts} == book
    assert {doubt for each in recognition.conversions for doubt in each.doubts} == {"off_market"}


def test_pools_are_known_with_their_age_and_with_whoever_gave_them_liquidity(recognition):
    names = {row["address"]: row["name"] for row in truth("accounts", EVM_SWAPS)}
    providers = {names[pool.address]: {names[each] for each in pool.providers} for pool in recognition.pools}
    theft = min(int(row["height"]) for row in truth("movements", EVM_SWAPS) if row["pattern"] == "theft")
    assert providers == {
        "main": {"provider0"}, "side": {"provider0", "thief12_joiner"}, "thief_pool": {"thief07_maker"}, "young_pool": {"provider1"}
    }  # fmt: skip
    assert {names[pool.address] for pool in recognition.pools if pool.made[0] > theft} == {"thief_pool", "young_pool"}


def test_what_a_bridge_was_asked_for_is_a_fact(recognition):
    book = {
        (row["hash"], row["sender"], row["bridge"], f"chain {row['far_chain']}", row["far_address"], row["request"], int(row["amount"]))
        for row in truth("bridges", EVM_SWAPS)
    }
    found = [each for each in recognition.recognised if each.kind == "bridge"]
    assert {
        (e.tx_hash, e.owner, e.counterparty, e.far_chain, e.far_address, e.far_id, sum(leg.amount for leg in e.given)) for e in found
    } == book
    assert len(found) == len(book)


def test_the_first_rehearsal_has_no_exchange_at_all():
    answers = EvmAnswers(recorded(), "recording")
    found = recognised_in((answers.whole(height) for height in sorted(answers.blocks)), [ETHER, dollar()])
    assert found._replace(unlisted=()) == Recognition()


def test_every_trap_of_a_pool_is_named_and_every_genuine_swap_is_free_of_doubt(recognition):
    thief = {row["address"] for row in truth("accounts", EVM_SWAPS) if row["owner"] == "thief"}
    thefts = {row["hash"] for row in truth("thefts", EVM_SWAPS)}
    rows = read(recorded(EVM_SWAPS), ETHER)[0].transfers
    when = min(t.time for t in rows if t.tx_hash in thefts)
    heights = {key: key >> 30 for each in recognition.conversions for key in each.given.rows}
    found = {each.tx_hash: set(each.doubts) for each in with_doubts(recognition, when, thief, heights)}
    book = {key[0]: set(traps.split("+")) - {""} for key, (_, traps, _) in told().items() if key[2] in ("wrap", "unwrap", "swap")}
    assert found == book
    assert sum(map(bool, found.values())) >= 5
