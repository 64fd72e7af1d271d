"""Accounts as pools: the kernel of haircut, clean_first and dirty_first."""

from __future__ import annotations

from tracer.tracing.kernels.arithmetic import AHEAD, LINE, Cells, ahead
from tracer.tracing.kernels.common import emit, upcoming
from tracer.tracing.kernels.fee_before_amount import fee_then_amount
from tracer.tracing.kernels.haircut_libr_rounding import split


def pooled(
    i: int, n: int, sender: Cells, recipient: Cells, amount: Cells, fee: Cells, cut: Cells, thefts: Cells,
    rule: int, step: int, pool: Cells, taken: Cells, shares: Cells, out: Cells,
) -> tuple[int, int]:  # fmt: skip
    """Accounts are pools: the total first, the fee before the amount, then its `split` over the thefts.

    `pool` has `step` cells an account: balance, stolen and, where there are several thefts, what is of each; an account is read whole, so
    it lies together. Gives the row it came to and how much of `out` it used; a row below zero is -1 - the row that did not hold.
    """
    one = len(shares) == 1  # then nothing is split
    room = len(out) - 4 * len(shares)
    used = 0
    number = upcoming(thefts, i)
    theft = thefts[number] if number < len(thefts) else -1
    while i < n and used <= room:
        if AHEAD and i + AHEAD < n:
            ahead(pool, step * sender[i + AHEAD])
            ahead(pool, step * recipient[i + AHEAD])
            for cell in range(LINE, min(step, 4 * LINE), LINE):
                ahead(pool, step * sender[i + AHEAD] + cell)
                ahead(pool, step * recipient[i + AHEAD] + cell)
        payer = step * sender[i]
        payee = step * recipient[i]
        units = amount[i] if payer != payee or payer < 0 else 0
        stolen = 0
        if payer >= 0:
            charge = fee[i]
            balance = pool[payer]
            if balance < units + charge:
                balance = units + charge
            held = pool[payer + 1]
            pool[payer] = balance - units - charge
            if held:
                burnt, stolen = fee_then_amount(rule, held, balance, charge, units)
                if burnt and one:
                    out[used] = 2 * i + 1
                    out[used + 1] = burnt
                    used += 2
                elif burnt:
                    split(pool, payer + 2, held, burnt, shares)
                    used = emit(out, used, 2 * i + 1, shares)
                held -= burnt
                if stolen and not one:
                    split(pool, payer + 2, held, stolen, shares)
                held -= stolen
                pool[payer + 1] = held
                if held < 0 or held > pool[payer]:
                    return -1 - i, used
        if i == theft:
            taken[number] += units - stolen
            if not one:
                shares[number] += units - stolen
            stolen = units
            number += 1
            theft = thefts[number] if number < len(thefts) else -1
        if payee >= 0:
            pool[payee] += units
        if stolen:
            if payee >= 0 and not cut[i]:
                pool[payee + 1] += stolen
                if not one:
                    for origin in range(len(shares)):
                        pool[payee + 2 + origin] += shares[origin]
            if one:
                out[used] = 2 * i
                out[used + 1] = stolen
                used += 2
            else:
                used = emit(out, used, 2 * i, shares)
        i += 1
    return i, used
