"""How wide an amount may be: everything is exact below 2^127 smallest units, and what passes that is refused by name."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.errors import LedgerError
from tracer.ledger.ledger import Ledger
from tracer.ledger.ledger_columns import NOBODY, Columns
from tracer.model import Account

BITS = 127
"""Of the widest amount. Two of them still make a number of 128 bits, in which it shows that they have passed it."""

LIMIT = f"amounts are exact below 2^{BITS} smallest units"

TOO_WIDE = f"{LIMIT}: is the column an amount, and not the number of a token?"
"""What is said of a cell that is wider."""


def require_exact(columns: Columns, accounts: Sequence[Account]) -> None:
    """Raises LedgerError naming the first row, or else the first account, whose amount, fee, opening or balance is 2^127 or more."""
    for name in ("amount", "fee"):
        column = getattr(columns, name)
        if max(column, default=0) >> BITS:
            row = next(row for row, units in enumerate(column) if units >> BITS)
            raise LedgerError(
                f"{columns.source[row]}: row {row} (hash {columns.tx_hash[row] or 'not stated'}) has {name} {column[row]}, and {TOO_WIDE}"
            )
    for account in accounts:
        for name, units in (("opens with", account.opening), ("is stated to hold", account.served)):
            if (units or 0) >> BITS:
                raise LedgerError(f"{account.address} {name} {units}, and {LIMIT}")


def too_wide(ledger: Ledger, row: int) -> LedgerError:
    """The refusal of a row where what somebody holds, pays, or paid without having it, comes to 2^127 or more."""
    c = ledger.columns
    sides = (ledger.accounts[number].address for number in (c.sender[row], c.recipient[row]) if number != NOBODY)
    return LedgerError(
        f"row {row} (hash {c.tx_hash[row] or 'not stated'}): with it a sum at {' or '.join(sides)} comes to 2^{BITS} or more, and {LIMIT}"
    )
