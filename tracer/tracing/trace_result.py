"""The answer of a run: what each rule says, and what it comes to."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tracer.ledger import NOBODY, Ledger
from tracer.model import REASONS, Endpoint, HeldPart, Hop, Reason, Theft
from tracer.model.columnar import Columnar, compact
from tracer.tracing.hops_in_numpy import standing_at, sums_by
from tracer.tracing.stops import Stops


class Hops(Columnar[Hop]):
    """Hops in ledger order, held as columns."""

    def __init__(self, columns: Mapping[str, Sequence[int]]) -> None:
        super().__init__(Hop, columns)

    def sums(self, by: Literal["row", "theft"]) -> Mapping[int, int]:
        """The stolen value of each row, of all thefts together; or of each theft."""
        return sums_by(self.column(by), self.column("amount"))

    def of_row(self, row: int) -> list[Hop]:
        """The hops of a row, a theft each."""
        rows = self.column("row")
        return [self[place] for place in range(bisect_left(rows, row), bisect_right(rows, row))]


@dataclass(frozen=True)
class Stolen:
    """What one rule says: hops and fees by row and theft, what accounts still hold (of a ledger of several assets, by holding). A row that
    destroys coins is a hop that ends where they were. `exchanged` is stolen value that a pool itself held and paid in a conversion that is
    substituted: it ends there, and the hop of such a row is what is got for what was given.

    `taken` is what each theft made stolen, which is less than its face amount where it carried money stolen before.
    `topped_up` is clean money that had to be assumed, by address, at accounts that may hold stolen value and paid more than
    they held: the same under every rule. Elsewhere it can change no figure and is not counted; the audit names it.
    """

    taken: tuple[int, ...]
    hops: Hops
    fees: Hops
    held: Columnar[HeldPart]
    topped_up: Mapping[str, int]
    exchanged: Sequence[Hop] = ()

    @cached_property
    def total(self) -> int:
        return sum(self.taken)

    @cached_property
    def burnt(self) -> int:
        """Stolen value that left as fees."""
        return sum(self.burnt_by_theft)

    @cached_property
    def burnt_by_theft(self) -> tuple[int, ...]:
        """The same, by theft."""
        burnt = self.fees.sums("theft")
        return tuple(burnt.get(number, 0) for number in range(len(self.taken)))

    @cached_property
    def by_row(self) -> Mapping[int, int]:
        """Stolen value each row carried."""
        return self.hops.sums("row")

    @cached_property
    def fees_by_row(self) -> Mapping[int, int]:
        """Stolen value each row's fee took."""
        return self.fees.sums("row")


@dataclass(frozen=True)
class Trace:
    """The answer. `cuts`: rows at which the trail stops, and why. `touched`: holding -> the row that first touched it."""

    thefts: tuple[Theft, ...]
    stops: Stops
    rows: int
    rules: Mapping[str, Stolen]
    cuts: Mapping[int, Reason]
    touched: Mapping[str, int]
    endpoints: tuple[Endpoint, ...]

    @cached_property
    def drained(self) -> frozenset[str]:
        """The senders of thefts."""
        return frozenset(theft.sender for theft in self.thefts)

    @cached_property
    def first_recipients(self) -> frozenset[str]:
        """The recipients of thefts."""
        return frozenset(theft.recipient for theft in self.thefts)

    @cached_property
    def carrying(self) -> frozenset[int]:
        """The rows that carried stolen value under any rule."""
        return frozenset(row for stolen in self.rules.values() for row in stolen.by_row)

    def carries(self, row: int) -> bool:
        """Whether a row carried stolen value under any rule."""
        return any(row in stolen.by_row for stolen in self.rules.values())

    def carried(self, row: int) -> dict[str, int]:
        """The stolen value that a row carried, by rule."""
        return {rule: stolen.by_row.get(row, 0) for rule, stolen in self.rules.items()}

    def ended(self, reasons: Collection[Reason] = REASONS) -> dict[str, dict[str, int]]:
        """Stolen value that ended at each address for one of the reasons, by rule."""
        by_address: dict[str, dict[str, int]] = {}
        for endpoint in self.endpoints:
            if endpoint.reason in reasons:
                at = by_address.setdefault(endpoint.address, dict.fromkeys(self.rules, 0))
                for rule, amount in endpoint.amounts.items():
                    at[rule] += amount
        return by_address


def received_by(ledger: Ledger, trace: Trace) -> dict[str, dict[str, int]]:
    """The stolen value that arrived at each address it reached, by rule, counted at each arrival; of several assets, at each holding."""
    recipient = array("i", ledger.columns.recipient)
    received: dict[int, dict[str, int]] = {}
    for rule, stolen in trace.rules.items():
        at = standing_at(recipient, array("i", stolen.by_row))
        for account, amount in sums_by(at, compact(stolen.by_row.values())).items():
            received.setdefault(account, dict.fromkeys(trace.rules, 0))[rule] = amount
    return {ledger.accounts[account].holding: by_rule for account, by_rule in sorted(received.items()) if account != NOBODY}
