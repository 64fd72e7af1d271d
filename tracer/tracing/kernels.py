"""The kernels: how money moves under a family of rules. One source, two speeds.

Everything here is integers in flat lists, so that the same functions run as they are (CPython, on lists) and compiled
(`compiled.py`, on arrays), where AHEAD, `ahead`, `muldiv`, `proportion` and `portion` are replaced and nothing else. None of them
allocates: what they fill is made by `runs.py`, and one that runs out of room says at which row, and is called again from there.

A row is two withdrawals (the fee, then the amount) and one deposit; a payment to oneself only pays its fee. A sender or
recipient below zero is outside: what it pays is clean, what it gets is gone. Every withdrawal that carries stolen value
is written to `out`, two cells a theft: (2 * row + is_fee) * thefts + theft, and the units. At every row

    0 <= stolen <= balance        taken by thefts = held + absorbed at cuts and outside + left as fees
"""

from __future__ import annotations

from typing import Any

from tracer.model import CLEAN

Cells = Any
"""A list of integers, or an array of them once compiled."""

HAIRCUT, CLEAN_FIRST, DIRTY_FIRST = range(3)

NARROW = 56
"""Balances of so many bits at most are for the kernels compiled on 64 bits: `muldiv64` is exact below 2^56."""

AHEAD = 0
"""How many rows ahead memory is asked for; compiled 16."""


def ahead(cells: Cells, place: int) -> None:
    """A hint that cells[place] is needed soon: one processor instruction once compiled, nothing here."""


def muldiv(part: int, amount: int, whole: int) -> int:
    """part * amount / whole, rounded down."""
    return part * amount // whole


def muldiv64(part: int, amount: int, whole: int) -> int:
    """The same in 64 bits, for 0 <= part, amount <= whole < 2^NARROW.

    The float guess is off by a few units at most. The remainder says by how many: it is small, so it is exact even
    where both products wrapped around.
    """
    guess = int(float(part) * float(amount) / float(whole))
    rest = part * amount - guess * whole
    while rest < 0:
        guess -= 1
        rest += whole
    while rest >= whole:
        guess += 1
        rest -= whole
    return guess


def proportion(amount: int, whole: int) -> int:
    """What helps `portion` to divide many parts in the proportion of `amount` to `whole`; something only in the wide kernels."""
    return 0


def portion(part: int, amount: int, whole: int, in_proportion: int) -> int:
    """part * amount / whole, rounded down."""
    return part * amount // whole


def portion64(part: int, amount: int, whole: int, in_proportion: int) -> int:
    """The same in 64 bits."""
    return muldiv(part, amount, whole)


def upcoming(thefts: Cells, row: int) -> int:
    """The number of the first theft at or after a row."""
    number = 0
    while number < len(thefts) and thefts[number] < row:
        number += 1
    return number


def reach(i: int, n: int, sender: Cells, recipient: Cells, amount: Cells, cut: Cells, thefts: Cells, first: Cells) -> None:
    """Where money could come from the thefts, forward in time.

    `first` has two cells an account, -1 where there is no such row: the row that first touched it, and the row from
    which it may hold stolen value. A cut touches and does not spread.
    """
    number = upcoming(thefts, i)
    theft = thefts[number] if number < len(thefts) else -1
    while i < n:
        if AHEAD and i + AHEAD < n:
            ahead(first, 2 * sender[i + AHEAD])
            ahead(first, 2 * recipient[i + AHEAD])
        payer = sender[i]
        payee = recipient[i]
        carries = payer >= 0 and first[2 * payer + 1] >= 0
        if i == theft:
            carries = True
            number += 1
            theft = thefts[number] if number < len(thefts) else -1
        if carries and payee >= 0 and payee != payer and amount[i]:
            if first[2 * payee] < 0:
                first[2 * payee] = i
            if first[2 * payee + 1] < 0 and not cut[i]:
                first[2 * payee + 1] = i
        i += 1


def balances(i: int, n: int, sender: Cells, recipient: Cells, amount: Cells, fee: Cells, balance: Cells, short: Cells, bits: int) -> int:
    """What accounts hold, which is the same under every rule, and how much each paid that it did not have (`short`).

    Stops at a row where a payment with its fee, a balance, or what was not there has more than `bits` bits, and gives it; n
    if there is none.
    """
    while i < n:
        if AHEAD and i + AHEAD < n:
            ahead(balance, sender[i + AHEAD])
            ahead(balance, recipient[i + AHEAD])
        payer = sender[i]
        payee = recipient[i]
        units = amount[i] if payer != payee else 0
        if payer >= 0:
            withdrawn = units + fee[i]
            if withdrawn >> bits:
                return i
            left = balance[payer] - withdrawn
            if left < 0:
                short[payer] -= left
                if short[payer] >> bits:
                    return i
                left = 0
            balance[payer] = left
        if payee >= 0:
            balance[payee] += units
            if balance[payee] >> bits:
                return i
        i += 1
    return i


def share(rule: int, stolen: int, balance: int, withdrawn: int) -> int:
    """The stolen part of a withdrawal from a pool."""
    if stolen == balance:
        return withdrawn
    if rule == HAIRCUT:
        return muldiv(stolen, withdrawn, balance)
    if rule == CLEAN_FIRST:
        clean = balance - stolen
        if clean > withdrawn:
            clean = withdrawn
        return withdrawn - clean
    return stolen if stolen < withdrawn else withdrawn


def split(parts: Cells, base: int, total: int, amount: int, shares: Cells) -> None:
    """Takes `amount` of the `total` stolen units of a pool: of each theft in proportion, rounded down; units left over
    are of the earliest theft that still has some. `parts` from `base` on is what the pool has of each."""
    if len(shares) == 1:
        shares[0] = amount
        return
    left = amount
    in_proportion = proportion(amount, total)
    for theft in range(len(shares)):
        part = parts[base + theft]
        shares[theft] = portion(part, amount, total, in_proportion) if part else 0
        left -= shares[theft]
    theft = 0
    while left:
        more = min(left, parts[base + theft] - shares[theft])
        shares[theft] += more
        left -= more
        theft += 1
    for theft in range(len(shares)):
        parts[base + theft] -= shares[theft]


def emit(out: Cells, used: int, withdrawal: int, shares: Cells) -> int:
    """Writes the shares of a withdrawal, clears them, and gives how much of `out` is used."""
    if len(shares) == 1:
        out[used] = withdrawal
        out[used + 1] = shares[0]
        shares[0] = 0
        return used + 2
    for theft in range(len(shares)):
        if shares[theft]:
            out[used] = withdrawal * len(shares) + theft
            out[used + 1] = shares[theft]
            shares[theft] = 0
            used += 2
    return used


def pooled(
    i: int, n: int, sender: Cells, recipient: Cells, amount: Cells, fee: Cells, cut: Cells, thefts: Cells,
    rule: int, pool: Cells, parts: Cells, taken: Cells, shares: Cells, out: Cells,
) -> tuple[int, int]:  # fmt: skip
    """Accounts are pools: the total first, by `share`, then its `split` over the thefts.

    `pool` has two cells an account, balance and stolen; `parts` one cell an account and theft, none where there is one
    theft. Gives the row it came to and how much of `out` it used; a row below zero is -1 - the row that did not hold.
    """
    room = len(out) - 4 * len(shares)
    used = 0
    number = upcoming(thefts, i)
    theft = thefts[number] if number < len(thefts) else -1
    while i < n and used <= room:
        if AHEAD and i + AHEAD < n:
            ahead(pool, 2 * sender[i + AHEAD])
            ahead(pool, 2 * recipient[i + AHEAD])
        payer = sender[i]
        payee = recipient[i]
        units = amount[i] if payer != payee or payer < 0 else 0
        stolen = 0
        if payer >= 0:
            charge = fee[i]
            balance = pool[2 * payer]
            if balance < units + charge:
                balance = units + charge
            held = pool[2 * payer + 1]
            pool[2 * payer] = balance - units - charge
            if held:
                burnt = share(rule, held, balance, charge)
                if burnt:
                    split(parts, payer * len(shares), held, burnt, shares)
                    used = emit(out, used, 2 * i + 1, shares)
                    held -= burnt
                stolen = share(rule, held, balance - charge, units) if held else 0
                if stolen:
                    split(parts, payer * len(shares), held, stolen, shares)
                    held -= stolen
                pool[2 * payer + 1] = held
                if held < 0 or held > pool[2 * payer]:
                    return -1 - i, used
        if i == theft:
            taken[number] += units - stolen
            shares[number] += units - stolen
            stolen = units
            number += 1
            theft = thefts[number] if number < len(thefts) else -1
        if payee >= 0:
            pool[2 * payee] += units
        if stolen:
            if payee >= 0 and not cut[i]:
                pool[2 * payee + 1] += stolen
                if len(shares) > 1:
                    for origin in range(len(shares)):
                        parts[payee * len(shares) + origin] += shares[origin]
            used = emit(out, used, 2 * i, shares)
        i += 1
    return i, used


def lots(
    i: int, n: int, sender: Cells, recipient: Cells, amount: Cells, fee: Cells, cut: Cells, thefts: Cells,
    newest_first: bool, vectors: Cells, arena: Cells, free: Cells, taken: Cells, shares: Cells, out: Cells,
) -> tuple[int, int]:  # fmt: skip
    """Accounts are inventories of lots: lots of one account lie side by side, oldest first, in one arena for all.

    `vectors` has four cells an account, in lots: where its block begins, its first lot, the end of its lots, the length
    of the block (a power of two). `arena` has two cells a lot: units and origin; neighbours differ in origin. `free[0]`
    is the first lot never used, `free[k]` a block of 2**k lots given back, whose first cell has the next, -1 none.
    Gives the row it came to and how much of `out` it used: one that stops with room in `out` wants a larger arena.
    """
    room = len(out) - 4 * len(shares)
    used = 0
    number = upcoming(thefts, i)
    theft = thefts[number] if number < len(thefts) else -1
    while i < n and used <= room:
        if AHEAD and i + AHEAD < n:
            ahead(vectors, 4 * sender[i + AHEAD])
            ahead(vectors, 4 * recipient[i + AHEAD])
            near = sender[i + 6]
            if near >= 0:
                ahead(arena, 2 * vectors[4 * near + 2] - 2 if newest_first else 2 * vectors[4 * near + 1])
            near = recipient[i + 6]
            if near >= 0:
                ahead(arena, 2 * vectors[4 * near + 2])
        payer = 4 * sender[i]
        payee = 4 * recipient[i]
        units = amount[i] if payer != payee or payer < 0 else 0
        head = vectors[payer + 1] if payer >= 0 else 0
        tail = vectors[payer + 2] if payer >= 0 else 0
        kept = vectors[payee + 2] - vectors[payee + 1] if payee >= 0 else 0
        if 2 * (free[0] + 2 * (tail - head + kept + 4)) > len(arena):
            break
        # the fee: whole lots and a part of the next
        need = fee[i] if payer >= 0 else 0
        burnt = False
        while need and head < tail:
            place = 2 * tail - 2 if newest_first else 2 * head
            part = arena[place]
            if part > need:
                part = need
                arena[place] -= need
            elif newest_first:
                tail -= 1
            else:
                head += 1
            if arena[place + 1] >= 0:
                shares[arena[place + 1]] += part
                burnt = True
            need -= part
        if burnt:
            used = emit(out, used, 2 * i + 1, shares)
        # the amount: `whole` lots, then a part of the next, or clean money where nothing is left
        need = units
        whole = 0
        rest = 0
        origin_of_rest = CLEAN
        while need and whole < tail - head:
            place = 2 * (tail - 1 - whole) if newest_first else 2 * (head + whole)
            if arena[place] > need:
                rest = need
                origin_of_rest = arena[place + 1]
                arena[place] -= need
                need = 0
            else:
                need -= arena[place]
                whole += 1
        rest += need
        # the lots that leave lie side by side from `place` on, before or after the rest
        if newest_first:
            tail -= whole
            place = 2 * tail
        else:
            place = 2 * head
            head += whole
        if payer >= 0:
            vectors[payer + 1] = head
            vectors[payer + 2] = tail
        stays = payee >= 0 and not cut[i] and units > 0
        if payee >= 0 and units and vectors[payee + 2] + whole + 1 > vectors[payee] + vectors[payee + 3]:
            make_room(vectors, arena, free, payee, whole + 1)
        end = 2 * vectors[payee + 2] if payee >= 0 else 0
        last = arena[end - 1] if payee >= 0 and vectors[payee + 2] > vectors[payee + 1] else CLEAN - 1
        stolen = False
        for each in range(whole + 1):
            if each == (0 if newest_first else whole):
                part = rest
                origin = origin_of_rest
            else:
                part = arena[place]
                origin = arena[place + 1]
                place += 2
            if part:
                if i == theft and origin == CLEAN:
                    taken[number] += part
                    origin = number
                if origin >= 0:
                    shares[origin] += part
                    stolen = True
                if stays:
                    if origin == last:
                        arena[end - 2] += part
                    else:
                        arena[end] = part
                        arena[end + 1] = origin
                        last = origin
                        end += 2
        if payee >= 0 and units:
            if not stays and last == CLEAN:
                arena[end - 2] += units
            elif not stays:
                arena[end] = units
                arena[end + 1] = CLEAN
                end += 2
            vectors[payee + 2] = end // 2
        if stolen:
            used = emit(out, used, 2 * i, shares)
        if i == theft:
            number += 1
            theft = thefts[number] if number < len(thefts) else -1
        i += 1
    return i, used


def lay(openings: Cells, vectors: Cells, arena: Cells, free: Cells) -> None:
    """Gives every account a block of two lots, the opening in it."""
    for account in range(len(openings)):
        for cell in range(3):
            vectors[4 * account + cell] = 2 * account
        vectors[4 * account + 3] = 2
        if openings[account]:
            vectors[4 * account + 2] += 1
            arena[4 * account] = openings[account]
            arena[4 * account + 1] = CLEAN
    free[0] = 2 * len(openings)


def count(vectors: Cells, arena: Cells, thefts: int, parts: Cells) -> None:
    """What the lots of every account are of each theft: `parts` has one cell an account and theft."""
    for account in range(len(vectors) // 4):
        if AHEAD and account + AHEAD < len(vectors) // 4:
            ahead(arena, 2 * vectors[4 * (account + AHEAD) + 1])
        for lot in range(vectors[4 * account + 1], vectors[4 * account + 2]):
            if arena[2 * lot + 1] >= 0:
                parts[account * thefts + arena[2 * lot + 1]] += arena[2 * lot]


def make_room(vectors: Cells, arena: Cells, free: Cells, account: int, more: int) -> None:
    """Makes `more` lots fit behind those of an account that do not: at the front of their block if they fill half of it or less,
    else in a larger block. Blocks that were left are used again."""
    base = vectors[account]
    head = vectors[account + 1]
    length = vectors[account + 2] - head
    target = base
    if 2 * (length + more) > vectors[account + 3]:
        size = 1
        while (1 << size) < length + more:
            size += 1
        target = free[size]
        if target >= 0:
            free[size] = arena[2 * target]
        else:
            target = free[0]
            free[0] += 1 << size
    for cell in range(2 * length):
        arena[2 * target + cell] = arena[2 * head + cell]
    if target != base:
        old = 1
        while (1 << old) < vectors[account + 3]:
            old += 1
        arena[2 * base] = free[old]
        free[old] = base
        vectors[account] = target
        vectors[account + 3] = 1 << size
    vectors[account + 1] = target
    vectors[account + 2] = target + length
