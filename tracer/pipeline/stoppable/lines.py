"""The lines of the list: who holds stolen value now, whom to ask, what is known of it and what is only inferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tracer.evidence.masking import masked_text
from tracer.ledger import NOBODY
from tracer.ledger.finality import Confirmations
from tracer.model import Asset, Bound, Customer, Transfer
from tracer.pipeline.stoppable.balance_of_an_address import Balance, at_the_end
from tracer.pipeline.stoppable.dwell_time import FEWEST, Arrival, UsualStay, arrivals_at, usual
from tracer.pipeline.stoppable.what_each_addressee_is_asked import KINDS
from tracer.pipeline.stoppable.who_holds_stolen_value import OF_NO_SERVICE, Facts, Holding, holdings_of
from tracer.plan.deposit_addresses_for_freeze_lists import DepositAddress
from tracer.terminal_and_csv_escaping import plain
from tracer.tracing.stops import rows_of_keys
from tracer.wording import counted, utc


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
        return plain(f"{much} at {holding.address}: {whom}{KINDS[holding.kind].who}{asked}")


def stoppable_lines(facts: Facts) -> list[Line]:
    """The lines of the list, in no order yet."""
    holdings = holdings_of(facts)
    stays = _stays(facts, holdings)
    return [_line(facts, holding, stays) for holding in holdings]


def _line(facts: Facts, holding: Holding, stays: Mapping[str, UsualStay]) -> Line:
    bound, unbounded = _bound(facts, holding)
    balance = facts.asked.get(holding.account) or at_the_end(facts.ledger, holding.account)
    last = holding.arrivals[-1] if holding.arrivals else None
    known = last is not None and last.time is not None and balance.time is not None
    return Line(
        holding=holding,
        bound=bound,
        unbounded=unbounded,
        minutes=max(0, balance.time - last.time) // 60 if known else None,  # type: ignore[operator, union-attr]
        usual_stay=stays[holding.account],
        confirmations=None if last is None else facts.ledger.confirmations(last.row),
        balance=balance,
        inferred=tuple(_inferred(facts, holding, bound)),
    )


def _bound(facts: Facts, holding: Holding) -> tuple[Bound | None, str]:
    """The least and the most of a holding, or why they are not known: what is known of a whole deposit address is said there."""
    of_one = holding.kind in ("service", "deposit") or (holding.kind == "bridge" and holding.memo is not None)
    bounds = facts.bounds_of(holding)
    own = bounds.customers.get(Customer(holding.address, holding.memo)) if of_one else None
    if own is not None and holding.kind == "service" and _forwarded_to(facts, holding):
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


def _forwarded_to(facts: Facts, holding: Holding) -> bool:
    """Whether the bounds of a customer are also of what came from inferred deposit addresses, which have lines of their own. Bounds of
    several assets keep them apart."""
    if facts.ledger.others or holding.memo is not None:
        return False
    touched, recipient = facts.trace.touched, facts.ledger.columns.recipient
    sweeps = ((address, row) for address, each in facts.deposit_addresses.items() if address in touched for row in each.sweeps)
    return any(recipient[row] == facts.ledger.index[holding.account] and row >= touched[address] for address, row in sweeps)


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


def _inferred(facts: Facts, holding: Holding, bound: Bound | None) -> Iterator[str]:
    """What of a line no row of the chain says."""
    asset = facts.asset_of(holding)
    if each := facts.deposit_addresses.get(holding.address):
        yield _forwards(facts, each, holding.asset)
    elif holding.kind == "bridge":
        yield from _whose(facts, holding)
        if holding.request is None:
            yield "Where on another chain it was to come out, nothing that was read says."
        else:
            yield "What the bridge did with the request, no row of this chain says."
    elif holding.kind == "service":
        yield from _whose(facts, holding)
        if holding.memo is not None:
            what = "says" if holding.memo.text else "is no readable text; it says"
            yield f"The memo {what} which customer it is for, as services use memos; only the service knows."
    else:
        yield "Whose address it is, nobody has said." if not facts.labels.of(holding.address) else "A label names it, and no service."
    yield from _how_much(asset, holding, facts.declared, bound)
    if holding.reason == "not_fetched":
        yield "Its history was not read in full: the value may have moved on."
    if holding.basis != "chain":
        yield f"It rests on rows that are {holding.basis}, not read from a block."


def _forwards(facts: Facts, each: DepositAddress, asset: int) -> str:
    """What an inferred deposit address did, with its last deposit of an asset and its last sweep of it."""

    def last(rows: Iterable[int]) -> str:
        t = next((t for t in map(facts.ledger.transfer, reversed(tuple(rows))) if t.asset == asset), None)
        return f"{t.tx_hash}, {utc(t.time)}, of {facts.ledger.assets[asset].stated(t.amount)}" if t else "not yet"

    return (
        f"D{each.said[1:]}: it made {counted(len(each.sweeps), 'payment')}, all to {each.service}; the last deposit "
        f"{last(each.deposits)}, the last sweep {last(each.sweeps)}. Whose it is, only the service can say."
    )


def _whose(facts: Facts, holding: Holding) -> Iterator[str]:
    """On whose word an address is a service's."""
    label = next((each for each in facts.labels.of(holding.address) if each.name == holding.addressee), None)
    if label is None:
        return
    dated = f", dated {label.lastmod[:10]}" if label.lastmod else ", undated"
    yield f"That the address is {holding.addressee}'s is a label's word: {masked_text(label.source)}{dated}."
    last = holding.arrivals[-1].time
    if label.lastmod and last is not None and label.lastmod[:10] > utc(last)[:10]:
        yield "The label is younger than the deposits: that the address was the same one's before is assumed."


def _how_much(asset: Asset, holding: Holding, declared: str | None, bound: Bound | None) -> Iterator[str]:
    """What of the figures depends on a rule."""
    traced = holding.traced
    figures = ", ".join(f"{rule} {asset.format(amount)}" for rule, amount in traced.items())
    if bound is not None and bound.least == bound.most:
        return
    if declared and len(set(traced.values())) > 1:
        yield f"Which coins of a mixed balance left first is a convention; by rule: {figures}."
    elif not declared:
        yield f"No rule is declared, so no figure is the finding; by rule: {figures}."
