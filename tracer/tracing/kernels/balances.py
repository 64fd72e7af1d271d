"""What accounts hold, row by row: fee and amount leave together, before anything arrives, as in `ledger/balances.py`; the same under
every rule. Which leaves first decides only what of each is stolen: `fee_before_amount.py`, and in lots `fifo_lifo.py`."""

from __future__ import annotations

from tracer.tracing.kernels.arithmetic import AHEAD, Cells, ahead


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
