"""A case file may come from a stranger: it reads nothing outside its own folder, unless whoever traces it allows that."""

from __future__ import annotations

import json

import pytest

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import CaseError
from tracer.pipeline.trace import trace

CASE = """
name = "bakery"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "transfers.csv"
[[thefts]]
transfer = "t1"
"""
ROWS = "height,position,tx_hash,sender,recipient,amount\n1,0,t0,ann,bakery,100\n2,0,t1,bakery,mallory,60\n"
SECRET = "root:x:0:0:the password of ann\n"
"""What stands outside, and in no message."""

NAMED = {
    "source": CASE.replace("transfers.csv", "PLACE"),
    "openings": CASE.replace('path = "transfers.csv"', 'path = "transfers.csv"\nbalances = "PLACE"'),
    "labels": CASE + '[labels]\nfiles = ["PLACE"]\n',
    "prices": CASE + '[prices]\nfile = "PLACE"\ncurrency = "USD"\n',
    "statements": CASE + '[[links]]\nfile = "PLACE"\nsource = "letter"\ngrade = "A1"\n',
    "recording": CASE.replace('"table"\nasset = "coin"\ndecimals = 0', '"nem"\nasset = "xem"').replace(
        'kind = "table"\npath = "transfers.csv"', 'kind = "recording"\npath = "PLACE"'
    ),
    "columns": CASE.replace('kind = "table"\npath = "transfers.csv"', 'kind = "columns"\npath = "PLACE"'),
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "transfers.csv").write_text(ROWS)
    (tmp_path / "secret.yaml").write_text(SECRET)
    return tmp_path / "case"


def written(folder, text):
    (folder / "case.toml").write_text(text)
    return folder / "case.toml"


@pytest.mark.parametrize("what", NAMED)
@pytest.mark.parametrize("way", ["../secret.yaml", "ABSOLUTE", "link"])
def test_a_path_out_of_the_folder_is_refused_in_one_line_with_the_remedy(tracer_cli, folder, tmp_path, what, way):
    (folder / "link").symlink_to(tmp_path / "secret.yaml")
    place = str(tmp_path / "secret.yaml") if way == "ABSOLUTE" else way
    case = written(folder, NAMED[what].replace("PLACE", place))
    code, out, err = tracer_cli("trace", case, "-o", tmp_path / "out")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"{place!r} leads out of the folder of the case file: copy it there, or allow it with --allow-outside" in err
    assert "password" not in err
    assert not (tmp_path / "out" / "case.db").exists()


def test_a_link_within_a_folder_of_labels_or_columns_is_no_way_out(folder, tmp_path):
    (folder / "labels").mkdir()
    (folder / "labels" / "pack.yaml").symlink_to(tmp_path / "secret.yaml")
    question = CaseFile.load(written(folder, CASE + '[labels]\nfiles = ["labels"]\n'))
    with pytest.raises(CaseError, match=r"'labels/pack.yaml' leads out"):
        trace(question, tmp_path / "out")
    (folder / "ledger").mkdir()
    (folder / "ledger" / "amount.npy").symlink_to(tmp_path / "secret.yaml")
    question = CaseFile.load(written(folder, NAMED["columns"].replace("PLACE", "ledger")))
    with pytest.raises(CaseError, match=r"'ledger/amount.npy' leads out"):
        trace(question, tmp_path / "out")


def test_a_path_in_the_folder_is_read_however_it_is_written(folder, tmp_path):
    for n, place in enumerate((str(folder / "transfers.csv"), "../case/transfers.csv", "./transfers.csv")):
        question = CaseFile.load(written(folder, CASE.replace("transfers.csv", place)))
        assert trace(question, tmp_path / f"out{n}").trace.rules["fifo"].total == 60


def test_what_was_allowed_is_read_and_remembered_by_the_case_folder(tracer_cli, folder, tmp_path):
    (tmp_path / "common.csv").write_text(ROWS)
    case = written(folder, CASE.replace("transfers.csv", "../common.csv"))
    assert tracer_cli("trace", case, "-o", tmp_path / "out", "--allow-outside")[0] == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["options"] == {"allow_outside": True}
    assert tracer_cli("ingest", tmp_path / "out")[0] == 0
    (tmp_path / "common.csv").write_text(ROWS + "\n")
    assert f"{tmp_path / 'common.csv'} has changed since" in tracer_cli("rules", tmp_path / "out")[2]


def test_a_folder_that_was_traced_before_says_what_it_does_not_compare(folder, tmp_path):
    trace(CaseFile.load(written(folder, CASE)), tmp_path / "out")
    (folder / "transfers.csv").rename(tmp_path / "common.csv")
    (folder / "transfers.csv").symlink_to(tmp_path / "common.csv")
    (sentence,) = CaseFolder.open(tmp_path / "out").changes()
    assert sentence.endswith("leads out of the folder of its case file, and is not compared with what was traced")


def test_a_source_that_the_command_line_names_is_allowed_by_that(tracer_cli, folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    drafted = tmp_path / "elsewhere" / "case.toml"
    code, _, err = tracer_cli("new", folder / "transfers.csv", "--theft", "t1", "--decimals", "0", "-o", drafted)
    assert code == 0
    assert f"tracer trace {drafted} --allow-outside" in err
    assert tracer_cli("trace", drafted, "-o", tmp_path / "out")[0] == 1
    assert tracer_cli("trace", drafted, "-o", tmp_path / "out", "--allow-outside")[0] == 0
    source = ["--source", folder / "transfers.csv", "--chain", "table", "--yes"]
    code, _, err = tracer_cli("trace", "bakery", *source, "-o", tmp_path / "elsewhere" / "mine")
    assert code == 0
    assert "trace it again with --allow-outside" in err


def test_own_labels_are_written_into_no_other_folder(tracer_cli, folder, tmp_path):
    case = written(folder, CASE + '[labels]\nfiles = ["../own_labels.csv"]\n')
    code, _, err = tracer_cli("labels", "add", "ann", "Ann", "--source", "letter", "--case", case)
    assert (code, (tmp_path / "own_labels.csv").exists()) == (1, False)
    assert "--allow-outside" in err
