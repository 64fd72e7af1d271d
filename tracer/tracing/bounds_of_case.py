"""Every bound of a case, with its proof: endpoints, services and their customers, places together, and one theft alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from tracer.ledger import Audit, Ledger
from tracer.model import Advance, Bound, Bounded, Bounds, Customer, Figure, Moved, Progress, Proof, Proofs, Reason, bounds_of, quiet
from tracer.tracing.bounds_any_order_in_block import network_in_any_order
from tracer.tracing.bounds_by_max_flow import bound, extreme
from tracer.tracing.bounds_network import FEES, Ending, HeldAs, Network, ending_of, network
from tracer.tracing.bounds_preconditions import held_reasons, memos_of, network_of, places_named, places_of, rows_followed, services_of
from tracer.tracing.followed_rows import Flows
from tracer.tracing.min_cuts import Totals, allocation_of, cut_of
from tracer.tracing.trace_result import Trace


class ProvenBounds(NamedTuple):
    """Bounds and their proofs."""

    bounds: Bounds
    proofs: Proofs


def figures_of(
    ledger: Ledger, verdict: Audit, trace: Trace, endpoints: Sequence[tuple[str, Reason]] = (), advance: Progress = quiet
) -> Bounds:
    """The least and the most at these endpoints, at every service and customer that stolen value could have reached, and at all services
    together: without proofs, and in the order of the ledger alone.

    Raises BoundsError where the ledger does not bear a bound.
    """
    made = network_of(ledger, verdict, trace.thefts, trace.stops)
    asked = _asked(made, None, ledger, trace, endpoints, [])
    return bounds_of({subject: bound(made, _places(made, ledger, trace, subject)) for subject in _told(asked, advance)}, {})


def proven_of(
    ledger: Ledger,
    verdict: Audit,
    trace: Trace,
    endpoints: Sequence[tuple[str, Reason]],
    unions: Sequence[tuple[str, ...]] = (),
    advance: Progress = quiet,
    *,
    alone: bool = True,
) -> ProvenBounds:
    """The least and the most at these endpoints, at every service and customer that stolen value could have reached, at all services
    together and these unions; of all thefts and, where `alone`, of each of several; all with their proofs, and in any order of blocks.

    Raises BoundsError where the ledger does not bear a bound, InputError where a name of a union means nothing.
    """
    made = network_of(ledger, verdict, trace.thefts, trace.stops)
    followed = (*rows_followed(ledger, trace.thefts, trace.stops), held_reasons(ledger, trace.stops))
    provers: dict[int | None, _Prover] = {
        None: _Prover(made, network_in_any_order(ledger, *followed), ledger, _by_rules(ledger, trace, None, followed[-1]), "")
    }
    asked = _asked(made, provers[None].free, ledger, trace, endpoints, unions)
    of_case = tuple(asked)
    for number, prover in _alone(ledger, trace, *followed) if alone else ():
        provers[number] = prover
        asked += _asked_alone(of_case, number, prover, ledger, trace)
    bounds: dict[Bounded, Bound] = {}
    any_order: dict[Bounded, Bound] = {}
    proofs: dict[tuple[Bounded, Figure], Proof] = {}
    for subject in _told(asked, advance):
        prover = provers[subject.theft]
        bounds[subject] = prover.proven(subject, _places(prover.made, ledger, trace, subject), proofs)
        if prover.free is not None:
            any_order[subject] = _in_any_order(prover.free, ledger, subject, _places(prover.free, ledger, trace, subject), proofs)
    allocations = {name: moved for prover in provers.values() for name, moved in prover.allocations.items()}
    return ProvenBounds(bounds_of(bounds, any_order), Proofs(proofs, allocations))


def _told(asked: Sequence[Bounded], advance: Progress) -> Iterator[Bounded]:
    for done, subject in enumerate(asked):
        advance(Advance("least and most", done, len(asked), "places"))
        yield subject


def _asked(
    made: Network,
    free: Network | None,
    ledger: Ledger,
    trace: Trace,
    endpoints: Sequence[tuple[str, Reason]],
    unions: Sequence[tuple[str, ...]],
) -> list[Bounded]:
    """What is asked of a case; every service and every customer whom some admissible rule reaches, in the order of the ledger or in any."""
    networks = [made, *([free] if free else [])]
    services = tuple(sorted({service for each in networks for service in services_of(each, ledger, trace.stops)}))
    together = [services] if len(services) > 1 else []
    return [
        *(Bounded("endpoint", address, reason) for address, reason in endpoints),
        *(Bounded("service", service=service) for service in services),
        *(Bounded("customer", customer.address, "service", memo=customer.memo) for customer in _customers(networks, ledger)),
        *(Bounded("union", names=names) for names in dict.fromkeys([*together, *unions])),
    ]


def _places(made: Network, ledger: Ledger, trace: Trace, subject: Bounded) -> list[Ending]:
    """The places of a network that are meant; there may be more of them where a block has no order."""
    if subject.kind == "union":
        return [place for name in subject.names for place in places_named(made, ledger, trace.stops, name)]
    if subject.service is not None:
        return services_of(made, ledger, trace.stops).get(subject.service, [])
    number = ledger.index[str(subject.address)]
    if subject.kind == "customer":
        return [Ending(number, "service", subject.memo)]
    return places_of(made, number, cast(Reason, subject.reason))


def _customers(networks: Sequence[Network], ledger: Ledger) -> list[Customer]:
    """The customers of services whom stolen value could have reached, those first who are paid first; whether or not a compared rule traces
    any to them, since one who is not listed is taken to have a ceiling of 0."""
    places = dict.fromkeys(place for each in networks for place in each.places if place.reason == "service")
    return [Customer(ledger.accounts[place.account].address, place.memo) for place in places]


def _alone(ledger: Ledger, trace: Trace, flows: Flows, reasons: Mapping[int, Reason], held_as: HeldAs) -> Iterator[tuple[int, _Prover]]:
    """Each theft, where there are several, as if it were the only one; what others took is then money like any other."""
    if len(trace.thefts) < 2:
        return
    memos = memos_of(ledger, reasons)
    for number, theft in enumerate(trace.thefts):
        one = flows._replace(thefts=[theft.row])
        free = network_in_any_order(ledger, one, reasons, held_as)
        made = network(one, reasons, memos, held_as)
        yield number, _Prover(made, free, ledger, _by_rules(ledger, trace, number, held_as), f"theft {number + 1}, ")


def _asked_alone(asked: Sequence[Bounded], number: int, prover: _Prover, ledger: Ledger, trace: Trace) -> Iterator[Bounded]:
    """What is asked of one theft: all that is asked of the case, where it can have come."""
    for subject in asked:
        if any(place in prover.made.places for place in _places(prover.made, ledger, trace, subject)):
            yield subject._replace(theft=number)


def _by_rules(ledger: Ledger, trace: Trace, theft: int | None, held_as: HeldAs) -> dict[str, Totals]:
    """What each rule puts at each place, of one theft or of all: a rule is an allocation too."""
    c = ledger.columns
    told: dict[str, Totals] = {}
    for rule, stolen in trace.rules.items():
        at: dict[Ending, int] = {}
        for hop in stolen.hops:
            if hop.row in trace.cuts and theft in (None, hop.theft):
                reason = trace.cuts[hop.row]
                memo = c.memo[hop.row] if reason == "service" else None
                place = ending_of(c.sender[hop.row], c.recipient[hop.row], reason, memo)
                at[place] = at.get(place, 0) + hop.amount
        for address, of, amount in stolen.held:
            if theft in (None, of):
                place = Ending(ledger.index[address], held_as(ledger.index[address]))
                at[place] = at.get(place, 0) + amount
        at[FEES] = sum(fee.amount for fee in stolen.fees if theft in (None, fee.theft))
        told[rule] = at
    return told


class _Prover:
    """Proves bounds in one network, and keeps the allocations it had to make: one that reaches several figures is made once.

    `free` is the same network with the rows of a block in no order, where there is one."""

    def __init__(self, made: Network, free: Network | None, ledger: Ledger, known: dict[str, Totals], prefix: str) -> None:
        self.made, self.free, self.ledger, self.known, self.prefix = made, free, ledger, known, prefix
        self.made_up: dict[str, tuple[Moved, ...]] = {}
        self.used: set[str] = set()

    @property
    def allocations(self) -> dict[str, tuple[Moved, ...]]:
        return {name: moved for name, moved in self.made_up.items() if name in self.used}

    def proven(self, subject: Bounded, places: Collection[Ending], proofs: dict[tuple[Bounded, Figure], Proof]) -> Bound:
        """The bound of a subject; its two proofs are added to `proofs`."""
        past, into = (extreme(self.made, places, away=away) for away in (True, False))
        found = Bound(self.made.stolen - past.value, into.value)
        figures: list[tuple[Figure, int]] = [("least", found.least), ("most", found.most)]
        for (figure, value), one in zip(figures, (past, into), strict=True):
            name = next((name for name, totals in self.known.items() if _at(totals, places) == value), None)
            if name is None:
                name = f"{self.prefix}{len(self.made_up) + 1}"
                self.made_up[name], self.known[name] = allocation_of(self.made, one)
                if _at(self.known[name], places) != value:
                    raise AssertionError(f"an allocation does not reach the {figure} of {subject}")
            self.used.add(name)
            proofs[subject, figure] = Proof(cut_of(self.made, self.ledger, one), name)
        return found


def _at(totals: Totals, places: Collection[Ending]) -> int:
    return sum(totals.get(place, 0) for place in set(places))


def _in_any_order(
    free: Network, ledger: Ledger, subject: Bounded, places: Collection[Ending], proofs: dict[tuple[Bounded, Figure], Proof]
) -> Bound:
    """The bound of a subject whatever the order inside a block; its two cuts are added to `proofs`."""
    past, into = (extreme(free, places, away=away) for away in (True, False))
    proofs[subject, "least_any_order"] = Proof(cut_of(free, ledger, past), None)
    proofs[subject, "most_any_order"] = Proof(cut_of(free, ledger, into), None)
    return Bound(free.stolen - past.value, into.value)
