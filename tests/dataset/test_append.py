"""Appending to a data set: what is there afterwards is what one conversion of all rows holds, and what does not go together is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tracer.casefile import CaseFile
from tracer.dataset import data_set_writer
from tracer.dataset.conversion_to_data_set import OURS, convert
from tracer.dataset.data_set_reader import DataSet
from tracer.dataset.excerpt import reading
from tracer.dataset.layout import described
from tracer.errors import InputError

duckdb = pytest.importorskip("duckdb", reason="NOT RUN, no DuckDB: pip install '.[scale]'")
pq = pytest.importorskip("pyarrow.parquet")

HEAD = 'name = "c"\nchain = "table"\nasset = "{asset}"\ndecimals = 0\nthefts = []\n[[sources]]\nkind = "table"\npath = "{path}"\n'
COLUMNS = "height,position,time,sender,recipient,amount,fee,tx_hash,memo\n"
FIRST = ["1,0,1000,ann,bob,100,0,aaaa,to bob", "2,0,1060,bob,cat,60,1,bbbb,", "2,1,1060,gus,cat,5,0,cccc,"]
LATER = ["4,0,1180,cat,dan,40,0,dddd,", "5,0,1240,abe,dan,2,0,eeee,late", "6,0,1300,dan,eve,20,0,ffff,"]


def written(folder, name, lines, into, asset="coin", keys="", **options):
    (folder / name).write_text(COLUMNS + "".join(f"{line}\n" for line in lines))
    case = CaseFile.parse(HEAD.format(asset=asset, path=name) + keys, folder / "case.toml")
    return convert(case, folder / into, **options)


def told(folder, *columns):
    """The rows, with addresses instead of their numbers, as DuckDB alone reads them."""
    names = " ".join(f"LEFT JOIN '{folder}/accounts/*.parquet' {side} ON {side}.number = r.{side}" for side in ("sender", "recipient"))
    query = f"SELECT {', '.join(columns)} FROM '{folder}/rows/*.parquet' r {names} ORDER BY r.asset, r.row"
    return duckdb.connect().execute(query).fetchall()


ALL = (
    "r.row",
    "r.asset",
    "height",
    "position",
    "time",
    "hex(tx_hash)",
    "sender.address",
    "recipient.address",
    "amount",
    "fee",
    "kind",
    "basis",
    "memo",
)


def test_rows_appended_stand_as_if_all_had_been_written_at_once(tmp_path):
    written(tmp_path, "all.csv", FIRST + LATER, "whole")
    written(tmp_path, "first.csv", FIRST, "grown")
    assert written(tmp_path, "later.csv", LATER, "grown", append=True) == (3, 3, 0)
    assert told(tmp_path / "grown", *ALL) == told(tmp_path / "whole", *ALL)


def test_addresses_that_share_a_key_stay_apart(tmp_path, monkeypatch):
    written(tmp_path, "all.csv", FIRST + LATER, "usual")
    monkeypatch.setattr(data_set_writer, "KEY", "length({})")  # all are of three letters
    written(tmp_path, "all.csv", FIRST + LATER, "shared")
    assert told(tmp_path / "shared", *ALL) == told(tmp_path / "usual", *ALL)


def test_what_was_written_before_is_not_written_again(tmp_path):
    written(tmp_path, "first.csv", FIRST, "grown")
    before = {path: path.read_bytes() for path in (tmp_path / "grown").rglob("*.parquet")}
    written(tmp_path, "later.csv", LATER, "grown", append=True)
    assert {path: path.read_bytes() for path in before} == before
    assert [(file.first, file.rows) for file in described(tmp_path / "grown").accounts] == [(0, 4), (4, 3)]


def test_every_amount_adds_up_in_pyarrow_and_in_duckdb_alone(tmp_path):
    written(tmp_path, "first.csv", FIRST, "grown")
    written(tmp_path, "later.csv", LATER, "grown", append=True)
    table = pq.read_table(tmp_path / "grown" / "rows")
    assert sum(table.column("amount").to_pylist()) == 227
    assert duckdb.connect().execute(f"SELECT sum(amount), sum(fee) FROM '{tmp_path}/grown/rows/*.parquet'").fetchall() == [(227, 1)]


@pytest.mark.parametrize(
    ("lines", "asset", "keys", "said"),
    [
        (["2,7,1070,ann,bob,1,0,abab,"], "coin", "", "new.csv:2: height 2, and the data set goes to height 2 already: append only rows"),
        ([",,1070,ann,bob,1,0,abab,"], "coin", "", "new.csv: has order 'time', and the data set 'chain'"),
        (LATER, "coin", 'whole = "all"', "new.csv: has coverage 'full', and the data set 'partial'"),
    ],
)
def test_rows_that_do_not_come_after_the_others_or_claim_something_else_are_refused(tmp_path, lines, asset, keys, said):
    written(tmp_path, "first.csv", FIRST, "grown")
    before = (tmp_path / "grown" / "dataset.json").read_bytes()
    with pytest.raises(InputError, match=said):
        written(tmp_path, "new.csv", lines, "grown", asset, keys, append=True)
    assert (tmp_path / "grown" / "dataset.json").read_bytes() == before
    assert len(list((tmp_path / "grown" / "rows").iterdir())) == 1


def test_the_rows_of_another_asset_stand_beside_those_of_the_first(tmp_path):
    written(tmp_path, "first.csv", FIRST, "both")
    written(tmp_path, "gold.csv", FIRST[:2], "both", "gold", append=True)
    found = described(tmp_path / "both")
    assert [(held.asset, held.rows) for held in found.assets] == [("coin", 3), ("gold", 2)]
    assert found.addresses == 4


def test_an_export_of_one_wallet_is_one_no_longer_when_a_row_without_it_is_appended(tmp_path):
    written(tmp_path, "first.csv", FIRST[:2], "grown")
    assert described(tmp_path / "grown").held("coin").owner.address == "bob"
    written(tmp_path, "later.csv", LATER, "grown", append=True)
    assert described(tmp_path / "grown").held("coin").owner is None


def test_what_a_killed_run_left_is_neither_read_nor_in_the_way(tmp_path):
    written(tmp_path, "first.csv", FIRST, "grown")
    left = tmp_path / ".grown.partial" / "made" / "rows"
    left.mkdir(parents=True)
    (left.parents[1] / OURS).touch()
    (left / "00001.parquet").write_bytes(b"half")
    (tmp_path / "grown" / "rows" / "00001.parquet").write_bytes(b"half")  # killed between two moves
    assert described(tmp_path / "grown").held("coin").rows == 3
    written(tmp_path, "later.csv", LATER, "grown", append=True)
    assert len(told(tmp_path / "grown", "r.row")) == 6
    assert not (tmp_path / ".grown.partial").exists()


def test_a_folder_of_that_name_that_no_run_made_is_not_deleted(tmp_path):
    theirs = tmp_path / ".grown.partial" / "thesis.txt"
    theirs.parent.mkdir()
    theirs.write_text("years of work")
    with pytest.raises(InputError, match=r"grown.partial: was not made by tracer columns"):
        written(tmp_path, "first.csv", FIRST, "grown")
    assert theirs.read_text() == "years of work"


@pytest.mark.parametrize("most", [10**18 - 1, 10**18, 10**38 - 1])
def test_files_whose_amounts_are_of_different_widths_are_read_as_one(tmp_path, most):
    wide = [f"3,7,1070,ann,bob,{most},0,abab,", "3,8,1070,bob,kim,1,0,abac,"]
    written(tmp_path, "first.csv", FIRST, "grown")
    written(tmp_path, "later.csv", wide, "grown", append=True)
    first, later = (pq.read_schema(path).field("amount").type.precision for path in sorted((tmp_path / "grown" / "rows").iterdir()))
    assert (first, later) == (18, 18 if most < 10**18 else 38)
    data = DataSet(tmp_path / "grown", "grown", "coin")
    read = reading(data, np.arange(data.rows), np.ones(len(data.addresses), bool), [])
    assert [each.amount for each in read.transfers][-2:] == [most, 1]
    both = f"read_parquet('{tmp_path}/grown/rows/*.parquet', union_by_name = true)"
    assert duckdb.connect().execute(f"SELECT max(amount) FROM {both}").fetchone() == (most,)


@pytest.mark.parametrize(("most", "amounts"), [(10**38 - 1, "decimal"), (10**38, "limbs"), (2**127 - 1, "limbs")])
def test_an_amount_below_two_to_the_127_is_held_in_all_its_digits(tmp_path, most, amounts):
    written(tmp_path, "first.csv", [f"1,0,1000,ann,bob,{most},{most - 1},aaaa,"], "wide")
    (file,) = described(tmp_path / "wide").rows
    names = ("amount", "fee") if amounts == "decimal" else ("amount_high", "amount_low", "fee_high", "fee_low")
    (row,) = pq.read_table(tmp_path / "wide" / file.file).to_pylist()
    found = [int(row[name]) for name in names]
    if amounts == "limbs":
        found = [(found[0] << 64) + found[1], (found[2] << 64) + found[3]]
    assert (file.amounts, found) == (amounts, [most, most - 1])


def test_dataset_json_names_every_file_with_its_size(tmp_path):
    written(tmp_path, "first.csv", FIRST, "grown")
    about = json.loads((tmp_path / "grown" / "dataset.json").read_text())
    there = {str(path.relative_to(tmp_path / "grown")): path.stat().st_size for path in (tmp_path / "grown").rglob("*.parquet")}
    assert {file["file"]: file["size"] for name in ("rows", "accounts", "openings") for file in about[name]} == there
