"""A case of several assets: rows of all of them, and the hops of both answers. A case of one asset has one, followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tracer.plan.conversions import asset_names, declared_answer, several_assets
from tracer.store.record.conversions import load_answers
from tracer.store.record.ledger import load_others, load_whole
from tracer.store.record.trace import load_substituted, load_trace

if TYPE_CHECKING:
    from tracer.casefolder.case import Case
    from tracer.ledger import Ledger
    from tracer.model import Answer, Asset, Endpoint, Hop, Transfer
    from tracer.store.graph.several_assets_rows import OfSeveral
    from tracer.tracing import BothAnswers, Trace


class OfAsset(NamedTuple):
    """What a case says of one asset. `number` is its among the assets of the case, `name` what people call it; ledger and traces are of all
    assets, and so are the numbers of rows."""

    number: int
    asset: Asset
    name: str
    ledger: Ledger
    traces: Mapping[Answer, Trace]

    @property
    def rows(self) -> Iterator[Transfer]:
        """Its rows, in the order of the ledger."""
        return (self.ledger.transfer(row) for row in range(len(self.ledger)) if self.ledger.asset_of(row) == self.number)

    def hops(self, answer: Answer, rule: str) -> list[Hop]:
        """Its rows that carried stolen value in an answer under a rule; `row` as `ledger.transfer` has it."""
        return [hop for hop in self.traces[answer].rules[rule].hops if self.ledger.asset_of(hop.row) == self.number]

    def fees(self, answer: Answer, rule: str) -> list[Hop]:
        """The fees that took stolen value of it."""
        return [fee for fee in self.traces[answer].rules[rule].fees if self.ledger.asset_of(fee.row) == self.number]

    def endpoints(self, answer: Answer) -> tuple[Endpoint, ...]:
        """Where its stolen value is in an answer."""
        return tuple(end for end in self.traces[answer].endpoints if end.asset == self.number)


class Several:
    """What a `CaseFolder` has of all assets. Whatever else it has, ledger and trace among it, is of the first."""

    @cached_property
    def answers(self: Case) -> BothAnswers | None:
        """Both answers over all assets as figures, quick to read; None of a case of one asset."""
        return load_answers(self.db)

    @cached_property
    def assets(self: Case) -> tuple[Asset, ...]:
        """What the case counts, the asset of the thefts first."""
        return (self.asset, *load_others(self.db))

    @cached_property
    def asset_names(self: Case) -> Sequence[str]:
        """What people call each asset."""
        return asset_names(self.question, self.assets)

    @cached_property
    def whole(self: Case) -> Ledger:
        """The ledger of all assets; of one, that ledger."""
        return load_whole(self.db, self.ledger)

    @cached_property
    def traces(self: Case) -> Mapping[Answer, Trace]:
        """The trace of each answer on the ledger of all assets. What is followed never leaves the first one; a case of one asset has
        nothing that is substituted."""
        if self.answers is None:
            return {"followed": self.trace}
        return {"followed": load_trace(self.db, self.whole), "substituted": load_substituted(self.db, self.whole, self.answers)}

    @cached_property
    def finding(self: Case) -> tuple[Ledger, Trace]:
        """What lists are made of: the answer that the case file declares, or where it declares none what was substituted too, on the ledger
        of all assets; where what was followed is the finding, that and the ledger of the first asset."""
        if self.answers is None or declared_answer(self.question) == "followed":
            return self.ledger, self.trace
        return self.whole, self.traces["substituted"]

    @property
    def several_in_graph(self: Case) -> OfSeveral:
        """What a graph store has of a case of several assets besides."""
        from tracer.store.graph.several_assets_rows import NO_SEVERAL, of_several

        several = several_assets(self.question, self.answers, self.ledger.terms) if self.answers else None
        if several is None:
            return NO_SEVERAL
        return of_several(several, self.whole, self.traces["substituted"], self.labels.name, self.flow_columns.addresses.address)

    def of_asset(self: Case, number: int) -> OfAsset:
        """What the case says of the asset of that number."""
        return OfAsset(number, self.assets[number], self.asset_names[number], self.whole, self.traces)
