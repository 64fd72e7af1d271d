"""Ledgers of coins, shells and pearls one can check by hand: 100 coins are taken from the victim, and swapped for shells at a pool."""

from __future__ import annotations

from support.ledgers import COIN, theft, transfer

from tracer.ledger import assemble
from tracer.model import Account, Asset, Conversion, Exchanges, Leg, Reading
from tracer.tracing import RULES, Stops, follow
from tracer.tracing.reconciliation import reconciliations

COINS, SHELLS, PEARLS = 0, 1, 2
OPENS = {("victim", COINS): 100, ("bob", COINS): 0, ("pool", COINS): 1000, ("pool", SHELLS): 1000, ("bob", SHELLS): 0}


class Story:
    """Rows of coins and shells; a swap is bob's unless it says otherwise."""

    def __init__(self, *rows, opens=OPENS, thefts=(0,)):
        transfers = [transfer(row, *sides, amount)._replace(asset=asset) for row, (*sides, amount, asset) in enumerate(rows)]
        sides = {(name, t.asset) for t in transfers for name in (t.sender, t.recipient) if name} | opens.keys()
        accounts = [Account(name, opens.get((name, asset), 0), "chain", "full", asset=asset) for name, asset in sides]
        reading = Reading(transfers, [], accounts, [], tip=len(rows), complete=False)
        self.ledger = assemble(COIN, [reading], others=[Asset("test", "shell", 0), Asset("test", "pearl", 0)])
        self.thefts = [theft(self.ledger, row, f"theft {row}") for row in thefts]

    def leg(self, rows):
        some = [self.ledger.transfer(row) for row in rows]
        return Leg(some[0].asset, sum(t.amount for t in some), tuple(t.row_key for t in some))

    def swap(self, given, received, owner="bob"):
        return Conversion(owner, None, "swap", self.leg(given), self.leg(received))

    def ends(self, rule, *swaps, through=True, recognised=()):
        exchanges = Exchanges(swaps, recognised, tuple(range(len(swaps))) if through else ())
        trace = follow(self.ledger, self.thefts, Stops(exchanges=exchanges), RULES)
        for each in reconciliations(self.ledger, trace):
            assert not any(each.missing(rule, n) for rule in RULES for n in range(len(self.thefts)))
        names = ("coins", "shells", "pearls")
        return {
            f"{e.address} {names[e.asset]} {e.reason}": e.by_theft[rule] if len(self.thefts) > 1 else e.amounts[rule]
            for e in trace.endpoints
            if e.amounts[rule]
        }
