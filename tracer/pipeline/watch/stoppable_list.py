"""The list of what can still be stopped, kept by a watch: written anew when a line was added, changed or withdrawn, and told then."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracer.model import Asset
from tracer.pipeline.stoppable.lines import Line
from tracer.pipeline.stoppable.listing import ADDRESSEE, Listing, table_of, uncelled, why_withdrawn
from tracer.pipeline.stoppable.numbering import Numbered, Sent, Since, read_sent
from tracer.pipeline.stoppable.who_holds_stolen_value import Facts
from tracer.pipeline.watch.alerts import GAPS, Alert, AlertPlace, gaps_said
from tracer.terminal_and_csv_escaping import plain, write_csv
from tracer.wording import counted

FILE = "stoppable.csv"
"""The list, in the folder of the watch."""

NAMED = 10  # lines that the text of an alert names


class LineChange(NamedTuple):
    """What became of a line since the list was last written. `traced`: what stands there now by rule, in smallest units of `asset`, nothing
    where it is withdrawn."""

    line: int
    line_id: str
    since: Since
    addressee: str | None
    address: str
    traced: dict[str, int]
    asset: str
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """Amounts as decimal strings."""
        return {**self._asdict(), "traced": {rule: str(amount) for rule, amount in self.traced.items()}, "why": self.why or None}

    def text(self, assets: Mapping[str, Asset], rule: str) -> str:
        """The change for people; `assets` by their symbols."""
        where = f"{self.addressee or 'nobody known yet'}: line {self.line} {self.since}, {self.address}"
        return f"{where}, {self.why}" if self.since == "withdrawn" else f"{where}, {assets[self.asset].stated(self.traced[rule])} ({rule})"


def kept(path: Path) -> list[Sent] | None:
    """The list as it was last written; None before there was one. Raises InputError where somebody changed it into something else."""
    return read_sent([path], ADDRESSEE) if path.exists() else None


def list_as_csv(listing: Listing) -> str:
    """The list as CSV."""
    text = io.StringIO()
    write_csv(text, *table_of(listing))
    return text.getvalue()


def line_changes(listing: Listing) -> Iterator[LineChange]:
    """The lines that were added, changed or withdrawn since the list was last written; what was withdrawn before is no news."""
    for number, line in listing.shown():
        if line is not None and number.since in ("added", "changed"):
            yield _of_line(listing.facts, number, line, number.since)
        elif number.sent is not None and line is None and number.sent.cells.get("since_last") != "withdrawn":
            address, asset = (uncelled(number.sent.cells.get(name, "")) for name in ("address", "asset"))
            whose = uncelled(number.sent.addressee) or None
            why = why_withdrawn(listing.facts, number.sent)
            yield LineChange(number.number, number.line_id, "withdrawn", whose, address, {}, asset, why)


def _of_line(facts: Facts, number: Numbered, line: Line, since: Since) -> LineChange:
    holding, asset = line.holding, facts.asset_of(line.holding).symbol
    return LineChange(number.number, number.line_id, since, holding.addressee or None, holding.address, dict(holding.traced), asset)


def is_news(listing: Listing, found: Sequence[LineChange], least: int) -> bool:
    """Whether any of the changed lines is worth as much as `least` now, or was before, under any rule. That is in units of the first asset;
    of another one any change is news."""
    if any(change.asset not in ("", listing.facts.ledger.asset.symbol) for change in found):
        return True
    rules = listing.facts.trace.rules
    before = {(line.line_id, rule): number for line in _sent(listing) for rule in rules if (number := line.cells.get(rule, "")).isdigit()}
    now = (amount for change in found for amount in change.traced.values())
    return max((*now, *(int(before.get((change.line_id, rule), 0)) for change in found for rule in rules)), default=0) >= least


def _sent(listing: Listing) -> Iterator[Sent]:
    return (number.sent for number in listing.numbers if number.sent is not None)


def key_of(case: str, listing: Listing) -> str:
    """What is known by the content of a list: the same lines with the same figures have the same."""
    lines = [(number.line_id, line.holding.addressee, sorted(line.holding.traced.items())) for number, line in listing.shown() if line]
    return hashlib.sha256(repr((case, "list", sorted(lines))).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def alert_of_changes(key: str, listing: Listing, found: Sequence[LineChange], times: int, number: int, place: AlertPlace) -> Alert:
    """The alert that names what was added, changed or withdrawn; `times`: how often the list was the same before."""
    asset, rule = place.asset, listing.facts.declared or next(iter(listing.facts.trace.rules))
    of_first = [line.holding.traced for line in listing.lines if not line.holding.asset]
    total = {rule: sum(traced[rule] for traced in of_first) for rule in listing.facts.trace.rules}
    assets = {each.symbol: each for each in listing.facts.ledger.assets}
    named = [change.text(assets, rule) for change in found[:NAMED]]
    more = [f"and {counted(len(found) - NAMED, 'line')} more"] if len(found) > NAMED else []
    more += gaps_said(place.gaps)
    return Alert(
        id=f"{key}.changed" + (f".{times + 1}" if times else ""),
        number=number,
        kind="list",
        status="changed",
        text=plain("; ".join([f"LIST OF WHAT CAN BE STOPPED CHANGED, block {place.tip:,}", *named, *more])),
        case=place.case,
        chain=asset.chain,
        asset=asset.symbol,
        unit=asset.stated(1),
        node=place.node,
        time=None,
        height=place.tip,
        confirmations=None,
        tx_hash=None,
        sender=None,
        recipient=None,
        recipient_label=None,
        amount=total[rule],
        memo=None,
        held=total,
        list_full=False,
        gaps=place.gaps[:GAPS],
        lines=tuple(change.as_json() for change in found),
    )
