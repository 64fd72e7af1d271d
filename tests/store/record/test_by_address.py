"""What is read by index of one address is what the whole ledger and the whole trace say of it."""

from __future__ import annotations

import pytest

from tracer.casefolder import CaseFolder
from tracer.casefolder.by_address import by_index
from tracer.ledger.by_address import IndexedLedger
from tracer.plan.tags import examined
from tracer.report.explanation import explain
from tracer.store.record.by_address import load_ledger_by_index, load_trace_by_index


@pytest.fixture(params=["rehearsal", "swaps"])
def case(request):
    """A chain with memos and fees, and one with several assets."""
    return request.getfixturevalue(request.param)


def said_of(case, ledger, trace, address):
    """All that is said of an address; a wallet's marks, which are never looked for by index, left out."""
    tags = examined(case.question, ledger, case.labels, trace, address, case.everywhere)
    found = [(tag.name, tag.presets, tag.finding.measures, tag.finding.against()) for tag in tags if tag.name != "wallet_fingerprint"]
    return explain(ledger, trace, case.labels, address), found


def test_an_address_is_explained_by_index_as_out_of_the_whole_ledger(case):
    ledger = load_ledger_by_index(case.db)
    trace = load_trace_by_index(case.db, ledger)
    for account in case.ledger.accounts[::6]:  # the whole is read anew for each
        by_reading_it_all = said_of(case, case.ledger, case.trace, account.address)
        assert said_of(case, ledger, trace, account.address) == by_reading_it_all, account.address


def test_accounts_and_addresses_are_those_of_the_whole_ledger(case):
    ledger = load_ledger_by_index(case.db)
    assert [*ledger.accounts] == [*case.ledger.accounts]
    assert {address: ledger.index[address] for address in ledger.index} == case.ledger.index
    assert "nobody" not in ledger.index


def test_what_all_payments_come_to_is_kept_with_the_tags(rehearsal):
    payments = rehearsal.everywhere
    assert (payments.payments, payments.timed, payments.marked > 0) == (783, True, True)


def test_a_case_is_read_by_index_unless_payments_say_how_they_were_made(rehearsal_dir, swaps_run):
    assert not isinstance(by_index(CaseFolder.open(rehearsal_dir)).ledger, IndexedLedger)
    assert isinstance(by_index(CaseFolder.open(swaps_run[0])).ledger, IndexedLedger)
