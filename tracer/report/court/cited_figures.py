"""How the report writes figures: each with what it is worth exactly, and the rows it is computed from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from markupsafe import Markup

from tracer.casefolder import CaseFolder
from tracer.evidence.both_answers import SeveralAssets
from tracer.flow.flow_columns import FlowColumns
from tracer.labels import LabelBook
from tracer.labels.networks import COINS
from tracer.model import BASES, RULE_NAMES, Asset, Label, Reason, Transfer
from tracer.plan.conversions import several_assets
from tracer.report.court.blocks import NO_MARKS, Kind, Marks, Text
from tracer.report.court.catalogue import Words
from tracer.report.court.rows_at_endpoints import EndRows
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import utc

TERMS = {"disputed transfer": "disputed", "stolen": "stolen"}
"""What `[report] term` chooses, and the words of the catalogue that it means."""


RULE_BEFORE = re.compile(rf"\b(?:{'|'.join(RULE_NAMES)})(?= -?\d|[),])")
"""A rule where a sentence of the program names it: before an amount, or in brackets."""


def _as_people_write(case: CaseFolder) -> Asset:
    """The asset of the case; the coin of a chain by its ticker (XEM). Tokens, and cases with several assets, keep the names of the case."""
    coin = case.asset.symbol in COINS and not case.question.assets
    return case.asset._replace(symbol=case.asset.symbol.upper()) if coin else case.asset


class Pen:
    """Writes text and figures of one case. `why_no_bounds`: why floors and ceilings are not known, "" where they are."""

    def __init__(self, case: CaseFolder, why_no_bounds: str, *, unmasked: bool = False) -> None:
        self.case, self.why_no_bounds, self.masked = case, why_no_bounds, not unmasked
        self.flow: FlowColumns = case.unmasked_columns if unmasked else case.flow_columns
        self.say = Words(TERMS[case.question.report.term])
        self.asset, self.rules = _as_people_write(case), list(case.trace.rules)
        self.ends = EndRows(case)
        zone = case.question.report.timezone
        self.zone = ZoneInfo(zone) if zone else None

    @cached_property
    def keys(self) -> list[int]:
        """The row key of each row."""
        return [int(key) for key in self.case.ledger.columns.row_key]

    @cached_property
    def several(self) -> SeveralAssets | None:
        """Both answers over all assets; None of a case of one asset, and where third parties are redacted: they may hold another asset."""
        return None if self.case.withheld else several_assets(self.case.question, self.case.answers, self.case.ledger.terms)

    @cached_property
    def book(self) -> LabelBook:
        """The labels of addresses of the case."""
        return self.case.labels.among(self.case.ledger.index)

    @cached_property
    def younger(self) -> list[Label]:
        """Those of them that are younger than the last transfer of their address."""
        return self.book.younger(self.case.ledger.last_times(label.address for label in self.book.labels))

    @cached_property
    def provisional(self) -> int:
        """How many rows the chain could still rewrite when they were read."""
        return sum(map(self.case.ledger.provisional, range(len(self.case.ledger))))

    @cached_property
    def thefts_of(self) -> dict[int, list[int]]:
        """The numbers, from 0, of the thefts that each row is."""
        found: dict[int, list[int]] = {}
        for number, theft in enumerate(self.case.trace.thefts):
            found.setdefault(theft.row, []).append(number)
        return found

    def totals(self, reason: Reason) -> Markup:
        """What ended for a reason, under each rule."""
        return self.by_rule({rule: self.ends.ended(reason, rule) for rule in self.rules}, f"end-{reason}")

    def marks(self, name: str, rows: Iterable[int]) -> Marks:
        """The attribute by which a line says which rows it stands for."""
        return {f"data-{name}": " ".join(str(self.keys[row]) for row in rows)}

    def amount(self, value: int, anchor: str, column: str, thefts: Sequence[int] = (), *, unit: bool = True) -> Markup:
        """An amount: the sum of a column over the rows listed at `anchor`, of these thefts (numbers from 1) or of all.

        Without an anchor it is of the line it stands in.
        """
        only = {"data-thefts": " ".join(map(str, thefts))} if thefts else {}
        text = self.asset.stated(value) if unit else self.asset.format(value)
        return self.figure(value, text, anchor, "sum", {"data-column": column, **only})

    def by_rule(self, amounts: Mapping[str, int], anchor: str) -> Markup:
        """The amounts under each rule, in a sentence."""
        parts = [Markup("{} {}").format(self.rule(rule), self.amount(amounts[rule], anchor, rule, unit=False)) for rule in self.rules]
        return Markup("{} {}").format(self.say.joined(list(parts)), self.asset.symbol)

    def count(self, value: int, anchor: str, how: str, noun: str = "", marks: Marks = NO_MARKS) -> Markup:
        """A count of what is listed at `anchor`: its rows, their recipients, its items, or those of them with these marks."""
        return self.figure(value, self.say.counted(value, noun) if noun else f"{value:,}", anchor, how, marks)

    def whole(self, value: int, table: str, where: str = "") -> Markup:
        """A count over a whole table of the export: its lines where a column has a value."""
        return self.figure(value, f"{value:,}", "again", "lines", {"data-table": table, "data-where": where})

    def bound(self, value: int, name: str, anchor: str, *, unit: bool = True) -> Markup:
        """A floor (`name` least) or a ceiling (most), with its proof; without it where third parties are redacted, as it names them."""
        text = self.asset.stated(value) if unit else self.asset.format(value)
        if self.case.withheld:
            return self.figure(value, text, "appendix-proofs", "withheld", {})
        return self.figure(value, text, f"{name}-{anchor}", "crossings", {})

    def figure(self, value: int | str, text: Text, anchor: str, how: str, more: Mapping[str, str]) -> Markup:
        """A figure with its exact value (of a worth, decimal text) and its citation."""
        attributes = Markup(" ").join(Markup('{}="{}"').format(*item) for item in {"data-value": value, "data-how": how, **more}.items())
        if anchor:
            return Markup('<a class="figure" href="#{}" {}>{}</a>').format(anchor, attributes, text)
        return Markup('<data class="figure" {}>{}</data>').format(attributes, text)

    def rule(self, rule: str) -> Markup:
        """What people call a rule."""
        return self.say(f"rules.{rule}")

    def code(self, text: str | None) -> Markup:
        """An address, a hash or a digest."""
        return Markup("<code>{}</code>").format(plain(text)) if text else self.say("word.unknown")

    def named(self, address: str) -> Markup:
        """An address with the name that a label gives it."""
        name = self.case.labels.name(address)
        return Markup("{} <span class=quoted>({})</span>").format(self.code(address), plain(name)) if name else self.code(address)

    def quoted(self, text: str) -> Markup:
        """Words of a source or of the program, as they stand."""
        return Markup("<span class=quoted>{}</span>").format(plain(text))

    def printed(self, sentence: str) -> Markup:
        """A sentence that the program prints with every result, with the names of the rules and of the coin that people use."""
        named = RULE_BEFORE.sub(lambda found: str(self.say.text["rules"][found[0]]), sentence)
        return self.quoted(re.sub(rf"(?:(?<=\d )|(?<=stolen )){re.escape(self.case.asset.symbol)}\b", self.asset.symbol, named))

    def setting(self, text: object) -> Markup:
        """A value of the case file, of the program or of a file: no figure of the trace."""
        return Markup("<span class=setting>{}</span>").format(plain(str(text)))

    def time(self, time: int | None) -> Markup:
        """A moment in UTC."""
        return self.say("word.no_time") if time is None else Markup("<time>{}</time>").format(utc(time))

    def local(self, time: int | None) -> Text:
        """The moment in the second time zone of the report."""
        if time is None or self.zone is None:
            return ""
        return Markup("<time>{}</time>").format(datetime.fromtimestamp(time, UTC).astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S"))

    def tie(self, t: Transfer) -> str:
        """What binds a row to the chain: what its source says, else a signature where the row is verified, else nothing."""
        return str(t.attributes.get("tie") or ("signed" if t.verified else "stated"))

    def kind(self, rows: Iterable[int]) -> Kind:
        """What a statement that is read from these rows is: the weakest basis of any of them; of the chain, the weakest tie."""
        rows = list(rows)
        bases = {self.case.ledger.columns.basis[row] for row in rows}
        weakest = next((basis for basis in reversed(BASES) if basis in bases), BASES[0])
        if weakest != "chain":
            return weakest
        ties = {self.tie(self.case.ledger.transfer(row)) for row in rows}
        return "stated" if "stated" in ties else "balanced" if "balanced" in ties else "fact"

    def when(self, t: Transfer) -> Markup:
        """A row's block and moment, in UTC and in the second time zone."""
        parts = [self.height(t.height), self.time(t.time), *([self.local(t.time)] if self.zone else [])]
        return Markup("<br>").join(parts)

    def time_heads(self) -> list[Text]:
        """The heads of the columns of a moment."""
        return [self.say("column.time"), *([self.say("column.local", zone=str(self.zone))] if self.zone else [])]

    def times(self, t: Transfer) -> list[Text]:
        """The cells of a row's moment."""
        return [self.time(t.time), *([self.local(t.time)] if self.zone else [])]

    def height(self, height: int | None) -> Text:
        """A block, or that none is known."""
        return self.say("word.unknown") if height is None else Markup('<span class="place">{}</span>').format(f"{height:,}")

    def rule_heads(self) -> list[Text]:
        return [self.rule(rule) for rule in self.rules]
