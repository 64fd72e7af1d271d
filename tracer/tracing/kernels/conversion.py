"""What an account holds becomes so much of another asset: the step between what is given for it and what is received.

The stolen part stays the same part, rounded down: of `stolen` units of `given` come `stolen * received / given`. The account holds exactly
`given` units; it is one in which nothing but one exchange passes. `sides` has two cells: given, received.
"""

from __future__ import annotations

from tracer.tracing.kernels.arithmetic import STEP, Cells, muldiv


def exchange_pool(account: int, sides: Cells, step: int, pool: Cells, shares: Cells) -> None:
    """Of a pool: of each theft in proportion, rounded down; units left over are of the earliest theft that has a part."""
    place = step * account
    held = pool[place + 1]
    stolen = muldiv(sides[1], held, sides[0])
    pool[place] = sides[1]
    pool[place + 1] = stolen
    if len(shares) == 1 or not held:
        return
    base = place + 2
    left = stolen
    first = -1
    for theft in range(len(shares)):
        part = pool[base + theft]
        if part:
            if first < 0:
                first = theft
            pool[base + theft] = muldiv(stolen, part, held)
            left -= pool[base + theft]
    pool[base + first] += left


def exchange_lots(account: int, sides: Cells, newest_first: bool, vectors: Cells, arena: Cells) -> None:
    """Of lots, which stay in their order: those of thefts share the stolen units and clean ones the others, each from what came before it
    in the order in which lots leave to what comes with it, so that nothing is left over."""
    head = vectors[STEP * account + 1]
    tail = vectors[STEP * account + 2]
    held = 0
    for lot in range(head, tail):
        if arena[2 * lot + 1] >= 0:
            held += arena[2 * lot]
    stolen = muldiv(sides[1], held, sides[0])
    clean = sides[0] - held
    seen_stolen = 0
    seen_clean = 0
    put_stolen = 0
    put_clean = 0
    place = tail - 1 if newest_first else head
    for each in range(tail - head):
        lot = tail - 1 - each if newest_first else head + each
        origin = arena[2 * lot + 1]
        if origin >= 0:
            seen_stolen += arena[2 * lot]
            units = muldiv(stolen, seen_stolen, held) - put_stolen
            put_stolen += units
        else:
            seen_clean += arena[2 * lot]
            units = muldiv(sides[1] - stolen, seen_clean, clean) - put_clean
            put_clean += units
        if units:
            arena[2 * place] = units
            arena[2 * place + 1] = origin
            place += -1 if newest_first else 1
    if newest_first:
        vectors[STEP * account + 1] = place + 1
    else:
        vectors[STEP * account + 2] = place
