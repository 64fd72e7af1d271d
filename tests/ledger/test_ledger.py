"""Assembly and audit: what adds up, what does not, and what is said of it."""

from __future__ import annotations

import pytest
from support.ledgers import COIN, transfer, written

from tracer.errors import LedgerError
from tracer.ledger import Audit, assemble, audit, balances_of
from tracer.model import NO_TERMS, Account, Reading, Terms

EARNED = Terms(fees="earned", earning="harvest")
BURNT = Terms(fees="burnt", earning="tip")


def reading(*transfers, accounts=(), tip=9, complete=False, terms=NO_TERMS):
    return Reading(list(transfers), [], list(accounts), [], tip, complete, terms=terms)


def account(name, opening=0, served=None, height=9):
    return Account(name, opening, "chain", "full", served, None if served is None else height)


def test_a_row_that_two_sources_hold_is_kept_once():
    row = transfer(0, "alice", "bob", 5)
    assert len(assemble(COIN, [reading(row), reading(row._replace(source="other"))])) == 1


def test_two_sources_with_another_transaction_in_one_place_contradict_each_other():
    with pytest.raises(LedgerError, match="contradict each other at height 1, position 0"):
        assemble(COIN, [reading(transfer(0, "alice", "bob", 5)), reading(transfer(0, "alice", "bob", 6))])


def test_without_heights_a_transaction_that_two_sources_hold_counts_once():
    row = transfer(0, "alice", "bob", 5)._replace(height=None, row_key=-1)
    ledger = assemble(COIN, [reading(row), reading(row._replace(source="other"))])
    assert (ledger.columns.amount, ledger.notes) == ([5], ("1 row that several sources hold: counted once.",))


def test_two_sources_that_disagree_on_an_opening_are_refused():
    with pytest.raises(LedgerError, match="disagree on what alice opens with: 1 or 2"):
        assemble(COIN, [reading(accounts=[account("alice", 1)]), reading(accounts=[account("alice", 2)])])


def test_a_row_that_two_sources_hold_is_kept_once_wherever_it_stands():
    rows = [transfer(n, "alice", "bob", n) for n in range(5)]
    ledger = assemble(COIN, [reading(rows[3], rows[0], rows[4]), reading(rows[4], rows[1], rows[2], rows[3])])
    assert ledger.columns.amount == [0, 1, 2, 3, 4]
    assert list(ledger.columns.row_key) == sorted(set(ledger.columns.row_key))


def test_transfers_may_come_one_by_one_and_in_any_order():
    rows = [transfer(n, f"a{n % 7}", f"a{n % 5}", n) for n in range(2000)]
    straight = assemble(COIN, [reading(*rows)])
    streamed = assemble(COIN, [reading()._replace(transfers=iter(rows[::-1]))])
    assert streamed.columns == straight.columns
    assert streamed.accounts == straight.accounts


def test_accounts_are_numbered_by_address_and_nobody_stays_nobody():
    ledger = assemble(COIN, [reading(transfer(0, "mint", "carol", 2), transfer(1, "carol", "burn", 1), transfer(2, "carol", "alice", 1))])
    assert [a.address for a in ledger.accounts] == ["alice", "carol"]
    assert (ledger.columns.sender, ledger.columns.recipient) == ([-1, 1, 1], [1, -1, 0])


def test_equal_attributes_are_one_text_in_memory():
    rows = [transfer(n, "alice", "bob", 1)._replace(attributes={"inner_hash": "b" * 64}) for n in range(2)]
    first, second = assemble(COIN, [reading(*rows)]).columns.attributes
    assert first is second


def test_one_source_without_heights_orders_all_by_time():
    timed = transfer(0, "alice", "bob", 9)._replace(height=None, row_key=-1, time=1000)
    ledger = assemble(COIN, [reading(transfer(1, "alice", "bob", 5), transfer(0, "alice", "bob", 7)), reading(timed)])
    assert ledger.columns.amount == [7, 9, 5]
    assert ledger.order_basis == "time"


def test_rows_without_height_are_ordered_by_time_then_as_they_came():
    rows = [transfer(n, "alice", "bob", n)._replace(height=None, row_key=-1, time=time) for n, time in enumerate([5, 3, 5, 3])]
    ledger = assemble(COIN, [reading(*rows)])
    assert ledger.columns.amount == [1, 3, 0, 2]
    assert list(ledger.columns.row_key) == [0, 1, 2, 3]
    assert ledger.order_basis == "time"


def test_an_opening_nobody_states_is_the_least_that_keeps_the_balance_above_zero_and_is_marked():
    ledger = assemble(COIN, [reading(transfer(0, "alice", "bob", 5, 1), transfer(1, "bob", "alice", 5), transfer(2, "alice", "bob", 9))])
    assert [(a.address, a.opening, a.opening_basis) for a in ledger.accounts] == [("alice", 10, "modelled"), ("bob", 0, "modelled")]


def test_a_sound_ledger_adds_up():
    ledger = assemble(COIN, [reading(transfer(0, "alice", "bob", 5, 1), accounts=[account("alice", 9, 3), account("bob", 0, 5)])])
    assert audit(ledger) == Audit(True, accounts=2, full=2, partial=0, boundary=0, served=2, rows=1, verified=1, gaps=[], contradicted=0)


def test_an_account_that_pays_what_it_does_not_hold_is_named_with_row_and_amount():
    ledger, _ = written("opens alice 3\n alice -> bob 2\n alice -> bob 4 fee 1")
    (gap,) = audit(ledger).gaps
    assert gap[:3] == ("alice", 4, 1)
    assert "a payment to it before this row" in gap.likely


@pytest.mark.parametrize(("served", "short_by", "likely"), [(7, 2, "income"), (3, -2, "outgoing")])
def test_a_balance_that_differs_from_the_one_served_is_a_gap_with_its_likely_cause(served, short_by, likely):
    ledger = assemble(COIN, [reading(transfer(0, "alice", "bob", 5), accounts=[account("alice", 5), account("bob", 0, served)])])
    (gap,) = audit(ledger).gaps
    assert gap[:3] == ("bob", short_by, None)
    assert likely in gap.likely


def test_a_balance_is_compared_at_the_height_it_was_served_at():
    rows = [transfer(0, "alice", "bob", 5), transfer(1, "bob", "alice", 2)]
    ledger = assemble(COIN, [reading(*rows, accounts=[account("alice", 5), account("bob", 0, 5, height=1)])])
    assert audit(ledger).adds_up


def test_reconciled_not_stated_and_contradicted_are_three_sentences():
    """Alice pays bob and carol 5 each: bob's source states what he holds, carol's nothing, dave's something else."""
    rows = [transfer(0, "alice", "bob", 5), transfer(1, "alice", "carol", 5), transfer(2, "alice", "dave", 5)]
    stated = [account("alice", 15, 0), account("bob", 0, 5)]
    unstated = account("carol")._replace(served_height=9)
    told = balances_of(
        audit(assemble(COIN, [reading(*rows[:2], accounts=[account("alice", 10, 0), account("bob", 0, 5), account("carol")])]))
    )
    assert told == (
        "for each of the 2 accounts whose balance the source states, the rows add up exactly to that balance; "
        "1 balance is not stated, so there was nothing to compare"
    )
    told = balances_of(audit(assemble(COIN, [reading(*rows, accounts=[*stated, unstated, account("dave", 0, 4)])])))
    assert told == (
        "for 2 accounts, the rows add up exactly to the balance that the source states; for 1 other, they do not; "
        "1 balance is not stated, so there was nothing to compare"
    )
    assert balances_of(audit(assemble(COIN, [reading(*rows, accounts=[account("alice", 15)])]))) == "no balance stated by the source"


def test_a_boundary_account_is_not_audited():
    ledger, _ = written("boundary alice\n alice -> bob 4")
    verdict = audit(ledger)
    assert verdict.adds_up
    assert (verdict.full, verdict.boundary) == (1, 1)


def test_fees_that_nobody_earned_are_a_gap_of_the_whole_ledger():
    harvest = transfer(0, "mint", "carol", 2)._replace(kind="harvest", position=9, row_key=transfer(0, "a", "b", 0).row_key + 9)
    rows = [transfer(0, "alice", "bob", 5, 3), harvest]
    ledger = assemble(COIN, [reading(*rows, accounts=[account("alice", 9), account("bob"), account("carol")], complete=True, terms=EARNED)])
    gaps = audit(ledger).gaps
    assert (gaps[0].address, gaps[0].short_by, gaps[0].row) == (None, 1, 0)
    assert gaps[0].likely == "fees paid in block 1 were not earned in it"
    assert "supply changed" in gaps[1].likely


def whole(*rows, terms):
    """The gaps of a complete ledger of alice, who opens with 9, bob and carol."""
    accounts = [account("alice", 9), account("bob"), account("carol")]
    return [gap.likely for gap in audit(assemble(COIN, [reading(*rows, accounts=accounts, complete=True, terms=terms)])).gaps]


def test_burnt_fees_leave_the_supply_but_for_what_the_block_earns():
    tip = transfer(1, "mint", "carol", 1)._replace(kind="tip", height=1)
    reward = transfer(2, "mint", "carol", 7)
    assert whole(transfer(0, "alice", "bob", 5, 3), tip, reward, terms=BURNT) == []


def test_a_block_that_earns_more_than_its_fees_is_a_gap():
    tip = transfer(1, "mint", "carol", 4)._replace(kind="tip", height=1)
    assert whole(transfer(0, "alice", "bob", 5, 3), tip, terms=BURNT) == ["fees paid in block 1 are less than what was earned in it"]


def test_fees_that_are_kept_outside_the_ledger_are_no_gap():
    assert whole(transfer(0, "alice", "bob", 5, 3), terms=NO_TERMS) == []


def test_sources_of_two_chains_make_no_ledger():
    with pytest.raises(LedgerError, match="positions of 20 and of 30 bits, final after 0 and 12 blocks"):
        assemble(COIN, [reading(), reading(terms=Terms(finality=12, position_bits=30))])


def test_a_row_is_provisional_while_the_chain_can_still_be_rewritten_there():
    rows = [transfer(n, "alice", "bob", 1) for n in (0, 400)]
    ledger = assemble(COIN, [reading(*rows, tip=401, terms=Terms(finality=360))])
    assert [ledger.provisional(row) for row in range(2)] == [False, True]


def test_every_row_is_provisional_under_a_tip_below_the_finality_and_none_without_a_tip():
    rows = [transfer(n, "alice", "bob", 1) for n in (0, 199)]
    for tip, said in ((200, True), (None, False)):
        ledger = assemble(COIN, [reading(*rows, tip=tip, terms=Terms(finality=360))])
        assert [ledger.provisional(row) for row in range(2)] == [said, said]


def test_confirmations_count_the_blocks_on_top_up_to_the_number_that_makes_final():
    rows = [transfer(n, "alice", "bob", 1) for n in (0, 364)]
    heights = [row.height for row in rows]
    ledger = assemble(COIN, [reading(*rows, tip=401, terms=Terms(finality=360))])
    assert [ledger.tip - height for height in heights] == [400, 36]
    assert [str(ledger.confirmations(row)) for row in range(2)] == ["360 of 360", "36 of 360"]


def test_no_confirmations_are_counted_where_nobody_states_a_tip_or_rewrites_a_block():
    row = transfer(0, "alice", "bob", 1)
    assert assemble(COIN, [reading(row, tip=None, terms=Terms(finality=360))]).confirmations(0) is None
    assert assemble(COIN, [reading(row, tip=401)]).confirmations(0) is None


def test_a_transaction_is_found_by_its_outer_and_its_inner_hash():
    row = transfer(0, "alice", "bob", 1)._replace(tx_hash="aa", attributes={"inner_hash": "bb"})
    ledger = assemble(COIN, [reading(row)])
    assert ledger.rows_of_hash("AA", form=str.lower) == ledger.rows_of_hash("bb") == [0]
    assert ledger.rows_of_hash("cc") == []
    ledger.look_up(["Aa", "cc"], form=str.lower)
    assert ledger.rows_of_hash("AA", form=str.lower) == ledger.rows_of_hash("bb", form=str.lower) == [0]
    assert ledger.rows_of_hash("CC", form=str.lower) == []


def test_pandas_gets_integers_of_any_width():
    ledger, _ = written(f"opens alice {10**30}\n alice -> bob {10**30}")
    frame = ledger.to_pandas()
    assert frame.loc[0, "amount"] == 10**30
    assert list(frame.columns[:3]) == ["row_key", "height", "position"]


def test_an_amount_or_a_fee_of_two_to_the_127_is_refused_with_its_row():
    widest = (1 << 127) - 1
    assert len(assemble(COIN, [reading(transfer(0, "alice", "bob", widest))])) == 1
    for name, row in (("amount", transfer(1, "alice", "bob", widest + 1)), ("fee", transfer(1, "alice", "bob", 1, widest + 1))):
        with pytest.raises(LedgerError, match=rf"test: row 1 \(hash 0+1\) has {name} {widest + 1}, and amounts are exact below 2\^127"):
            assemble(COIN, [reading(transfer(0, "alice", "bob", 5), row)])


def test_an_opening_or_a_stated_balance_of_two_to_the_127_is_refused_with_its_address():
    for said, alice in (("opens with", account("alice", 1 << 127)), ("is stated to hold", account("alice", 0, 1 << 127))):
        with pytest.raises(LedgerError, match=rf"alice {said} {1 << 127}, and amounts are exact below 2\^127"):
            assemble(COIN, [reading(accounts=[alice])])
