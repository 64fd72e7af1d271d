"""Why at least so much is somewhere: the proof as sentences and amounts that anybody can add up, from what is printed alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracer.errors import InputError
from tracer.model import Bound, Bounded, Proof, bounded_by
from tracer.tracing.bounds_network import FEES, Ending
from tracer.tracing.cut_rows import Crossing, crossings_of
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

SHORT = 10  # characters of an address where a line has to fit


class WhyLeast(NamedTuple):
    """The proof of a floor: `stolen` (in the rows `thefts`) less all that can be elsewhere (the sum of `crossings`) is `bound.least`."""

    bounded: Bounded
    bound: Bound
    stolen: int
    thefts: tuple[int, ...]
    proof: Proof
    crossings: tuple[Crossing, ...]

    @property
    def elsewhere(self) -> int:
        """The most that can be anywhere else."""
        return sum(crossing.amount for crossing in self.crossings)


class ProofLine(NamedTuple):
    """Crossings that are printed as one amount."""

    amount: int
    text: str
    rows: tuple[int, ...]


def why_least(case: CaseFolder, bounded: Bounded) -> WhyLeast:
    """The proof of what is at least there.

    Raises InputError where no bound of it is kept, AssertionError where what can be elsewhere and the floor are not what was stolen.
    """
    bound = dict(bounded_by(case.bounds)).get(bounded)
    proof = case.proofs.by_figure.get((bounded, "least"))
    if bound is None or proof is None:
        if bounded.theft is not None and case.bounds.alone:
            raise InputError(f"nothing of theft {bounded.theft + 1} can have come there: floor and ceiling of it alone are 0")
        raise InputError(f"{case.folder}: its floor was not computed yet: tracer bounds {case.folder} does, with its proof")
    thefts = [theft for number, theft in enumerate(case.trace.thefts) if bounded.theft in (None, number)]
    inside = inside_of(case, bounded)
    crossings = crossings_of(case.ledger, thefts, case.trace.stops, proof.cut, lambda place: not inside(place))
    found = WhyLeast(bounded, bound, sum(theft.amount for theft in thefts), tuple(theft.row for theft in thefts), proof, tuple(crossings))
    if found.stolen - found.elsewhere != bound.least:
        raise AssertionError(f"{found.stolen} stolen less {found.elsewhere} elsewhere is not {bound.least}")
    return found


def inside_of(case: CaseFolder, bounded: Bounded) -> Callable[[Ending], bool]:
    """Whether a place is one of those that the bound is of."""
    services, accounts = case.trace.stops.services, case.ledger.accounts

    def named(name: str, place: Ending) -> bool:
        if name == FEES.reason:
            return place == FEES
        if name in services.values():
            return place.reason == "service" and services[accounts[place.account].address] == name
        return place != FEES and accounts[place.account].address == name

    if bounded.kind in ("endpoint", "customer"):
        return lambda place: (
            (place.reason, place != FEES and accounts[place.account].address) == (bounded.reason, bounded.address)
            and (bounded.kind == "endpoint" or place.memo == bounded.memo)
        )
    names = bounded.names or (str(bounded.service),)
    return lambda place: any(named(name, place) for name in names)


def amounts_to_add(case: CaseFolder, crossings: Sequence[Crossing], most: int) -> list[ProofLine]:
    """The crossings as at most so many amounts, the largest first: by who paid whom; if those are too many by who paid; and of these, if
    they are still too many, the smallest together. Their sum is that of the crossings."""
    for key in (_by_both, _by_payer):
        groups: dict[tuple[str, ...], list[Crossing]] = {}
        for crossing in crossings:
            groups.setdefault(key(crossing), []).append(crossing)
        if len(groups) <= most:
            break
    lines = sorted((_line(case, group, key is _by_payer) for group in groups.values()), key=lambda line: -line.amount)
    rest = lines[most - 1 :]
    if len(rest) > 1:
        amount, rows = sum(line.amount for line in rest), tuple(sorted(row for line in rest for row in line.rows))
        lines[most - 1 :] = [
            ProofLine(amount, f"all together that {len(rest)} other accounts paid, burnt or kept, each less than above", rows)
        ]
    return lines


def _by_both(crossing: Crossing) -> tuple[str, ...]:
    if crossing.way == "stolen":
        return crossing.way, str(crossing.payee)
    return crossing.way, crossing.payer, str(crossing.payee), str(crossing.row is None) if crossing.way == "kept" else ""


def _by_payer(crossing: Crossing) -> tuple[str, ...]:
    return ("stolen",) if crossing.way == "stolen" else ("of", crossing.payer)


def _line(case: CaseFolder, group: Sequence[Crossing], by_payer: bool) -> ProofLine:
    rows = tuple(crossing.row for crossing in group if crossing.row is not None)
    return ProofLine(sum(crossing.amount for crossing in group), _text(case, group, by_payer), rows)


def _text(case: CaseFolder, group: Sequence[Crossing], by_payer: bool) -> str:
    first = group[0]
    payer, payee = (address and _short(case, address) for address in (first.payer, first.payee))
    if first.way == "stolen":
        return f"stolen straight into {'other accounts' if by_payer else f'{payee}, not one of these then'}, {counted(len(group), 'theft')}"
    if by_payer:
        return f"paid, burnt as fees or kept by {payer}, {counted(len(group), 'amount')}"
    if first.way == "kept":
        return f"still held by {payer} after the last row" if first.row is None else f"held by {payer} when it ceased to be one of these"
    ways = {"paid": f"paid by {payer} to {payee}", "destroyed": f"destroyed at {payer}", "fee": f"burnt by {payer} as fees"}
    return f"{ways[first.way]}, {counted(len(group), 'payment')}"


def _short(case: CaseFolder, address: str) -> str:
    """The label of an address, or its beginning, by which every command takes it."""
    return case.labels.name(address) or (f"{address[:SHORT]}..." if len(address) > SHORT + 3 else address)
