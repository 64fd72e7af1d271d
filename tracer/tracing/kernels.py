"""The two kernels. A transfer is two withdrawals (the fee, then the amount) and one deposit; a self-payment only pays its fee.

`pooled` treats an account as one pool, `lots` as an ordered inventory. Both read the same flat lists and give the same
result, a `Run`: for every withdrawal the stolen part, by the theft it came from. Both keep, at every row and in integers,

    0 <= stolen <= balance        stolen when taken = stolen held + absorbed + left as fees
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tracer.model import CLEAN

Share = Callable[[int, int, int], int]
"""The stolen part of a withdrawal, from (stolen, balance, withdrawn)."""


class Flows(NamedTuple):
    """The rows to follow: `theft` is the theft a row is (its number, else CLEAN), `cut` true where the trail stops."""

    sender: Sequence[int]
    recipient: Sequence[int]
    amount: Sequence[int]
    fee: Sequence[int]
    theft: Sequence[int]
    cut: Sequence[bool]


class Run(NamedTuple):
    """What one rule says. Lists of (row, theft, amount) in row order; `held` of (account, theft, amount) at the end.

    `taken` is what each theft made stolen: the clean money it carried. `topped_up` is clean money that had to be
    assumed at an account that paid more than it held, by account.
    """

    taken: list[int]
    hops: list[tuple[int, int, int]]
    fees: list[tuple[int, int, int]]
    held: list[tuple[int, int, int]]
    topped_up: dict[int, int]


def pooled(flows: Flows, openings: Sequence[int], thefts: int, share: Share) -> Run:
    """Accounts are pools: `share` says how much of a withdrawal is stolen.

    The total comes first; it is then split over the thefts in proportion to what each has in the pool, rounded down,
    and units left over go to the earliest theft that still has some.
    """
    balance = list(openings)
    total = [0] * len(balance)
    parts = [0] * (len(balance) * thefts)
    taken = [0] * thefts
    hops: list[tuple[int, int, int]] = []
    fees: list[tuple[int, int, int]] = []
    topped_up: dict[int, int] = {}
    for row, (sender, recipient, amount, fee, theft, cut) in enumerate(zip(*flows, strict=True)):
        if sender == recipient:
            amount = 0
        moved = 0
        split: list[tuple[int, int]] = []
        if sender >= 0:
            held = balance[sender]
            if held < amount + fee:
                topped_up[sender] = topped_up.get(sender, 0) + amount + fee - held
                held = amount + fee
            if total[sender]:
                burnt = share(total[sender], held, fee)
                if burnt:
                    fees += [(row, origin, part) for origin, part in _split(parts, sender, thefts, total[sender], burnt)]
                    total[sender] -= burnt
                moved = share(total[sender], held - fee, amount)
                if moved:
                    split = _split(parts, sender, thefts, total[sender], moved)
                    total[sender] -= moved
            balance[sender] = held - fee - amount
            _sound(row, total[sender], balance[sender])
        if theft >= 0 and amount > moved:
            taken[theft] += amount - moved
            split = _with(split, theft, amount - moved)
            moved = amount
        if recipient >= 0:
            balance[recipient] += amount
        if split:
            if recipient < 0:
                fees += [(row, origin, part) for origin, part in split]
                continue
            hops += [(row, origin, part) for origin, part in split]
            if not cut:
                total[recipient] += moved
                for origin, part in split:
                    parts[recipient * thefts + origin] += part
    held_at_end = [(n // thefts, n % thefts, part) for n, part in enumerate(parts) if part]
    return Run(taken, hops, fees, held_at_end, topped_up)


def _split(parts: list[int], account: int, thefts: int, total: int, amount: int) -> list[tuple[int, int]]:
    """Takes `amount` of the `total` stolen units an account holds, by theft."""
    base = account * thefts
    if thefts == 1:
        parts[base] -= amount
        return [(0, amount)]
    shares = [amount * parts[base + origin] // total for origin in range(thefts)]
    left = amount - sum(shares)
    for origin in range(thefts):
        if not left:
            break
        more = min(left, parts[base + origin] - shares[origin])
        shares[origin] += more
        left -= more
    for origin, part in enumerate(shares):
        parts[base + origin] -= part
    return [(origin, part) for origin, part in enumerate(shares) if part]


def _with(split: list[tuple[int, int]], theft: int, amount: int) -> list[tuple[int, int]]:
    merged = dict(split)
    merged[theft] = merged.get(theft, 0) + amount
    return sorted(merged.items())


def _sound(row: int, stolen: int, balance: int) -> None:
    if not 0 <= stolen <= balance:
        raise AssertionError(f"row {row}: {stolen} stolen of a balance of {balance}")


def lots(flows: Flows, openings: Sequence[int], thefts: int, newest_first: bool) -> Run:
    """Accounts are inventories of lots, spent oldest first (fifo) or newest first (lifo).

    A deposit arrives in the order its lots were taken; newest first, the first taken lies on top. Neighbouring lots
    of one origin are one lot.
    """
    inventories: list[deque[list[int]]] = [deque([[opening, CLEAN]] if opening else []) for opening in openings]
    taken = [0] * thefts
    hops: list[tuple[int, int, int]] = []
    fees: list[tuple[int, int, int]] = []
    topped_up: dict[int, int] = {}
    for row, (sender, recipient, amount, fee, theft, cut) in enumerate(zip(*flows, strict=True)):
        if sender == recipient:
            amount = 0
        moved: list[list[int]] = [[amount, CLEAN]] if amount else []
        if sender >= 0:
            burnt, missing = _take(inventories[sender], fee, newest_first)
            moved, more = _take(inventories[sender], amount, newest_first)
            if missing + more:
                topped_up[sender] = topped_up.get(sender, 0) + missing + more
            fees += _by_theft(row, burnt)
        if theft >= 0:
            taken[theft] += sum(units for units, origin in moved if origin == CLEAN)
            moved = [[units, theft if origin == CLEAN else origin] for units, origin in moved]
        if recipient < 0:
            fees += _by_theft(row, moved)
            continue
        hops += _by_theft(row, moved)
        _put(inventories[recipient], [[amount, CLEAN]] if cut and amount else moved, newest_first)
    held = [(account, origin, units) for account, inventory in enumerate(inventories) for _, origin, units in _by_theft(account, inventory)]
    return Run(taken, hops, fees, held, topped_up)


def _take(inventory: deque[list[int]], amount: int, newest_first: bool) -> tuple[list[list[int]], int]:
    """Lots of `amount` together, in the order taken, and how much of it had to be assumed because nothing was left."""
    taken: list[list[int]] = []
    end = -1 if newest_first else 0
    while amount:
        if not inventory:
            taken.append([amount, CLEAN])
            return taken, amount
        lot = inventory[end]
        if lot[0] > amount:
            lot[0] -= amount
            taken.append([amount, lot[1]])
            return taken, 0
        amount -= lot[0]
        taken.append(inventory.pop() if newest_first else inventory.popleft())
    return taken, 0


def _put(inventory: deque[list[int]], arriving: Sequence[list[int]], newest_first: bool) -> None:
    for units, origin in reversed(arriving) if newest_first else arriving:
        if inventory and inventory[-1][1] == origin:
            inventory[-1][0] += units
        else:
            inventory.append([units, origin])


def _by_theft(row: int, moved: Sequence[list[int]] | deque[list[int]]) -> list[tuple[int, int, int]]:
    """The stolen lots, added up by theft."""
    found: dict[int, int] = {}
    for units, origin in moved:
        if origin != CLEAN:
            found[origin] = found.get(origin, 0) + units
    return [(row, origin, units) for origin, units in sorted(found.items())]
