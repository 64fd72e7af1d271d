"""Tables on a terminal: no line is wider than it, what was left out is said, and --wide and pipes have everything."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from tracer.cli.table_width import Narrowing, fitted, shortened_words

WORDS = st.text("abcT.5 …", max_size=60)


def on_a_terminal(*arguments, columns=80):
    """What a command prints on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | {"TERM": "xterm"}
    command = [sys.executable, "-c", "from tracer.cli import main; main()", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment)
    os.close(theirs)
    printed = b""
    while True:
        try:
            chunk = os.read(ours, 1 << 16)
        except OSError:  # the last writer has closed it
            break
        if not chunk:
            break
        printed += chunk
    os.close(ours)
    assert process.wait() == 0
    return printed.decode().splitlines()


def tables(lines):
    """The tables among the lines: a heading, a rule of dashes, and what follows up to an empty line."""
    found, block = [], []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        if any(set(each.strip()) == {"─"} for each in block):
            found.append(block)
        block = []
    return found


COMMANDS = {
    "rules": [],
    "accounts": [],
    "transfers": ["--traced"],
    "labels": [],
    "explain": ["exchange2"],
    "path": ["TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN", "exchange2"],
    "bounds": ["--top", "3"],
    "tag": [],
    "query": ["endpoints_by_service", "rule=haircut"],
    "store": [],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_tables_of_a_command_fit_80_columns(rehearsal_dir, tmp_path, command):
    import shutil

    shutil.copytree(rehearsal_dir, tmp_path / "out")
    lines = on_a_terminal(command, tmp_path / "out", *COMMANDS[command])
    made = tables(lines)
    assert made
    assert [line for table in made for line in table if len(line) > 80] == []


def test_the_other_tables_of_the_readme_fit_80_columns(rehearsal_dir, tmp_path):
    told = [on_a_terminal("rules", rehearsal_dir, "--without-labels", "labels.yaml")]
    cases = ROOT / "fixtures" / "cases"
    told += [on_a_terminal("trace", cases / name / "case.toml", "-o", tmp_path / name) for name in ("rehearsal", "coincheck")]
    told += [on_a_terminal(command, tmp_path / "coincheck") for command in ("evidence", "prices")]
    for lines in told:
        made = tables(lines)
        assert made
        assert [line for table in made for line in table if len(line) > 80] == []


@pytest.mark.parametrize("columns", [60, 80, 100, 132, 250])
def test_a_table_fits_whatever_the_terminal_is_wide(rehearsal_dir, columns):
    (table,) = tables(on_a_terminal("rules", rehearsal_dir, columns=columns))
    assert max(map(len, table)) <= columns


def test_what_was_left_out_is_said_and_wide_shows_it(rehearsal_dir):
    narrow, wide = (on_a_terminal("rules", rehearsal_dir, *more) for more in ([], ["--wide"]))
    assert "Left out to fit: lifo, haircut, clean_first, dirty_first. --wide shows everything." in " ".join(" ".join(narrow).split())
    assert not any("dirty_first" in line for table in tables(narrow) for line in table)
    assert any("dirty_first" in line for table in tables(wide) for line in table)
    assert "Left out" not in " ".join(wide)


def test_what_is_piped_is_whole(rehearsal_dir, tracer_cli):
    _, out, _ = tracer_cli("rules", rehearsal_dir)
    assert "dirty_first" in out
    assert "…" not in out
    assert all(end in out for end in re.findall(r"^ (T[A-Z2-7]{39}) ", out, re.M))


def test_all_amounts_of_a_table_have_as_many_decimals(rehearsal_dir, tracer_cli):
    _, out, _ = tracer_cli("rules", rehearsal_dir)
    assert {len(number.partition(".")[2]) for number in re.findall(r"[\d,]+\.\d+", out.partition("Primary")[0])} == {6}


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), max_size=6), st.integers(1, 120))
def test_words_that_differ_still_differ_when_they_are_shortened(lines, width):
    fit = fitted(["a", "b", "c"], lines, width, Narrowing())
    for n in fit.columns:
        before, after = [line[n] for line in lines], [line[n] for line in fit.lines]
        assert len({*zip(before, after, strict=True)}) == len({*before}) == len({*after})


def test_a_column_that_is_to_stay_stays_however_little_room_there_is():
    fit = fitted(["a", "b", "c"], [["x" * 50, "y" * 50, "z" * 50]], 5, Narrowing([2], [0, 1]))
    assert fit.columns == [0, 1]


def test_text_of_several_words_is_not_shortened():
    assert shortened_words(["victim exchange, hot wallet"]) == ["victim exchange, hot wallet"]
