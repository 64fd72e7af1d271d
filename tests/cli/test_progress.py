"""Progress that one can believe: what is being done, how fast, what is left at the least, and nothing made up."""

from __future__ import annotations

import io
import json
import sys

import pytest
from conftest import REHEARSAL

from tracer.cli.progress import Meter, progress
from tracer.model import Advance


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def told_every_second(meter, clock, done, unit="questions", **more):
    """A meter that was told the same work every second, each figure a second after the one before."""
    for each in done:
        meter.take(Advance("reading nodes", each, unit=unit, **more))
        clock.now += 1


def test_questions_left_are_a_lower_bound_and_so_is_the_time(clock):
    meter = Meter(clock)
    told_every_second(meter, clock, range(100, 200, 10), total=240, at_least=True, besides="3 accounts read, at least 5 to read")
    line = meter.line()
    assert (
        line == "[10 s] reading nodes: 190 questions (9.0 a second), at least 50 left, 5 s or longer; 3 accounts read, at least 5 to read"
    )


def test_no_time_is_left_where_nobody_knows_how_much_there_is(clock):
    meter = Meter(clock)
    told_every_second(meter, clock, range(0, 10_000, 1000), unit="lines")
    assert meter.line() == "[10 s] reading nodes: 9,000 lines (900 a second)"


def test_no_rate_is_stated_of_the_first_seconds(clock):
    meter = Meter(clock)
    told_every_second(meter, clock, [0, 50], total=1000, unit="bytes")
    assert meter.line() == "[2 s] reading nodes: 5 %"


def test_a_run_that_goes_on_from_a_recording_takes_its_rate_from_what_it_does_now(clock):
    """8,410 hours were once foretold in a run of 157 s."""
    meter = Meter(clock)
    told_every_second(meter, clock, range(50_000, 50_060, 10), total=50_100, at_least=True)
    assert "8.3 a second), at least 50 left, 6 s or longer" in meter.line()


def test_a_rate_is_of_the_last_minute(clock):
    meter = Meter(clock)
    told_every_second(meter, clock, [*range(0, 100_000, 1000), *range(100_000, 100_100)], unit="lines")
    assert "(1.0 a second)" in meter.line()


def test_another_stage_takes_no_rate_from_the_one_before(clock):
    meter = Meter(clock)
    told_every_second(meter, clock, range(0, 10_000, 1000))
    meter.take(Advance("tagging"))
    assert meter.line() == "[10 s] tagging"


def test_a_node_that_says_nothing_is_said_and_no_time_is_foretold(clock):
    meter = Meter(clock)
    told_every_second(meter, clock, range(0, 100, 10), total=200, at_least=True)
    clock.now += 45
    assert meter.line() == "[55 s] reading nodes: 90 questions (nothing new for 46 s), at least 110 left"


def test_off_a_terminal_there_is_a_line_a_minute_on_stderr(clock, capsys):
    with progress(clock=clock) as advance:
        for second in range(150):
            advance(Advance("reading t.csv", 100 * second, unit="lines"))
            clock.now += 1
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first == "progress: [1 min] reading t.csv: 6,000 lines (100 a second)"
    assert second == "progress: [2 min] reading t.csv: 12,000 lines (100 a second)"


def test_a_command_that_takes_less_than_a_minute_says_nothing_off_a_terminal(clock, capsys):
    with progress(clock=clock) as advance:
        advance(Advance("reading t.csv", 100, unit="lines"))
        clock.now += 59
        advance(Advance("tagging"))
    assert capsys.readouterr() == ("", "")


def test_quiet_shows_no_progress_however_long_it_takes(clock, capsys):
    with progress(True, clock) as advance:
        clock.now += 600
        advance(Advance("tagging"))
    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_on_a_terminal_one_line_is_rewritten_and_taken_away_at_the_end(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(clock=clock) as advance:
        advance(Advance("reading nodes", 7, 99, "questions", True, "so much to say of it that no terminal of 60 columns has room for it"))
    written = terminal.getvalue()
    assert "reading nodes: 7 questions, at least 92 left" in written
    assert written.endswith("\x1b[2K")
    assert "room for it" not in written


def test_hostile_names_of_files_do_nothing_to_the_terminal(clock):
    meter = Meter(clock)
    meter.take(Advance("reading \x1b[2J.csv"))
    assert meter.line() == "[0 s] reading \\x1b[2J.csv"


def test_json_stands_alone_on_stdout(tracer_cli, tmp_path):
    code, out, err = tracer_cli("trace", REHEARSAL / "case.toml", "-o", tmp_path / "out", "--json", "--quiet")
    assert (code, err) == (0, "")
    assert json.loads(out)["primary"] == "fifo"
