"""The rules told a second time, slowly, to be compared with the kernels. Nothing of `tracer.tracing` is used here.

No numbers for accounts, no cone, no stops by row: addresses, the whole ledger, and Python's own structures. A pool is a dict of
origin -> units, clean money among them; an inventory is a deque of [units, origin], the oldest at the left.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque

CLEAN = None


def told(ledger, thefts, stops, rule):
    """What a rule says: see `engines.py` for the form."""
    holdings = Pools(rule) if rule in LEAVING else Inventories(rule)
    for account in ledger.accounts:
        holdings.deposit(account.address, [(account.opening, CLEAN)])
    absorbs = absorbing(ledger, thefts, stops)
    declared = {theft.row: number for number, theft in enumerate(thefts)}
    taken, hops, fees, short, touched, may_hold = Counter(), Counter(), Counter(), Counter(), {}, set()
    for row, t in enumerate(ledger):
        if stops.until is not None and t.time > stops.until:
            break
        amount = 0 if t.sender == t.recipient else t.amount
        moved = [(amount, CLEAN)]
        if t.sender is not None:
            short[t.sender] += holdings.top_up(t.sender, t.fee + amount)
            fees.update(stolen(row, holdings.withdraw(t.sender, t.fee)))
            moved = holdings.withdraw(t.sender, amount)
        if row in declared:
            taken[declared[row]] += sum(units for units, origin in moved if origin is CLEAN)
            moved = [(units, declared[row] if origin is CLEAN else origin) for units, origin in moved]
        hops.update(stolen(row, moved))
        if t.recipient is None or not amount:
            continue
        absorbed = absorbs(row, t)
        holdings.deposit(t.recipient, [(amount, CLEAN)] if absorbed else moved)
        if row in declared or t.sender in may_hold:
            touched.setdefault(t.recipient, row)
            may_hold |= set() if absorbed else {t.recipient}
    held = Counter()
    for address in holdings.of:
        held.update(stolen(address, holdings.all(address)))
    return {
        "taken": tuple(taken[number] for number in range(len(thefts))),
        "hops": +hops,
        "fees": +fees,
        "held": +held,
        "topped_up": {address: units for address, units in short.items() if units and address in may_hold},
        "touched": touched,
    }


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
        robbed = any(theft.sender == t.recipient and theft.row <= row for theft in thefts)
        dust = t.amount < stops.dust and all(theft.row != row for theft in thefts)
        return robbed or t.recipient in stops.services or t.recipient in unread or dust

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

    def withdraw(self, address, amount):
        inventory, taken = self.of[address], []
        while amount and inventory:
            units, origin = inventory.pop() if self.newest_first else inventory.popleft()
            if units > amount:
                (inventory.append if self.newest_first else inventory.appendleft)([units - amount, origin])
            taken.append((min(units, amount), origin))
            amount -= min(units, amount)
        return [*taken, (amount, CLEAN)]
