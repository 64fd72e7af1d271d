"""Random ledgers of several assets with conversions. A ledger is made from its number, so one that fails is found again."""

from __future__ import annotations

import random

from support.ledgers import COIN, theft, transfer

from tracer.ledger import assemble
from tracer.model import Account, Asset, Conversion, Exchanges, Leg, Reading, Recognised, holding_of, row_key
from tracer.tracing import Stops

OTHERS = [Asset("test", "token", 2), Asset("test", "share", 18)]
PEOPLE, POOLS = "abcd", ("pool", "router")
WIDEST = (1 << 120) - 1


class Made:
    """A ledger that grows row by row, with what everybody has of each asset."""

    def __init__(self, pick):
        self.pick, self.rows, self.conversions, self.recognised, self.height = pick, [], [], [], 1
        self.largest = pick.choice((3, 12, 100, 1 << 40, 1 << 50, (1 << 62) - 1, 1 << 70, WIDEST))
        self.opens = {
            holding_of(name, asset): pick.choice((0, pick.randint(0, self.largest), self.largest >> 2))
            for name in (*PEOPLE, *POOLS)
            for asset in range(3)
        }
        self.has = dict(self.opens)

    def pay(self, sender, recipient, asset, amount=None):
        """A row; its key."""
        pick, has = self.pick, self.has[holding_of(sender, asset)]
        fee = pick.choice((0, 0, 0, 1, min(has, 3)))
        if amount is None:
            amount = max(
                0, pick.choice((has, has // 2, has // 3, pick.randint(0, 5), pick.randint(0, max(has, 1)), self.largest // 2)) - fee
            )
        if pick.random() < 0.8:
            amount = min(amount, max(0, has - fee))
            fee = min(fee, has)
        key = row_key(self.height, len(self.rows))
        paid = transfer(len(self.rows), sender, recipient, amount, fee)._replace(
            height=self.height, position=len(self.rows), row_key=key, asset=asset, time=1000 + self.height
        )
        self.rows.append(paid)
        moved = amount if sender != recipient else 0
        self.has[holding_of(sender, asset)] = max(0, has - moved - fee)
        if recipient != "burn":
            self.has[holding_of(recipient, asset)] = self.has.get(holding_of(recipient, asset), 0) + moved
        return key

    def swap(self):
        """An exchange of one asset for another, by one or two rows each, in any order, with other rows between."""
        pick = self.pick
        owner, (one, other) = pick.choice(PEOPLE), pick.sample(range(3), 2)
        last = next((t for t in reversed(self.rows) if t.recipient and t.recipient in PEOPLE and t.amount), None)
        if last and pick.random() < 0.7:  # whoever got something last exchanges it
            owner, one, other = last.recipient, last.asset, (last.asset + pick.randint(1, 2)) % 3
        todo = ["give"] * pick.randint(1, 2) + ["get"] * pick.randint(1, 2) + ["else"] * pick.choice((0, 0, 1))
        pick.shuffle(todo)
        rows = {"give": [], "get": [], "else": []}
        for what in todo:
            if what == "give":
                rows[what].append(self.pay(owner, "burn" if pick.random() < 0.1 else pick.choice(POOLS), one))
            elif what == "get":
                rows[what].append(self.pay(pick.choice(POOLS), owner if pick.random() < 0.8 else pick.choice(PEOPLE), other))
            else:
                rows[what].append(self.pay(pick.choice(PEOPLE), pick.choice((*PEOPLE, *POOLS)), pick.randrange(3)))
        amount = {t.row_key: t.amount for t in self.rows}
        given, got = (
            Leg(asset, sum(amount[key] for key in rows[what]), tuple(rows[what])) for what, asset in (("give", one), ("get", other))
        )
        if pick.random() < 0.15:
            self.recognised.append(Recognised("loan", owner, None, (given,), (got,)))
        elif given.amount and got.amount:
            self.conversions.append(Conversion(owner, None, "swap", given, got))

    def basket(self):
        """Two assets for one, or one for two, by one or two rows each: each pair a conversion, with a part of the rows."""
        pick = self.pick
        owner, assets = pick.choice(PEOPLE), pick.sample(range(3), 3)
        last = next((t for t in reversed(self.rows) if t.recipient and t.recipient in PEOPLE and t.amount), None)
        if last and pick.random() < 0.7:
            owner = last.recipient
            assets = sorted(assets, key=lambda asset: asset != last.asset)
        kinds = ["give", pick.choice(("give", "get")), "get"]
        todo = [each for each in zip(kinds, assets, strict=True) for _ in range(pick.randint(1, 2))]
        pick.shuffle(todo)
        rows = {each: [] for each in todo}
        for what, asset in todo:
            who, pool = owner if what == "give" or pick.random() < 0.8 else pick.choice(PEOPLE), pick.choice(POOLS)
            rows[what, asset].append(self.pay(*((who, pool) if what == "give" else (pool, who)), asset))
        amount = {t.row_key: t.amount for t in self.rows}
        moved = {each: sum(amount[key] for key in keys) for each, keys in rows.items()}
        if min(moved.values()) < 2:
            return
        given, got = ([each for each in rows if each[0] == what] for what in ("give", "get"))
        parts = {}
        for each in rows:
            first = pick.choice((1, moved[each] - 1, moved[each] // 2))
            parts[each] = [first, moved[each] - first] if len(got if each in given else given) > 1 else [moved[each]]
        for one in given:
            for other in got:
                legs = (Leg(each[1], parts[each].pop(0), tuple(rows[each])) for each in (one, other))
                self.conversions.append(Conversion(owner, None, "swap", *legs))


def ledger_of(number, baskets=False):
    """A ledger of four people and two who exchange, three assets, up to 40 rows and 8 conversions; thefts of the first; stops."""
    pick = random.Random(number)
    made = Made(pick)
    for _ in range(pick.randint(3, 14)):
        made.height += 1
        if pick.random() < 0.45:
            made.basket() if baskets and pick.random() < 0.5 else made.swap()
        else:
            kind = "burn" if pick.random() < 0.04 else pick.choice((*PEOPLE, *PEOPLE, *POOLS))
            made.pay(pick.choice((*PEOPLE, *PEOPLE, "pool")), kind, pick.choice((0, 0, 0, 1, 2)))
    coverage = {name: pick.choice(("full",) * 9 + ("boundary",)) for name in (*PEOPLE, *POOLS)}
    accounts = [
        Account(name, made.opens[holding_of(name, asset)], "chain", coverage[name], asset=asset) for name in coverage for asset in range(3)
    ]
    ledger = assemble(COIN, [Reading(made.rows, [], accounts, [], tip=made.height, complete=False)], others=OTHERS)
    got = {key for each in made.conversions for key in each.received.rows}  # what is received for something is no theft
    payments = [t.row for t in ledger if t.recipient and t.sender != t.recipient and t.amount and t.asset == 0 and t.row_key not in got]
    payments = payments[: pick.choice((3, 5, len(payments)))]
    declared = sorted(pick.sample(payments, min(len(payments), pick.randint(1, 3))))
    numbers = range(len(made.conversions))
    stops = Stops(
        services={name: "service" for name in (*PEOPLE, "pool") if pick.random() < 0.05},
        dust=pick.choice((0, 0, 2)),
        until=pick.choice((None, None, None, 1000 + pick.randint(1, 14))),
        exchanges=Exchanges(
            tuple(made.conversions), tuple(made.recognised), tuple(n for n in numbers if pick.random() < pick.choice((0.5, 1, 1)))
        ),
    )
    return ledger, [theft(ledger, row, f"theft {row}") for row in declared], stops
