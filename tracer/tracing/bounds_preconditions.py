"""What bounds rest on, or none are given: the ledger adds up, money is known; and the places of its network that a person can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.errors import BoundsAuditError, BoundsError, InputError
from tracer.ledger import Audit, Ledger
from tracer.model import Memo, Reason, Theft
from tracer.tracing.bounds_network import FEES, Ending, HeldAs, Network, network
from tracer.tracing.followed_rows import Flows, flows_of
from tracer.tracing.stops import HeldAtTheEnd, Stops, cuts, horizon


def network_of(ledger: Ledger, verdict: Audit, thefts: Sequence[Theft], stops: Stops) -> Network:
    """The network of a case, over all thefts together. Raises BoundsError where the ledger does not bear a bound: BoundsAuditError
    where it does not add up."""
    require_adds_up(verdict)
    flows, reasons = rows_followed(ledger, thefts, stops)
    made = network(flows, reasons, memos_of(ledger, reasons), held_reasons(ledger, stops))
    if made.retaken:
        raise retaken(ledger, made.retaken[0])
    require_known_money(ledger, flows, made)
    return made


def rows_followed(ledger: Ledger, thefts: Sequence[Theft], stops: Stops) -> tuple[Flows, dict[int, Reason]]:
    """The rows up to the horizon, with the thefts, and those of them that are cut: what is given for another asset ends there, always."""
    stops = stops._replace(exchanges=stops.exchanges.followed)
    rows = horizon(ledger, stops)
    reasons = cuts(ledger, thefts, stops, rows)
    return flows_of(ledger, sorted(thefts, key=lambda theft: theft.row), rows, reasons), reasons


def memos_of(ledger: Ledger, reasons: Mapping[int, Reason]) -> dict[int, Memo]:
    """The memos of the payments to services: by them a service knows its customers."""
    memos = ledger.columns.memo
    return {row: memo for row, reason in reasons.items() if reason == "service" and (memo := memos[row]) is not None}


def held_reasons(ledger: Ledger, stops: Stops) -> HeldAs:
    """Why the trail ends with what an account holds at the end: frozen, or unspent; no bound passes one that was not read whole."""
    frozen = HeldAtTheEnd(ledger, stops.until).frozen
    return lambda number: "frozen" if number in frozen else "unspent"


def require_adds_up(verdict: Audit) -> None:
    """Raises BoundsAuditError where the ledger does not add up."""
    if not verdict.adds_up:
        raise BoundsAuditError(f"no bounds: {_first_gap(verdict)}; a payment that was not read could have taken stolen value along")


def _first_gap(verdict: Audit) -> str:
    gap = verdict.gaps[0]
    row = "" if gap.row is None else f" at row {gap.row}"
    return f"the ledger does not add up: {gap.address or 'as a whole it'} is {gap.short_by:,} short{row} (likely {gap.likely})"


def retaken(ledger: Ledger, row: int) -> BoundsError:
    """That a theft can have taken money stolen before."""
    theft = ledger.transfer(row)
    return BoundsError(
        f"no bounds: the theft at row {theft.row} (hash {theft.tx_hash or 'not stated'}) takes from {theft.sender}, which can hold "
        "money of an earlier theft: how much it steals for the first time depends on the rule"
    )


def require_known_money(ledger: Ledger, flows: Flows, made: Network) -> None:
    """Raises BoundsError at an account that the flow passes whose history is not whole or whose opening nobody states, or at a row not
    read from the chain."""
    for number in sorted(made.passed):
        account = ledger.accounts[number]
        if account.coverage != "full":
            raise BoundsError(
                f"no bounds: stolen money passes through {account.address}, and no source claims to have all its payments; one that is "
                "missing could have carried stolen value away: read its whole history, or write whole = [...] in the source that has it"
            )
        if account.opening_basis == "modelled":
            raise BoundsError(
                f"no bounds: stolen money passes through {account.address}, whose opening balance of {account.opening} is modelled: "
                "read its whole history, or state its opening balance"
            )
    thefts = set(flows.thefts)
    sides = zip(flows.sender, flows.recipient, ledger.columns.basis, strict=False)
    for row, (sender, recipient, basis) in enumerate(sides):
        if basis != "chain" and (sender in made.passed or recipient in made.passed or row in thefts):
            at = ledger.transfer(row)
            through = at.sender if sender in made.passed else at.recipient
            raise BoundsError(
                f"no bounds: stolen money can have passed through {through}, and one of the rows of that account ({at.source}, row {row}, "
                f"hash {at.tx_hash or 'not stated'}) is {basis}; floors and ceilings can be computed only from rows that were read from "
                "the chain"
            )


def services_of(made: Network, ledger: Ledger, stops: Stops) -> dict[str, list[Ending]]:
    """The places of each service, by its name."""
    places: dict[str, list[Ending]] = {}
    for place in made.places:
        if place.reason == "service":
            places.setdefault(stops.services[ledger.accounts[place.account].address], []).append(place)
    return dict(sorted(places.items()))


def places_named(made: Network, ledger: Ledger, stops: Stops, name: str) -> list[Ending]:
    """The places that a name means: `fees`, all of a service, or all of an address. Raises InputError where it means nothing."""
    if name == FEES.reason:
        return [FEES]
    if name in stops.services.values():
        return services_of(made, ledger, stops).get(name, [])
    if name not in ledger.index:
        raise InputError(f'{name!r} is no address of the ledger and no service of the case: "tracer rules" has their names')
    return [place for place in made.places if place.account == ledger.index[name]]


def places_of(made: Network, account: int, reason: Reason) -> list[Ending]:
    """The places of an endpoint; at a service, one for each memo."""
    return [place for place in made.places if (place.account, place.reason) == (account, reason)]
