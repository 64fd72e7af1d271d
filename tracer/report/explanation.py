"""Everything a case knows about one address: who it is said to be, what it holds, what stolen value came, went and ended there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Account, Endpoint, Label, Transfer
from tracer.tracing import Trace, role_of, stop_of

WITH_ORIGINS = ("fifo", "lifo", "haircut")
"""The rules that say which deposit a coin came by."""

NO_ORIGINS = (
    "clean_first and dirty_first say how much of a balance is stolen, not which deposit a coin came by: "
    "how they share it out among several thefts is a convention, so no origin is read from them"
)


class Movement(NamedTuple):
    """A transfer that carried stolen value to or from the address: `traced` by rule, `cut` why the trail stops with it.

    `theft` is the number of the theft that the transfer itself is, None if it is none.
    """

    transfer: Transfer
    counterparty: str | None
    traced: Mapping[str, int]
    theft: int | None
    cut: str | None


class Sums(NamedTuple):
    """One address under one rule: `stolen_here + received = sent + ended + fees`, to the unit. `stolen_here` was taken from it."""

    stolen_here: int
    received: int
    sent: int
    ended: int
    fees: int


class Origin(NamedTuple):
    """What of one theft arrived at the address, and what of it ended there. `deposits`: row -> amount, in ledger order.

    What arrived may have been sent on, and may have come twice. Where the trail stops, all that arrived ended there.
    """

    theft: int
    arrived: int
    ended: int
    deposits: Mapping[int, int]


class Explanation(NamedTuple):
    """`labels` are all there are, most trusted first; `unused` those below the least confidence of the case, which name nobody.
    `disputed`: they disagree, as `LabelBook.conflicts` has it.

    `touched` is the first transfer by which stolen money could have come: a mark, never an amount. `first` and `last` are
    of all its transfers, `rows` of them. `origins` has the rules WITH_ORIGINS that were run.
    """

    address: str
    name: str | None
    labels: tuple[Label, ...]
    unused: frozenset[Label]
    disputed: bool
    role: str
    stop: str | None
    account: Account
    balance: int | None
    rows: int
    first: Transfer | None
    last: Transfer | None
    touched: Transfer | None
    sums: Mapping[str, Sums]
    endpoints: tuple[Endpoint, ...]
    arriving: tuple[Movement, ...]
    leaving: tuple[Movement, ...]
    origins: Mapping[str, tuple[Origin, ...]]


def explain(ledger: Ledger, trace: Trace, book: LabelBook, address: str) -> Explanation:
    """All that is known of an address of the ledger, whether stolen value reached it or not. Raises KeyError for another."""
    number = ledger.index[address]
    stop = stop_of(address, ledger, trace)
    arriving, leaving = ledger.rows_of(number)
    own = sorted({*arriving, *leaving})
    labels = tuple(sorted((label for label in book.labels if label.address == address), key=lambda label: -label.level))
    touched = trace.touched.get(address)
    return Explanation(
        address=address,
        name=book.name(address),
        labels=labels,
        unused=frozenset(labels) - frozenset(book.of(address)),
        disputed=address in book.conflicts,
        role=role_of(address, stop, trace),
        stop=stop,
        account=ledger.accounts[number],
        balance=ledger.balances[number] if ledger.accounts[number].coverage == "full" else None,
        rows=len(own),
        first=ledger.transfer(own[0]) if own else None,
        last=ledger.transfer(own[-1]) if own else None,
        touched=None if touched is None else ledger.transfer(touched),
        sums={rule: _sums(trace, rule, address, arriving, leaving) for rule in trace.rules},
        endpoints=tuple(endpoint for endpoint in trace.endpoints if endpoint.address == address),
        arriving=_movements(ledger, trace, arriving, lambda transfer: transfer.sender),
        leaving=_movements(ledger, trace, leaving, lambda transfer: transfer.recipient),
        origins={rule: _origins(trace, rule, address, arriving) for rule in WITH_ORIGINS if rule in trace.rules},
    )


def _movements(ledger: Ledger, trace: Trace, rows: list[int], other: Callable[[Transfer], str | None]) -> tuple[Movement, ...]:
    """Those of the rows that carried stolen value under any rule; `other` gives the far end of a transfer."""
    declared = {theft.row: number for number, theft in enumerate(trace.thefts)}
    movements = []
    for row in rows:
        if trace.carries(row):
            transfer = ledger.transfer(row)
            movements.append(Movement(transfer, other(transfer), trace.carried(row), declared.get(row), trace.cuts.get(row)))
    return tuple(movements)


def _sums(trace: Trace, rule: str, address: str, arriving: list[int], leaving: list[int]) -> Sums:
    stolen = trace.rules[rule]
    return Sums(
        stolen_here=sum(taken for theft, taken in zip(trace.thefts, stolen.taken, strict=True) if theft.sender == address),
        received=sum(stolen.by_row.get(row, 0) for row in arriving),
        sent=sum(stolen.by_row.get(row, 0) for row in leaving if trace.cuts.get(row) != "destroyed"),
        ended=sum(endpoint.amounts[rule] for endpoint in trace.endpoints if endpoint.address == address),
        fees=sum(stolen.fees_by_row.get(row, 0) for row in leaving),
    )


def _origins(trace: Trace, rule: str, address: str, arriving: list[int]) -> tuple[Origin, ...]:
    """Read from the lots (or shares) of the forward run: each kept the theft it came from."""
    deposits: dict[int, dict[int, int]] = {}
    for row in arriving:
        for hop in trace.rules[rule].hops.of_row(row):
            at = deposits.setdefault(hop.theft, {})
            at[row] = at.get(row, 0) + hop.amount
    ended = {n: sum(e.by_theft[rule][n] for e in trace.endpoints if e.address == address) for n in range(len(trace.thefts))}
    return tuple(Origin(theft, sum(rows.values()), ended[theft], rows) for theft, rows in sorted(deposits.items()))
