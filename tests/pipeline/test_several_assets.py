"""A case of several assets, whole: the rehearsal with a market, where stolen ether becomes other assets."""

from __future__ import annotations

import json

import pytest
from conftest import EVM_SWAPS
from support.evm_recording import FORMS, address_of, truth

from tracer.casefile import CaseFile
from tracer.casefolder.valuation import head_tables
from tracer.cli.trace import as_result
from tracer.errors import CaseError
from tracer.pipeline.cross_chain import continued_from, on_one_chain, stated_here, thefts_beyond
from tracer.pipeline.stoppable.listing import ADDRESSEE, facts_of, listing_of, why_withdrawn
from tracer.pipeline.stoppable.numbering import read_sent
from tracer.pipeline.watch.stoppable_list import list_as_csv
from tracer.plan.evidence_claims_prices import prices_of
from tracer.report.messages_to_addressees import by_addressee, message
from tracer.store.record.database import SEVERAL
from tracer.tracing import follow
from tracer.tracing.reconciliation import certify


@pytest.fixture(scope="module")
def traced(swaps, swaps_run):
    """The case, and what the command said."""
    return swaps, swaps_run[1]


@pytest.fixture(scope="module")
def told():
    """What the book says of each exchange: traps by transaction and form."""
    return {(row["hash"], FORMS.get(row["form"], row["form"])): row["traps"] for row in truth("conversions", EVM_SWAPS)}


def test_every_genuine_exchange_is_substituted_and_every_trap_is_not(traced, told):
    exchanges = traced[0].answers.exchanges
    through = {*exchanges.substituted}
    assert len(exchanges.conversions) > 20
    wrong = [
        each.tx_hash for number, each in enumerate(exchanges.conversions) if (number in through) == bool(told[each.tx_hash, each.kind])
    ]
    assert not wrong
    assert {"loan", "pool_share", "nft", "solver_fill", "bridge", "unmatched"} == {each.kind for each in exchanges.recognised}


def test_what_the_issuer_of_another_asset_froze_and_destroyed_ends_there(traced):
    dollars = [(row["sender"], row["pattern"]) for row in truth("movements", EVM_SWAPS) if row["asset"] == "RUSD"]
    ends = {end.reason: end.address for end in traced[0].answers.endpoints["substituted"] if end.reason in ("frozen", "destroyed")}
    assert ends == {"frozen": address_of("thief17_taker", EVM_SWAPS), "destroyed": dict(map(reversed, dollars))["destruction"]}


@pytest.mark.parametrize("answer", ["followed", "substituted"])
def test_every_asset_closes_to_the_unit(traced, answer):
    answers = traced[0].answers
    assert len(answers.reconciliation[answer]) == 4
    for each in answers.reconciliation[answer]:
        ends = [end for end in answers.endpoints[answer] if end.asset == each.asset]
        for rule, ended in each.ended.items():
            assert tuple(map(sum, zip(*(end.by_theft[rule] for end in ends), strict=True))) == (ended if ends else ())
            assert not any(each.missing(rule, theft) for theft in range(2))


def test_substituted_value_comes_to_places_that_following_never_names(traced):
    answers = traced[0].answers
    named = {answer: {end.service for end in ends} for answer, ends in answers.endpoints.items()}
    assert named["substituted"] - named["followed"] == {"exchange1", "bridge"}


def test_the_record_is_of_the_first_asset_and_ends_where_it_is_given_away(traced):
    case = traced[0]
    certify(case.outcome)
    assert {t.asset for t in case.ledger} == {0}
    assert case.outcome.endpoints == case.answers.endpoints["followed"]
    assert "converted" in {end.reason for end in case.outcome.endpoints}


@pytest.mark.parametrize("answer", ["followed", "substituted"])
def test_the_record_holds_rows_and_hops_of_every_asset_in_both_answers(traced, answer):
    case = traced[0]
    kept = case.traces[answer]
    assert kept == follow(case.whole, kept.thefts, kept.stops, kept.rules)
    assert {t.asset for t in case.whole} == {0, 1, 2, 3}


def test_a_case_of_one_asset_has_no_tables_of_several(rehearsal):
    assert not {row["name"] for row in rehearsal.db.query("SELECT name FROM sqlite_master")} & {*SEVERAL}
    assert (rehearsal.whole, rehearsal.traces) == (rehearsal.ledger, {"followed": rehearsal.trace})


def test_what_an_asset_carried_is_of_its_own_rows(traced):
    dollar = traced[0].of_asset(2)
    rows = {t.row: t for t in dollar.rows}
    hops = dollar.hops("substituted", "fifo")
    assert hops
    assert all(0 < hop.amount <= rows[hop.row].amount for hop in hops)
    assert {end.service for end in dollar.endpoints("substituted")} > {"exchange1", "bridge"}
    assert not dollar.hops("followed", "fifo")


def test_both_answers_are_printed_the_substituted_first_where_none_is_declared(traced):
    said = traced[1]
    assert said.index("Substituted: ") < said.index("Followed: ")
    assert said.count("(no answer is declared)") == 2
    assert "amounts of different assets are nowhere added" in said


def test_what_is_printed_is_there_as_data_too(traced):
    answers = as_result(traced[0])["answers"]
    ether, wrapped, *_ = answers["reconciliation"]["substituted"]
    assert (answers["declared"], ether["asset"], wrapped["asset"]) == (None, "eth", "wrapped ether")
    came, went = ("stolen", "converted_in"), ("ended", "fees", "converted_out")
    for asset in answers["reconciliation"]["substituted"]:
        assert sum(int(asset[name]["lifo"]) for name in came) == sum(int(asset[name]["lifo"]) for name in went)
    assert sum(each["substituted"] for each in answers["conversions"]) == 19


def test_the_summary_begins_with_the_worth_of_all_assets_that_have_a_price(traced):
    case, said = traced
    table = head_tables(case)["substituted"]
    assert [(each.asset, each.prices[0].price) for each in table.summed] == [(0, "2401.58793497"), (1, "2401.58793497"), (2, "1")]
    assert [each.asset for each in table.left_out] == [3]
    assert {line.what: line.worth["lifo"] for line in table.lines}["stolen"] == case.flow.about.valuation.total == "1873238.5892766"
    assert "grain: no price, so it is not in the sum" in said
    assert as_result(case)["answers"]["worth"]["substituted"]["currency"] == "USD"


def test_the_prices_of_a_case_of_several_assets_say_that_they_are_of_the_first_one(traced, tracer_cli):
    assert tracer_cli("prices", traced[0].folder)[1].startswith("Of eth alone, the first asset, followed;")
    told = json.loads(tracer_cli("prices", traced[0].folder, "--json")[1])
    assert (told["asset"], told["answer"]) == ("eth", "followed")


def test_tokens_that_the_case_does_not_list_are_counted_where_the_thief_has_them(traced):
    thief = {row["address"]: row["name"] for row in truth("accounts", EVM_SWAPS) if row["owner"] == "thief"}
    found = {each.token: {thief[holder] for holder in each.held_by} for each in traced[0].answers.unlisted}
    assert found == {
        address_of("side", EVM_SWAPS): {"thief12_joiner"},
        address_of("thief_pool", EVM_SWAPS): {"thief07_maker"},
        address_of("gallery", EVM_SWAPS): {"thief15_collector"},
    }


def test_prices_in_two_currencies_are_refused():
    case = asked(('file = "dollar.csv", currency = "USD"', 'file = "dollar.csv", currency = "EUR"'))
    with pytest.raises(CaseError, match=r"case.toml:17: these prices are in EUR, those before in USD"):
        prices_of(case)


def asked(*changes):
    text = (EVM_SWAPS / "case.toml").read_text()
    for was, now in changes:
        text = text.replace(was, now)
    return CaseFile.parse(text, EVM_SWAPS / "case.toml")


def test_a_declared_answer_needs_a_reason():
    with pytest.raises(CaseError, match="to substitute or not needs reason = "):
        asked(("[labels]", '[conversions]\nsubstitute = ["wrap"]\n[labels]'))


def test_one_asset_becomes_no_other():
    text = 'name = "a"\nchain = "table"\nasset = "usd"\ndecimals = 2\n[[thefts]]\ntransfer = "0x1"\n'
    text += '[[sources]]\nkind = "table"\npath = "a.csv"\n'
    with pytest.raises(CaseError, match=r"add \[\[assets\]\]"):
        CaseFile.parse(text + '[conversions]\nthrough = ["x"]\n', EVM_SWAPS / "case.toml")


@pytest.fixture(scope="module")
def listing(traced):
    """What can still be stopped of the case."""
    return listing_of(facts_of(traced[0]))


def test_issuer_exchange_and_bridge_are_named_for_what_stolen_value_became_each_line_with_a_floor(listing):
    lines = [line for line in listing.lines if line.holding.addressee]
    assert {(line.holding.kind, line.holding.addressee, line.holding.asset) for line in lines} == {
        ("deposit", "exchange1", 2), ("deposit", "exchange2", 0), ("bridge", "bridge", 1), ("bridge", "bridge", 2),
        ("issuer", "issuer of dollar", 2),
    }  # fmt: skip
    for line in listing.lines:
        assert line.bound is not None, line.unbounded
        assert all(line.bound.least <= amount <= line.bound.most for amount in line.holding.traced.values())
        assert line.bound.least > 0


def test_the_far_side_of_a_bridge_request_stands_on_its_line(listing):
    far = {row["hash"]: (row["far_address"], row["request"]) for row in truth("bridges", EVM_SWAPS)}
    asked = [line.holding for line in listing.lines if line.holding.kind == "bridge"]
    assert all((each.request.address, each.request.number) == far[each.arrivals[-1].tx_hash] for each in asked)
    assert len(asked) == 2


def test_what_became_another_asset_and_left_by_a_bridge_is_continued_on_the_other_chain(traced):
    far = {row["hash"]: (row["far_address"], row["request"], int(row["amount"])) for row in truth("bridges", EVM_SWAPS)}
    found = on_one_chain(continued_from(traced[0]), str, None)
    assert [each.request.transfer.asset for each in found] == [1, 2]
    for each in found:
        request = each.request
        assert (request.address, request.number, request.transfer.amount) == far[request.transfer.tx_hash]
        assert traced[0].assets[request.transfer.asset].stated(request.transfer.amount) in stated_here(traced[0], each)["says"]
    assert {wallet for _, wallet, _ in thefts_beyond(found)} == {each.request.address for each in found}


@pytest.mark.parametrize("asset", range(4))
def test_what_is_on_the_list_of_an_asset_and_what_is_not_is_all_that_ended(traced, listing, asset):
    trace = traced[0].traces["substituted"]
    named = {line.holding.address for line in listing.lines if line.holding.asset == asset}
    beyond = ("frozen", "destroyed", "returned", "converted")
    off = [end for end in trace.endpoints if end.asset == asset and end.reason in beyond and end.address not in named]
    for rule in trace.rules:
        listed = sum(line.holding.traced[rule] for line in listing.lines if line.holding.asset == asset)
        assert listed + sum(end.amounts[rule] for end in off) == sum(end.amounts[rule] for end in trace.endpoints if end.asset == asset)


def test_what_is_frozen_already_is_on_no_list(listing):
    assert address_of("thief17_taker", EVM_SWAPS) not in {line.holding.address for line in listing.lines if line.holding.asset == 2}


def test_a_line_of_another_asset_keeps_its_number_and_its_units(traced, listing, tmp_path):
    (tmp_path / "list.csv").write_text(list_as_csv(listing))
    again = listing_of(listing.facts, read_sent([tmp_path / "list.csv"], ADDRESSEE))
    assert [(each.number, each.line_id, each.since) for each in again.numbers] == [
        (each.number, each.line_id, "same") for each in listing.numbers
    ]
    _, lines = next((whose, lines) for whose, lines in by_addressee(again).items() if whose == "issuer of dollar")
    said, contract = message(traced[0], again, "issuer of dollar", lines), traced[0].assets[2].symbol
    for _, line in lines:
        assert f"at least {traced[0].assets[2].format(line.bound.least)} {contract}" in said
        assert f"the address holds {traced[0].assets[2].stated(line.balance.amount)}" in said


def test_a_line_of_another_asset_that_is_gone_says_why(listing, tmp_path):
    was = next(line for line in listing.lines if line.holding.asset == 2 and line.holding.kind == "issuer")
    text = list_as_csv(listing).replace(was.holding.address, "0x" + "9" * 40)
    (tmp_path / "list.csv").write_text(text.replace(list(listing.numbers)[listing.lines.index(was)].line_id, "0" * 12))
    again = listing_of(listing.facts, read_sent([tmp_path / "list.csv"], ADDRESSEE))
    gone = next(each for each in again.numbers if each.since == "withdrawn")
    assert "not in the ledger any more" in why_withdrawn(listing.facts, gone.sent)
