"""Accounts as inventories of lots: the kernel of fifo and lifo, and the memory its lots lie in."""

from __future__ import annotations

from tracer.model import CLEAN
from tracer.tracing.kernels.arithmetic import AHEAD, STEP, Cells, ahead
from tracer.tracing.kernels.common import emit, upcoming


def lots(
    i: int, n: int, sender: Cells, recipient: Cells, amount: Cells, fee: Cells, cut: Cells, thefts: Cells,
    newest_first: bool, vectors: Cells, arena: Cells, free: Cells, taken: Cells, shares: Cells, out: Cells,
) -> tuple[int, int]:  # fmt: skip
    """Accounts are inventories of lots: lots of one account lie side by side, oldest first, in one arena for all.

    `vectors` has four cells every STEP cells, in lots: where the block of an account begins, its first lot, the end of its lots, the
    length of the block (a power of two). `arena` has two cells a lot: units and origin; neighbours differ in origin. `free[0]`
    is the first lot never used, `free[k]` a block of 2**k lots given back, whose first cell has the next, -1 none.
    Gives the row it came to and how much of `out` it used: one that stops with room in `out` wants a larger arena.
    """
    room = len(out) - 4 * len(shares)
    used = 0
    number = upcoming(thefts, i)
    theft = thefts[number] if number < len(thefts) else -1
    while i < n and used <= room:
        if AHEAD and i + AHEAD < n:
            ahead(vectors, STEP * sender[i + AHEAD])
            ahead(vectors, STEP * recipient[i + AHEAD])
            near = sender[i + 6]
            if near >= 0:
                ahead(arena, 2 * vectors[STEP * near + 2] - 2 if newest_first else 2 * vectors[STEP * near + 1])
            near = recipient[i + 6]
            if near >= 0:
                ahead(arena, 2 * vectors[STEP * near + 2])
        payer = STEP * sender[i]
        payee = STEP * recipient[i]
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
    """Gives every account a block of two lots, the opening in it. Where the arena has the vectors in it, that is right behind its own."""
    for account in range(len(openings)):
        block = (STEP * (account + 1) - 4) // 2
        for cell in range(3):
            vectors[STEP * account + cell] = block
        vectors[STEP * account + 3] = 2
        if openings[account]:
            vectors[STEP * account + 2] += 1
            arena[2 * block] = openings[account]
            arena[2 * block + 1] = CLEAN
    free[0] = STEP // 2 * len(openings)


def count(accounts: int, vectors: Cells, arena: Cells, thefts: int, parts: Cells) -> None:
    """What the lots of every account are of each theft: `parts` has one cell an account and theft."""
    for account in range(accounts):
        if AHEAD and account + AHEAD < accounts:
            ahead(arena, 2 * vectors[STEP * (account + AHEAD) + 1])
        for lot in range(vectors[STEP * account + 1], vectors[STEP * account + 2]):
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
