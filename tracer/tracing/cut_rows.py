"""What crosses a cut, row by row: the lines that somebody adds up to check a bound by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from tracer.ledger import NOBODY, Ledger
from tracer.model import Cut, Theft
from tracer.tracing.bounds_network import FEES, Ending, ending_of
from tracer.tracing.bounds_preconditions import held_reasons, memos_of, rows_followed
from tracer.tracing.stops import Stops

Way = Literal["stolen", "paid", "destroyed", "fee", "kept"]


class Crossing(NamedTuple):
    """At most so much can have crossed here: stolen straight from a victim, paid, destroyed, burnt as a fee, or kept by an account, when
    it changed sides or, where `row` is None, at the end. `payee` is None of what was burnt or destroyed."""

    way: Way
    row: int | None
    payer: str
    payee: str | None
    amount: int


def crossings_of(ledger: Ledger, thefts: Sequence[Theft], stops: Stops, cut: Cut, far: Callable[[Ending], bool]) -> list[Crossing]:
    """What crosses a cut, in the order of rows; `far` says which places lie on the far side. Their sum is the most that can be far."""
    flows, reasons = rows_followed(ledger, thefts, stops)
    memos = memos_of(ledger, reasons)
    address = [account.address for account in ledger.accounts]
    sides = _Sides(cut)
    held = list(flows.openings)
    tainted: set[int] = set()
    found: list[Crossing] = []
    for row, (sender, recipient, amount, fee) in enumerate(zip(*flows.moves, strict=True)):
        turned = [number for number in sides.turning(row, ledger) if number in tainted and held[number]]
        found += [Crossing("kept", row, address[number], address[number], held[number]) for number in turned]
        amount = 0 if sender == recipient else amount
        stolen = row in flows.thefts
        near = stolen or (sender in tainted and sides.near(address[sender], row))
        payer = address[sender] if sender != NOBODY else ""
        if near and fee and not stolen and far(FEES):
            found.append(Crossing("fee", row, payer, None, fee))
        if near and amount:
            place = ending_of(sender, recipient, reasons[row], memos.get(row)) if row in reasons else None
            if far(place) if place else not sides.near(address[recipient], row):
                if recipient == NOBODY:
                    found.append(Crossing("destroyed", row, payer, None, amount))
                else:
                    found.append(Crossing("stolen" if stolen else "paid", row, payer, address[recipient], amount))
        _pass_on(held, tainted, (sender, recipient, amount, fee), stolen, row in reasons)
    held_as, end = held_reasons(ledger, stops), len(flows.amount)
    ends = [number for number in sorted(tainted) if far(Ending(number, held_as(number))) and sides.near(address[number], end)]
    return found + [Crossing("kept", None, address[number], address[number], held[number]) for number in ends if held[number]]


def _pass_on(held: list[int], tainted: set[int], move: tuple[int, int, int, int], stolen: bool, cut: bool) -> None:
    """Plays a row: balances, and who can hold stolen value from then on."""
    sender, recipient, amount, fee = move
    for number, change in ((sender, -amount - fee), (recipient, amount)):
        if number != NOBODY:
            held[number] += change
    if amount and recipient != NOBODY and not cut and (stolen or sender in tainted):
        tainted.add(recipient)
    if sender != NOBODY and not held[sender]:
        tainted.discard(sender)


class _Sides:
    """Which side an account lies on at a row, and who turns from near to far there."""

    def __init__(self, cut: Cut) -> None:
        self.listed = cut.listed == "near"
        self.spans: dict[str, list[tuple[int, int | None]]] = {}
        self.turns: dict[int, list[str]] = {}
        for side in cut.sides:
            self.spans.setdefault(side.address, []).append((side.first, side.until))
            for turn in (side.first, side.until):
                if turn is not None:
                    self.turns.setdefault(turn, []).append(side.address)

    def near(self, address: str, row: int) -> bool:
        listed = any(first <= row and (until is None or row < until) for first, until in self.spans.get(address, ()))
        return listed == self.listed

    def turning(self, row: int, ledger: Ledger) -> list[int]:
        turned = [
            address for address in dict.fromkeys(self.turns.get(row, ())) if self.near(address, row - 1) and not self.near(address, row)
        ]
        return [ledger.index[address] for address in turned if row]
