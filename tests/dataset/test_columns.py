"""Data sets: what a case reads of them says what the whole ledger says, and what is wrong with them is said in a line."""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.slices import said, traced

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.cli.main import tracer as tracer_command
from tracer.dataset.conversion_to_data_set import convert
from tracer.dataset.data_set_reader import DataSet
from tracer.errors import CaseError, InputError, TracerError
from tracer.evidence.coverage import coverage_of
from tracer.ledger import audit
from tracer.pipeline.suspected_thefts import candidate_thefts
from tracer.plan.how_sources_are_read import read_sources
from tracer.plan.labels import book_of, labels_of
from tracer.tracing.cone_over_columns import Limits, Stretch, needed

pytest.importorskip("duckdb", reason="NOT RUN, no DuckDB: pip install '.[scale]'")
pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

PEOPLE = ("ann", "bob", "cat", "dan", "eve", "fay", "gus")
HEAD = 'name = "c"\nchain = "table"\nasset = "coin"\ndecimals = 0\n'
TABLE = '[[sources]]\nkind = "table"\npath = "rows.csv"\n'
COLUMNS = '[[sources]]\nkind = "columns"\npath = "files"\n'
PACK = "title: t\ncreator: c\nsource: s\ncurrency: COIN\ncategory: exchange\ntags:\n"


def case_of(folder, source, question):
    return CaseFile.parse(HEAD + source + question, folder / "case.toml")


@st.composite
def questions(draw):
    """A small table with overdrafts, coins made and burnt, openings or none, and a case with several thefts and stops."""
    by_height = draw(st.booleans())
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.integers(0, 12), st.integers(0, 2), st.integers(0, 9)),
            min_size=3,
            max_size=30,
        )
    )
    lines = ["time,height,sender,recipient,amount,fee,tx_hash,kind"]
    moving = []
    for number, (sender, recipient, amount, fee, chance) in enumerate(rows):
        kind = {0: "mint", 1: "burn"}.get(chance, "transfer")
        sender, recipient = "" if kind == "mint" else sender, "" if kind == "burn" else recipient
        tx_hash = f"0x{number // 2:08x}" if number % 5 else ""
        lines.append(f"{1000 + number // 3},{7 + number // 2 if by_height else ''},{sender},{recipient},{amount},{fee},{tx_hash},{kind}")
        if kind == "transfer" and sender != recipient and amount:
            moving.append((tx_hash, sender, 1000 + number // 3))
    hashes = sorted({tx_hash for tx_hash, _, _ in moving if tx_hash})
    thefts = [f'transfer = "{each}"' for each in draw(st.sets(st.sampled_from(hashes), max_size=3))] if hashes else []
    question = "".join(f"[[thefts]]\n{each}\n" for each in sorted(thefts))
    if moving and draw(st.booleans()):
        _, wallet, time = draw(st.sampled_from(moving))
        until = f"1970-01-01T00:{(time + 2) // 60:02d}:{(time + 2) % 60:02d}Z"
        question += f'[[thefts]]\nwallet = "{wallet}"\nuntil = {until}\nmin_amount = {draw(st.integers(0, 4))}\n'
    assume(question)
    question += f"[stops]\ndust = {draw(st.integers(0, 4))}\n"
    if draw(st.booleans()):
        question += f"until = 1970-01-01T00:16:{40 + draw(st.integers(0, 12))}Z\n"
    openings = draw(st.none() | st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 9)))
    return "\n".join(lines) + "\n", question, openings, sorted(draw(st.sets(st.sampled_from(PEOPLE), max_size=2)))


@settings(max_examples=60, deadline=None)
@given(questions())
def test_the_slice_says_hop_for_hop_what_the_whole_ledger_says(asked):
    table, question, openings, services = asked
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rows.csv").write_text(table)
        source = TABLE + 'doubles = "each"\n'
        if openings is not None:
            (folder / "openings.csv").write_text("address,opening\n" + "".join(f"{a},{o}\n" for a, o in openings.items()))
            source += 'balances = "openings.csv"\n'
        if services:
            (folder / "labels.yaml").write_text(PACK + "".join(f"  - address: {each}\n    label: {each}\n" for each in services))
            question += '[labels]\nfiles = ["labels.yaml"]\n'
        convert(case_of(folder, source, question), folder / "files")
        try:
            whole = traced(case_of(folder, source, question))
        except CaseError as error:
            with pytest.raises(CaseError, match=re.escape(str(error).partition(": ")[2])):  # lines differ
                traced(case_of(folder, COLUMNS, question))
            return
        ledger, trace = traced(case_of(folder, COLUMNS, question))
        assert said(ledger, trace) == said(*whole)
        if openings is not None:
            assert not [endpoint for endpoint in trace.endpoints if endpoint.reason == "not_fetched"]
        full = {account.address for account in ledger.accounts if account.coverage == "full"}
        gaps = [gap for gap in audit(whole[0]).gaps if gap.address in full]
        assert [gap[:2] for gap in audit(ledger).gaps] == [gap[:2] for gap in gaps]


EIGHT = """height,sender,recipient,amount,fee,tx_hash,time
1,ann,bob,100,0,aaaaaaaa,1000
2,bob,cat,60,1,bbbbbbbb,1060
3,gus,cat,5,0,cccccccc,1120
4,cat,shop,40,0,dddddddd,1180
5,cat,dan,2,0,eeeeeeee,1240
6,dan,eve,20,0,ffffffff,1300
7,shop,fay,30,0,00000001,1360
8,fay,gus,30,0,00000002,1420
"""
QUESTION = '[[thefts]]\ntransfer = "aaaaaaaa"\n[stops]\ndust = 3\n[labels]\nfiles = ["labels.yaml"]\n'


@pytest.fixture
def eight(tmp_path):
    """A folder with eight rows as a data set, and the case that asks for the first: shop is an exchange, 3 is not dust."""
    (tmp_path / "rows.csv").write_text(EIGHT)
    (tmp_path / "openings.csv").write_text("address,opening\nann,100\nbob,1\ngus,5\ndan,20\nshop,9\n")
    (tmp_path / "labels.yaml").write_text(PACK + "  - address: shop\n    label: Shop\n")
    convert(case_of(tmp_path, TABLE + 'balances = "openings.csv"\n', QUESTION), tmp_path / "files")
    (tmp_path / "case.toml").write_text(HEAD + COLUMNS + QUESTION)
    return tmp_path


def test_accounts_that_stolen_value_reaches_are_whole_and_the_rest_is_boundary(eight):
    ledger = read_sources(CaseFile.load(eight / "case.toml"))
    coverage = {account.address: account.coverage for account in ledger.accounts}
    whole = dict.fromkeys(["bob", "cat", "dan"], "full")  # dan by dust only: nothing is followed from there
    assert coverage == whole | dict.fromkeys(["ann", "eve", "gus", "shop"], "boundary")
    assert len(ledger) == 6
    assert ledger.cut_from == 8


def test_an_account_outside_opens_with_what_keeps_it_from_going_short(eight):
    ledger = read_sources(CaseFile.load(eight / "case.toml"))
    openings = {account.address: (account.opening, account.opening_basis) for account in ledger.accounts}
    assert openings["ann"] == (100, "modelled")
    assert openings["gus"] == (5, "modelled")
    assert openings["bob"] == (1, "reported")


def test_the_coverage_statement_says_what_was_left_out(eight):
    case = CaseFile.load(eight / "case.toml")
    ledger, trace = traced(case)
    statement = " ".join(coverage_of(ledger, audit(ledger), trace, book_of(case, labels_of(case))))
    assert "This is a slice of a file of 8 rows" in statement
    assert "None of the other 2 rows carries stolen value under any rule; they were not audited." in statement


def test_a_traced_folder_still_knows_what_it_was_cut_from(eight):
    tracer.trace(CaseFile.load(eight / "case.toml"), eight / "out")
    again = CaseFolder.open(eight / "out")
    assert again.ledger.cut_from == 8
    assert again.changes(thorough=True) == []


def test_another_question_to_the_same_files_reads_another_slice(eight):
    tracer.trace(CaseFile.load(eight / "case.toml"), eight / "out")
    (eight / "case.toml").write_text(HEAD + COLUMNS + QUESTION.replace("aaaaaaaa", "00000001"))
    assert len(tracer.trace(CaseFile.load(eight / "case.toml"), eight / "out").ledger) == 3


def test_a_case_cut_from_column_files_is_tagged_again_with_other_thresholds(eight):
    first = tracer.trace(CaseFile.load(eight / "case.toml"), eight / "out")
    with (eight / "case.toml").open("a") as case:
        case.write("\n[thresholds.round_amounts]\nmin_transfers = 1\nmin_times_ppm = 0\n")
    again = tracer.tag(eight / "out")
    assert again.question.thresholds["round_amounts"] == {"min_transfers": 1, "min_times_ppm": 0}
    assert again.trace.endpoints == first.trace.endpoints


def test_candidate_thefts_are_shown_without_reading_a_slice(eight):
    question = '[[thefts]]\nwallet = "cat"\nmin_amount = 10\n'
    thefts = candidate_thefts(case_of(eight, COLUMNS, question), eight / "out").payments
    assert [(theft.recipient, theft.amount) for theft in thefts] == [("shop", 40)]


def test_an_excluded_transaction_and_a_named_recipient_need_not_be_in_the_slice(eight):
    question = '[[thefts]]\nwallet = "cat"\nto = ["shop", "fay"]\nexclude = ["00000002"]\n'
    assert traced(case_of(eight, COLUMNS, question))[1].thefts[0].recipient == "shop"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ('[[thefts]]\ntransfer = "abababab"\n', "transaction abababab is not in the ledger"),
        ('[[thefts]]\nwallet = "zoe"\n', "wallet zoe is not in the ledger"),
        ('[[thefts]]\nwallet = "eve"\n', "wallet eve pays nobody in that window"),
        ('[[thefts]]\nwallet = "cat"\nfrom = 2020-01-01\n', "wallet cat pays nobody in that window"),
        ('[[thefts]]\nwallet = "cat"\nto = ["zoe"]\n', "zoe is not in the ledger"),
    ],
)
def test_a_theft_that_is_not_there_is_named_with_its_line(eight, question, said):
    with pytest.raises(CaseError, match=f"case.toml:\\d+: {said}"):
        traced(case_of(eight, COLUMNS, question))


def rows_of(folder):
    """The rows of a data set, as any reader of Parquet has them."""
    return pq.read_table(folder / "rows").to_pylist()


def altered(eight, name, change, folder="rows"):
    """Writes a column anew, as if it had been made so."""
    path = eight / "files" / folder / "00000.parquet"
    table = pq.read_table(path)
    values = change(table.column(name).to_pylist())
    at = table.schema.get_field_index(name)
    kind = table.schema.field(name).type if all(isinstance(value, int | str | Decimal) for value in values) else pa.float64()
    pq.write_table(table.set_column(at, name, pa.array(values, kind)), path)
    about = json.loads((eight / "files" / "dataset.json").read_text())
    about[folder][0]["size"] = path.stat().st_size
    (eight / "files" / "dataset.json").write_text(json.dumps(about))


def put(row, value):
    def change(column):
        column[row] = value
        return column

    return change


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("amount", put(3, Decimal(-4)), "rows/00000.parquet: row 3: amount -4, and none is less than 0"),
        ("fee", put(1, Decimal(-1)), "rows/00000.parquet: row 1: fee -1, and none is less than 0"),
        ("sender", put(2, 8), "rows/00000.parquet: row 2: sender 8, and there are 8 accounts"),
        ("recipient", put(2, -2), "rows/00000.parquet: row 2: recipient -2, and there are 8 accounts"),
        ("height", put(4, 1), "rows/00000.parquet: row 4: height 1, position 0 is not after the row before"),
        ("amount", lambda column: list(map(float, column)), r"rows/00000.parquet: amount is double, where decimal128\(38, 0\) belongs"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_its_value(eight, name, change, said):
    altered(eight, name, change)
    with pytest.raises(InputError, match=said):
        read_sources(CaseFile.load(eight / "case.toml"))


def test_a_missing_file_and_a_file_of_another_size_are_refused_before_anything_is_read(eight):
    case = CaseFile.load(eight / "case.toml")
    path = eight / "files" / "rows" / "00000.parquet"
    with path.open("ab") as file:
        file.write(b"0")
    with pytest.raises(CaseError, match=r"rows/00000.parquet: has [\d,]+ bytes, and dataset.json says [\d,]+: it was changed"):
        tracer.trace(case, eight / "out")
    path.unlink()
    with pytest.raises(CaseError, match=r"case.toml:\d+: .*files: rows/00000.parquet is missing"):
        tracer.trace(case, eight / "out")


@pytest.mark.parametrize("name", ["tx_hash", "amount", "height"])
def test_a_row_group_that_was_damaged_where_it_lies_is_refused_with_its_file(eight, name):
    path = eight / "files" / "rows" / "00000.parquet"
    column = next(each for each in map(pq.read_metadata(path).row_group(0).column, range(20)) if each.path_in_schema == name)
    content, start = bytearray(path.read_bytes()), column.dictionary_page_offset or column.data_page_offset
    content[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"rows/00000.parquet: no Parquet, or damaged \(.*\): write the folder again with tracer columns"):
        read_sources(CaseFile.load(eight / "case.toml"))


def test_an_account_that_is_not_of_its_file_is_named(eight):
    altered(eight, "number", put(1, 70), folder="accounts")
    with pytest.raises(InputError, match=r"accounts/00000.parquet: account 70 is not one of 0 to 7"):
        read_sources(CaseFile.load(eight / "case.toml"))


def test_a_data_set_that_names_a_file_outside_of_it_is_refused(eight):
    about = json.loads((eight / "files" / "dataset.json").read_text())
    about["rows"][0]["file"] = "../rows.csv"
    (eight / "files" / "dataset.json").write_text(json.dumps(about))
    with pytest.raises(InputError, match=r"dataset.json: names '../rows.csv', which is outside of the folder"):
        read_sources(CaseFile.load(eight / "case.toml"))


def test_a_folder_of_the_arrays_of_an_earlier_version_is_answered_with_the_command_that_makes_it_again(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "columns.json").write_text('{"format": 1, "asset": "coin", "decimals": 0}')
    again = r"make it again from the table .*: tracer columns TABLE --asset coin --decimals 0 -o .*files-new"
    with pytest.raises(InputError, match=again):
        read_sources(case_of(tmp_path, COLUMNS, QUESTION))


def test_a_change_of_content_alone_is_found_by_the_audit(eight):
    tracer.trace(CaseFile.load(eight / "case.toml"), eight / "out")
    altered(eight, "amount", put(7, Decimal(31)))
    assert CaseFolder.open(eight / "out").changes() != []  # dataset.json was written anew
    assert any("rows/00000.parquet has changed" in said for said in CaseFolder.open(eight / "out").changes(thorough=True))


def test_times_that_go_back_cannot_be_cut_at_a_moment(eight):
    altered(eight, "time", put(3, 1))
    case = case_of(eight, COLUMNS, QUESTION.replace("dust = 3", "until = 2030-01-01"))
    with pytest.raises(InputError, match=r"rows/00000.parquet: row 3: time 1 is before that of the row before"):
        traced(case)


def test_a_ledger_without_times_cannot_be_cut_at_a_moment(eight):
    case = case_of(eight, COLUMNS, QUESTION.replace("dust = 3", "until = 2030-01-01"))
    altered(eight, "time", lambda column: [None] * len(column))
    with pytest.raises(TracerError, match="no times"):
        traced(case)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (COLUMNS + 'basis = "chain"\n', "a data set says basis itself"),
        (COLUMNS + TABLE, "a data set holds the whole ledger: leave the other sources out"),
        (COLUMNS.replace("files", "nowhere"), "dataset.json: cannot be read"),
    ],
)
def test_a_source_that_does_not_go_with_column_files_is_refused_with_its_line(eight, source, said):
    with pytest.raises(CaseError, match=f"case.toml:\\d+: .*{said}"):
        tracer.trace(case_of(eight, source, QUESTION), eight / "out")


def test_another_asset_than_the_files_hold_is_refused(eight):
    with pytest.raises(CaseError, match="files holds coin with 0 decimals, and the case is of coin with 2"):
        read_sources(CaseFile.parse((HEAD + COLUMNS + QUESTION).replace("decimals = 0", "decimals = 2"), eight / "case.toml"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (f"1,ann,bob,{1 << 127},0,,", f"rows.csv:2: amount {1 << 127}, and amounts are exact below 2\\^127 smallest units"),
        ("", "rows.csv: has no rows"),
        ("1,ann,bob,-1,0,,", "rows.csv:2: amount '-1' is no whole number"),
    ],
)
def test_what_a_data_set_cannot_hold_is_named_with_its_line(tmp_path, rows, said):
    (tmp_path / "rows.csv").write_text("height,sender,recipient,amount,fee,tx_hash,time\n" + rows)
    with pytest.raises(TracerError, match=said):
        convert(case_of(tmp_path, TABLE, QUESTION), tmp_path / "files")
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


def test_rows_come_in_ledger_order_whatever_order_the_table_has(eight):
    head, *lines = EIGHT.splitlines()
    (eight / "rows.csv").write_text("\n".join([head, *reversed(lines)]) + "\n")
    convert(case_of(eight, TABLE + 'balances = "openings.csv"\n', QUESTION), eight / "again")
    assert rows_of(eight / "again") == rows_of(eight / "files")


def test_two_rows_in_one_place_are_refused(tmp_path):
    table = "height,position,sender,recipient,amount\n1,0,ann,bob,3\n2,5,bob,cat,3\n2,5,cat,ann,3\n"
    (tmp_path / "rows.csv").write_text(table)
    with pytest.raises(
        InputError, match=r"rows.csv:4: position '5' of height 2 is already taken by line 3, by another payment: give each row"
    ):
        convert(case_of(tmp_path, TABLE, QUESTION), tmp_path / "files")


def test_a_chunk_of_rows_ends_anywhere(monkeypatch):
    """A chain of 40 payments through chunks of 1 to 50 rows reaches its end, and never back in time."""
    people = np.arange(41, dtype=np.int32)
    sender, recipient, amount = people[:-1], people[1:], np.full(40, 5)
    for chunk in (1, 7, 50):
        monkeypatch.setattr("tracer.tracing.cone_over_columns.CHUNK", chunk)
        reached = needed(in_stretches(sender, recipient, amount, 0, 9), [10], Limits([], {10: 10}, 40), 41)
        assert reached.tolist() == [False] * 11 + [True] * 30


def in_stretches(sender, recipient, amount, dust, size=1 << 20):
    """Columns as a data set gives them, so many rows at a time."""
    columns = (sender, recipient, amount > 0, amount < dust)
    return [Stretch(start, *(column[start : start + size] for column in columns)) for start in range(0, len(sender), size)]


def slow_cone(rows, thefts, limits, dust):
    """The cone, row by row."""
    reached, needed = set(), set()
    for row, (sender, recipient, amount) in enumerate(rows[: limits.rows]):
        moves = amount and sender != recipient and recipient >= 0 and (row in thefts or sender in reached)
        if not moves or recipient in limits.services or row >= limits.drained.get(recipient, limits.rows):
            continue
        (needed if amount < dust and row not in thefts else reached).add(recipient)
    return reached | needed


@pytest.mark.parametrize("chunk", [1, 5, 1 << 14])
def test_the_cone_is_what_the_slow_telling_of_it_is(monkeypatch, chunk):
    monkeypatch.setattr("tracer.tracing.cone_over_columns.CHUNK", chunk)
    chance = random.Random(chunk)
    for _ in range(300):
        rows = [(chance.randrange(-1, 12), chance.randrange(-1, 12), chance.randrange(5)) for _ in range(30)]
        thefts = [n for n in chance.sample(range(30), 2) if -1 not in rows[n][:2] and rows[n][0] != rows[n][1] and rows[n][2]]
        drained = {rows[n][0]: n for n in sorted(thefts, reverse=True)}
        services, dust = chance.sample(range(12), chance.randrange(3)), chance.randrange(4)
        limits = Limits(services, drained, chance.randrange(15, 31))
        sender, recipient, amount = (np.array(column) for column in zip(*rows, strict=True))
        found = needed(in_stretches(sender, recipient, amount, dust, 7), thefts, limits, 12)
        assert set(np.flatnonzero(found).tolist()) == slow_cone(rows, thefts, limits, dust)


def test_an_account_reached_late_and_then_found_to_be_reached_earlier_spreads_from_the_earlier_row():
    """0 is drained by 1; 1 pays 3 at row 5, but 2 paid 3 at row 2 already, before 3 paid 4."""
    sender, recipient = np.array([0, 1, 2, 3, 5, 1]), np.array([1, 2, 3, 4, 0, 3])
    parts = in_stretches(sender, recipient, np.full(6, 9), 0)
    assert needed(parts, [0], Limits([], {0: 0}, 6), 6).tolist() == [False, True, True, True, True, False]


def run_columns(folder, *arguments):
    return CliRunner().invoke(tracer_command, ["columns", *map(str, arguments), "-o", str(folder)])


def test_the_command_makes_column_files_of_a_bare_table(tmp_path):
    (tmp_path / "rows.csv").write_text(EIGHT)
    (tmp_path / "openings.csv").write_text("address,opening\nann,100\n")
    stated = ["--asset", "eth", "--decimals", 18, "--balances", tmp_path / "openings.csv", "--json"]
    done = json.loads(run_columns(tmp_path / "files", tmp_path / "rows.csv", *stated).stdout)
    assert (done["rows"], done["accounts"], done["rejections"]) == (8, 8, 0)
    data = DataSet(tmp_path / "files", "files", "eth")
    assert (data.held.decimals, data.row_files[0].file.hashes) == (18, "hex")
    assert pq.read_table(tmp_path / "files" / "openings").to_pylist() == [{"asset": "eth", "account": 0, "opening": Decimal(100)}]


def test_the_same_table_makes_the_same_files(eight):
    convert(case_of(eight, TABLE + 'balances = "openings.csv"\n', QUESTION), eight / "again")
    assert (eight / "again" / "dataset.json").read_bytes() == (eight / "files" / "dataset.json").read_bytes()


ALIKE = ("0x" + "11" * 8 + "22", "0x" + "11" * 8 + "33", "0x" + "22" * 9)


def test_hashes_of_one_length_lie_as_they_are_and_those_that_begin_alike_are_told_apart(tmp_path):
    rows = "".join(f"{height},ann,bob,1,{tx_hash}\n" for height, tx_hash in enumerate(ALIKE))
    (tmp_path / "rows.csv").write_text("height,sender,recipient,amount,tx_hash\n" + rows)
    run_columns(tmp_path / "files", tmp_path / "rows.csv")
    assert pq.read_schema(tmp_path / "files" / "rows" / "00000.parquet").field("tx_hash").type == pa.binary(9)
    data = DataSet(tmp_path / "files", "files", "coin")
    assert data.rows_of_hashes([ALIKE[1], "0x" + "11" * 8, "0x" + "11" * 9]).tolist() == [1]


def test_rows_are_written_in_groups_of_one_size(tmp_path, monkeypatch):
    monkeypatch.setattr("tracer.dataset.arrow_files.ROW_GROUP", 3)
    (tmp_path / "rows.csv").write_text(EIGHT)
    run_columns(tmp_path / "files", tmp_path / "rows.csv")
    about = pq.read_metadata(tmp_path / "files" / "rows" / "00000.parquet")
    assert [about.row_group(group).num_rows for group in range(about.num_row_groups)] == [3, 3, 2]


def test_the_command_takes_the_table_of_a_case_with_its_settings_and_keeps_its_memos(tmp_path):
    done = run_columns(tmp_path / "files", Path(__file__).parents[2] / "fixtures" / "cases" / "table" / "case.toml")
    assert "9 rows, 9 accounts, 0 rejections" in done.stdout
    assert sum(row["memo_kind"] == "plain" for row in rows_of(tmp_path / "files")) == 5


def test_the_command_writes_over_nothing(eight):
    with pytest.raises(InputError, match="files exists: name a folder that does not with -o, or write behind what it holds with --append"):
        CliRunner().invoke(
            tracer_command, ["columns", str(eight / "rows.csv"), "-o", str(eight / "files")], catch_exceptions=False, standalone_mode=False
        )


@pytest.mark.parametrize("missing", ["duckdb", "pyarrow"])
def test_what_is_not_installed_is_named_with_the_command_that_installs_it(eight, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(InputError, match=r"needs the extra scale: .* -m pip install '\.\[scale\]'"):
        convert(case_of(eight, TABLE, QUESTION), eight / "again")
    assert not (eight / "again").exists()


def test_reading_a_data_set_without_pyarrow_names_the_extra(eight, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match="a data set needs the extra scale"):
        read_sources(CaseFile.load(eight / "case.toml"))
