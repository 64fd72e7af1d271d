"""case.db -> the rows of the graph, a kind at a time, without ever holding them: a million transfers take no more memory than ten.

SQLite does the joining and the adding up; what it needs for that it keeps in temporary files. Rows come in the order and with the
fields of `schema.py`, keys of their ends first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import StoreError
from tracer.evidence import Compared
from tracer.model import Asset, Evidence
from tracer.store.graph.schema import KINDS, Kind, Node, name_of
from tracer.tracing.rules import RULES

Row = list[Any]
ROOM = 1 << 62
"""No sum of amounts of a case may reach this: both engines turn a sum beyond 2^63 into a float, and say nothing."""


class About(NamedTuple):
    """What the case file says of a case, and what stages beside the trace found that case.db does not hold in this form.

    `claims` and `evidence` are masked.
    """

    case: str
    title: str
    primary: str
    digest: str
    min_confidence: int = 0
    claims: Sequence[Compared] = ()
    evidence: Sequence[Evidence] = ()


class Projection:
    """The rows of one case. Amounts are divided by 10^`scale`, rounded down, where their sums would not fit an int64.

    Raises StoreError if the case has no trace.
    """

    def __init__(self, path: Path, about: About) -> None:
        self.about = about
        try:
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            self._db.execute("PRAGMA temp_store = FILE")
            self._db.create_aggregate("exact_sum", 1, _ExactSum)  # type: ignore[arg-type]
            noted = dict(self._db.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}: is it a case.db?") from error
        if "rules" not in noted:
            raise StoreError(f"{path}: the case has no trace yet: run tracer trace again, it goes on from here")
        self.asset = Asset(*json.loads(noted["asset"]))
        self.rules: list[str] = json.loads(noted["rules"])
        self._tip: int | None = json.loads(noted["tip"])
        self._finality: int = json.loads(noted["terms"])["finality"]
        self.scale = self._scale()
        self._add = "exact_sum" if self.scale else "SUM"
        self._stage()

    def close(self) -> None:
        self._db.close()

    def case(self) -> dict[str, Any]:
        """The properties of the case itself."""
        (last,) = self._one("SELECT max(time) FROM transfers")
        about, asset = self.about, self.asset
        return {
            "title": about.title, "chain": asset.chain, "asset": asset.symbol, "decimals": asset.decimals, "scale": self.scale,
            "primary": about.primary, "last": last, "digest": about.digest,
        }  # fmt: skip

    def tables(self) -> Iterator[tuple[Kind, Iterator[Row]]]:
        """Every kind but the case itself, in the order of the schema, with its rows."""
        found = {
            "Rule": self._rule, "Service": self._service, "Address": self._address, "Label": self._label, "Theft": self._theft,
            "Endpoint": self._endpoint, "Event": self._event, "TRANSFER": self._transfer, "FLOW": self._flow, "AT": self._at,
            "LABELLED": self._labelled, "ROBBED": self._robbed, "PAID": self._paid, "REACHED": self._reached, "ENDS": self._ends,
            "DID": self._did, "Marking": self._marking, "MARKED": self._marked, "Tag": self._tag, "TAGGED": self._tagged,
            "Measure": self._measure, "MEASURED": self._measured, "Claim": self._claim, "Evidence": self._evidence,
        }  # fmt: skip
        for kind in KINDS[1:]:
            yield kind, self._converted(kind, found[name_of(kind)]())

    def _scale(self) -> int:
        """The least power of ten that brings the sum of all amounts, fees, openings and claims below ROOM."""
        sums = self._one("SELECT exact_sum(amount), exact_sum(fee), (SELECT exact_sum(opening) FROM accounts) FROM transfers")
        claimed = [amount for each in self.about.claims for amount in (each.claim.least, each.claim.most)]
        total, scale = sum(int(each or 0) for each in (*sums, *claimed)), 0
        while total // 10**scale >= ROOM:
            scale += 1
        return scale

    def _stage(self) -> None:
        """The temporary tables: what every transfer of the graph carried, what arrived and was paid, what the whole ledger says."""
        add = self._add
        carried = ", ".join(
            f"(SELECT coalesce({add}(amount), 0) FROM hops WHERE rule = '{rule}' AND row_key = t.row_key AND fee = 0)"
            if rule in self.rules else "NULL" for rule in RULES
        )  # fmt: skip
        names = ", ".join(RULES)
        self._db.executescript(f"""
            CREATE TEMP TABLE carried (row_key INTEGER PRIMARY KEY, sender, recipient, {names});
            INSERT INTO carried SELECT t.row_key, t.sender, t.recipient, {carried}
                FROM (SELECT row_key FROM hops WHERE fee = 0 UNION SELECT row_key FROM touched) JOIN transfers t USING (row_key)
                WHERE t.sender IS NOT NULL AND t.recipient IS NOT NULL ORDER BY t.row_key;
            CREATE TEMP TABLE present (account INTEGER PRIMARY KEY);
            INSERT INTO present SELECT sender FROM carried UNION SELECT recipient FROM carried
                UNION SELECT a.id FROM markings JOIN accounts a USING (address);
            CREATE TEMP TABLE tagged (row_key INTEGER, name TEXT, first INTEGER, PRIMARY KEY (row_key, name)) WITHOUT ROWID;
            INSERT INTO tagged SELECT j.value, t.name, min(t.id) FROM tags t, json_each(t.rows) j GROUP BY 1, 2;
            CREATE TEMP TABLE arrived (account INTEGER PRIMARY KEY, {names});
            INSERT INTO arrived SELECT recipient, {", ".join(f"{add}({rule})" for rule in RULES)} FROM carried GROUP BY recipient;
            CREATE TEMP TABLE paid (account INTEGER PRIMARY KEY, {names});
            INSERT INTO paid SELECT t.sender, {self._by_rule()} FROM hops h JOIN transfers t USING (row_key) WHERE h.fee = 1 GROUP BY 1;
            CREATE TEMP TABLE sent (account INTEGER PRIMARY KEY, first, last, amount, fee);
            INSERT INTO sent SELECT sender, min(time), max(time), {add}(amount), {add}(fee) FROM transfers
                WHERE sender IN (SELECT account FROM present) GROUP BY 1;
            CREATE TEMP TABLE received (account INTEGER PRIMARY KEY, first, last, amount);
            INSERT INTO received SELECT recipient, min(time), max(time), {add}(amount) FROM transfers
                WHERE recipient IN (SELECT account FROM present) GROUP BY 1;
            CREATE TEMP TABLE funded (account INTEGER PRIMARY KEY, row_key, funder);
            INSERT INTO funded SELECT recipient, min(row_key), sender FROM transfers
                WHERE recipient IN (SELECT account FROM present) AND sender IS NOT recipient AND CAST(amount AS TEXT) <> '0' GROUP BY 1;
        """)

    def _by_rule(self) -> str:
        """A column a rule: what its hops add up to."""
        return ", ".join(self._coalesced(rule, f"{self._add}(CASE WHEN h.rule = '{rule}' THEN h.amount END)") for rule in RULES)

    def _coalesced(self, rule: str, value: str) -> str:
        return f"coalesce({value}, 0)" if rule in self.rules else "NULL"

    def _rule(self) -> Iterable[Row]:
        for rule in self.rules:
            (stolen,) = self._one("SELECT exact_sum(amount) FROM stolen WHERE rule = ?", rule)
            (fees,) = self._one("SELECT exact_sum(amount) FROM hops WHERE rule = ? AND fee = 1", rule)
            yield [rule, rule == self.about.primary, int(stolen or 0), int(fees or 0)]

    def _service(self) -> Iterable[Row]:
        return self._all(
            "SELECT DISTINCT s.service, b.least, b.most FROM services s JOIN accounts a USING (address) JOIN present p ON p.account = a.id "
            "LEFT JOIN bounds b ON b.address IS NULL AND b.service = s.service ORDER BY 1"
        )

    def _address(self) -> Iterable[Row]:
        arrived, paid = (", ".join(self._coalesced(rule, f"{table}.{rule}") for rule in RULES) for table in ("arrived", "paid"))
        found = self._all(
            f"""
            SELECT a.address,
                (SELECT label FROM labels WHERE address = a.address AND level >= ? ORDER BY level DESC, label, source LIMIT 1),
                s.service, a.coverage,
                a.id IN (SELECT t.sender FROM thefts JOIN transfers t USING (row_key)),
                a.id IN (SELECT t.recipient FROM thefts JOIN transfers t USING (row_key)), a.id IN (SELECT account FROM touched),
                a.address IN (SELECT address FROM markings),
                a.opening, received.amount, sent.amount, sent.fee, received.first, sent.first, received.last, sent.last, f.address,
                {arrived}, {paid}
            FROM present p JOIN accounts a ON a.id = p.account LEFT JOIN services s USING (address)
                LEFT JOIN arrived USING (account) LEFT JOIN paid USING (account) LEFT JOIN sent USING (account)
                LEFT JOIN received USING (account) LEFT JOIN funded USING (account) LEFT JOIN accounts f ON f.id = funded.funder
            ORDER BY p.account""",
            self.about.min_confidence,
        )
        for address, name, service, coverage, robbed, paid_to, touched, marked, opening, got, gave, fees, *seen in found:
            stop = _stop(bool(robbed), service, coverage)
            balance = int(opening) + int(got or 0) - int(gave or 0) - int(fees or 0)
            times = [[each for each in pair if each is not None] for pair in (seen[0:2], seen[2:4])]
            yield [
                address, name, service, _role(stop, bool(paid_to)), coverage, stop, balance, touched, marked,
                min(times[0], default=None), max(times[1], default=None), *seen[4:],
            ]  # fmt: skip

    def _label(self) -> Iterable[Row]:
        fields = "l.id, l.label, l.category, l.concepts, l.source, l.confidence, l.level, l.lastmod, l.actor, l.pack"
        for row in self._labels(fields):
            row[3] = json.loads(row[3])
            yield row

    def _labelled(self) -> Iterable[Row]:
        return self._labels("l.address, l.id")

    def _labels(self, fields: str) -> Iterable[Row]:
        return self._all(
            f"SELECT {fields} FROM labels l JOIN accounts a USING (address) JOIN present p ON p.account = a.id "
            "WHERE l.level >= ? ORDER BY l.id", self.about.min_confidence,
        )  # fmt: skip

    def _theft(self) -> Iterable[Row]:
        stolen = ", ".join(f"(SELECT amount FROM stolen WHERE rule = '{rule}' AND theft = h.number)" for rule in RULES)
        return self._all(
            f"SELECT h.number, h.label, h.row_key, t.tx_hash, t.time, t.amount, t.basis, {stolen} "
            "FROM thefts h JOIN transfers t USING (row_key) ORDER BY h.number"
        )

    def _robbed(self) -> Iterable[Row]:
        return self._party("sender")

    def _paid(self) -> Iterable[Row]:
        return self._party("recipient")

    def _party(self, side: str) -> Iterable[Row]:
        return self._all(
            f"SELECT h.number, a.address FROM thefts h JOIN transfers t USING (row_key) JOIN accounts a ON a.id = t.{side} "
            "JOIN present p ON p.account = a.id ORDER BY h.number"
        )

    def _endpoint(self) -> Iterable[Row]:
        for number, reason, service, basis, amounts, least, most in self._all(
            "SELECT e.id, e.reason, e.service, e.basis, e.amounts, b.least, b.most "
            "FROM endpoints e LEFT JOIN bounds b ON b.address = e.address AND b.reason = e.reason ORDER BY e.id"
        ):
            told = json.loads(amounts)
            yield [number, reason, service, basis, *(told.get(rule) and int(told[rule]) for rule in RULES), least, most]

    def _ends(self) -> Iterable[Row]:
        return self._all("SELECT address, id FROM endpoints ORDER BY id")

    def _event(self) -> Iterable[Row]:
        return self._events("e.id, e.kind, e.height, e.position, e.time, e.tx_hash, e.object, e.attributes")

    def _did(self) -> Iterable[Row]:
        return self._events("e.subject, e.id")

    def _events(self, fields: str) -> Iterable[Row]:
        return self._all(
            f"SELECT {fields} FROM events e JOIN accounts a ON a.address = e.subject JOIN present p ON p.account = a.id ORDER BY e.id"
        )

    def _at(self) -> Iterable[Row]:
        return self._all("SELECT address, service FROM services s JOIN accounts a USING (address) "
                         "JOIN present p ON p.account = a.id ORDER BY address")  # fmt: skip

    def _transfer(self) -> Iterable[Row]:
        last_final = -1 if self._tip is None else self._tip - self._finality
        found = self._all(
            f"""
            SELECT s.address, r.address, NULL, t.row_key, t.height, t.time, t.tx_hash, t.amount, t.fee, t.kind, t.memo, hex(t.memo),
                t.memo_kind, t.basis, t.verified, ? >= 0 AND t.height IS NOT NULL AND t.height > ?, h.number, cuts.reason,
                t.time - (SELECT time FROM transfers WHERE sender = t.sender AND row_key < t.row_key ORDER BY row_key DESC LIMIT 1),
                (SELECT json_group_array(name) FROM (SELECT name FROM tagged WHERE row_key = t.row_key ORDER BY first)),
                {", ".join(f"c.{rule}" for rule in RULES)}
            FROM carried c JOIN transfers t USING (row_key) JOIN accounts s ON s.id = t.sender JOIN accounts r ON r.id = t.recipient
                LEFT JOIN thefts h USING (row_key) LEFT JOIN cuts USING (row_key)
            ORDER BY c.row_key""",
            last_final,
            last_final,
        )
        case = self.about.case
        for row in found:
            row[2] = f"{case}:{row[3]}"
            row[10], row[11] = _memo(row[12], row[10]), row[11].lower() if row[12] else None
            row[19] = None if row[19] == "[]" else json.loads(row[19])
            yield row

    def _flow(self) -> Iterable[Row]:
        primary = self.about.primary
        return self._all(f"""
            SELECT s.address, r.address, count(*), {self._add}(t.amount), {self._add}(c.{primary}), min(t.time), max(t.time)
            FROM carried c JOIN transfers t USING (row_key) JOIN accounts s ON s.id = c.sender JOIN accounts r ON r.id = c.recipient
            GROUP BY c.sender, c.recipient ORDER BY c.sender, c.recipient""")

    def _reached(self) -> Iterable[Row]:
        return self._all(f"""
            SELECT h.theft, r.address, min(t.time), {self._by_rule()} FROM hops h JOIN carried c USING (row_key)
                JOIN transfers t USING (row_key) JOIN accounts r ON r.id = c.recipient
            WHERE h.fee = 0 GROUP BY h.theft, c.recipient ORDER BY h.theft, c.recipient""")

    def _marking(self) -> Iterable[Row]:
        return self._markings("m.id, m.marker, m.marked_by, m.tx_hash, m.first, m.first_time, m.last, m.last_time, m.ended")

    def _marked(self) -> Iterable[Row]:
        return self._markings("m.address, m.id")

    def _markings(self, fields: str) -> Iterable[Row]:
        return self._all(f"SELECT {fields} FROM markings m JOIN accounts a USING (address) ORDER BY m.id")

    def _tag(self) -> Iterable[Row]:
        for *head, presets, row_key, rows in self._tags("t.id, t.name, t.status, t.presets, t.row_key, t.rows"):
            yield [*head, json.loads(presets), row_key, json.loads(rows)]

    def _tagged(self) -> Iterable[Row]:
        return self._tags("a.address, t.id")

    def _tags(self, fields: str) -> Iterable[Row]:
        return self._all(f"SELECT {fields} FROM tags t JOIN present p USING (account) JOIN accounts a ON a.id = t.account ORDER BY t.id")

    def _measure(self) -> Iterable[Row]:
        fields = "m.tag << 16 | m.number, m.against, m.name, m.value, m.unit, m.threshold, m.holds, m.note, m.rows"
        for *head, value, unit, threshold, holds, note, rows in self._measures(fields):
            yield [*head, _stated(value), unit, _stated(threshold), holds, note or None, json.loads(rows)]

    def _measured(self) -> Iterable[Row]:
        return self._measures("m.tag, m.tag << 16 | m.number")

    def _measures(self, fields: str) -> Iterable[Row]:
        return self._all(
            f"SELECT {fields} FROM measures m JOIN tags t ON t.id = m.tag JOIN present p USING (account) ORDER BY m.tag, m.number"
        )

    def _claim(self) -> Iterable[Row]:
        for number, (claim, traced, why, _) in enumerate(self.about.claims):
            yield [
                number, claim.sender, claim.recipient, claim.least, claim.most, claim.since, claim.until, claim.says, claim.source, why,
                *(None if traced is None else traced.get(rule) for rule in RULES),
            ]  # fmt: skip

    def _evidence(self) -> Iterable[Row]:
        for number, each in enumerate(self.about.evidence):
            yield [number, each.kind, each.value, each.time, each.source, each.grade, each.status, each.subject]

    def _one(self, query: str, *parameters: Any) -> Row:
        return list(self._db.execute(query, parameters).fetchone())

    def _all(self, query: str, *parameters: Any) -> Iterator[Row]:
        return map(list, self._db.execute(query, parameters))

    def _converted(self, kind: Kind, rows: Iterable[Row]) -> Iterator[Row]:
        """Amounts scaled, with their exact text; flags true or false."""
        before = 0 if isinstance(kind, Node) else 2
        flags = [before + n for n, each in enumerate(kind.properties) if each.type == "flag"]
        amounts = [before + n for n, each in enumerate(kind.properties) if each.type == "amount"]
        for row in rows:
            for n in flags:
                row[n] = None if row[n] is None else bool(row[n])
            if self.scale:
                for n in reversed(amounts):
                    units = None if row[n] is None else int(row[n])
                    row[n : n + 1] = [None, None] if units is None else [units // 10**self.scale, str(units)]
            yield row


def _stop(robbed: bool, service: str | None, coverage: str) -> str | None:
    """Why an account absorbs, as in the flow graph."""
    if robbed:
        return "returned"
    if service is not None:
        return "service"
    return "not_fetched" if coverage == "boundary" else None


def _role(stop: str | None, paid_to: bool) -> str:
    """What an address is in the case, as in the flow graph."""
    if stop in ("returned", "service"):
        return "victim" if stop == "returned" else "service"
    return "recipient" if paid_to else "boundary" if stop == "not_fetched" else "account"


class _ExactSum:
    """A sum without bounds, of integers or decimal text; as text, which SQLite keeps whatever its size."""

    def __init__(self) -> None:
        self.total: int | None = None

    def step(self, amount: int | str | None) -> None:
        if amount is not None:
            self.total = (self.total or 0) + int(amount)

    def finalize(self) -> str | None:
        return None if self.total is None else str(self.total)


def _stated(text: str) -> str | None:
    """A value or threshold, which the record keeps as JSON, as a text."""
    value = json.loads(text)
    return None if value is None else str(value)


def _memo(kind: str | None, content: bytes | None) -> str | None:
    """The text of a plain memo that is text."""
    if kind != "plain" or content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
