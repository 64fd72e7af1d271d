"""A table that has got more lines is not read again: the new ones are read, and all comes to what a trace of all of it comes to."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.bakery import Bakery

import tracer
from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.ingest.ledger_of_sources import read_ledger, read_on
from tracer.ingest.source_digests import digests
from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import load_ledger, save_ledger

CASE = """name = "grown"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
"""
PLACED = """height,position,tx_hash,sender,recipient,amount,fee
1,0,a1,bakery,ann,900,0
2,0,a2,ann,bob,600,1
2,1,a3,bob,cat,600,0
"""
UNPLACED = """height,tx_hash,sender,recipient,amount,fee
1,a1,bakery,ann,900,0
2,a2,ann,bob,600,1
"""
SHARED = UNPLACED + "2,a3,bob,cat,600,0\n"
THIN = UNPLACED.replace("amount,fee", "amount,fee,status").replace(",0\n", ",0,ok\n").replace(",1\n", ",1,ok\n")
WHOLE, SOME = 'whole = "all"', 'whole = ["ann"]'
GROWS = [
    (PLACED, "3,0,b1,cat,ann,5,0\n", WHOLE),
    (PLACED, "2,2,b1,cat,ann,5,0\n", WHOLE),
    (PLACED, "4,0,b2,cat,aaron,5,0\n3,7,b1,bob,zoe,5,0\n", WHOLE),
    (PLACED, "3,0,b1,cat,ann,5000,0\n", WHOLE),
    (PLACED, "3,0,b1,cat,ann,5,0\n", SOME),
    (PLACED, "3,0,b1,cat,ann,5,0\n", 'coverage = "boundary"'),
    (PLACED, f"3,0,b1,cat,ann,{1 << 70},0\n", WHOLE),
    (PLACED.replace("\n", "\r\n"), "3,0,b1,cat,ann,5,0\r\n", WHOLE),
    (UNPLACED, "3,b1,cat,ann,5,0\n3,b2,dan,eve,5,0\n", WHOLE),
    (SHARED, "3,b1,cat,ann,5,0\n3,b2,ann,eve,5,0\n", WHOLE),
]
"""What a table said, what it says behind that, and what the case file says of whole histories: the new lines alone are read."""
READ_WHOLE = {
    "an earlier place": (PLACED, "1,1,b1,cat,ann,5,0\n", WHOLE),
    "a place that is taken": (PLACED, "2,1,b1,cat,ann,5,0\n", WHOLE),
    "the block of the last line": (UNPLACED, "2,b1,cat,ann,5,0\n", WHOLE),
    "lines that fall": (UNPLACED, "4,b1,cat,ann,5,0\n3,b2,cat,ann,5,0\n4,b3,cat,ann,5,0\n", WHOLE),
    "the first pair that a file alone orders": (UNPLACED, "3,b1,cat,ann,5,0\n3,b2,ann,eve,5,0\n", WHOLE),
    "an amount that is none": (PLACED, "3,0,b1,cat,ann,many,0\n", WHOLE),
    "a line that goes on": (PLACED + "3,0,b1,cat,ann,5,0", "0\n", WHOLE),
    "the export of one wallet": (UNPLACED, "3,b1,ann,cat,5,0\n", ""),
    "a column that nothing reads": (THIN, "3,b1,cat,ann,5,0,ok\n", WHOLE),
    "a row that failed": (THIN, "3,b1,cat,ann,5,0,bad\n", WHOLE + '\nstatus = {status = ["ok"]}'),
    "no height": ("time,sender,recipient,amount\n5,bakery,ann,9\n", "6,ann,bob,3\n", WHOLE),
    "as many rows as an explorer cuts at": (UNPLACED, "".join(f"{n},b{n},cat,ann,5,0\n" for n in range(3, 1001)), WHOLE),
    "a column of tokens": (
        "height,sender,recipient,amount,coin\n1,bakery,ann,9,X\n",
        "2,ann,bob,3,Y\n",
        WHOLE + '\ntoken_column = "coin"',
    ),
    "no line": (PLACED, "\n", WHOLE),
}


def grown(place: Path, was: str, more: str, says: str):
    """The case with its table as it is now; what was read before; what is read on."""
    (place / "case.toml").write_text(f'{CASE}{says}\n[[thefts]]\ntransfer = "a1"\n')
    (place / "t.csv").write_bytes(was.encode())
    question = CaseFile.load(place / "case.toml")
    with CaseDb(Path(":memory:"), create=True) as db:
        save_ledger(db, read_ledger(question))
        before = load_ledger(db)
    (table,) = digests(question)
    with (place / "t.csv").open("ab") as file:
        file.write(more.encode())
    return question, before, table


@pytest.mark.parametrize(("was", "more", "says"), GROWS)
def test_the_new_lines_read_behind_the_old_ones_make_the_ledger_of_all_lines(tmp_path, was, more, says):
    question, before, table = grown(tmp_path, was, more, says)
    assert read_on(question, before, table) == read_ledger(question)


@pytest.mark.parametrize(("was", "more", "says"), READ_WHOLE.values(), ids=READ_WHOLE)
def test_a_table_is_read_whole_where_new_lines_could_change_how_old_ones_are_read(tmp_path, was, more, says):
    assert read_on(*grown(tmp_path, was, more, says)) is None


def test_a_table_whose_old_lines_were_edited_is_read_whole(tmp_path):
    question, before, table = grown(tmp_path, PLACED, "3,0,b1,cat,ann,5,0\n", WHOLE)
    (tmp_path / "t.csv").write_text((tmp_path / "t.csv").read_text().replace("900", "901"))
    assert read_on(question, before, table) is None


def test_a_new_line_at_fault_is_named_by_its_number_in_the_table(tmp_path):
    bakery = Bakery(tmp_path)
    bakery.trace()
    bakery.pays("4,b1,bob,carol,many,0")
    with pytest.raises(InputError, match=r"t\.csv:5: amount 'many'"):
        bakery.trace()


@pytest.mark.parametrize("recipient", ["bob", "aaron"])
def test_a_trace_of_a_table_that_grew_is_that_of_all_of_it_table_by_table(tmp_path, monkeypatch, recipient):
    bakery = Bakery(tmp_path)
    bakery.trace()
    bakery.pays(f"4,b1,alpha,{recipient},100,0", f"5,b2,bob,{recipient},50,1")
    with monkeypatch.context() as patch:
        patch.setattr("tracer.pipeline.trace.read_sources", lambda *_: pytest.fail("all lines were read again"))
        again = bakery.trace()
    fresh = tracer.trace(CaseFile.load(bakery.file), tmp_path / "fresh")
    assert again.manifest["record"]["tables"] == fresh.manifest["record"]["tables"]
    assert again.manifest["page_digest"] == fresh.manifest["page_digest"]
