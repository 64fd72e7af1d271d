"""The hops of all thefts in a row of the ledger are kept together, and read and hashed a hop a theft."""

from __future__ import annotations

import itertools
import json
import operator

import pytest

from tracer.store.record.database import CaseDb
from tracer.store.record.packed_hops import kept_rows

WIDE = "0" * 20 + "9" * 19
HOPS = [
    ["fifo", 5, 0, 0, 7],
    ["fifo", 5, 0, 2, 9],
    ["fifo", 5, 1, 2, 1],
    ["haircut", 5, 1, 10, 8],
    ["lifo", 5, 0, 0, WIDE],
    ["lifo", 6, 0, 1, WIDE],
]


@pytest.fixture
def db(tmp_path):
    with CaseDb(tmp_path / "case.db", create=True) as db:
        yield db


def hashed(db):
    return "\n".join(line for lines in db.lines("hops") for line in lines)


def add(db, hops):
    """Adds hops of the view, those of each rule together."""
    for rule, of_rule in itertools.groupby(hops, operator.itemgetter(0)):
        sides = [], []
        for _, row, fee, *hop in of_rule:
            sides[fee].append((row, *hop))
        kept = (dict(zip(("row", "theft", "amount"), zip(*side, strict=True) if side else ((), (), ()), strict=True)) for side in sides)
        db.insert_hops(rule, kept_rows(*kept, key_of=lambda row: row))


def test_hops_are_read_and_hashed_one_by_one(db):
    add(db, HOPS)
    assert [list(hop) for hop in db.query("SELECT rule, row_key, fee, theft, amount FROM hops ORDER BY rule, row_key, fee, theft")] == HOPS
    assert hashed(db) == "\n".join(json.dumps(hop, separators=(",", ":")) for hop in HOPS)


ALTERED = [
    '{"0":7,"2":8}', '{"0":7,"2":9', '["0,7","2":9}', '{"0":7":8,"2,9}', '{"0,7]\n["fifo",5,0,2,9}', '{"2":9,"0":7}', '{"0":7}', "{}", "",
    '{"0":7,"2":9}\n', '{"0":7,"2":9,"\u00e9":\x7f}',
]  # fmt: skip


@pytest.mark.parametrize("parts", ALTERED)
def test_parts_that_were_altered_are_hashed_otherwise(db, parts):
    add(db, HOPS)
    before = hashed(db)
    db.query("UPDATE kept_hops SET parts = ? WHERE parts = ?", parts, '{"0":7,"2":9}')
    assert hashed(db) != before


def test_parts_that_change_places_with_fees_are_hashed_otherwise(db):
    add(db, HOPS)
    before = hashed(db)
    db.query("UPDATE kept_hops SET parts = fee_parts, fee_parts = parts")
    assert hashed(db) != before


def test_a_theft_that_is_in_a_row_twice_is_refused(db):
    with pytest.raises(ValueError, match="not in ascending order, each once: 0, 0"):
        add(db, [HOPS[0], HOPS[0]])
