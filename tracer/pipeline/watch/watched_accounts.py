"""Whom a watch watches, and what of the chain's transfers is of interest to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.model import STILL_HELD, Asset, Transfer
from tracer.pipeline.stoppable.listing import Listing, facts_of, listing_of
from tracer.pipeline.stoppable.numbering import Sent
from tracer.pipeline.watch.alerts import Kind, Sighting, keyed
from tracer.plan.service_stops import stops_of

Held = dict[str, int]
"""Stolen value by rule, in smallest units."""


@dataclass
class Watched:
    """Whom a watch watches. `held` grows while the watch goes on: who was paid by a holder is one too.

    `tip`: the last block of the trace. `traced`: the hops and thefts of the trace, and payments of drained wallets that nobody
    accepted. `accepted`: keys of the thefts. `near`: keys of all rows that the chain could still rewrite.
    `listing`: what can still be stopped by the trace, going on from a list.
    """

    name: str
    asset: Asset
    tip: int
    held: dict[str, Held]
    finality: int = 0
    drained: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    traced: tuple[Sighting, ...] = ()
    absorbing: Collection[str] = ()
    gaps: tuple[str, ...] = ()
    has_trace: bool = False
    listing: Callable[[Sequence[Sent] | None], Listing] | None = None
    label: Callable[[str], str | None] = field(default=lambda _: None)

    def undone(self, above: int) -> None:
        """Whoever passed stolen value on above a block may hold it again: the blocks that say so no longer stand."""
        for hop in self.traced:
            if hop.kind == "hop" and (hop.transfer.height or 0) > above:
                _add(self.held, str(hop.transfer.sender), dict(hop.held))

    def found(self, transfers: Iterable[tuple[str, Transfer]], above: int) -> Iterator[Sighting]:
        """What is of interest among transfers of blocks, with their keys, in chain order. Up to the block `above` the trace says who
        moved stolen value."""
        for key, t in transfers:
            if not t.amount or t.sender is None or t.sender == t.recipient:
                continue
            if key in self.accepted:
                yield Sighting(key, "theft", "confirmed", t, {})
            elif t.sender in self.drained:
                yield Sighting(key, "suspected_theft", "confirmed", t, {})
            elif t.sender in self.held and (t.height or 0) > above:
                yield Sighting(key, "hop" if self.has_trace else "payment", "confirmed", t, self.held[t.sender])
                self._hand_on(t)

    def _hand_on(self, t: Transfer) -> None:
        """Several hops may lie between two polls."""
        if self.has_trace and t.recipient and t.recipient not in self.absorbing:
            _add(self.held, t.recipient, {rule: min(amount, t.amount) for rule, amount in self.held[str(t.sender)].items()})

    def announced(self, transfers: Iterable[Transfer], payer: str, full: bool) -> Iterator[Sighting]:
        """What of the unconfirmed payments of somebody watched is of interest."""
        kind: Kind = "suspected_theft" if payer in self.drained else "hop" if self.has_trace else "payment"
        for key, t in keyed(self.name, transfers):
            if t.sender == payer and t.amount and t.sender != t.recipient and key not in self.accepted:
                yield Sighting(key, kind, "unconfirmed", t, self.held.get(payer, {}), full)

    def payers(self, least: int) -> list[str]:
        """Who is asked for unconfirmed payments: the drained, then holders of at least so much, most first."""
        worth = {address: max(held.values(), default=0) for address, held in self.held.items()}
        holding = sorted((each for each in worth if worth[each] >= least or not self.has_trace), key=lambda each: -worth[each])
        return list(dict.fromkeys(chain(sorted(self.drained), holding)))


def holders(case: CaseFolder) -> dict[str, Held]:
    """The accounts that hold stolen value, or whose history was not read, with the value by rule."""
    return case.trace.ended(STILL_HELD)


def watched_of(case: CaseFolder, question: CaseFile) -> Watched:
    """Whom a watch on a traced case watches."""
    ledger, trace = case.ledger, case.trace
    tip, thefts = ledger.tip or 0, {theft.row for theft in trace.thefts}
    drained = frozenset(theft.sender for theft in trace.thefts)
    traced, accepted, near = [], set(), set()
    for key, t in keyed(question.name, ledger):
        if ledger.provisional(t.row):
            near.add(key)
        if t.row in thefts:
            accepted.add(key)
            traced.append(Sighting(key, "theft", "confirmed", t, {}))
        elif t.sender in drained and t.amount and t.sender != t.recipient:
            traced.append(Sighting(key, "suspected_theft", "confirmed", t, {}))
        elif t.row in trace.carrying and t.sender:
            traced.append(Sighting(key, "hop", "confirmed", t, trace.carried(t.row)))
    return Watched(
        name=question.name,
        asset=ledger.asset,
        tip=tip,
        held=holders(case),
        finality=ledger.terms.finality,
        drained=drained,
        accepted=frozenset(accepted),
        near=frozenset(near),
        traced=tuple(traced),
        absorbing=stops_of(question, case.labels).services,
        gaps=tuple(case.gaps),
        has_trace=True,
        listing=lambda sent: listing_of(facts_of(case), sent),
        label=case.labels.name,
    )


def _add(held: dict[str, Held], address: str, more: Held) -> None:
    before = held.get(address, {})
    held[address] = {rule: before.get(rule, 0) + amount for rule, amount in more.items()}
