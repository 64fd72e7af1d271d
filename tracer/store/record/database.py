"""`case.db`, the record of a case: SQLite, one transaction a stage, everything read back as it was written."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracer.errors import StoreError
from tracer.ledger import NOBODY, Columns, Ledger
from tracer.model import (
    Account,
    Asset,
    Bound,
    Bounds,
    Claim,
    Endpoint,
    Event,
    Evidence,
    Hop,
    Label,
    Marking,
    Measure,
    Memo,
    Price,
    Rejection,
    Tag,
    Theft,
)
from tracer.tracing import Outcome, Stolen, Stops, Trace
from tracer.tracing.thefts import theft_of

VERSION = 3
"""`PRAGMA user_version` of the schema; a folder of another version is refused, not guessed at."""

WIDE = 1 << 62
"""Amounts from here on are kept as decimal text: sums of a few of them must still fit 64 bits."""

BATCH = 1000  # rows digested together

LEDGER = ("accounts", "transfers", "events", "rejections")
TRACE = ("labels", "services", "thefts", "stolen", "hops", "holdings", "top_ups", "cuts", "touched", "endpoints", "bounds")
CONTEXT = ("markings", "evidence", "claims", "prices")
TAGS = ("tags", "measures")
CANONICAL = (*LEDGER, *TRACE, *CONTEXT, *TAGS)
"""The tables the results digest is over, in this order; `meta` is not among them."""


class CaseDb:
    """An open case.db."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        if not create and not path.exists():
            raise StoreError(f"{path}: there is no such case: make it with tracer trace case.toml")
        try:
            self._db, version = _connected(path)
            if create and version == 0:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.executescript(_schema())
                self._db.execute(f"PRAGMA user_version = {VERSION}")
                version = VERSION
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}: is it a case.db, on a disk that can be written?") from error
        if version != VERSION:
            raise StoreError(
                f"{path}: made by another version of tracer (schema {version}, this one reads {VERSION}): trace the case again"
            )

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> CaseDb:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def stage(self) -> Iterator[None]:
        """One transaction: what is written inside is there whole, or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException as error:
            self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise StoreError(f"{self.path}: {error}") from error
            raise
        self._db.execute("COMMIT")

    def settle(self) -> None:
        """Closes a finished record as one file with nothing beside it."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.execute("PRAGMA journal_mode = DELETE")
        self.close()

    def note(self, **values: str) -> None:
        """Keeps facts about the run under their names."""
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def noted(self, key: str) -> str | None:
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def digest(self, tables: Sequence[str] = CANONICAL) -> str:
        """SHA-256 over the canonical tables: every row as a JSON array, in the order of the primary key."""
        found = hashlib.sha256()
        for table in tables:
            found.update(f"{table}\n".encode())
            rows = self._db.execute(f"SELECT * FROM {table} ORDER BY {self._key(table)}")  # noqa: S608 - our own names
            while batch := rows.fetchmany(BATCH):
                found.update(_lines(batch))
        return found.hexdigest()

    def _key(self, table: str) -> str:
        columns = self._db.execute(f"PRAGMA table_info({table})").fetchall()
        return ", ".join(name for *_, name in sorted((place, name) for _, name, _, _, _, place in columns if place))

    def write_ledger(self, ledger: Ledger) -> None:
        """Replaces the ledger, and with it all that was traced on the one before."""
        c = ledger.columns
        number = _number(ledger)
        with self.stage():
            self._clear(reversed(CANONICAL))
            self._fill(
                "accounts",
                (
                    (n, a.address, number(a.opening), a.opening_basis, a.coverage, number(a.served), a.served_height, a.omits)
                    for n, a in enumerate(ledger.accounts)
                ),
            )
            self._fill("transfers", zip(
                c.row_key, c.height, c.position, c.time, c.tx_hash, map(_account, c.sender), map(_account, c.recipient),
                map(number, c.amount), map(number, c.fee), c.kind, (memo and memo.kind for memo in c.memo),
                (memo and memo.content for memo in c.memo), c.basis, c.source, map(int, c.verified), c.attributes, strict=True,
            ))  # fmt: skip
            self._fill("events", ((n, *e[:-1], _json(e.attributes)) for n, e in enumerate(ledger.events)))
            self._fill("rejections", ((n, *r) for n, r in enumerate(ledger.rejections)))
            self.note(
                asset=_json(list(ledger.asset)),
                tip=_json(ledger.tip),
                complete=_json(ledger.complete),
                order_basis=ledger.order_basis,
                cut_from=_json(ledger.cut_from),
            )

    def read_ledger(self) -> Ledger:
        """The ledger as it was written."""
        rows = self._db.execute("SELECT * FROM transfers ORDER BY row_key").fetchall()
        fields: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(16)]
        (row_key, height, position, time, tx_hash, sender, recipient, amount, fee, kind, memo_kind, memo, basis, source, verified,
         attributes) = fields  # fmt: skip
        return Ledger(
            asset=self.read_asset(),
            accounts=tuple(
                Account(address, int(opening), opening_basis, coverage, None if served is None else int(served), served_height, omits)
                for _, address, opening, opening_basis, coverage, served, served_height, omits in self._all("accounts")
            ),
            columns=Columns(
                row_key,
                height,
                position,
                time,
                tx_hash,
                [NOBODY if s is None else s for s in sender],
                [NOBODY if r is None else r for r in recipient],
                [int(a) for a in amount],
                [int(f) for f in fee],
                kind,
                [Memo(k, m) if k else None for k, m in zip(memo_kind, memo, strict=True)],
                basis,
                source,
                [bool(v) for v in verified],
                attributes,
            ),
            events=tuple(Event._make((*fields[1:-1], json.loads(fields[-1]))) for fields in self._all("events")),
            rejections=tuple(Rejection(*fields[1:]) for fields in self._all("rejections")),
            tip=json.loads(self._required("tip")),
            complete=json.loads(self._required("complete")),
            order_basis="chain" if self._required("order_basis") == "chain" else "time",
            cut_from=json.loads(self.noted("cut_from") or "null"),
        )

    def write_trace(self, ledger: Ledger, labels: Sequence[Label], trace: Trace) -> None:
        """Replaces labels and trace, and with them the tags of the trace before."""
        key, index = ledger.columns.row_key, ledger.index
        number = _number(ledger, max((units for stolen in trace.rules.values() for units in stolen.topped_up.values()), default=0))
        with self.stage():
            self._clear(reversed((*TRACE, *TAGS)))
            self._fill("labels", ((n, *each[:3], _json(each.concepts), *each[4:]) for n, each in enumerate(labels)))
            self._fill("services", sorted(trace.stops.services.items()))
            self._fill("thefts", ((n, theft.label, theft.row_key) for n, theft in enumerate(trace.thefts)))
            for rule, stolen in trace.rules.items():
                self._fill("stolen", ((rule, theft, number(amount)) for theft, amount in enumerate(stolen.taken)))
                for fee, hops in enumerate((stolen.hops, stolen.fees)):
                    self._fill("hops", ((rule, key[row], fee, theft, number(amount)) for row, theft, amount in hops))
                self._fill("holdings", ((rule, index[address], theft, number(amount)) for address, theft, amount in stolen.held))
                self._fill("top_ups", ((rule, index[address], number(amount)) for address, amount in stolen.topped_up.items()))
            self._fill("cuts", ((key[row], reason) for row, reason in trace.cuts.items()))
            self._fill("touched", ((index[address], key[row]) for address, row in trace.touched.items()))
            self._fill(
                "endpoints", ((n, *e[:4], _json(_texts(e.amounts)), _json(_texts(e.by_theft))) for n, e in enumerate(trace.endpoints))
            )
            self.note(rules=_json(list(trace.rules)), rows=str(trace.rows), dust=str(trace.stops.dust), until=_json(trace.stops.until))

    def write_bounds(self, bounds: Bounds) -> None:
        """Replaces the bounds, of the trace that stands here."""
        with self.stage():
            self._db.execute("DELETE FROM bounds")
            endpoints = ((address, reason, None, *map(_exact, bound)) for (address, reason), bound in bounds.endpoints.items())
            services = ((None, None, service, *map(_exact, bound)) for service, bound in bounds.services.items())
            self._fill("bounds", ((n, *each) for n, each in enumerate((*endpoints, *services))))

    def read_bounds(self) -> Bounds:
        """The bounds as they were written; none until `tracer bounds` has been run."""
        rows = list(self._all("bounds"))
        return Bounds(
            endpoints={(address, reason): Bound(*map(int, bound)) for _, address, reason, _, *bound in rows if address is not None},
            services={service: Bound(*map(int, bound)) for _, address, _, service, *bound in rows if address is None},
        )

    def write_context(
        self, markings: Iterable[Marking], evidence: Iterable[Evidence], claims: Iterable[Claim], prices: Iterable[Price]
    ) -> None:
        """Replaces what stands beside the trace. Evidence is kept unmasked: masking is of what leaves the folder."""
        with self.stage():
            for table in reversed(CONTEXT):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            self._fill("markings", ((n, *each) for n, each in enumerate(markings)))
            self._fill("evidence", ((n, *each[:-1], int(each.third_party)) for n, each in enumerate(evidence)))
            self._fill("claims", ((n, *each[:2], *map(_exact, each[2:4]), *each[4:]) for n, each in enumerate(claims)))
            self._fill("prices", ((n, *each) for n, each in enumerate(prices)))

    def read_markings(self) -> list[Marking]:
        return [Marking(*fields[1:]) for fields in self._all("markings")]

    def read_evidence(self) -> list[Evidence]:
        return [Evidence._make((*fields[1:-1], bool(fields[-1]))) for fields in self._all("evidence")]

    def read_claims(self) -> list[Claim]:
        claims = [Claim(*fields[1:]) for fields in self._all("claims")]
        return [each._replace(least=_whole(each.least), most=_whole(each.most)) for each in claims]

    def read_prices(self) -> list[Price]:
        return [Price(*fields[1:]) for fields in self._all("prices")]

    def write_tags(self, ledger: Ledger, tags: Iterable[Tag]) -> None:
        """Replaces the tags. Rows are kept by their row keys."""
        key = ledger.columns.row_key

        def keys(rows: Iterable[int]) -> str:
            return _json([int(key[row]) for row in rows])

        with self.stage():
            for table in reversed(TAGS):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            for number, tag in enumerate(tags):
                row = None if tag.row is None else int(key[tag.row])
                account = ledger.index[tag.subject]
                self._fill("tags", [(number, tag.name, account, row, tag.status, _json(tag.presets), keys(tag.rows))])
                sides = [(0, each) for each in tag.measures] + [(1, each) for each in tag.against]
                self._fill("measures", (
                    (number, place, against, m.name, _json(m.value), m.unit, _json(m.threshold), int(m.holds), keys(m.rows), m.note)
                    for place, (against, m) in enumerate(sides)
                ))  # fmt: skip

    def read_tags(self, ledger: Ledger) -> tuple[Tag, ...]:
        """The tags as they were written."""
        row_of = {int(row_key): row for row, row_key in enumerate(ledger.columns.row_key)}

        def rows(text: str) -> tuple[int, ...]:
            return tuple(row_of[row_key] for row_key in json.loads(text))

        sides: dict[int, tuple[list[Measure], list[Measure]]] = {}
        for tag, _, against, name, value, unit, threshold, holds, keys, note in self._all("measures"):
            measure = Measure(name, json.loads(value), unit, json.loads(threshold), bool(holds), rows(keys), note)
            sides.setdefault(tag, ([], []))[against].append(measure)
        found = []
        for number, name, account, row_key, status, presets, keys in self._all("tags"):
            measures, against = (tuple(side) for side in sides.get(number, ([], [])))
            row = None if row_key is None else row_of[row_key]
            subject = ledger.accounts[account].address
            found.append(Tag(name, subject, row, status, tuple(json.loads(presets)), measures, against, rows(keys)))
        return tuple(found)

    def read_labels(self) -> list[Label]:
        return [Label._make((*fields[1:4], tuple(json.loads(fields[4])), *fields[5:])) for fields in self._all("labels")]

    def read_trace(self, ledger: Ledger) -> Trace:
        """The trace as it was written on `ledger`. Raises StoreError if the case has not been traced."""
        rules = self._traced_rules()
        row_of = {row_key: row for row, row_key in enumerate(ledger.columns.row_key)}
        thefts = tuple(theft_of(ledger.transfer(row_of[row_key]), label) for _, label, row_key in self._all("thefts"))
        services = dict(self._db.execute("SELECT address, service FROM services"))
        return Trace(
            thefts=thefts,
            stops=Stops(services, int(self._required("dust")), json.loads(self._required("until"))),
            rows=int(self._required("rows")),
            rules={rule: self._stolen(ledger, row_of, rule) for rule in rules},
            cuts={row_of[row_key]: reason for row_key, reason in self._all("cuts")},
            touched={ledger.accounts[account].address: row_of[row_key] for account, row_key in self._all("touched")},
            endpoints=self._endpoints(),
        )

    def read_outcome(self) -> Outcome:
        """The figures of the trace, without reading ledger and hops. Raises StoreError if the case has not been traced."""
        rules = self._traced_rules()
        taken: dict[str, list[int]] = {rule: [] for rule in rules}
        fees = dict.fromkeys(rules, 0)
        for rule, amount in self._db.execute("SELECT rule, amount FROM stolen ORDER BY rule, theft"):
            taken[rule].append(int(amount))
        # what is kept as integers is less than the supply, so SQLite adds it up exactly; decimal text it would make a float of
        fees |= self._db.execute("SELECT rule, SUM(amount) FROM hops WHERE fee AND typeof(amount) = 'integer' GROUP BY rule").fetchall()
        for rule, amount in self._db.execute("SELECT rule, amount FROM hops WHERE fee AND typeof(amount) = 'text'"):
            fees[rule] += int(amount)
        return Outcome(self._thefts(), {rule: tuple(amounts) for rule, amounts in taken.items()}, fees, self._endpoints())

    def read_asset(self) -> Asset:
        """What the ledger counts."""
        return Asset(*json.loads(self._required("asset")))

    def _traced_rules(self) -> list[str]:
        rules = self.noted("rules")
        if rules is None:
            raise StoreError(f"{self.path}: the case has a ledger but no trace yet: run tracer trace again, it goes on from here")
        return list(json.loads(rules))

    def _thefts(self) -> tuple[Theft, ...]:
        found = self._db.execute(
            "SELECT theft.label, (SELECT COUNT(*) FROM transfers WHERE row_key < at.row_key), at.row_key, at.tx_hash, at.time, "
            "sender.address, recipient.address, at.basis, at.amount "
            "FROM thefts AS theft JOIN transfers AS at USING (row_key) JOIN accounts AS sender ON sender.id = at.sender "
            "JOIN accounts AS recipient ON recipient.id = at.recipient ORDER BY theft.number"
        )
        return tuple(
            Theft(label, row, row_key, tx_hash, time, sender, recipient, int(amount), basis)
            for label, row, row_key, tx_hash, time, sender, recipient, basis, amount in found
        )

    def _endpoints(self) -> tuple[Endpoint, ...]:
        rows = list(self._all("endpoints"))
        amounts, by_theft = (_parsed(row[column] for row in rows) for column in (5, 6))
        return tuple(
            Endpoint._make((*row[1:5], {r: int(a) for r, a in total.items()}, {r: tuple(map(int, parts)) for r, parts in split.items()}))
            for row, total, split in zip(rows, amounts, by_theft, strict=True)
        )

    def _stolen(self, ledger: Ledger, row_of: dict[int, int], rule: str) -> Stolen:
        taken = self._db.execute("SELECT amount FROM stolen WHERE rule = ? ORDER BY theft", (rule,))
        hops: tuple[list[Hop], list[Hop]] = ([], [])
        for row_key, fee, theft, amount in self._db.execute("SELECT row_key, fee, theft, amount FROM hops WHERE rule = ?", (rule,)):
            hops[fee].append(Hop(row_of[row_key], theft, int(amount)))
        held = self._db.execute("SELECT account, theft, amount FROM holdings WHERE rule = ? ORDER BY account, theft", (rule,))
        topped_up = self._db.execute("SELECT account, amount FROM top_ups WHERE rule = ?", (rule,))
        return Stolen(
            taken=tuple(int(amount) for (amount,) in taken),
            hops=tuple(hops[0]),
            fees=tuple(hops[1]),
            held=tuple((ledger.accounts[account].address, theft, int(amount)) for account, theft, amount in held),
            topped_up={ledger.accounts[account].address: int(amount) for account, amount in topped_up},
        )

    def _all(self, table: str) -> Iterator[tuple[Any, ...]]:
        return iter(self._db.execute(f"SELECT * FROM {table} ORDER BY {self._key(table)}"))  # noqa: S608 - our own names

    def _fill(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        places = ", ".join("?" * len(self._db.execute(f"PRAGMA table_info({table})").fetchall()))
        self._db.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our own names

    def _clear(self, tables: Iterable[str]) -> None:
        for table in tables:
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self._db.execute("DELETE FROM meta WHERE key = 'rules'")

    def _required(self, key: str) -> str:
        value = self.noted(key)
        if value is None:
            raise StoreError(f"{self.path}: the case has no ledger yet: run tracer trace again, it goes on from here")
        return value


def _schema() -> str:
    from importlib.resources import files  # only who makes a case needs it, and it brings half of the standard library

    return files("tracer.store.record").joinpath("schema.sql").read_text()


def _connected(path: Path) -> tuple[sqlite3.Connection, int]:
    """A connection and the schema's version; a case on a disk that cannot be written is opened for reading."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA foreign_keys = ON")
        (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError:
        db.close()
        db = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, isolation_level=None)
        (version,) = db.execute("PRAGMA user_version").fetchone()
    return db, int(version)


def _number(ledger: Ledger, more: int = 0) -> Any:
    """How amounts of this ledger are kept: as they are, or all as decimal text if any (or `more`) is wide."""
    supply = sum(account.opening or 0 for account in ledger.accounts)
    wide = max(supply, more, max(ledger.columns.amount, default=0), max(ledger.columns.fee, default=0)) >= WIDE
    return (lambda amount: None if amount is None else str(amount)) if wide else (lambda amount: amount)


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    """Each row as a JSON array on a line of its own. Encoded together, which is four times as fast, where that can be told apart."""
    together = json.dumps(rows, separators=(",", ":"), default=bytes.hex)[1:-1]
    if together.count("],[") == len(rows) - 1:  # so none of them stands inside a text
        return together.replace("],[", "]\n[").encode() + b"\n"
    return b"".join(json.dumps(row, separators=(",", ":"), default=bytes.hex).encode() + b"\n" for row in rows)


def _account(number: int) -> int | None:
    return None if number == NOBODY else number


def _exact(amount: int | None) -> int | str | None:
    """A stated amount as it is kept: one that passes 64 bits as decimal text."""
    return amount if amount is None or amount < WIDE else str(amount)


def _whole(amount: int | str | None) -> int | None:
    return None if amount is None else int(amount)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _texts(amounts: Any) -> Any:
    """Amounts in JSON are decimal text."""
    return {rule: list(map(str, each)) if isinstance(each, tuple) else str(each) for rule, each in amounts.items()}


def _parsed(texts: Iterable[str]) -> list[Any]:
    """What JSON texts say, read in one go."""
    return json.loads(f"[{','.join(texts)}]")  # type: ignore[no-any-return]
