"""Hops and holdings of a record: read when somebody asks for each of them, and summed by SQLite, which is ten times as fast."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from tracer.ledger import Ledger
from tracer.model import HeldPart, Hop
from tracer.model.columnar import Columnar, compact
from tracer.store.record.amounts_as_stored import amounts_in
from tracer.store.record.database import CaseDb
from tracer.tracing.trace_result import Hops

NO_SUMS: Mapping[str, Mapping[int, int]] = {}


class KeptHops(Hops):
    """The hops under a rule, or the fees; `table`: of which answer; `known`: sums that need not be read."""

    def __init__(
        self, db: CaseDb, ledger: Ledger, rule: str, fee: int, table: str = "hops", known: Mapping[str, Mapping[int, int]] = NO_SUMS
    ) -> None:
        self.noun = Hop
        self._db, self._keys, self._rule, self._fee, self._table = db, ledger.columns.row_key, rule, fee, table
        self._known = known

    @cached_property
    def columns(self) -> Mapping[str, Sequence[int]]:
        names = ["row_key" if name == "row" else name for name in Hop._fields]
        kept = self._db.select(self._table, names, rule=self._rule, fee=self._fee)
        rows = [bisect_left(self._keys, key) for key in kept.pop("row_key")]
        return {name: compact(column) for name, column in {**kept, "row": rows, "amount": amounts_in(kept["amount"])}.items()}

    def sums(self, by: Literal["row", "theft"]) -> Mapping[int, int]:
        if by in self._known:
            return self._known[by]
        if by == "theft":
            return sums_of_hops(self._db, "theft", self._rule, self._fee, self._table)
        kept = sums_of_hops(self._db, "row_key", self._rule, self._fee, self._table)
        return {bisect_left(self._keys, key): amount for key, amount in kept.items()}


class KeptHoldings(Columnar[HeldPart]):
    """What accounts hold under a rule; `names`: of accounts by their numbers."""

    def __init__(self, db: CaseDb, names: Sequence[str], rule: str, table: str = "holdings") -> None:
        self.noun = HeldPart
        self._db, self._names, self._rule, self._table = db, names, rule, table

    @cached_property
    def columns(self) -> Mapping[str, Sequence[Any]]:
        names = ["account" if name == "address" else name for name in HeldPart._fields]
        kept = self._db.select(self._table, names, rule=self._rule)
        addresses = [self._names[account] for account in kept.pop("account")]
        return {**kept, "address": addresses, "theft": compact(kept["theft"]), "amount": compact(amounts_in(kept["amount"]))}


def sums_of_hops(db: CaseDb, by: Literal["row_key", "theft"], rule: str, fee: int, table: str = "hops") -> dict[int, int]:
    """The stolen value that hops carried under a rule, or that went as fees: by row key, or by theft."""
    (kept,) = db.asked(f"SELECT (SELECT typeof(amount) FROM {table} LIMIT 1) AS kind")["kind"]  # of a trace, all are kept alike
    sums: dict[int, int] = {}
    if kept == "text":  # of which SQLite would make a float
        for key, amount in db.pairs(f"SELECT {by}, amount FROM {table} WHERE rule = ? AND fee = ? ORDER BY {by}", rule, fee):
            sums[key] = sums.get(key, 0) + int(amount)
        return sums
    # in two halves, as a sum may pass the 64 bits that each amount fits
    halves = "SUM(amount >> 32) AS high, SUM(amount & 0xFFFFFFFF) AS low"
    found = db.asked(f"SELECT {by} AS key, {halves} FROM {table} WHERE rule = ? AND fee = ? GROUP BY {by} ORDER BY {by}", rule, fee)
    return {key: (high << 32) + low for key, high, low in zip(found["key"], found["high"], found["low"], strict=True)}
