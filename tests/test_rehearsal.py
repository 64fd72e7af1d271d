"""The rehearsal: a theft on a real node whose every balance and payment is known."""

from __future__ import annotations

import csv

import pytest
from conftest import REHEARSAL

from tracer.tracing import RULES

STOLEN = 526_300_010_000_000


def truth(name):
    with (REHEARSAL / "truth" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def names():
    return {row["address"]: row["name"] for row in truth("accounts")}


def test_the_ledger_adds_up(rehearsal):
    verdict = rehearsal.audit
    assert verdict.adds_up
    assert (verdict.accounts, verdict.full, verdict.boundary, verdict.rows, verdict.served) == (192, 192, 0, 1289, 192)
    assert verdict.verified == 1289
    assert rehearsal.ledger.rejections == ()


def test_every_balance_is_the_true_one_to_the_unit(rehearsal):
    ledger = rehearsal.ledger
    found = {account.address: balance for account, balance in zip(ledger.accounts, ledger.balances, strict=True)}
    assert found == {row["address"]: int(row["balance_micro"]) for row in truth("balances")}


def test_every_transaction_pays_whom_what_and_which_fee_in_its_true_place(rehearsal):
    found = {
        (t.height, t.position // 64): (t.tx_hash, t.sender, t.amount, t.fee)
        for t in rehearsal.ledger
        if t.tx_hash and t.position % 64 == 0 and t.kind == "transfer"
    }
    told = {
        (int(row["height"]), int(row["block_index"])): (
            row["hash"],
            row["from_address"],
            int(row["xem_micro"]),
            int(row["fee_total_micro"]),
        )
        for row in truth("transactions")
    }
    assert len(found) > 1000
    assert found == {place: told[place] for place in found}


def test_the_eleven_payments_are_the_thefts_in_the_order_of_the_chain(rehearsal):
    thefts = rehearsal.trace.thefts
    assert [t.tx_hash for t in thefts] == [row["hash"] for row in truth("transactions") if row["pattern"] == "theft"]
    assert sum(t.amount for t in thefts) == STOLEN
    assert [t.row for t in thefts] == sorted(t.row for t in thefts)


@pytest.mark.parametrize("rule", RULES)
def test_the_certificate_closes_for_every_theft(rehearsal, rule):
    trace = rehearsal.trace
    stolen = trace.rules[rule]
    assert stolen.total == STOLEN
    for number, taken in enumerate(stolen.taken):
        at_endpoints = sum(endpoint.by_theft[rule][number] for endpoint in trace.endpoints)
        assert taken == at_endpoints + sum(hop.amount for hop in stolen.fees if hop.theft == number)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("exchange", ["exchange1", "exchange2"])
def test_stolen_value_at_an_exchange_arrives_in_deposits_that_the_truth_names(rehearsal, names, rule, exchange):
    trace, ledger = rehearsal.trace, rehearsal.ledger
    account = {"exchange1": "X1", "exchange2": "X2"}[exchange]
    deposits = {row["hash"] for row in truth("transactions") if names.get(row["to_address"]) == account}
    arriving = {ledger.columns.tx_hash[hop.row] for hop in trace.rules[rule].hops if names[ledger.transfer(hop.row).recipient] == account}
    assert arriving <= deposits
    received = sum(e.amounts[rule] for e in trace.endpoints if e.service == exchange)
    assert received == sum(hop.amount for hop in trace.rules[rule].hops if trace.cuts.get(hop.row) == "service"
                           and names[ledger.transfer(hop.row).recipient] == account)  # fmt: skip
    assert received > 4_900_000_000_000


def test_the_thiefs_direct_deposits_arrive_in_full_under_every_rule(rehearsal, names):
    direct = [row for row in truth("transactions") if row["pattern"] in ("structuring", "fan_deposit", "collector.deposit")]
    row_of = {t.tx_hash: t.row for t in rehearsal.ledger if t.tx_hash and t.position % 64 == 0}
    for stolen in rehearsal.trace.rules.values():
        assert all(stolen.by_row[row_of[row["hash"]]] == int(row["xem_micro"]) for row in direct)


def test_innocent_deposits_before_the_theft_carry_nothing(rehearsal):
    first = min(t.row for t in rehearsal.trace.thefts)
    assert all(hop.row >= first for stolen in rehearsal.trace.rules.values() for hop in stolen.hops)


def test_markers_levies_and_multisig_changes_are_events(rehearsal):
    kinds = {event.kind for event in rehearsal.ledger.events}
    assert kinds == {
        "delegation_ended", "delegation_started", "mosaic_defined", "mosaic_moved", "mosaic_redefined",
        "mosaic_supply_changed", "multisig_changed", "namespace_rented",
    }  # fmt: skip


def test_memos_of_deposits_are_the_customers_account_numbers(rehearsal, names):
    told = {row["memo"] for row in truth("memos") if row["exchange"] == "X1"}
    deposits = [t for t in rehearsal.ledger if t.recipient and names[t.recipient] == "X1" and t.memo and t.memo.text]
    assert len([t for t in deposits if t.memo.text in told]) > 30
