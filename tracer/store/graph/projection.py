"""case.db -> the rows of the graph, a kind at a time, without ever holding them: a million transfers take no more memory than ten.

SQLite does the joining and the adding up; what it needs for that it keeps in temporary files. Rows come in the order and with the
fields of `schema.py`, keys of their ends first; each field is found by its name.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import StoreError
from tracer.evidence import Compared
from tracer.evidence.price_at_a_moment import price_at
from tracer.evidence.valuation import decimal
from tracer.ledger.finality import is_provisional, last_final_height
from tracer.model import Evidence, Price
from tracer.store.graph.amount_scale import ExactSum, exact_balance, scale_of, scaled_and_exact
from tracer.store.graph.graph_rows import Scope, claim_values, evidence_values, selections
from tracer.store.graph.schema import GRAPH_KINDS, Kind, name_of, row_names
from tracer.store.graph.several_assets_rows import KINDS_OF_SEVERAL, NO_SEVERAL, OfSeveral
from tracer.store.record.ledger import asset_noted
from tracer.tracing.rules import RULES

GraphRow = list[Any]


class CaseFacts(NamedTuple):
    """What the case file says of a case, and what stages beside the trace found that case.db does not hold in this form.

    `claims` and `evidence` are masked. `prices` are in order of time; `worth` is that of each endpoint under the primary rule.
    `several`: the rows of a case of several assets that one of one asset has none of.
    """

    case: str
    title: str
    primary: str
    digest: str
    min_confidence: int = 0
    claims: Sequence[Compared] = ()
    evidence: Sequence[Evidence] = ()
    prices: Sequence[Price] = ()
    worth: Sequence[str | None] = ()
    several: OfSeveral = NO_SEVERAL


class Projection:
    """The rows of one case. Amounts are divided by 10^`scale`, rounded down, where their sums would not fit an int64.

    Raises StoreError if the case has no trace.
    """

    def __init__(self, path: Path, facts: CaseFacts) -> None:
        self.facts = facts
        try:
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            self._db.execute("PRAGMA temp_store = FILE")
            self._db.create_aggregate("exact_sum", 1, ExactSum)  # type: ignore[arg-type]
            self._db.create_function("exact_balance", 4, exact_balance, deterministic=True)
            self._db.create_function("is_provisional", 2, is_provisional, deterministic=True)
            self._db.create_function("worth", 2, self._worth, deterministic=True)
            self._db.create_function("worth_ended", 1, self._worth_ended, deterministic=True)
            noted = dict(self._db.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}: is it a case.db?") from error
        if "rules" not in noted:
            raise StoreError(f"{path}: the case has no trace yet: run tracer trace again, it goes on from here")
        self.asset = asset_noted(noted["asset"])
        self.rules: list[str] = json.loads(noted["rules"])
        self._parameters = {
            "case": facts.case,
            "primary": facts.primary,
            "rules": noted["rules"],
            "min_confidence": facts.min_confidence,
            "last_final": last_final_height(json.loads(noted["tip"]), json.loads(noted["terms"])["finality"]),
        }
        self.scale = scale_of(self._db, facts.claims, facts.several.total)
        self._scope = Scope(self.rules, facts.primary, "exact_sum" if self.scale else "SUM")
        self._db.executescript(_temporary_tables(self._scope))

    def close(self) -> None:
        self._db.close()

    def case(self) -> dict[str, Any]:
        """The properties of the case itself."""
        (last,) = self._db.execute("SELECT max(time) FROM transfers").fetchone()
        facts, asset = self.facts, self.asset
        return {
            "name": facts.title, "title": facts.title, "chain": asset.chain, "asset": asset.symbol, "decimals": asset.decimals,
            "scale": self.scale, "primary": facts.primary, "last": last, "digest": facts.digest,
            "currency": facts.prices[0].currency if facts.prices else None,
        }  # fmt: skip

    def tables(self) -> Iterator[tuple[Kind, Iterator[GraphRow]]]:
        """Every kind but the case itself, in the order of the schema, with its rows."""
        selected = selections(self._scope)
        stated: dict[str, Iterator[dict[str, Any]]] = {name: iter(()) for name in KINDS_OF_SEVERAL}
        stated |= {name: rows() for name, rows in self.facts.several.rows.items()}
        stated |= {"Claim": claim_values(self.facts.claims), "Evidence": evidence_values(self.facts.evidence)}
        for kind in GRAPH_KINDS[1:]:
            names, name = list(row_names(kind)), name_of(kind)
            if name in stated:
                yield kind, self._converted(kind, ([values[each] for each in names] for values in stated[name]), {})
                continue
            selection = selected[name]
            if strangers := selection.values.keys() ^ set(names):
                raise TypeError(f"{name}: {', '.join(sorted(strangers))} is not both selected and a name of schema.py")
            values = ", ".join(selection.values[each] for each in names)
            rows = self._db.execute(f"SELECT {values} FROM {selection.tables}", self._parameters)
            yield kind, self._converted(kind, map(list, rows), selection.read)

    def _worth(self, amount: int | str, time: int) -> str | None:
        """What an amount was worth at a time, as exact decimal text; None without a price."""
        price = price_at(self.facts.prices, time)
        return None if price is None else decimal(Fraction(int(amount), 10**self.asset.decimals) * Fraction(price.price))

    def _worth_ended(self, endpoint: int) -> str | None:
        return self.facts.worth[endpoint] if self.facts.worth else None

    def _converted(self, kind: Kind, rows: Iterable[GraphRow], read: Mapping[str, Callable[[Any], Any]]) -> Iterator[GraphRow]:
        """Values read, flags true or false, amounts scaled and their exact text beside them."""
        place = {name: n for n, name in enumerate(row_names(kind))}
        readers = [(place[name], reader) for name, reader in read.items()]
        readers += [(place[each.name], bool) for each in kind.properties if each.type == "flag"]
        amounts = sorted((place[each.name] for each in kind.properties if each.type == "amount"), reverse=True)
        for row in rows:
            for n, reader in readers:
                if row[n] is not None:
                    row[n] = reader(row[n])
            if self.scale:
                for n in amounts:  # from the last, as each takes two places then
                    units = None if row[n] is None else int(row[n])
                    row[n : n + 1] = [None, None] if units is None else scaled_and_exact(units, self.scale)
            yield row


def _temporary_tables(scope: Scope) -> str:
    """Makes what every transfer of the graph carried, what arrived and was paid, and what the whole ledger says of who is in it."""
    add, names = scope.add, ", ".join(RULES)
    carried = ", ".join(
        scope.known(rule, f"(SELECT {add}(amount) FROM hops WHERE rule = '{rule}' AND row_key = t.row_key AND fee = 0)")
        for rule in RULES
    )  # fmt: skip
    arrived = ", ".join(f"{add}({rule})" for rule in RULES)
    paid = ", ".join(scope.hops[rule] for rule in RULES)
    return f"""
        CREATE TEMP TABLE carried (row_key INTEGER PRIMARY KEY, sender, recipient, {names});
        INSERT INTO carried (row_key, sender, recipient, {names}) SELECT t.row_key, t.sender, t.recipient, {carried}
            FROM (SELECT row_key FROM kept_hops WHERE parts IS NOT NULL UNION SELECT row_key FROM touched) JOIN transfers t USING (row_key)
            WHERE t.sender IS NOT NULL AND t.recipient IS NOT NULL ORDER BY t.row_key;
        CREATE TEMP TABLE present (account INTEGER PRIMARY KEY);
        INSERT INTO present (account) SELECT sender FROM carried UNION SELECT recipient FROM carried
            UNION SELECT a.id FROM markings JOIN accounts a USING (address);
        CREATE TEMP TABLE tagged (row_key INTEGER, name TEXT, first INTEGER, PRIMARY KEY (row_key, name)) WITHOUT ROWID;
        INSERT INTO tagged (row_key, name, first) SELECT j.value, t.name, min(t.id) FROM tags t, json_each(t.rows) j
            GROUP BY j.value, t.name;
        CREATE TEMP TABLE arrived (account INTEGER PRIMARY KEY, {names});
        INSERT INTO arrived (account, {names}) SELECT recipient, {arrived} FROM carried GROUP BY recipient;
        CREATE TEMP TABLE paid (account INTEGER PRIMARY KEY, {names});
        INSERT INTO paid (account, {names}) SELECT t.sender, {paid} FROM hops h JOIN transfers t USING (row_key)
            WHERE h.fee = 1 GROUP BY t.sender;
        CREATE TEMP TABLE sent (account INTEGER PRIMARY KEY, first, last, amount, fee, others);
        INSERT INTO sent (account, first, last, amount, fee, others)
            SELECT sender, min(time), max(time), {add}(amount), {add}(fee), count(DISTINCT nullif(recipient, sender)) FROM transfers
            WHERE sender IN (SELECT account FROM present) GROUP BY sender;
        CREATE TEMP TABLE received (account INTEGER PRIMARY KEY, first, last, amount, others);
        INSERT INTO received (account, first, last, amount, others)
            SELECT recipient, min(time), max(time), {add}(amount), count(DISTINCT nullif(sender, recipient)) FROM transfers
            WHERE recipient IN (SELECT account FROM present) GROUP BY recipient;
        CREATE TEMP TABLE funded (account INTEGER PRIMARY KEY, row_key, funder);
        INSERT INTO funded (account, row_key, funder) SELECT recipient, min(row_key), sender FROM transfers
            WHERE recipient IN (SELECT account FROM present) AND sender IS NOT recipient AND ltrim(amount, '0') <> ''
            GROUP BY recipient;
    """
