"""What is known of one address closes like an account."""

from __future__ import annotations

import pytest
from support.ledgers import traced, written

from tracer.labels import LabelBook
from tracer.model import Label
from tracer.report.explanation import explain

STORY = """
    opens victim 100, bob 10, erin 5
    victim -> bob 60 theft
    victim -> bob 40 theft
    bob -> carol 80 fee 2
    erin -> erin 1
"""


def label(name, level, source="a", category=None):
    return Label("bob", name, category, (), source, "c", level, None, None, "pack")


def explained(address, labels=(), least=0, text=STORY, **stops):
    return explain(written(text)[0], traced(text, **stops), LabelBook(labels, least), address)


def test_what_came_is_what_went_stayed_and_was_paid_as_fees(rehearsal):
    for account in rehearsal.ledger.accounts:
        found = explain(rehearsal.ledger, rehearsal.trace, rehearsal.labels, account.address)
        for sums in found.sums.values():
            assert sums.stolen_here + sums.received == sums.sent + sums.ended + sums.fees, account.address


def test_each_origin_has_its_deposits():
    found = explained("bob")
    assert list(found.origins) == ["fifo", "lifo", "haircut"]
    for origins in found.origins.values():
        assert [(o.theft, o.arrived, dict(o.deposits)) for o in origins] == [(0, 60, {0: 60}), (1, 40, {1: 40})]
    assert [o.ended for o in found.origins["fifo"]] == [0, 28]
    assert [o.ended for o in found.origins["lifo"]] == [18, 0]
    assert [m.theft for m in found.arriving] == [0, 1]
    assert [m.counterparty for m in found.leaving] == ["carol"]


def test_labels_that_differ_are_all_kept_and_said_to_disagree():
    found = explained("bob", [label("Bob", 5), label("Robert", 90, "b")])
    assert ([each.label for each in found.labels], found.name, found.disputed) == (["Robert", "Bob"], "Robert", True)
    assert not explained("bob", [label("Bob", 5), label("Bob", 90, "b")]).disputed


def test_a_label_below_the_least_confidence_is_shown_as_unused():
    weak = label("Bob", 5)
    found = explained("bob", [weak], least=50)
    assert (found.labels, found.unused, found.name) == ((weak,), {weak}, None)


def test_a_self_payment_is_a_transfer_once_and_carries_nothing():
    found = explained("erin")
    assert (found.rows, found.arriving, found.leaving, found.touched, found.role) == (1, (), (), None, "account")


def test_who_is_not_in_the_ledger_is_not_explained():
    with pytest.raises(KeyError):
        explained("zoe")
