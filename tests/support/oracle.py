"""The rules told a second time, slowly, to be compared with the kernels. Nothing of `tracer.tracing` is used here.

No numbers for accounts, no cone, no stops by row: addresses, the whole ledger, and Python's own structures. A pool is a dict of
origin -> units, clean money among them; an inventory is a deque of [units, origin], the oldest at the left.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from fractions import Fraction

CLEAN = None


def told(ledger, thefts, stops, rule):
    """What a rule says: see `engines.py` for the form."""
    holdings = Pools(rule) if rule in LEAVING else Inventories(rule)
    for account in ledger.accounts:
        holdings.deposit(account.holding, [(account.opening, CLEAN)])
    absorbs = absorbing(ledger, thefts, stops)
    declared = {theft.row: number for number, theft in enumerate(thefts)}
    taken, hops, fees, exchanged, short, touched, may_hold = Counter(), Counter(), Counter(), Counter(), Counter(), {}, set()
    for row, t, pot in in_order(ledger, stops):
        amount = 0 if t.sender == t.recipient else t.amount
        payer, payee, own = holder(t.sender, t), holder(t.recipient, t), ("pot", pot)
        moved = [(amount, CLEAN)]
        if payer is not None:
            short[payer] += holdings.top_up(payer, t.fee + amount)
            fees.update(stolen(row, holdings.withdraw(payer, t.fee)))
            moved = holdings.withdraw(payer, amount)
        if pot and t.row_key in pot.received.rows:
            exchanged.update(stolen(row, moved))
            payer = own
            moved = holdings.withdraw(payer, amount)
        if row in declared:
            taken[declared[row]] += sum(units for units, origin in moved if origin is CLEAN)
            moved = [(units, declared[row] if origin is CLEAN else origin) for units, origin in moved]
        hops.update(stolen(row, moved))
        reached = row in declared or payer in may_hold
        given = pot and t.row_key in pot.given.rows
        again = given and own in may_hold  # what is given touches whom it is given to once a conversion
        if given:
            holdings.deposit(own, moved)
            may_hold |= {own} if reached and amount else set()
            if sum(units for units, _ in holdings.all(own)) == pot.given.amount:
                holdings.exchange(own, pot.given.amount, pot.received.amount)
        if payee is None or not amount:
            continue
        absorbed = given or absorbs(row, t)
        holdings.deposit(payee, [(amount, CLEAN)] if absorbed else moved)
        if reached and not again:
            touched.setdefault(payee, row)
            may_hold |= set() if absorbed else {payee}
    held = Counter()
    for holding in holdings.of:
        held.update(stolen(holding, holdings.all(holding)))
    return {
        "taken": tuple(taken[number] for number in range(len(thefts))),
        "hops": +hops,
        "fees": +fees,
        "held": +held,
        "exchanged": +exchanged,
        "topped_up": {holding: units for holding, units in short.items() if units and holding in may_hold},
        "touched": touched,
    }


def holder(address, t):
    """The holding of an address that a row moves; None of nobody."""
    return address and (f"{address}:{t.asset}" if t.asset else address)


def in_order(ledger, stops):
    """The rows that are followed, in the order they are followed, each with the conversion that is substituted which it is of, if any.

    Of a conversion, what is received comes after all that is given, though a pool may pay first. A row that several conversions share is as
    many payments, each of what is left of it and the conversion still wants; the first pays the fee.
    """
    rows = [(row, t) for row, t in enumerate(ledger)]
    if stops.until is not None:
        rows = rows[: next((row for row, t in rows if t.time > stops.until), len(rows))]
    keys, payments = {t.row_key for _, t in rows}, defaultdict(list)
    left = {t.row_key: 0 if t.sender == t.recipient else t.amount for _, t in rows}
    for pot in stops.exchanges.through:
        for leg in (pot.given, pot.received) if keys.issuperset((*pot.given.rows, *pot.received.rows)) else ():
            wanted = leg.amount
            for key in sorted(leg.rows):
                units = min(wanted, left[key])
                left[key], wanted = left[key] - units, wanted - units
                if units:
                    payments[key].append((units, pot))
    order = []
    for row, t in rows:
        shares = payments.get(t.row_key) or [(t.amount, None)]
        order += [(row, t._replace(amount=units, fee=0 if n else t.fee), pot) for n, (units, pot) in enumerate(shares)]

    def place(each):
        _, t, pot = each
        last = max(key for key, shares in payments.items() if any(of is pot for _, of in shares) and key in pot.given.rows) if pot else 0
        return (last, 1, t.row_key) if pot and t.row_key in pot.received.rows and t.row_key < last else (t.row_key, 0, 0)

    return sorted(order, key=place)


def stolen(where, moved):
    """(where, theft) -> units of what is stolen of the money moved."""
    found = Counter()
    for units, origin in moved:
        if origin is not CLEAN:
            found[where, origin] += units
    return found


def absorbing(ledger, thefts, stops):
    """Whether the trail ends with a row: a theft's sender after it, a service, an account that was not read, or dust."""
    unread = {account.address for account in ledger.accounts if account.coverage == "boundary"}

    def absorbs(row, t):
        drained = any(theft.sender == t.recipient and theft.row <= row for theft in thefts)
        dust = t.amount < stops.dust and t.asset == 0 and all(theft.row != row for theft in thefts)
        converted = t.row_key in stops.exchanges.ends and t.recipient not in stops.services
        return converted or drained or t.recipient in stops.services or t.recipient in unread or dust

    return absorbs


LEAVING = {
    "haircut": lambda stolen, clean, amount: stolen * amount // (stolen + clean),
    "clean_first": lambda stolen, clean, amount: amount - min(amount, clean),
    "dirty_first": lambda stolen, clean, amount: min(amount, stolen),
}
"""How much of a withdrawal from a pool of so much stolen and so much clean money is stolen; no money is withdrawn of an empty pool."""


class Pools:
    def __init__(self, rule):
        self.rule = rule
        self.of = defaultdict(Counter)

    def all(self, address):
        return [(units, origin) for origin, units in self.of[address].items()]

    def deposit(self, address, moved):
        for units, origin in moved:
            self.of[address][origin] += units

    def top_up(self, address, needed):
        missing = max(0, needed - sum(self.of[address].values()))
        self.of[address][CLEAN] += missing
        return missing

    def exchange(self, pot, given, received):
        """The stolen part of what is given becomes the same part of what is received; a unit left over is of the earliest theft."""
        pool = self.of[pot]
        assert sum(pool.values()) == given
        origins = sorted(origin for origin in pool if origin is not CLEAN and pool[origin])
        total = sum(pool[origin] for origin in origins)
        becomes = Fraction(total, given) * received // 1
        parts = {origin: Fraction(pool[origin], total) * becomes // 1 for origin in origins}
        if origins:
            parts[origins[0]] += becomes - sum(parts.values())
        self.of[pot] = Counter({CLEAN: received - becomes, **parts})

    def withdraw(self, address, amount):
        pool = self.of[address]
        balance, clean = sum(pool.values()), pool[CLEAN]
        leaving = LEAVING[self.rule](balance - clean, clean, amount) if amount else 0
        parts = Counter({CLEAN: amount - leaving})
        origins = sorted(origin for origin in pool if origin is not CLEAN)
        for origin in origins:
            parts[origin] = pool[origin] * leaving // (balance - clean) if leaving else 0
        for _ in range(len(origins)):  # at most one unit a theft is left over
            if sum(parts.values()) < amount:
                parts[next(origin for origin in origins if parts[origin] < pool[origin])] += 1
        assert sum(parts.values()) == amount
        for origin, units in parts.items():
            pool[origin] -= units
            assert pool[origin] >= 0
        return [(units, origin) for origin, units in parts.items()]


class Inventories:
    def __init__(self, rule):
        self.newest_first = rule == "lifo"
        self.of = defaultdict(deque)

    def all(self, address):
        return list(self.of[address])

    def deposit(self, address, moved):
        for units, origin in reversed(moved) if self.newest_first else moved:
            self.of[address].append([units, origin])

    def top_up(self, address, needed):
        """Nothing is added: an inventory makes up what is missing when it runs out."""
        return max(0, needed - sum(units for units, _ in self.of[address]))

    def exchange(self, pot, given, received):
        """The same, lot by lot in the order in which they leave: of what is stolen, and of what is clean, each its share up to there, less
        the share up to the lot before."""
        lots = list(reversed(self.of[pot]) if self.newest_first else self.of[pot])
        total = sum(units for units, origin in lots if origin is not CLEAN)
        becomes = Fraction(total, given) * received // 1
        whole = {True: (given - total, received - becomes), False: (total, becomes)}
        seen, changed = Counter(), []
        for units, origin in lots:
            of, to = whole[origin is CLEAN]
            before = Fraction(seen[origin is CLEAN] * to, of) // 1 if of else 0
            seen[origin is CLEAN] += units
            changed.append([(Fraction(seen[origin is CLEAN] * to, of) // 1 if of else 0) - before, origin])
        assert sum(units for units, _ in lots) == given
        assert sum(units for units, _ in changed) == received
        self.of[pot] = deque(reversed(changed) if self.newest_first else changed)

    def withdraw(self, address, amount):
        inventory, taken = self.of[address], []
        while amount and inventory:
            units, origin = inventory.pop() if self.newest_first else inventory.popleft()
            if units > amount:
                (inventory.append if self.newest_first else inventory.appendleft)([units - amount, origin])
            taken.append((min(units, amount), origin))
            amount -= min(units, amount)
        return [*taken, (amount, CLEAN)]
