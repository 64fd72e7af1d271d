"""The lines of the list: who holds stolen value now, whom to ask, what is known of it and what is only inferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from typing import NamedTuple

from tracer.ledger import NOBODY
from tracer.ledger.finality import Confirmations
from tracer.model import Asset, Bound, Customer, Transfer
from tracer.pipeline.stoppable.balance_of_an_address import Balance, at_the_end
from tracer.pipeline.stoppable.dwell_time import FEWEST, Arrival, UsualStay, arrivals_at, minutes_since, usual
from tracer.pipeline.stoppable.kinds_of_addressee import KINDS
from tracer.pipeline.stoppable.what_is_only_inferred import inferred_of
from tracer.pipeline.stoppable.who_holds_stolen_value import OF_NO_SERVICE, Facts, Holding, holdings_of
from tracer.terminal_and_csv_escaping import plain
from tracer.tracing.stops import rows_of_keys


class Line(NamedTuple):
    """A line of the list: a holding, with all that whoever can stop it wants to know.

    `bound` is the least and the most of this very holding under any rule, None where it is not known, for the reason that `unbounded`
    says. `minutes` since the last arrival, at the moment of the balance. `inferred`: what no row of the chain says, a sentence each.
    """

    holding: Holding
    bound: Bound | None
    unbounded: str
    minutes: int | None
    usual_stay: UsualStay
    confirmations: Confirmations | None
    balance: Balance
    inferred: tuple[str, ...]

    @property
    def last(self) -> Transfer | None:
        """The youngest row that brought stolen value there."""
        return self.holding.arrivals[-1] if self.holding.arrivals else None

    def sentence(self, asset: Asset, called: str, rule: str) -> str:
        """How much of an asset, by its name, is where under a rule, at least how much of it is stolen, and who can stop it."""
        holding = self.holding
        floor = f"at least {asset.format(self.bound.least)}" if self.bound else "no floor is known"
        whom = f"{holding.addressee}, " if holding.addressee else ""
        asked = f"; asked for at {holding.request.address} on {holding.request.network}" if holding.request else ""
        much = f"{called}: {asset.format(holding.traced[rule])} ({floor})"
        return plain(f"{much} at {holding.address}: {whom}{KINDS[holding.kind]}{asked}")


def stoppable_lines(facts: Facts) -> list[Line]:
    """The lines of the list, in no order yet."""
    holdings = holdings_of(facts)
    stays, forwarded_to = _stays(facts, holdings), _forwarded_to(facts)
    return [_line(facts, holding, stays, forwarded_to) for holding in holdings]


def _line(facts: Facts, holding: Holding, stays: Mapping[str, UsualStay], forwarded_to: Set[int]) -> Line:
    bound, unbounded = _bound(facts, holding, forwarded_to)
    balance = facts.asked.get(holding.account) or at_the_end(facts.ledger, holding.account)
    last = holding.arrivals[-1] if holding.arrivals else None
    return Line(
        holding=holding,
        bound=bound,
        unbounded=unbounded,
        minutes=minutes_since(last.time if last else None, balance.time),
        usual_stay=stays[holding.account],
        confirmations=None if last is None else facts.ledger.confirmations(last.row),
        balance=balance,
        inferred=tuple(inferred_of(facts, holding, bound)),
    )


def _bound(facts: Facts, holding: Holding, forwarded_to: Set[int]) -> tuple[Bound | None, str]:
    """The least and the most of a holding, or why they are not known: what is known of a whole deposit address is said there."""
    of_one = holding.kind in ("service", "deposit") or (holding.kind == "bridge" and holding.memo is not None)
    bounds = facts.bounds_of(holding)
    own = bounds.customers.get(Customer(holding.address, holding.memo)) if of_one else None
    if own is not None and holding.kind == "service" and holding.memo is None and facts.ledger.index[holding.account] in forwarded_to:
        least, most = map(facts.asset_of(holding).format, own)
        return None, f"not computed without what inferred deposit addresses passed on; with it, at least {least} and at most {most}"
    if own is not None:
        return own, ""
    if holding.kind == "deposit" and holding.reason == "service":
        return None, 'not computed, because the address passed the money on; "tracer bounds" gives the floor and the ceiling of the service'
    found = bounds.endpoints.get((holding.address, holding.reason))
    if found is None:
        return None, facts.unbounded or "not computed: it is not among the addresses of most value (tracer bounds DIR --top)"
    if _customers_at(facts, holding) > 1:
        least, most = map(facts.asset_of(holding).format, found)
        one, whole = ("request", "bridge") if holding.kind == "bridge" else ("customer", "receiving address")
        return None, f"not computed for one {one}; at the whole {whole} are at least {least} and at most {most}"
    return found, ""


def _forwarded_to(facts: Facts) -> frozenset[int]:
    """The accounts to which an inferred deposit address forwarded value that may be stolen: the bounds of their customer without a memo are
    also of that, and it has lines of its own. Bounds of several assets keep them apart, so there are none."""
    if facts.ledger.others:
        return frozenset()
    touched, recipient = facts.trace.touched, facts.ledger.columns.recipient
    sweeps = ((address, row) for address, each in facts.deposit_addresses.items() if address in touched for row in each.sweeps)
    return frozenset(recipient[row] for address, row in sweeps if row >= touched[address])


def _customers_at(facts: Facts, holding: Holding) -> int:
    """How many customers of a deposit address stolen value can have come to, or how many requests of a bridge."""
    if holding.kind == "bridge":
        rows = (facts.ledger.transfer(row) for row in facts.trace.carrying)
        theirs = (t for t in rows if (t.recipient, t.asset) == (holding.address, holding.asset))
        return len({(t.memo, t.attributes.get("far_address"), t.attributes.get("far_id")) for t in theirs})
    if holding.kind != "service":
        return 1
    number, columns = facts.ledger.index[holding.account], facts.ledger.columns
    return len({columns.memo[row] for row in facts.trace.cuts if columns.recipient[row] == number})


def _stays(facts: Facts, holdings: Sequence[Holding]) -> dict[str, UsualStay]:
    """The usual stay at each address: of what came there; where that was too little, at all deposit addresses of the same service, or
    of stolen value at all addresses it passed."""
    ledger, trace = facts.ledger, facts.trace
    services = trace.stops.services
    wanted = {holding.addressee for holding in holdings if holding.addressee}
    deposit = {number for address, name in services.items() if name in wanted for number in ledger.holdings_of(address)}
    given = rows_of_keys(ledger, trace.stops.exchanges.passed)
    carried = {ledger.columns.recipient[row] for row in trace.carrying if row not in trace.cuts and row not in given}
    numbers = deposit | carried | {ledger.index[each.account] for each in holdings if each.account in ledger.index}
    read = {number for number in numbers if number != NOBODY and ledger.accounts[number].coverage == "full"}
    arrivals = arrivals_at(ledger, [ledger.accounts[number].holding for number in read])

    def of(numbers: Iterable[int], asset: int) -> Iterator[Arrival]:
        some = (ledger.accounts[number] for number in numbers)
        return (each for account in some if account.asset == asset for each in arrivals[account.holding])

    @cache
    def on_the_way(asset: int) -> UsualStay:
        passed = (each for each in of(carried & read, asset) if each.row in trace.carrying and each.row not in given)
        return usual(passed, "addresses that stolen value passed")

    def at(holding: Holding) -> UsualStay:
        own = [each for each in arrivals.get(holding.account, ()) if holding.kind not in OF_NO_SERVICE or each.row in trace.carrying]
        here = usual(own, "this address") if ledger.index.get(holding.account) in read else _unread()
        if here.arrivals >= FEWEST:
            return here
        if holding.kind in OF_NO_SERVICE:
            return on_the_way(holding.asset)
        theirs = [number for number in deposit & read if services[ledger.accounts[number].address] == holding.addressee]
        others = list(of(theirs, holding.asset))
        return usual(others, "receiving addresses of this service") if others else here

    return {holding.account: at(holding) for holding in holdings}


def _unread() -> UsualStay:
    return UsualStay(None, "the history of the address was not read in full", "this address")
