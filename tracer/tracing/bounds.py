"""The least and the most that can have ended at an endpoint, whatever rule is applied (docs/bounds.md).

A rule is admissible if it moves at most what a transfer moves, holds at most what an account holds, and loses nothing.

    most(E)  = maxflow(thefts -> E)
    least(E) = stolen - maxflow(thefts -> everywhere but E)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tracer.errors import BoundsAuditError, BoundsError, InputError
from tracer.ledger import Audit, Ledger
from tracer.model import Advance, Bound, Bounds, Progress, Reason, Theft
from tracer.tracing.cuts import cuts, horizon
from tracer.tracing.network import FEES, Network, Place, network
from tracer.tracing.runs import Flows, flows_of
from tracer.tracing.stops import Stops


def network_of(ledger: Ledger, verdict: Audit, thefts: Sequence[Theft], stops: Stops) -> Network:
    """The network of a case, over all thefts together. Raises BoundsError where the ledger does not bear a bound: BoundsAuditError
    where it does not add up."""
    if not verdict.adds_up:
        raise BoundsAuditError(f"no bounds: {_first_gap(verdict)}; a payment that was not read can have taken stolen value along")
    rows = horizon(ledger, stops)
    reasons = cuts(ledger, thefts, stops, rows)
    flows = flows_of(ledger, sorted(thefts, key=lambda theft: theft.row), rows, reasons)
    made = network(flows, reasons)
    _require_new_money(ledger, made)
    _require_chain(ledger, flows, made)
    return made


def _first_gap(verdict: Audit) -> str:
    gap = verdict.gaps[0]
    row = "" if gap.row is None else f" at row {gap.row}"
    return f"the ledger does not add up: {gap.address or 'as a whole it'} is {gap.short_by:,} short{row} (likely {gap.likely})"


def _require_new_money(ledger: Ledger, made: Network) -> None:
    if made.retaken:
        theft = ledger.transfer(made.retaken[0])
        raise BoundsError(
            f"no bounds: the theft at row {theft.row} (hash {theft.tx_hash or 'not stated'}) takes from {theft.sender}, which can hold "
            "money of an earlier theft: what it makes stolen depends on the rule"
        )


def _require_chain(ledger: Ledger, flows: Flows, made: Network) -> None:
    """Raises BoundsError at an account that the flow passes whose history is not whole or whose opening nobody states, or at a row not
    read from the chain."""
    for number in sorted(made.passed):
        account = ledger.accounts[number]
        if account.coverage != "full":
            raise BoundsError(
                f"no bounds: stolen money passes {account.address}, and no source claims that all its payments are there: one that is not "
                "can have taken stolen value along; read its history whole, or write whole = [...] in the source that has it"
            )
        if account.opening_basis == "modelled":
            raise BoundsError(
                f"no bounds: stolen money passes {account.address}, whose opening of {account.opening} is modelled: "
                "read its history whole, or state what it opened with"
            )
    thefts = set(flows.thefts)
    sides = zip(flows.sender, flows.recipient, ledger.columns.basis, strict=False)
    for row, (sender, recipient, basis) in enumerate(sides):
        if basis != "chain" and (sender in made.passed or recipient in made.passed or row in thefts):
            at = ledger.transfer(row)
            raise BoundsError(
                f"no bounds: stolen money passes {at.sender if sender in made.passed else at.recipient}, and row {row} of it "
                f"({at.source}, hash {at.tx_hash or 'not stated'}) is {basis}, not read from the chain"
            )


def all_bounds(made: Network, ledger: Ledger, stops: Stops, endpoints: Sequence[tuple[str, Reason]], advance: Progress) -> Bounds:
    """Of these endpoints, and of every service that the stolen value can have reached at all."""
    services = services_of(made, ledger, stops)
    total = len(endpoints) + len(services)
    by_endpoint = {}
    for done, (address, reason) in enumerate(endpoints):
        advance(Advance("least and most", done, total, "places"))
        by_endpoint[address, reason] = bound(made, [(ledger.index[address], reason)])
    by_service = {}
    for done, (service, places) in enumerate(sorted(services.items()), len(endpoints)):
        advance(Advance("least and most", done, total, "places"))
        by_service[service] = bound(made, places)
    return Bounds(by_endpoint, by_service)


def services_of(made: Network, ledger: Ledger, stops: Stops) -> dict[str, list[Place]]:
    """The places of each service, by its name."""
    places: dict[str, list[Place]] = {}
    for number, reason in made.places:
        if reason == "service":
            places.setdefault(stops.services[ledger.accounts[number].address], []).append((number, reason))
    return places


def places_named(made: Network, ledger: Ledger, stops: Stops, name: str) -> list[Place]:
    """The places that a name means: all of a service, all of an address, or `fees`. Raises InputError where it means nothing."""
    if name == FEES[1]:
        return [FEES]
    if name in stops.services.values():
        return services_of(made, ledger, stops).get(name, [])
    if name not in ledger.index:
        raise InputError(f"{name!r} is no address of the ledger and no service of the case: tracer rules has their names")
    return [place for place in made.places if place[0] == ledger.index[name]]


def bound(made: Network, places: Collection[Place]) -> Bound:
    """The least and the most that can have ended in these places together; nothing, in a place that nothing can reach.

    Only what can reach the places is looked at. Value elsewhere is held by accounts that can pass on all they hold, and none of
    it to the places.
    """
    targets = {made.places[place] for place in places if place in made.places}
    reaching = _reaching(made, targets)
    inside = [(head, amount) for head, amount in made.sources if reaching[head]]
    return Bound(
        least=sum(amount for _, amount in inside) - _flow(made, reaching, targets, inside, away=True),
        most=_flow(made, reaching, targets, inside, away=False),
    )


def _reaching(made: Network, targets: Collection[int]) -> bytearray:
    """For every node and place whether it can reach a target: one pass back in time."""
    reaching = bytearray(made.nodes + len(made.places))
    for target in targets:
        reaching[target] = 1
    for tail, head in zip(reversed(made.tails), reversed(made.heads), strict=True):
        if reaching[head]:
            reaching[tail] = 1
    return reaching


def _flow(made: Network, reaching: bytearray, targets: Collection[int], sources: Iterable[tuple[int, int]], *, away: bool) -> int:
    """The most that can flow to the targets, or away from them: out of all that can reach them, but not into them."""
    import numpy

    from tracer.tracing.maxflow import SINK, SOURCE, exact, greatest

    thefts = SINK + 1  # all of them together: from there on what each took goes where it went first
    within = numpy.frombuffer(reaching, numpy.uint8).astype(bool)
    number = numpy.cumsum(within) + thefts
    number[~within] = SINK if away else -1
    ends = sorted(targets)
    number[ends] = -1 if away else SINK
    tails, heads, capacities = made.arcs
    kept = within[tails] & (number[heads] >= 0)
    into = [(head, amount) for head, amount in sources if number[head] >= 0]
    total = sum(amount for _, amount in into)
    return greatest(
        numpy.concatenate([[SOURCE], [thefts] * len(into), number[tails[kept]]]),
        numpy.concatenate([[thefts], [number[head] for head, _ in into], number[heads[kept]]]),
        numpy.concatenate([exact([total, *(amount for _, amount in into)]), capacities[kept]]),
        total,
    )
