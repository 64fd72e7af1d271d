"""A case file changed by a command: its comments stay, and it says what was wanted or is not changed at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracer.casefile import CaseFile
from tracer.casefile.edit import with_label_file, with_primary, with_read, with_stops, with_theft, with_through
from tracer.errors import CaseError

CASE = """# the till of 1 March
name = "till"   # short
chain = "table"
asset = "coin"
decimals = 2

[[sources]]
kind = "table"
path = "t.csv"   # from the bank

[trace]   # how
rules = ["fifo", "lifo"]   # two are enough

# where it stops
[stops]
dust = 5   # cents

[[thefts]]
transfer = "aa"   # the first
"""

EDITS = {
    "label file": lambda question: with_label_file(question, "own.yaml"),
    "rule": lambda question: with_primary(question, "fifo", 'the court said "first in"\n# so'),
    "account": lambda question: with_read(question, "carl"),
    "service": lambda question: with_through(question, 'Bank"]\n[hooks]\nrun = "evil'),
    "stops": lambda question: with_stops(question, 7, datetime(2018, 3, 1, tzinfo=UTC)),
    "theft": lambda question: with_theft(question, "bb", "anna", "second"),
}

SHAPES = {
    "as written": CASE,
    "by dots": CASE.replace("[stops]\ndust = 5   # cents\n", "").replace("decimals = 2\n", "decimals = 2\nstops.dust = 5   # cents\n"),
    "in one line": CASE.replace("[stops]\ndust = 5   # cents\n", "").replace(
        "decimals = 2\n", "decimals = 2\nstops = {dust = 5}   # cents\n"
    ),
    "of Windows": "\ufeff" + CASE.replace("\n", "\r\n"),
    "without an end": CASE.rstrip("\n"),
}


def parsed(text):
    return CaseFile.parse(text, Path("case.toml"))


def comments(text):
    return [line.partition("#")[2] for line in text.replace("\r", "").splitlines() if "#" in line]


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_edit_keeps_every_comment_in_every_shape_of_a_case_file(shape, edit):
    changed = edit(parsed(shape))
    assert [each for each in comments(changed.text) if each in comments(shape)] == comments(shape)
    assert parsed(changed.text) == changed


def test_line_ends_and_the_mark_of_windows_stay():
    text = with_primary(parsed(SHAPES["of Windows"]), "fifo", "r").text
    assert text.startswith("\ufeff")
    assert text.count("\n") == text.count("\r\n")


def test_what_somebody_types_ends_in_a_value_and_never_in_a_table():
    changed = EDITS["service"](parsed(CASE))
    assert changed.trace.through == ('Bank"]\n[hooks]\nrun = "evil',)


def test_a_cut_off_is_taken_away_again():
    cut = with_stops(parsed(CASE), 5, datetime(2018, 3, 1, tzinfo=UTC))
    assert with_stops(cut, 5, None).stops == parsed(CASE).stops


def test_a_case_that_its_text_does_not_say_is_not_written():
    overridden = parsed(CASE.replace('kind = "table"\npath = "t.csv"', 'kind = "node"\nurls = ["http://a"]')).with_options(
        {"node": ["http://b"]}
    )
    with pytest.raises(CaseError, match=r'write read = \["carl"\] under \[stops\] yourself'):
        with_read(overridden, "carl")
