"""In which order the lines of a table stand, and what is said where only the file tells it."""

from __future__ import annotations

import random

import pytest

from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.plan.how_sources_are_read import read_sources
from tracer.plan.labels import book_of, labels_of
from tracer.plan.service_stops import stops_of
from tracer.plan.thefts import thefts_of
from tracer.tracing import follow

HEAD = 'name = "x"\nchain = "table"\nasset = "coin"\ndecimals = 2\n'
TABLE = HEAD + '[[sources]]\nkind = "table"\npath = "t.csv"\n'
THEFT = '[[thefts]]\ntransfer = "t1"\n'

OLDEST_FIRST = [
    "100,1000,t1,victim,ann,100",
    "100,1000,t2,ann,bob,98",
    "100,1000,t3,bob,cat,95",
    "101,1060,t4,cat,dan,90",
]


def case_of(folder, lines, header="height,time,tx_hash,sender,recipient,amount", options=""):
    (folder / "t.csv").write_text("\n".join([header, *lines]) + "\n")
    return CaseFile.parse(TABLE + options + THEFT, folder / "case.toml")


def ledger_of(folder, lines, *more):
    return read_ledger(case_of(folder, lines, *more))


def found(case):
    """Where the stolen coins are, and what the trail rests on."""
    ledger = read_sources(case)
    trace = follow(ledger, thefts_of(case, ledger), stops_of(case, book_of(case, labels_of(case))), ["fifo"])
    return {each.address: each.amounts["fifo"] for each in trace.endpoints}


ENDS = {"ann": 2, "bob": 3, "cat": 5, "dan": 90}


def test_a_file_that_stands_newest_first_is_read_from_its_end_and_says_so(tmp_path):
    ledger = ledger_of(tmp_path, OLDEST_FIRST[::-1])
    assert [(t.tx_hash, t.position) for t in ledger] == [("t1", 0), ("t2", 1), ("t3", 2), ("t4", 0)]
    assert ledger.notes == ("t.csv stands newest first and was read from its end, rows of one block or second too.",)
    assert found(case_of(tmp_path, OLDEST_FIRST[::-1])) == ENDS


def test_both_directions_of_a_file_make_the_same_rows(tmp_path):
    assert list(ledger_of(tmp_path, OLDEST_FIRST[::-1])) == list(ledger_of(tmp_path, OLDEST_FIRST))


def test_seconds_stand_newest_first_like_blocks(tmp_path):
    lines = [line.partition(",")[2] for line in OLDEST_FIRST]
    assert found(case_of(tmp_path, lines[::-1], "time,tx_hash,sender,recipient,amount")) == ENDS


def test_positions_that_the_table_states_count_and_not_its_lines(tmp_path):
    lines = [f"{line},{position}" for line, position in zip(OLDEST_FIRST, (0, 1, 2, 0), strict=True)]
    ledger = ledger_of(tmp_path, [lines[2], lines[0], lines[3], lines[1]], "height,time,tx_hash,sender,recipient,amount,position")
    assert [t.tx_hash for t in ledger] == ["t1", "t2", "t3", "t4"]
    assert (ledger.order_basis, ledger.notes) == ("chain", ())


def test_order_inside_a_block_that_only_the_file_gives_is_counted(tmp_path):
    ledger = ledger_of(tmp_path, OLDEST_FIRST)
    assert (ledger.order_basis, ledger.unordered) == ("file", 2)  # t1 and t2 share ann, t2 and t3 share bob


def test_blocks_of_one_row_each_are_ordered_by_the_chain(tmp_path):
    ledger = ledger_of(tmp_path, ["100,1000,t1,victim,ann,100", "101,1060,t2,ann,bob,98"])
    assert (ledger.order_basis, ledger.unordered) == ("chain", 0)


def test_lines_in_no_order_are_a_question_where_rows_of_one_block_share_an_account(tmp_path):
    lines = [OLDEST_FIRST[3], OLDEST_FIRST[0], OLDEST_FIRST[1], "102,1120,t5,dan,eve,1"]
    with pytest.raises(InputError, match=r't.csv:3: height 100 after 101, and elsewhere it rises: .* 1 pair .* order = "oldest_first"'):
        ledger_of(tmp_path, lines)


def test_lines_in_no_order_are_read_where_nothing_depends_on_it(tmp_path):
    lines = [OLDEST_FIRST[3], OLDEST_FIRST[0], "100,1000,t9,gus,eve,7", "102,1120,t5,dan,eve,1"]
    assert [t.tx_hash for t in ledger_of(tmp_path, lines)] == ["t1", "t9", "t4", "t5"]


def test_the_case_file_says_in_which_order_lines_stand_that_do_not_show_it(tmp_path):
    one_block = OLDEST_FIRST[:3][::-1]
    case = case_of(tmp_path, one_block, "height,time,tx_hash,sender,recipient,amount", 'order = "newest_first"\n')
    assert found(case) == {"ann": 2, "bob": 3, "cat": 95}


@pytest.mark.parametrize("seed", range(20))
def test_any_permutation_of_lines_gives_the_same_figures_or_a_refusal(tmp_path, seed):
    lines = list(OLDEST_FIRST)
    random.Random(seed).shuffle(lines)
    lines += ["102,1120,t5,dan,eve,1", "103,1180,t6,eve,fay,1", "99,900,t0,gus,victim,1"]
    case = case_of(tmp_path, lines)
    try:
        ends = found(case)
    except InputError:
        return
    assert ends == {**ENDS, "dan": 89, "fay": 1}


def test_a_data_set_of_a_file_that_stands_newest_first_holds_the_same_rows(tmp_path):
    from tracer.dataset.conversion_to_data_set import convert

    parquet = pytest.importorskip("pyarrow.parquet")
    pytest.importorskip("duckdb")
    for name, lines in (("old", OLDEST_FIRST), ("new", OLDEST_FIRST[::-1])):
        convert(case_of(tmp_path, lines), tmp_path / name)
    old, new = (parquet.read_table(tmp_path / name / "rows").to_pylist() for name in ("old", "new"))
    assert old == new
    case = CaseFile.parse(HEAD + '[[sources]]\nkind = "columns"\npath = "new"\n' + THEFT, tmp_path / "case.toml")
    assert found(case) == ENDS
    assert read_sources(case).order_basis == "file"
