"""The list of a case: its lines in order, numbered, as a table and as data, and why a line that was sent is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tracer.casefolder import CaseFolder
from tracer.chains import freezes as chain_freezes
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Progress, holding_of, quiet
from tracer.pipeline.bounds import bounds_at_hand, bounds_through
from tracer.pipeline.stoppable.kinds_of_addressee import KINDS
from tracer.pipeline.stoppable.lines import Line, stoppable_lines
from tracer.pipeline.stoppable.numbering import HEAD, Numbered, Sent, Unnumbered, number_lines
from tracer.pipeline.stoppable.who_holds_stolen_value import Facts
from tracer.plan.deposit_addresses_for_freeze_lists import deposit_addresses
from tracer.wording import utc

ADDRESSEE = "addressee"
"""The column that says whose a line is; empty where nobody can stop it yet."""


class Listing(NamedTuple):
    """The list. `numbers` has a number for every line, and the lines that are withdrawn; `facts` is what it was made of."""

    facts: Facts
    lines: tuple[Line, ...]
    numbers: tuple[Numbered, ...]

    def shown(self) -> Iterable[tuple[Numbered, Line | None]]:
        """Every number with its line; None where it is withdrawn."""
        return ((each, None if each.place is None else self.lines[each.place]) for each in self.numbers)


def facts_of(case: CaseFolder, advance: Progress = quiet) -> Facts:
    """What the list of a case is made of: the answer that is the finding, or where none is declared what was substituted too. Where bounds
    are refused, the reason stands in their place."""
    ledger, trace = case.finding
    deposits = deposit_addresses(ledger, trace.stops.services, case.labels)
    if ledger.others:
        bounds, why = bounds_through(case, {row: each.address for each in deposits.values() for row in each.sweeps}, advance)
    else:
        first, why = bounds_at_hand(case, advance)
        bounds = {0: first}
    issuers = issuers_of(ledger, case.labels, case.asset_names)
    return Facts(ledger, trace, case.labels, case.question.trace.primary, bounds, why, {}, deposits, issuers)


def issuers_of(ledger: Ledger, labels: LabelBook, names: Sequence[str]) -> dict[int, str]:
    """Who can freeze an asset wherever it is, by its number: the issuer of a token whose contract is known to, did in the rows of the case,
    or has a function for it in its code. `names`: what people call the assets."""
    contracts = {asset.symbol: number for number, asset in enumerate(ledger.assets)}
    said = {contracts.get(event.object or event.subject, 0) for event in ledger.events if event.kind in ("frozen", "can_freeze")}
    found = ((number, asset) for number, asset in enumerate(ledger.assets) if number in said or chain_freezes(asset))
    return {number: labels.name(asset.symbol) or f"issuer of {names[number]}" for number, asset in found}


def listing_of(facts: Facts, sent: Sequence[Sent] | None = None) -> Listing:
    """The list, going on from one that was sent."""
    lines = _in_order(facts, stoppable_lines(facts))
    return Listing(facts, tuple(lines), tuple(number_lines([_entry(facts, line) for line in lines], sent)))


def _in_order(facts: Facts, lines: Iterable[Line]) -> list[Line]:
    """The lines by kind, then by addressee, most value first."""
    # A kind is asked for one thing, and a line is sent to its addressee: so these stand together, however much it is. By value alone: the
    # sheet of the first hours (report/court/first_hours.py); letters, one for each service: report/freeze_lists.py.
    kinds = list(KINDS)
    return sorted(lines, key=lambda line: (kinds.index(line.holding.kind), line.holding.addressee, *_worth(facts, line)))


def _worth(facts: Facts, line: Line) -> tuple[Any, ...]:
    """Most first: under the declared rule, else by the floor; what is equal stands by its address."""
    traced = line.holding.traced
    first = traced[facts.declared] if facts.declared else line.bound.least if line.bound else max(traced.values())
    memo = line.holding.memo
    return -first, line.holding.address, memo.content if memo else b""


def _entry(facts: Facts, line: Line) -> Unnumbered:
    holding = line.holding
    memo = holding.memo.as_json() if holding.memo else {}
    cells = {**{rule: str(amount) for rule, amount in holding.traced.items()}, "arrivals": str(len(holding.arrivals))}
    far = (holding.request.address, holding.request.number) if holding.request and holding.request.by_event else ()
    other = (facts.asset_of(holding).symbol,) if holding.asset else ()
    return Unnumbered(holding.addressee, (holding.kind, holding.address, memo.get("kind"), memo.get("hex"), *far, *other), cells)


NAMES = (
    *HEAD, "kind", ADDRESSEE, "address", "memo_text", "memo_hex", "asset", "reason", "rests_on", "floor", "ceiling", "floor_unknown",
    "declared_rule",
)  # fmt: skip
THEN = (
    "arrivals", "first_time", "last_time", "last_height", "last_tx_hash", "minutes", "usual_minutes", "usual_of", "confirmations",
    "balance", "balance_height", "balance_time", "balance_source", "bridged", "far_network", "far_address", "far_id", "inferred",
    "why_withdrawn",
)  # fmt: skip


def table_of(listing: Listing) -> tuple[list[str], list[list[Any]]]:
    """The list as the names of its columns and its lines; amounts are integers of the smallest unit, empty where they are unknown."""
    names = [*NAMES, *listing.facts.trace.rules, *THEN]
    rows = []
    for number, line in listing.shown():
        cells = _withdrawn(listing.facts, number.sent) if line is None and number.sent else _cells(listing.facts, line) if line else {}
        cells |= {"line": str(number.number), "line_id": number.line_id, "since_last": number.since}
        rows.append([cells.get(name) for name in names])
    return names, rows


def _cells(facts: Facts, line: Line) -> dict[str, Any]:
    holding, last, memo = line.holding, line.last, line.holding.memo
    found: dict[str, Any] = {"kind": holding.kind, ADDRESSEE: holding.addressee, "address": holding.address}
    found |= {"memo_text": memo and memo.text, "memo_hex": memo and memo.content.hex(), "asset": facts.asset_of(holding).symbol}
    found |= {"reason": holding.reason, "rests_on": holding.basis}
    if line.bound:
        found |= {"floor": str(line.bound.least), "ceiling": str(line.bound.most)}
    found |= {
        "floor_unknown": line.unbounded,
        "declared_rule": facts.declared,
        **{rule: str(amount) for rule, amount in holding.traced.items()},
    }
    found |= {"arrivals": str(len(holding.arrivals)), "minutes": _text(line.minutes), "usual_of": line.usual_stay.sentence}
    found |= {"usual_minutes": _text(line.usual_stay.as_json()["minutes"]), "confirmations": _text(line.confirmations)}
    if last is not None:
        found |= {"first_time": utc(holding.arrivals[0].time), "last_time": utc(last.time)}
        found |= {"last_height": _text(last.height), "last_tx_hash": last.tx_hash}
    balance = line.balance
    found |= {"balance": _text(balance.amount), "balance_height": _text(balance.height), "balance_time": utc(balance.time)}
    if request := holding.request:
        found |= {"far_network": request.network, "far_address": request.address, "far_id": " ".join(holding.numbers) or None}
        found["bridged"] = str(holding.traced[facts.declared] if facts.declared else max(holding.traced.values()))
    return found | {"balance_source": balance.source, "inferred": " ".join(line.inferred)}


def _withdrawn(facts: Facts, sent: Sent) -> dict[str, Any]:
    """What a withdrawn line still says: what it was about, and why it is withdrawn. Cells are taken back to what they were."""
    kept = {name: uncelled(sent.cells.get(name, "")) for name in ("kind", ADDRESSEE, "address", "memo_text", "memo_hex", "asset")}
    return {**kept, "why_withdrawn": why_withdrawn(facts, sent)}


def uncelled(text: str) -> str:
    """What a cell of a CSV said before it was made safe for a spreadsheet."""
    return text.removeprefix("'")


def why_withdrawn(facts: Facts, sent: Sent) -> str:
    """Why nothing stands any more where a line said so: it moved on, a label names it now, or the trace finds it there no longer."""
    ledger, trace, address = facts.ledger, facts.trace, uncelled(sent.cells.get("address", ""))
    asset = uncelled(sent.cells.get("asset", ""))
    places = [place for place, each in enumerate(ledger.assets) if each.symbol == asset] if asset else [0]
    number = ledger.index.get(holding_of(address, places[0])) if places else None
    if number is None:
        return "the address is not in the ledger any more: the chain was rewritten, or other accounts were read"
    if address in trace.stops.services:  # unnamed: who was asked before is to learn of no other service
        return "by its label the address is a service's: what is there is on the list of that service, or the trace no longer finds it"
    left = [row for row in trace.carrying if ledger.columns.sender[row] == number]
    if left and (t := ledger.transfer(max(left))):
        when, place = utc(t.time) or "at an unknown time", t.tx_hash or f"row {t.row}"
        return f"moved on: the last of it at {when} to {t.recipient or 'nobody'}, transaction {place}"
    return "the trace no longer finds it there: the chain was rewritten, or labels, stops or the rule changed"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
