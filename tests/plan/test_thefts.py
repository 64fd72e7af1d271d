"""Who is drained in a transaction that several accounts pay in."""

from __future__ import annotations

import pytest

from tracer.casefile import CaseFile
from tracer.errors import CaseError
from tracer.plan.how_sources_are_read import read_sources
from tracer.plan.labels import book_of, labels_of
from tracer.plan.service_stops import stops_of
from tracer.plan.thefts import thefts_of
from tracer.tracing import follow

CASE = 'name = "x"\nchain = "table"\nasset = "coin"\ndecimals = 0\n[[sources]]\nkind = "table"\npath = "t.csv"\n[[thefts]]\n'

THROUGH_A_ROUTER = """
1,0,t1,victim,router,1000
1,1,t1,router,fees,3
1,2,t1,router,thief,997
2,0,t2,thief,router,900
2,1,t2,router,mule,900
"""


def case_of(folder, rows, theft='transfer = "t1"'):
    (folder / "t.csv").write_text("height,position,tx_hash,sender,recipient,amount" + rows)
    return CaseFile.parse(CASE + theft + "\n", folder / "case.toml")


def drained(case):
    return [(t.sender, t.recipient, t.amount) for t in thefts_of(case, read_sources(case))]


def test_a_router_pays_on_and_is_not_drained(tmp_path):
    assert drained(case_of(tmp_path, THROUGH_A_ROUTER)) == [("victim", "router", 1000)]


def test_what_passes_the_same_router_later_is_not_returned_to_the_victim(tmp_path):
    case = case_of(tmp_path, THROUGH_A_ROUTER)
    ledger = read_sources(case)
    trace = follow(ledger, thefts_of(case, ledger), stops_of(case, book_of(case, labels_of(case))), ["fifo", "haircut"])
    ends = {each.address: each.amounts for each in trace.endpoints}
    assert ends == {address: {"fifo": n, "haircut": n} for address, n in (("mule", 900), ("thief", 97), ("fees", 3))}
    assert "returned" not in {each.reason for each in trace.endpoints}


def test_change_that_comes_back_in_the_transaction_does_not_make_it_less_drained(tmp_path):
    rows = "\n1,0,t1,victim,router,1000\n1,1,t1,router,victim,3\n1,2,t1,router,thief,997\n"
    assert drained(case_of(tmp_path, rows)) == [("victim", "router", 1000)]


def test_several_who_only_lose_are_a_question_and_the_case_file_answers_it(tmp_path):
    rows = "\n1,0,t1,ann,thief,50\n1,1,t1,pool,thief,70\n"
    said = r":9: transaction t1 does not name the victim: pool loses 70 coin, ann loses 50 coin: write victims = \[\"ADDRESS\"\]"
    with pytest.raises(CaseError, match=said):
        drained(case_of(tmp_path, rows))
    assert drained(case_of(tmp_path, rows, 'transfer = "t1"\nvictims = ["ann"]')) == [("ann", "thief", 50)]
    assert len(drained(case_of(tmp_path, rows, 'transfer = "t1"\nvictims = ["ann", "pool"]'))) == 2


def test_a_loan_that_is_returned_inside_the_transaction_is_a_question(tmp_path):
    rows = "\n1,0,t1,bank,thief,500\n1,1,t1,victim,thief,70\n1,2,t1,thief,bank,501\n"
    with pytest.raises(CaseError, match="victim loses 70 coin, and bank paid before being paid, as a lender does"):
        drained(case_of(tmp_path, rows))


def test_a_wallet_named_beside_the_hash_is_the_victim(tmp_path):
    case = case_of(tmp_path, "\n1,0,t1,ann,thief,50\n1,1,t1,pool,thief,70\n", 'transfer = "t1"\nwallet = "ann"')
    assert drained(case) == [("ann", "thief", 50)]


def test_a_victim_that_pays_nothing_in_the_transaction_is_refused(tmp_path):
    with pytest.raises(CaseError, match=r":10: zoe pays nothing in transaction t1, so it was not drained there: router, victim pay in it"):
        drained(case_of(tmp_path, THROUGH_A_ROUTER, 'transfer = "t1"\nvictims = ["zoe"]'))


def test_victims_without_a_hash_are_refused(tmp_path):
    with pytest.raises(CaseError, match=":10: victims are of a theft named by its hash"):
        case_of(tmp_path, THROUGH_A_ROUTER, 'wallet = "victim"\nvictims = ["ann"]')
