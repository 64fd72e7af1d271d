"""What well-meant exports do to numbers and times."""

from __future__ import annotations

import pytest

from tracer.casefile import CaseFile
from tracer.errors import CaseError, InputError
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.ingest.table.cells import amount_of, height_of
from tracer.ingest.table.times import moment
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


@pytest.mark.parametrize(
    "text",
    [
        "1680350400",
        "1680350400.0",
        "1680350400000",
        "1680350400999",
        "2023-04-01 12:00:00 GMT",
        "Sat, 01 Apr 2023 12:00:00 GMT",
        "2023-04-01 12:00:00 +0000 UTC",
    ],
)
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


# How a file writes its numbers


def amounts(folder, lines, options="", header="sender,recipient,amount,height"):
    (folder / "t.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    text = TABLE.replace("18", "2") + f'unit = "coin"\n{options}\n[[thefts]]\nwallet = "ann"\n'
    return [t.amount for t in read_ledger(CaseFile.parse(text, folder / "case.toml"))]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1500.25", "."),
        ("1,500.25", "."),
        ("1'500.25", "."),
        ("1 500.25", "."),
        ("1\u00a0500.25", "."),
        ("1500,25", ","),
        ("1.500,25", ","),
        ("1 500,25", ","),
    ],
)
def test_marks_in_a_number_are_read_where_the_case_file_says_which_stands_before_the_fraction(tmp_path, text, mark):
    assert amounts(tmp_path, [f'ann,bob,"{text}",1'], f'decimal_mark = "{mark}"') == [150_025]


@pytest.mark.parametrize(
    ("text", "units"), [("1.500", [150]), ("1500", [150_000]), ("1000000", [100_000_000]), (".5", [50]), ("5.", [500])]
)
def test_a_point_before_a_fraction_stays_one_when_it_is_declared(tmp_path, text, units):
    assert amounts(tmp_path, [f"ann,bob,{text},1"], 'decimal_mark = "."') == units


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1500.25", ","), ("1,5", "."), ("1,00,000.00", "."), ("1,500'000.25", "."), ("1.5.2", "."), ("1.500,25", "."), ("12,3456", ".")],
)
def test_a_number_that_is_not_written_as_declared_is_refused(tmp_path, text, mark):
    with pytest.raises(InputError, match=rf"t.csv:2: amount .* is no number whose decimal mark is '\{mark}' and whose thousands stand"):
        amounts(tmp_path, [f'ann,bob,"{text}",1'], f'decimal_mark = "{mark}"')


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("1000,50", 'write decimal_mark = "," in the source if the comma stands before the fraction'),
        ("1,500", 'write it without thousands separators, or say with decimal_mark = "." or "," which mark'),
        ("1'500.25", 'write it without thousands separators, or say with decimal_mark = "." or "," which mark'),
    ],
)
def test_a_number_with_marks_that_nobody_declared_is_refused_with_a_mend_that_works(tmp_path, text, mend):
    with pytest.raises(InputError, match=mend):
        amounts(tmp_path, [f'ann,bob,"{text}",1'])


@pytest.mark.parametrize("text", ["1.500", "1000,50", "1.500,25"])
def test_in_a_file_of_semicolons_a_mark_may_be_either_and_is_a_question(tmp_path, text):
    with pytest.raises(
        InputError, match=rf"t.csv:2: amount '{text}' has a mark in it, and where semicolons .*: write decimal_mark = \",\" or"
    ):
        amounts(tmp_path, [f"ann;bob;{text};1"], header="sender;recipient;amount;height")


def test_in_a_file_of_semicolons_numbers_without_marks_are_read(tmp_path):
    assert amounts(tmp_path, ["ann;bob;1500;1"], header="sender;recipient;amount;height") == [150_000]


def test_a_file_of_semicolons_is_read_once_its_mark_is_declared(tmp_path):
    lines = ["ann;bob;1.500,25;1", "bob;cat;1,5;2"]
    assert amounts(tmp_path, lines, 'decimal_mark = ","', "sender;recipient;amount;height") == [150_025, 150]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('delimiter = "; "', "is not one mark that can stand between cells"),
        ('delimiter = "a"', "is not one mark that can stand between cells"),
        ('decimal_mark = ";"', "decimal_mark"),
    ],
)
def test_a_mark_that_is_none_is_refused_with_its_line(tmp_path, key, said):
    with pytest.raises(CaseError, match=rf"case.toml:9: .*{said}"):
        amounts(tmp_path, ["ann,bob,1,1"], key)


@pytest.mark.parametrize("text", ["2023-04-01 12:00:00.0", "2023-04-01 12:00:00.000 UTC", "2023-04-01T12:00:00.000Z", "2023-04-01 12:00"])
def test_parts_of_a_second_are_left_out(text):
    assert moment(text, utc=True) == NOON
