"""The least and the most in the answer in which the trail goes on in what was got for the stolen asset (docs/bounds.md).

In each conversion one network ends and another begins. What it was given of stolen value lies between the least and the most that can have
come there, so what came of it lies between the parts that those two are of what was received; less at a beginning never makes a floor
higher, and more never makes a ceiling lower. So from the first conversion to the last the figures hold under every admissible rule. They
are rounded outward: two conversions may have had their least under different rules, and then no rule reaches the floor.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from typing import NamedTuple

from tracer.ledger import Audit, Ledger
from tracer.model import Advance, Bound, Bounded, Bounds, Progress, Reason, Theft, bounds_of, holding_of, quiet
from tracer.tracing.bounds_by_max_flow import extreme
from tracer.tracing.bounds_network import NOBODYS, Ending, Loot, Network, network
from tracer.tracing.bounds_preconditions import held_reasons, memos_of, places_of, require_adds_up, require_known_money, retaken
from tracer.tracing.conversions import InOrder, played, substituted
from tracer.tracing.followed_rows import Becomes, flows_of
from tracer.tracing.stops import Stops, cuts, horizon
from tracer.tracing.trace_result import Trace

Place = tuple[int, str, Reason]
"""An endpoint of several assets: the number of the asset, the address, the reason."""

GIVEN: Reason = "converted"
"""Why the network of an asset ends where it is given for another one."""


class Extremes(NamedTuple):
    """One network twice: with the least that can have come of every conversion, and with the most."""

    low: Network
    high: Network

    def bound(self, places: Sequence[Ending]) -> Bound:
        """The least and the most at these places together."""
        past, into = extreme(self.low, places, away=True), extreme(self.high, places, away=False)
        return Bound(self.low.stolen - past.value, into.value)

    def comes(self, found: Loot, least: int, most: int) -> None:
        """Lets that much come of a conversion."""
        for made, amount in ((self.low, least), (self.high, most)):
            made.stolen += amount
            made.sources.append(found._replace(amount=amount))


def figures_through(
    ledger: Ledger,
    verdict: Audit,
    trace: Trace,
    endpoints: Collection[Place],
    swept: Mapping[int, str] = NOBODYS,
    advance: Progress = quiet,
) -> dict[int, Bounds]:
    """The least and the most at these endpoints of the answer that the trace is, and of the customers of those that are services, by the
    number of the asset. `verdict` is of this very ledger of several assets. `swept`: the rows by which deposit addresses forward, with the
    address; such an address is a customer, with what it forwarded and what it still holds.

    Raises BoundsError where the ledger does not bear a bound.
    """
    made, extremes = network_through(ledger, verdict, trace.thefts, trace.stops, swept)
    found: dict[int, dict[Bounded, Bound]] = {asset: {} for asset in range(len(ledger.assets))}
    for done, (asset, address, reason) in enumerate(endpoints):
        advance(Advance("least and most", done, len(endpoints), "places"))
        places = places_of(made, ledger.index[holding_of(address, asset)], reason)
        found[asset][Bounded("endpoint", address, reason)] = extremes.bound(places)
        for memo in {place.memo for place in places if reason == "service" and place.depositor is None}:
            own = [place for place in places if (place.memo, place.depositor) == (memo, None)]
            found[asset][Bounded("customer", address, "service", memo=memo)] = extremes.bound(own)
    for depositor in dict.fromkeys(swept.values()):
        for asset, places in _of_depositor(ledger, made, depositor).items():
            found[asset][Bounded("customer", depositor, "service")] = extremes.bound(places)
    return {asset: bounds_of(of_asset, {}) for asset, of_asset in found.items()}


def network_through(
    ledger: Ledger, verdict: Audit, thefts: Sequence[Theft], stops: Stops, swept: Mapping[int, str] = NOBODYS
) -> tuple[Network, Extremes]:
    """The places where stolen value can have come over all assets, and what the least and the most at some of them together are.

    Raises BoundsError where the ledger does not bear a bound.
    """
    require_adds_up(verdict)
    made, through = _network(ledger, thefts, stops, swept)
    return made, _from_exchange_to_exchange(made, through, len(ledger.accounts))


def _of_depositor(ledger: Ledger, made: Network, depositor: str) -> dict[int, list[Ending]]:
    """By asset, where what came to a deposit address can be: at the service to which it forwards, and where it is."""
    own, found = {*ledger.holdings_of(depositor)}, dict[int, list[Ending]]()
    for place in made.places:
        if place.depositor == depositor or (place.account in own and place.reason != GIVEN):
            found.setdefault(ledger.accounts[place.account].asset, []).append(place)
    return found


def _network(ledger: Ledger, thefts: Sequence[Theft], stops: Stops, swept: Mapping[int, str]) -> tuple[Network, Sequence[Becomes]]:
    """The rows of all assets, in which what is given in a conversion ends and what is received begins; and the exchanges in their order."""
    rows = horizon(ledger, stops)
    cut = cuts(ledger, thefts, stops, rows)
    thefts = sorted(thefts, key=lambda theft: theft.row)
    play = played(ledger, thefts, rows, cut, substituted(ledger, thefts, stops.exchanges.through, rows))
    memos = memos_of(ledger, cut)
    memos = {place: memos[row] for place, row in enumerate(play.rows) if row in memos}
    depositors = {place: swept[row] for place, row in enumerate(play.rows) if row in swept}
    made = network(play.flows, _reasons(ledger, play, cut), memos, held_reasons(ledger, stops), depositors)
    made.passed = {number for number in made.passed if number < len(ledger.accounts)}
    if made.retaken:
        raise retaken(ledger, play.rows[made.retaken[0]])
    require_known_money(ledger, flows_of(ledger, thefts, rows, cut), made)
    return made, play.flows.exchanges


def _reasons(ledger: Ledger, play: InOrder, cut: Mapping[int, Reason]) -> dict[int, Reason]:
    """Why each row as it is followed ends the trail: what is given, and what a pool held itself and pays, is converted."""
    found: dict[int, Reason] = {}
    for place, row in enumerate(play.rows):
        if play.flows.recipient[place] >= len(ledger.accounts) or place in play.exchanged:
            found[place] = GIVEN
        elif play.flows.cut[place]:
            found[place] = cut[row]
    return found


def _from_exchange_to_exchange(made: Network, through: Sequence[Becomes], accounts: int) -> Extremes:
    """The least and the most that came of every conversion, in their order: an earlier one is never reached from a later one."""
    begins = {made.owners[loot.head]: loot for loot in made.sources if loot.head >= 0 and made.owners[loot.head] >= accounts}
    thefts = [loot for loot in made.sources if loot.head < 0 or made.owners[loot.head] < accounts]
    extremes = Extremes(copy(made), copy(made))
    for one in extremes:
        one.sources, one.stolen = list(thefts), sum(loot.amount for loot in thefts)
    for each in sorted(through, key=lambda becomes: becomes.place):
        given = extremes.bound([Ending(each.account, GIVEN)])
        extremes.comes(begins[each.account], *(end * each.received // each.given for end in given))
    return extremes
