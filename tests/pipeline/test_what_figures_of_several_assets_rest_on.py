"""What a case of several assets rests on: each conversion taken the other way is the case traced again by another case file."""

from __future__ import annotations

import shutil
from fractions import Fraction

import pytest
from conftest import EVM_SWAPS
from support.evm_recording import address_of, truth

from tracer.casefile import CaseFile
from tracer.casefile.schema import ConversionOptions
from tracer.casefolder import CaseFolder
from tracer.errors import StoreError
from tracer.evidence.what_figures_rest_on import moved, ranked, resting_on, rests_sentences, worth_moved
from tracer.model import Asset, Assumption, Place, Rests, Without, quiet
from tracer.pipeline.trace import trace
from tracer.pipeline.what_figures_rest_on import rests_of
from tracer.store.record.what_figures_rest_on import load_rests, save_rests

RULES = ("fifo", "lifo", "haircut", "clean_first", "dirty_first")
OWN_POOL = address_of("thief_pool", EVM_SWAPS)
THE_SWAP = next(row for row in truth("conversions", EVM_SWAPS) if row["pools"] == OWN_POOL and row["form"] == "swap")
DECLARED = '\n[conversions]\nsubstitute = ["wrap", "unwrap", "swap"]\nreason = "the thief kept no ether"\n'


def traced(place, declared=DECLARED, without_label=""):
    shutil.copytree(EVM_SWAPS, place, ignore=shutil.ignore_patterns("truth"))
    with (place / "case.toml").open("a") as file:
        file.write(declared)
    labels = (place / "labels.yaml").read_text().split("\n  - ")
    kept = [each for each in labels if not (without_label and f"label: {without_label}\n" in f"{each}\n")]
    assert len(labels) - len(kept) == bool(without_label)
    (place / "labels.yaml").write_text("\n  - ".join(kept))
    return trace(CaseFile.load(place / "case.toml"), place / "out")


@pytest.fixture(scope="module")
def found(swaps):
    """What the case rests on as it is: no answer is declared."""
    return rests_of(swaps, 0, 0, quiet)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The case that goes on through the thief's own pool."""
    return traced(tmp_path_factory.mktemp("own") / "case", f'{DECLARED}through = ["{OWN_POOL}"]\n')


@pytest.fixture(scope="module")
def found_of_own(own):
    return rests_of(own, 0, 0, quiet)


def line_of(found, *words):
    (line,) = (line for line in found.lines if all(word in line.assumption.what for word in words))
    return line


def as_said(found, line):
    places = {place.key: place for place in (*found.places, *line.places)}.values()
    return {(p.name, p.reason, p.asset): dict(p.amounts) for p in places if p.reason != "fees" and any(p.amounts.values())}


def of_case(case):
    return places_of(case.answers.endpoints["substituted"])


def places_of(endpoints):
    places = {}
    for end in endpoints:
        at = places.setdefault((end.service or end.address, end.reason, end.asset), dict.fromkeys(RULES, 0))
        for rule, amount in end.amounts.items():
            at[rule] += amount
    return {at: amounts for at, amounts in places.items() if any(amounts.values())}


def test_a_conversion_that_is_only_named_is_taken_as_if_the_case_went_on_through_its_pool(found, own):
    assert as_said(found, line_of(found, "the end of the trail where", THE_SWAP["hash"])) == of_case(own)


def test_a_conversion_that_is_substituted_is_taken_as_if_it_were_only_named(swaps, found_of_own):
    assert as_said(found_of_own, line_of(found_of_own, "the substitution of", THE_SWAP["hash"])) == of_case(swaps)


def test_without_a_label_exchanges_are_decided_anew_as_another_case_file_does_it(found, tmp_path):
    line = line_of(found, 'the label "exchange2" of')
    assert as_said(found, line) == of_case(traced(tmp_path / "case", without_label="exchange2"))


def test_the_thiefs_own_pool_is_ranked_first_for_the_finding_that_depends_on_it(swaps, found_of_own):
    before = of_case(swaps)
    new = [place for place in found_of_own.places if place.reason != "fees" and (place.name, place.reason, place.asset) not in before]
    assert [(place.reason, place.asset) for place in new] == [("unspent", 2)]
    for rule in RULES:
        first = resting_on(found_of_own, new[0], rule)[0].assumption
        assert first.kind == "conversion"
        assert THE_SWAP["hash"] in first.what
        assert set(first.doubts) == {"off_market", "young_pool", "own_pool"}


def test_services_have_floors_through_what_is_substituted(found):
    floors = {(place.name, place.asset): place for place in found.places if place.reason == "service"}
    assert {asset for _, asset in floors} == {0, 1, 2}
    assert all(place.bound.least <= place.amounts[rule] <= place.bound.most for place in floors.values() for rule in RULES)
    after = {place.key: place for place in line_of(found, 'of the kind "swap"').places}
    assert after[floors["exchange1", 2].key].bound.most == 0


def test_what_something_speaks_against_is_said_with_both_amounts_rates_and_what_falls(own, found_of_own):
    (said,) = (each for each in rests_sentences(found_of_own, own.asset, "fifo") if each.startswith("Something speaks against"))
    for words in (
        "the substitution of 69,608.194324 dollar for 70 wrapped ether",
        f"through {OWN_POOL}",
        "994.402776 dollar for 1 wrapped ether, 2,085.022997 at the market rate just before (-52.3 %)",
        "an owner of stolen value gave the pool liquidity",
        "unspent: 0 instead of 69,359.598838 dollar.",
    ):
        assert words in said


def test_a_finding_that_is_followed_keeps_its_floors_and_says_what_would_be_substituted(swaps):
    case = CaseFolder.open(swaps.folder)
    case.question = case.question._replace(conversions=ConversionOptions((), "nobody can say what it became"))
    rests = rests_of(case, 0, 0, quiet)
    assert rests.answer == "followed"
    assert all(place.bound for place in rests.places if place.reason == "service")
    assert as_said(rests, line_of(rests, "that the substituted answer goes through")) == of_case(swaps)
    without = case.outcome_without([case.labels.labels[0].source])[0]
    assert as_said(rests, line_of(rests, "the labels of")) == places_of(without.endpoints)
    assert not any(line.assumption.doubts for line in rests.lines)


def test_without_its_recording_nothing_is_said(swaps, tmp_path):
    case = CaseFolder.open(swaps.folder)
    case.question = case.question._replace(path=tmp_path / "case.toml")
    with pytest.raises(StoreError, match=r"recording.jsonl.gz: is not there, and what a case of several assets rests on is read from it"):
        rests_of(case, 0, 0, quiet)


def test_no_exchange_is_left_out_unsaid(swaps, found):
    ones = [line for line in found.lines if line.assumption.kind == "conversion"]
    assert sorted(number for line in ones for number in line.assumption.conversions) == list(
        range(len(swaps.answers.exchanges.conversions))
    )
    (said,) = (each for each in found.left_out if "no case file can substitute" in each)
    assert f"at {len(swaps.answers.exchanges.recognised)} conversions" in said


def test_it_is_kept_as_it_was_found(swaps, found, tmp_path):
    shutil.copytree(swaps.folder, tmp_path / "copy")
    with CaseFolder.open(tmp_path / "copy").db as db:
        save_rests(db, found)
        assert load_rests(db) == found


EUROS, GRAINS = Asset("town", "euro", 0), Asset("town", "grain", 0)


def place(name, amount, asset):
    return Place(name, "unspent", {"fifo": amount}, asset=asset)


def ranking(prices):
    """Anna has 100 euros, Bob 1,000 grains: without the first assumption 90 euros are elsewhere, without the second all grains."""
    lines = (
        Without(Assumption("label", "euros"), "changes", (place("anna", 10, 0),)),
        Without(Assumption("label", "grains"), "changes", (place("bob", 0, 1),)),
    )
    rests = Rests((place("anna", 100, 0), place("bob", 1_000, 1)), lines, assets=(EUROS, GRAINS), prices=prices, currency="EUR")
    return rests, [line.assumption.what for line in ranked(rests, "fifo")]


def test_what_was_worth_most_stands_first_where_there_are_prices():
    rests, order = ranking(("1", "0.05"))
    assert order == ["euros", "grains"]
    assert [worth_moved(rests, line)["fifo"] for line in rests.lines] == [90, 50]


def test_without_prices_the_largest_part_of_any_one_asset_stands_first():
    assert ranking((None, None))[1] == ["grains", "euros"]


def test_amounts_of_two_assets_are_nowhere_added():
    rests, _ = ranking(("1", None))
    both = Without(Assumption("label", "x"), "changes", (place("anna", 10, 0), place("bob", 0, 1)))
    assert [moved(rests, both, number) for number in (0, 1)] == [{"fifo": 90}, {"fifo": 1_000}]
    assert worth_moved(rests, both) == {"fifo": Fraction(90)}
