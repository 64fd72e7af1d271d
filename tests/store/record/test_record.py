"""The record keeps fields by name: a noun with a field more, or a table with a column more, shifts nothing."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
from collections import namedtuple

import pytest
from support.ledgers import COIN, traced, transfer, written

from tracer.errors import StoreError
from tracer.evidence import Context
from tracer.ledger import Columns
from tracer.ledger.ledger_columns import in_less_memory
from tracer.model import (
    Account,
    Asset,
    Bound,
    Bounded,
    Bounds,
    Claim,
    Conversion,
    Customer,
    Cut,
    Endpoint,
    Event,
    Evidence,
    Exchanges,
    HeldPart,
    Hop,
    Label,
    Leg,
    Marking,
    Measure,
    Memo,
    Moved,
    Price,
    Proof,
    Proofs,
    Recognised,
    Rejection,
    Side,
    Statement,
    Tag,
    Theft,
)
from tracer.model.columnar import Columnar
from tracer.store.record import bounds, database, evidence_claims_prices, ledger, tags, trace
from tracer.store.record.conversions import load_answers, save_answers
from tracer.store.record.database import CANONICAL, CaseDb
from tracer.store.record.packed import KEPT, hash_kept
from tracer.store.record.results_digest import digest_tables, hashed_lines
from tracer.tracing import BothAnswers, Outcome, Reconciliation, Stops

SHELL = Asset("test", "shell", 2)
STORY = """
    opens victim 100, carol 10
    victim -> bob 100 theft
    bob -> exchange 60 fee 1
    exchange -> carol 20
    bob -> carol 9
"""
WITH_A_TABLE = (
    *(Account, Columns, Event, Rejection, Label, Hop, HeldPart, Endpoint, Bound),
    *(Moved, Marking, Evidence, Claim, Price, Tag, Measure),
)
"""Nouns whose fields are the columns of a table."""

OTHERS = (Asset, Memo, Theft, Stops, Bounds, Cut, Proof, Proofs, Side, Context, Outcome)
"""Nouns that are kept in parts, or as a note."""


@dataclasses.dataclass
class Case:
    """All that a record holds."""

    ledger: object
    labels: object
    trace: object
    substituted: object
    bounds: object
    proofs: object
    context: object
    tags: object


def with_exchanges(trace):
    """A record's trace is of the first asset: it knows of what becomes another one, and goes on in none."""
    return dataclasses.replace(trace, stops=trace.stops._replace(exchanges=ANSWERS.exchanges.followed))


def and_a_shell(book):
    """The same ledger, in which bob has a shell that somebody made him, and nobody may move."""
    bob, row = len(book.accounts), transfer(len(book), "mint", "bob", 1)
    more = {**row._asdict(), "sender": -1, "recipient": bob, "attributes": "{}"}
    return dataclasses.replace(
        book,
        accounts=(*book.accounts, Account("bob", 0, "chain", "full", asset=1)),
        columns=in_less_memory(Columns(**{name: [*column, more[name]] for name, column in book.columns._asdict().items()})),
        events=(*book.events, Event(6, 1, 7, None, "frozen", "bob", "shell", {})),
        others=(SHELL,),
        index={},
    )


def passed_on(trace):
    """A second answer: the same hops, of which a pool paid one of its own, and no endpoints."""
    rules = {rule: dataclasses.replace(stolen, exchanged=(Hop(1, 0, 3),)) for rule, stolen in trace.rules.items()}
    stops = trace.stops._replace(exchanges=ANSWERS.exchanges)
    return dataclasses.replace(trace, rules=rules, stops=stops, rows=trace.rows + 1, endpoints=ANSWERS.endpoints["substituted"])


def story():
    """A case of a few people in which each noun occurs."""
    book, _ = written(STORY)
    memos = [Memo("plain", b"thanks"), Memo("hex", b"\xff"), *[None] * (len(book) - 2)]
    book = dataclasses.replace(
        book,
        columns=book.columns._replace(memo=memos),
        events=(Event(2, 0, 7, "ab", "multisig_changed", "bob", None, {"added": ["carol"]}),),
        rejections=(Rejection("a node", "block 3", "the signature does not hold", "{}"),),
    )
    return Case(
        ledger=and_a_shell(book),
        labels=[Label("exchange", "Zaif", "exchange", ("kyc", "japan"), "a forum", "ownership", 90, "2018-01-27", "zaif", "a pack")],
        trace=with_exchanges(traced(STORY)),
        substituted=passed_on(traced(STORY)),
        bounds=Bounds(
            {("carol", "unspent"): Bound(1, 20)}, {"Zaif": Bound(5, 60)}, {Customer("carol", Memo("hex", b"\xff")): Bound(0, 10**20)},
            {("Zaif", "carol"): Bound(6, 80)}, {Bounded("service", service="Zaif", theft=0): Bound(0, 9)},
            {Bounded("service", service="Zaif"): Bound(4, 61)},
        ),
        proofs=Proofs(
            {(Bounded("service", service="Zaif"), "least"): Proof(Cut("near", (Side("bob", 0, 2), Side("carol", 1, None))), "1"),
             (Bounded("service", service="Zaif"), "most"): Proof(Cut("far", ()), "fifo")},
            {"1": (Moved(0, 10**20, 0), Moved(1, 3, 2))},
        ),
        context=Context(
            markings=[Marking("ts:mark", "bob", "the foundation", "cd", 2, 7, 9, 80, "moved_on")],
            evidence=[Evidence("statement", "it was not me", 7, "a newspaper", "F6", "stands", "who it was", True)],
            claims=[Claim("bob", "Zaif", 10**20, None, 5, None, "most of it", "a newspaper")],
            prices=[Price(7, "1.25", "JPY", "an exchange")],
            statements=[Statement("ab", "f00d", "bc1", "0.5", "BTC", "bitcoin", 9, "sold", "a letter", "B2")],
            other_prices={1: [Price(8, "0.5", "JPY", "another exchange")]},
        ),
        tags=(
            Tag("peel_chain", "bob", 1, "pattern", ("loose", "strict"), (Measure("steps", 2, "hops", "at least 2", True, (1, 3)),),
                (Measure("payroll", None, "days", 30, False, (), "no dates"),), (1, 3)),
        ),
    )  # fmt: skip


def save(db, case):
    ledger.save_ledger(db, case.ledger)
    trace.save_trace(db, case.ledger, case.labels, case.trace)
    save_answers(db, ANSWERS)
    trace.save_substituted(db, case.ledger, case.substituted)
    bounds.save_bounds(db, case.ledger, case.bounds, case.proofs)
    evidence_claims_prices.save_context(db, case.context)
    tags.save_tags(db, case.ledger, case.tags)


def load(db):
    book = ledger.load_ledger(db)
    found, whole = trace.load_trace(db, book), ledger.load_whole(db, book)
    substituted = trace.load_substituted(db, whole, load_answers(db))
    for stolen in (*found.rules.values(), *substituted.rules.values()):
        _ = stolen.hops.columns, stolen.fees.columns, stolen.held.columns  # which are read when somebody asks
    return Case(
        whole,
        trace.load_labels(db),
        found,
        substituted,
        bounds.load_bounds(db),
        bounds.load_proofs(db, book),
        evidence_claims_prices.load_context(db),
        tags.load_tags(db, book),
    )


def wider(noun):
    """The noun with a field more in its middle; every field may be left out, so that nothing but its name tells them apart."""
    fields = [*noun._fields]
    fields.insert(len(fields) // 2, "dummy")
    said = {name: value for name, value in vars(noun).items() if isinstance(value, property)}
    nothing = [None] * 9 if noun is Columns else None  # a column of nothing
    return type(noun.__name__, (namedtuple(noun.__name__, fields, defaults=[nothing] * len(fields)),), said)


def exchanged(value, noun, make):
    """The same value, with what `make` makes in place of each noun within it."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = {name: exchanged(field, noun, make) for name, field in value._asdict().items()}
        return make(**fields) if isinstance(value, noun) else type(value)(**fields)
    if isinstance(value, Columnar):
        return tuple(exchanged(each, noun, make) for each in value)
    if isinstance(value, (tuple, list)):
        return type(value)(exchanged(each, noun, make) for each in value)
    if isinstance(value, dict):
        return {exchanged(key, noun, make): exchanged(each, noun, make) for key, each in value.items()}
    if dataclasses.is_dataclass(value):
        return type(value)(**{field.name: exchanged(getattr(value, field.name), noun, make) for field in dataclasses.fields(value)})
    return value


def in_force(monkeypatch, noun, made):
    """Puts another class in a noun's place, wherever the record, and what takes a ledger apart for it, knows it."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("tracer.store.record.", "tracer.ledger.split_by_asset")) and hasattr(module, noun.__name__):
            monkeypatch.setattr(module, noun.__name__, made)


@pytest.fixture
def db(tmp_path):
    with CaseDb(tmp_path / "case.db", create=True) as record:
        yield record


GIVEN, RECEIVED = Leg(0, 5, (1 << 20,), "12.5"), Leg(1, 7, (2 << 20, (2 << 20) + 1))
SWAP = Conversion("bob", "aa", "swap", GIVEN, RECEIVED, "pool", (7, 5), ("young_pool",), ("It is young.",), ("pool", "other"))
BRIDGE = Recognised("bridge", "carol", None, (GIVEN,), (), "lock", "Asked.", "0xfar", "12", "far chain")
END = Endpoint("bob", "converted", None, "chain", {"fifo": 5}, {"fifo": (5,)}, 1)
PARTS = {"fifo": (5,)}
ANSWERS = BothAnswers(
    (COIN, SHELL),
    Exchanges((SWAP, SWAP._replace(before=None, pool=None)), (BRIDGE,), (1,), frozenset([7])),
    {"followed": (END,), "substituted": ()},
    {"followed": (Reconciliation(1, PARTS, PARTS, PARTS, PARTS, PARTS),)},
)


def test_a_case_is_read_as_it_was_written(db):
    save(db, story())
    assert load(db) == story()


def test_what_becomes_another_asset_is_read_as_it_was_written(db):
    save(db, story())
    assert load_answers(db) == ANSWERS


@pytest.mark.parametrize("noun", WITH_A_TABLE, ids=lambda noun: noun.__name__)
def test_a_noun_with_a_field_that_no_column_keeps_is_not_written(db, monkeypatch, noun):
    in_force(monkeypatch, noun, wider(noun))
    with pytest.raises(TypeError, match=r"dummy is not both given and a column of schema\.sql"):
        save(db, exchanged(story(), noun, wider(noun)))


@pytest.mark.parametrize("noun", WITH_A_TABLE, ids=lambda noun: noun.__name__)
def test_a_noun_with_a_field_that_no_column_keeps_is_not_read(db, monkeypatch, noun):
    save(db, story())
    in_force(monkeypatch, noun, wider(noun))
    with pytest.raises((TypeError, sqlite3.OperationalError), match="dummy"):
        load(db)


@pytest.mark.parametrize("noun", OTHERS, ids=lambda noun: noun.__name__)
def test_a_field_more_in_a_noun_without_a_table_changes_no_digest(db, monkeypatch, noun, tmp_path):
    save(db, story())
    in_force(monkeypatch, noun, wider(noun))
    with CaseDb(tmp_path / "wider.db", create=True) as other:
        save(other, exchanged(story(), noun, wider(noun)))
        assert digest_tables(other) == digest_tables(db)


@pytest.mark.parametrize("noun", OTHERS, ids=lambda noun: noun.__name__)
def test_a_field_more_in_a_noun_without_a_table_shifts_nothing_that_is_read(db, monkeypatch, noun):
    save(db, story())
    before = load(db), trace.load_outcome(db)
    more = wider(noun)
    in_force(monkeypatch, noun, more)
    assert exchanged((load(db), trace.load_outcome(db)), more, lambda dummy=None, **fields: noun(**fields)) == before


@pytest.mark.parametrize("table", CANONICAL)
def test_a_column_that_no_noun_fills_is_refused(tmp_path, monkeypatch, table):
    kept, read = KEPT.get(table, table), database._schema
    monkeypatch.setattr(
        database, "_schema", lambda name: read(name).replace(f"CREATE TABLE {kept} (", f"CREATE TABLE {kept} (dummy TEXT, ")
    )
    with CaseDb(tmp_path / "case.db", create=True) as db, pytest.raises(TypeError, match=rf"{table}: dummy is not both"):
        save(db, story())


def test_a_run_that_dies_while_tables_are_made_leaves_a_file_that_the_next_one_fills(tmp_path, monkeypatch):
    whole = database._schema("schema.sql")
    with monkeypatch.context() as broken:
        broken.setattr(database, "_schema", lambda name: whole[: whole.index("CREATE TABLE thefts")] + "CREATE NOTHING;")
        with pytest.raises(StoreError, match=r"case\.db"):
            CaseDb(tmp_path / "case.db", create=True)
    with CaseDb(tmp_path / "case.db", create=True) as db:
        assert db.select("thefts", ["number"]) == {"number": []}


def test_a_refused_stage_leaves_what_stood_there(db, monkeypatch):
    save(db, story())
    before = digest_tables(db)
    in_force(monkeypatch, Marking, wider(Marking))
    with pytest.raises(TypeError):
        evidence_claims_prices.save_context(db, exchanged(story().context, Marking, wider(Marking)))
    assert digest_tables(db) == before


@pytest.mark.parametrize("text", ["plain", 'a "b" \\ /', "\x00\x01\x1f\x7f\r\n\t", "Zürich \u2028 😀", "],["])
def test_a_row_is_hashed_as_python_writes_it_whatever_stands_in_it(tmp_path, text):
    with CaseDb(tmp_path / "case.db", create=True) as db:
        db.insert("rejections", {"id": [1, 2], "source": ["plain", text], "place": [text, ""], "reason": ["", text], "record": ["", ""]})
        lines = b"".join(hashed_lines(db, "rejections")).decode().splitlines()
    rows = [[1, "plain", text, "", ""], [2, text, "", text, ""]]
    assert lines == [json.dumps(row, separators=(",", ":")) for row in rows]


def test_bytes_are_hashed_as_hexadecimal_text_and_what_is_unknown_as_null(tmp_path):
    with CaseDb(tmp_path / "case.db", create=True) as db:
        ledger.save_ledger(db, story().ledger)
        memos = [json.loads(line)[11] for line in b"".join(hashed_lines(db, "transfers")).splitlines()]
    assert memos == [b"thanks".hex(), "ff", *[None] * (len(memos) - 2)]


HASHES = ["ab" * 32, "0x" + "ab" * 32, "AB" * 32, "0x", "tx 7", "a b", "0xa", "", "é", None]


@pytest.mark.parametrize("text", HASHES)
def test_a_hash_is_read_as_it_was_written_whatever_stands_in_it(db, text):
    given = story().ledger
    columns = given.columns._replace(tx_hash=[text] * len(given))
    ledger.save_ledger(db, dataclasses.replace(given, columns=columns, index={}))
    (seen,) = {row["tx_hash"] for row in db.query("SELECT tx_hash FROM transfers")}
    assert (seen, {*ledger.load_ledger(db).columns.tx_hash}) == (text, {text})


def test_a_hash_takes_half_its_digits(db):
    assert len(hash_kept("0x" + "ab" * 32)) == 32


def test_a_row_that_refers_to_one_that_is_not_there_is_refused_with_its_stage(db):
    with pytest.raises(StoreError, match="holdings: a row refers to one that is not there"), db.stage():
        db.insert("holdings", {"rule": ["fifo"], "account": [7], "theft": [0], "amount": [5]})
    assert not db.select("holdings", ("account",))["account"]
