"""The rows to follow as columns, which is how the kernels read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracer.ledger import Ledger
from tracer.model import Reason, Theft
from tracer.tracing.kernels import Cells


class Becomes(NamedTuple):
    """Before the row `place`, what the account holds, `given` units, becomes `received` units of another asset."""

    place: int
    account: int
    given: int
    received: int


class Flows(NamedTuple):
    """Rows to follow, in order, as columns: all lists, or all arrays; then amounts, fees and openings may be wide.

    Accounts are numbers from 0 on, below 0 is outside. `cut` says of a row whether the trail stops there. `thefts` are the rows
    that are thefts, ascending; one that is past the last row happens after the end. `openings` is what each account holds
    before the first row. `exchanges` stand in the order of their places.
    """

    sender: Cells
    recipient: Cells
    amount: Cells
    fee: Cells
    cut: Cells
    thefts: Cells
    openings: Cells
    exchanges: Sequence[Becomes] = ()

    @property
    def columns(self) -> dict[str, Cells]:
        """The columns by name."""
        return {name: column for name, column in self._asdict().items() if name != "exchanges"}

    @property
    def moves(self) -> tuple[Cells, Cells, Cells, Cells]:
        """What moves in each row, in the order in which the kernels take it."""
        return self.sender, self.recipient, self.amount, self.fee


def flows_of(ledger: Ledger, thefts: Sequence[Theft], rows: int, cut: Mapping[int, Reason]) -> Flows:
    """The first `rows` rows as the kernels read them; `thefts` in ledger order."""
    c = ledger.columns
    return Flows(
        sender=c.sender[:rows],
        recipient=c.recipient[:rows],
        amount=c.amount[:rows],
        fee=c.fee[:rows],
        cut=[row in cut for row in range(rows)],
        thefts=[theft.row for theft in thefts],
        openings=ledger.openings,
    )
