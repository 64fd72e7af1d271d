"""What well-meant exports do to numbers and times."""

from __future__ import annotations

import pytest

from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.ingest.sources import read_ledger
from tracer.ingest.table.parse import amount_of, height_of, moment
from tracer.model import Asset

ETH = Asset("table", "eth", 18)
TABLE = 'name = "x"\nchain = "table"\nasset = "eth"\ndecimals = 18\n[[sources]]\nkind = "table"\npath = "t.csv"\n'
NOON = 1_680_350_400  # 2023-04-01 12:00:00 UTC


def time_of(folder, header, cell, options=""):
    (folder / "t.csv").write_text(f"sender,recipient,amount,{header}\nann,bob,5,{cell}\n")
    text = TABLE + f'columns = {{time = "{header}"}}\n' + options + '[[thefts]]\nwallet = "ann"\n'
    return read_ledger(CaseFile.parse(text, folder / "case.toml")).transfer(0).time


@pytest.mark.parametrize("header", ["Time(UTC)", "DateTime (UTC)", "timestamp_utc", "Date GMT"])
def test_a_header_that_says_utc_is_believed(tmp_path, header):
    assert time_of(tmp_path, header, "2023-04-01 12:00:00") == NOON


@pytest.mark.parametrize("header", ["Time", "Time (UTC+9)", "putchar"])
def test_a_header_that_does_not_leaves_the_question(tmp_path, header):
    with pytest.raises(InputError, match=r"t.csv:2: .* has no offset from UTC: .* or utc = true in the source"):
        time_of(tmp_path, header, "2023-04-01 12:00:00")


def test_the_case_file_says_that_times_are_in_utc(tmp_path):
    assert time_of(tmp_path, "when", "2023-04-01 12:00:00", "utc = true\n") == NOON


@pytest.mark.parametrize("text", ["1680350400", "1680350400.0", "1680350400000", "1680350400999", "2023-04-01 12:00:00 GMT"])
def test_one_moment_in_the_spellings_of_exporters(text):
    assert moment(text) == NOON


def test_a_whole_number_that_a_float_wrote_is_read_where_it_was_exact(tmp_path):
    assert (amount_of("21000.0", ETH, "smallest"), height_of("17000000.0")) == (21000, 17_000_000)


def test_a_whole_number_that_a_float_may_have_rounded_is_refused_and_not_called_coins():
    with pytest.raises(ValueError, match=r"^was written by a float, which rounds above 2\^53; export it as text or integer$"):
        amount_of("5000000000000000000.0", ETH, "smallest")


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ("ann,bob,5,1,,", "the line ends in more commas than the header: take them away"),
        ("ann,bob,5,1,paid", "put cells with commas in them in quotes, or name the columns that the header lacks"),
        ("ann,bob,5", "the line ends before its last cell, or the file is cut off here"),
    ],
)
def test_a_line_of_another_width_is_refused_with_the_mend_that_fits(tmp_path, line, mend):
    (tmp_path / "t.csv").write_text(f"sender,recipient,amount,height\nann,bob,5,1\n{line}\n")
    with pytest.raises(InputError, match=f"t.csv:3: {len(line.split(','))} cells, and the header has 4: {mend}"):
        read_ledger(CaseFile.parse(TABLE + '[[thefts]]\nwallet = "ann"\n', tmp_path / "case.toml"))
