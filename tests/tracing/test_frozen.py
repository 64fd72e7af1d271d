"""What an issuer freezes and destroys is an end of the trail of its own, in traces, bounds and proofs."""

from __future__ import annotations

import pytest
from support.ledgers import ends, written

from tracer.ledger import audit
from tracer.tracing import RULES, Stops, follow
from tracer.tracing.bounds_of_case import proven_of

FREEZE = """
opens victim 10, bob 3
victim -> bob 10 theft
bob -> carol 4
frozen bob
"""


def followed(text, **stops):
    ledger, thefts = written(text)
    return follow(ledger, thefts, Stops(**stops), RULES)


@pytest.mark.parametrize("rule", RULES)
def test_what_a_frozen_account_holds_is_frozen_and_not_unspent(rule):
    assert {end.split()[1] for end in ends(followed(FREEZE), rule) if end.startswith("bob")} == {"frozen"}


def test_what_left_before_the_freeze_is_not_frozen():
    assert ends(followed(FREEZE), "dirty_first") == {"bob frozen": 6, "carol unspent": 4}


def test_what_comes_after_the_freeze_is_frozen_too():
    assert ends(followed(FREEZE + "carol -> bob 4"), "dirty_first") == {"bob frozen": 10}


def test_what_is_released_is_unspent_again():
    assert ends(followed(FREEZE + "released bob"), "dirty_first") == {"bob unspent": 6, "carol unspent": 4}


def test_what_is_frozen_again_after_a_release_is_frozen():
    assert ends(followed(FREEZE + "released bob\nfrozen bob"), "dirty_first") == {"bob frozen": 6, "carol unspent": 4}


def test_a_freeze_after_the_last_moment_followed_says_nothing():
    """The rows are at 1000 and 1001, the freeze at 1001."""
    assert ends(followed(FREEZE, until=1000), "dirty_first") == {"bob unspent": 10}


def test_what_the_issuer_destroys_is_destroyed_where_it_was_frozen():
    assert ends(followed(FREEZE + "bob -> burn 9"), "dirty_first") == {"bob destroyed": 6, "carol unspent": 4}


def test_where_not_all_rows_are_there_nobody_knows_what_is_frozen():
    assert ends(followed(FREEZE + "partial bob"), "dirty_first") == {"bob not_fetched": 6, "carol unspent": 4}


@pytest.mark.parametrize(("reason", "text"), [("frozen", FREEZE), ("destroyed", FREEZE + "bob -> burn 5")])
def test_a_bound_of_what_is_frozen_or_destroyed_is_proven(reason, text):
    ledger, thefts = written(text)
    trace = follow(ledger, thefts, Stops(), RULES)
    found = proven_of(ledger, audit(ledger), trace, [("bob", reason)]).bounds.endpoints["bob", reason]
    said = [end.amounts[rule] for end in trace.endpoints if end.reason == reason for rule in RULES]
    assert found.least <= min(said) <= max(said) <= found.most
    assert (found.least, found.most) == {"frozen": (6, 9), "destroyed": (2, 5)}[reason]
