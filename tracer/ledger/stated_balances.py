"""The balances that a source states, against those that its rows add up to at the same height."""

from __future__ import annotations

from bisect import bisect_right

from tracer.ledger.balances import play
from tracer.ledger.gap import Gap, gap_at
from tracer.ledger.ledger import Ledger
from tracer.model import Account


def states_balance(account: Account) -> bool:
    """Whether a source says what the account holds, and at which height."""
    return account.served is not None and account.served_height is not None


def contradicted_balances(ledger: Ledger, served: list[int]) -> list[Gap]:
    """Those of the `served` accounts whose balance is not what the source stated, at the height it stated it."""
    held, gaps, played = ledger.openings, [], 0
    placed = ledger.order_basis != "time" and None not in ledger.columns.height
    for number in sorted(served, key=lambda number: ledger.accounts[number].served_height or 0):
        account = ledger.accounts[number]
        until = _rows_up_to(ledger, account.served_height or 0, placed)
        play(ledger.columns, held, played, until)
        played = until
        short_by = (account.served or 0) - held[number]
        if short_by:
            gaps.append(gap_at(account, short_by, None, _likely(short_by, account.omits)))
    return gaps


def _rows_up_to(ledger: Ledger, height: int, placed: bool) -> int:
    """How many rows there are before the first that stands above the block `height`. `placed`: the height of every row is known."""
    heights = ledger.columns.height
    if placed:
        return bisect_right(heights, height, key=lambda row_height: row_height or 0)
    return next((row for row, row_height in enumerate(heights) if row_height is not None and row_height > height), len(heights))


def _likely(short_by: int, omits: str) -> str:
    if short_by > 0 and omits:
        return f"it receives {omits}"
    if short_by > 0:
        return "income that no transaction list names: a charge on somebody's payment, a share of fees"
    return "an outgoing payment, fee or charge that was not read, or a payment read twice"
