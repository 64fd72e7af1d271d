"""A ledger of several assets: rows in one order, balances and audit by holding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.ledgers import transfer

from tracer.errors import LedgerError
from tracer.ledger import assemble, audit
from tracer.ledger.split_by_asset import of_first_asset, of_other_assets, put_together
from tracer.model import Account, Asset, Event, Reading

COIN, TOKEN = Asset("test", "coin", 0), Asset("test", "token", 2)


def several(*rows, opens=()):
    """A ledger of coins and tokens: rows are (sender, recipient, amount, asset), openings (address, amount, asset)."""
    transfers = [transfer(row, *sides, amount)._replace(asset=asset) for row, (*sides, amount, asset) in enumerate(rows)]
    accounts = [Account(address, amount, "chain", "full", asset=asset) for address, amount, asset in opens]
    reading = Reading(transfers, [], accounts, [], tip=len(rows), complete=False)
    return assemble(COIN, [reading], others=[TOKEN])


def test_an_address_has_a_balance_of_each_asset():
    opens = [("alice", 10, 0), ("alice", 9, 1), ("bob", 0, 0), ("bob", 0, 1)]
    ledger = several(("alice", "bob", 5, 0), ("alice", "bob", 7, 1), opens=opens)
    held = {account.holding: units for account, units in zip(ledger.accounts, ledger.balances, strict=True)}
    assert held == {"alice": 5, "alice:1": 2, "bob": 5, "bob:1": 7}
    assert [(t.sender, t.amount, t.asset) for t in ledger] == [("alice", 5, 0), ("alice", 7, 1)]
    assert audit(ledger).adds_up


def test_money_of_one_asset_does_not_pay_in_another():
    verdict = audit(several(("alice", "bob", 7, 1), opens=[("alice", 10, 0), ("alice", 3, 1), ("bob", 0, 1)]))
    assert [(gap.address, gap.short_by, gap.asset) for gap in verdict.gaps] == [("alice", 4, 1)]


def test_who_names_no_opening_opens_with_the_least_of_each_asset():
    ledger = several(("alice", "bob", 7, 1), ("alice", "bob", 2, 0))
    assert {account.holding: account.opening for account in ledger.accounts} == {"alice": 2, "alice:1": 7, "bob": 0, "bob:1": 0}


def test_what_is_taken_apart_by_assets_is_put_together_as_it_was():
    whole = several(("alice", "bob", 7, 1), ("carol", "bob", 2, 0), ("bob", "alice", 1, 1), ("bob", "carol", 2, 0))
    frozen = [Event(2, place, 7, None, "frozen", "bob", token, {}) for place, token in enumerate(("token", "coin", "token"))]
    whole = replace(whole, events=tuple(frozen), notes=("read from a file",))
    first, rest = of_first_asset(whole), of_other_assets(whole)
    assert [(t.sender, t.recipient, t.amount) for t in first] == [("carol", "bob", 2), ("bob", "carol", 2)]
    assert [account.address for account in rest.accounts] == ["alice", "bob"]
    assert ([event.object for event in first.events], put_together(first, rest)) == (["coin"], whole)


def test_an_address_that_ends_as_a_holding_does_is_refused():
    with pytest.raises(LedgerError, match="'alice:1' ends as the name of a holding does"):
        several(("alice:1", "bob", 7, 0))
