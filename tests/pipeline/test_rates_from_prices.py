"""The rehearsal with a market, where grain has a price too: what was exchanged at the desk is split by worth, and only at its worth."""

from __future__ import annotations

import shutil

import pytest
from conftest import EVM_SWAPS
from support.evm_recording import truth

from tracer import verify_swaps
from tracer.casefile import CaseFile
from tracer.pipeline.stoppable.listing import facts_of, listing_of
from tracer.pipeline.trace import trace
from tracer.pipeline.what_figures_rest_on import several_of
from tracer.plan.without_conversions import without_conversions
from tracer.report.export import export

GRAIN = "time,price,source\n2025-08-12T22:00:00Z,1.56,what the mill paid\n"


@pytest.fixture(scope="module")
def priced(tmp_path_factory):
    """The case traced with a price of grain."""
    place = tmp_path_factory.mktemp("priced")
    for name in ("recording.jsonl.gz", "labels.yaml", "dollar.csv"):
        shutil.copy(EVM_SWAPS / name, place)
    (place / "grain.csv").write_text(GRAIN)
    text = (EVM_SWAPS / "case.toml").read_text()
    text = text.replace('name = "grain"\n', 'name = "grain"\nprices = {file = "grain.csv", currency = "USD"}\n')
    (place / "case.toml").write_text(text)
    return trace(CaseFile.load(place / "case.toml"), place / "case", offline=True)


def at_desk(pattern):
    return {row["hash"] for row in truth("movements", EVM_SWAPS) if row["pattern"] == pattern and row["asset"] in ("GRAIN", "RUSD")}


def test_what_was_exchanged_at_its_worth_is_split_and_at_half_of_it_is_not(priced):
    exchanges = priced.answers.exchanges
    through = {each.tx_hash for each in exchanges.through}
    half = at_desk("thief.off_market") - {each.tx_hash for each in exchanges.conversions if each.pools}
    assert at_desk("thief.basket") <= through
    assert {each.tx_hash for each in exchanges.conversions if each.doubts == ("off_market",) and not each.pools} == half
    assert not half & through
    assert not [each for each in exchanges.recognised if each.kind == "unmatched"]


def test_the_parts_of_what_was_exchanged_come_to_what_the_book_says(priced):
    names = ("ETH", "WETH", "RUSD", "GRAIN")
    book = [(row["hash"], row["side"], row["asset"], int(row["amount"])) for row in truth("conversions", EVM_SWAPS)]
    for tx_hash in at_desk("thief.basket"):
        pairs = [each for each in priced.answers.exchanges.through if each.tx_hash == tx_hash]
        for side, legs in (("given", [each.given for each in pairs]), ("received", [each.received for each in pairs])):
            told = {(asset, amount) for of, where, asset, amount in book if (of, where) == (tx_hash, side)}
            assert {(names[n], sum(leg.amount for leg in legs if leg.asset == n)) for n in {leg.asset for leg in legs}} == told


def test_an_export_of_it_is_recomputed_to_the_unit(priced, tmp_path):
    export(priced, tmp_path / "export")
    assert verify_swaps.check(tmp_path / "export").differences == []


def test_floors_go_through_what_was_split(priced):
    for line in listing_of(facts_of(priced)).lines:
        assert all(line.bound.least <= amount <= line.bound.most for amount in line.holding.traced.values())


def test_what_was_exchanged_at_once_is_taken_the_other_way_together(priced):
    several = several_of(priced)
    ones = [each for each in without_conversions(several) if each.assumption.kind == "conversion"]
    through = {each.tx_hash for each in several.exchanges.through}
    for tx_hash in at_desk("thief.basket") | at_desk("thief.off_market"):
        (removal,) = (each for each in ones if tx_hash in each.assumption.what)
        pairs = [several.exchanges.conversions[number] for number in removal.assumption.conversions]
        assert {each.tx_hash for each in pairs} == {tx_hash}
        assert (tx_hash in {each.tx_hash for each in removal.anew().stops.exchanges.through}) != (tx_hash in through)
