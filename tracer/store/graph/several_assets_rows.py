"""A case of several assets -> the rows of its graph: both answers, and what became what. A case of one asset has none of them.

What an address holds of one asset is a node, so amounts at a node and along a relation between two transfers of it are of one asset; only
what became what goes from one asset to another, with an amount of each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tracer.evidence.both_answers import SeveralAssets, why_not
from tracer.ledger import NOBODY, Ledger
from tracer.model import ANSWERS, Conversion, Leg, holding_of
from tracer.tracing import Trace
from tracer.tracing.rules import RULES

Row = dict[str, Any]
Called = Callable[[str], str | None]
"""The name that a label gives an address."""
KINDS_OF_SEVERAL = ("Asset", "Holding", "Outcome", "HOLDS", "CAME_TO", "CARRIED", "BECAME")
"""The kinds that a case of one asset has no row of."""


class OfSeveral(NamedTuple):
    """By the name of a kind, what gives its rows; and what all amounts of the other assets come to, whatever their units: by that alone is
    known whether sums fit the graph."""

    rows: Mapping[str, Callable[[], Iterator[Row]]]
    total: int


NO_SEVERAL = OfSeveral(MappingProxyType({}), 0)


def of_several(several: SeveralAssets, whole: Ledger, trace: Trace, called: Called, present: Collection[str]) -> OfSeveral:
    """The rows of each kind. `whole`: the ledger of all assets; `trace`: of the answer that substitutes, on it; `present`: the addresses
    that the graph has anyway."""
    found = _Several(several, whole, trace, called, frozenset(present))
    given = (found.assets, found.holdings, found.outcomes, found.holds, found.came_to, found.carried, found.became)
    c, other = whole.columns, [row for row in range(len(whole)) if whole.asset_of(row)]
    total = sum(c.amount[row] + c.fee[row] for row in other) + sum(each.opening or 0 for each in whole.accounts if each.asset)
    return OfSeveral(dict(zip(KINDS_OF_SEVERAL, given, strict=True)), total)


class _Several:
    """The parts that the rows are read from; each method gives the rows of a kind, in an order that is always the same."""

    def __init__(self, several: SeveralAssets, whole: Ledger, trace: Trace, called: Called, present: frozenset[str]) -> None:
        self.several, self.whole, self.trace, self.called, self.present = several, whole, trace, called, present
        self.row_of = {key: row for row, key in enumerate(whole.columns.row_key)}
        self.ends = [(answer, end) for answer in ANSWERS for end in several.answers.endpoints[answer]]

    def assets(self) -> Iterator[Row]:
        for number, (name, asset) in enumerate(zip(self.several.names, self.several.answers.assets, strict=True)):
            yield {"number": number, "name": name, "symbol": asset.symbol, "decimals": asset.decimals}

    def holdings(self) -> Iterator[Row]:
        arrived = self._arrived()
        for number in self._accounts():
            account = self.whole.accounts[number]
            called = self.called(account.address) or account.address
            yield {
                "holding": account.holding,
                "name": f"{called if len(called) <= 16 else f'{called[:6]}...{called[-4:]}'}, {self.several.names[account.asset]}",
                "address": account.address,
                "asset": self.several.names[account.asset],
                "balance": self.whole.balances[number] if account.coverage == "full" else None,
                **self._by_rule(arrived.get(number, {})),
            }

    def outcomes(self) -> Iterator[Row]:
        for number, (answer, end) in enumerate(self.ends):
            yield {
                "number": number,
                "name": f"{end.service or end.reason}, {self.several.names[end.asset]}",
                "answer": answer,
                "asset": self.several.names[end.asset],
                **{name: getattr(end, name) for name in ("reason", "service", "basis")},
                **self._by_rule(end.amounts),
            }

    def holds(self) -> Iterator[Row]:
        for number in self._accounts():
            account = self.whole.accounts[number]
            if account.address in self.present:
                yield {"start": account.address, "end": account.holding}

    def came_to(self) -> Iterator[Row]:
        for number, (_, end) in enumerate(self.ends):
            yield {"start": holding_of(end.address, end.asset), "end": number}

    def carried(self) -> Iterator[Row]:
        c = self.whole.columns
        for row in sorted(self.trace.carrying):
            if NOBODY not in (c.sender[row], c.recipient[row]):
                sender, recipient = (self.whole.accounts[number].holding for number in (c.sender[row], c.recipient[row]))
                yield {
                    "start": sender,
                    "end": recipient,
                    **{name: getattr(c, name)[row] for name in ("row_key", "height", "time", "tx_hash", "amount", "kind")},
                    "asset": self.several.names[self.whole.asset_of(row)],
                    "cut": self.trace.cuts.get(row),
                    **self._by_rule(self.trace.carried(row)),
                }

    def became(self) -> Iterator[Row]:
        exchanges = self.several.answers.exchanges
        for number, each in enumerate(exchanges.conversions):
            through = number in exchanges.substituted
            given, received = ({rule: self._of(leg, rule) for rule in self.trace.rules} for leg in (each.given, each.received))
            yield {
                "start": holding_of(each.owner, each.given.asset),
                "end": self._recipient(each),
                "number": number,
                **{name: getattr(each, name) for name in ("kind", "tx_hash", "pool")},
                "height": self.several.height_of(each),
                "given_asset": self.several.names[each.given.asset],
                "given": each.given.amount,
                "received_asset": self.several.names[each.received.asset],
                "received": each.received.amount,
                "substituted": through,
                "why": None if through else why_not(each),
                **{f"given_{rule}": units for rule, units in self._by_rule(given).items()},
                **self._by_rule(received if through else dict.fromkeys(received, 0)),
            }

    def _of(self, leg: Leg, rule: str) -> int:
        carried = self.trace.rules[rule].by_row
        return sum(carried.get(self.row_of[key], 0) for key in leg.rows)

    def _recipient(self, each: Conversion) -> str:
        """What whoever is paid holds of what is received: the owner, unless its first row names somebody else."""
        to = self.whole.transfer(self.row_of[min(each.received.rows)]).recipient
        return holding_of(to or each.owner, each.received.asset)

    def _accounts(self) -> list[int]:
        """The holdings that either answer names, by the numbers of their accounts."""
        c, conversions = self.whole.columns, self.several.answers.exchanges.conversions
        ends = {number for row in self.trace.carrying for number in (c.sender[row], c.recipient[row])}
        ends |= {self.whole.index[holding_of(end.address, end.asset)] for _, end in self.ends}
        ends |= {self.whole.index[holding_of(each.owner, each.given.asset)] for each in conversions}
        ends |= {self.whole.index[self._recipient(each)] for each in conversions}
        return sorted(ends - {NOBODY})

    def _arrived(self) -> dict[int, dict[str, int]]:
        recipient = self.whole.columns.recipient
        found: dict[int, dict[str, int]] = {}
        for rule, stolen in self.trace.rules.items():
            for row, units in stolen.by_row.items():
                at = found.setdefault(recipient[row], dict.fromkeys(self.trace.rules, 0))
                at[rule] += units
        return found

    def _by_rule(self, amounts: Mapping[str, int]) -> dict[str, int | None]:
        """Amounts under every rule there is: None under those that were not run."""
        return {rule: amounts.get(rule, 0) if rule in self.trace.rules else None for rule in RULES}
