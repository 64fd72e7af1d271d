"""Hints name a command that can be typed where it is printed: after `make demo` tracer is in .venv, and not on the path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracer.cli.main import COMMANDS
from tracer.cli.output import as_typed_here

PROGRAM = Path(sys.executable).with_name("tracer")


@pytest.fixture
def started(monkeypatch):
    """Starts tracer by a path, with some folders on the path of the shell."""

    def call(path, *folders):
        monkeypatch.setattr(sys, "argv", [str(path)])
        monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))

    return call


def program(folder):
    folder.mkdir()
    (folder / "tracer").write_text("#!/bin/sh\n")
    (folder / "tracer").chmod(0o755)
    return folder / "tracer"


def test_what_is_not_on_the_path_is_named_as_it_was_started(started):
    started(".venv/bin/tracer", "/nowhere")
    assert (
        as_typed_here("see tracer rules DIR, and tracer list queries", COMMANDS)
        == "see .venv/bin/tracer rules DIR, and .venv/bin/tracer list queries"
    )


def test_what_is_on_the_path_is_named_as_everybody_does(started, tmp_path):
    here = program(tmp_path / "bin")
    started(here, tmp_path / "bin")
    assert as_typed_here("tracer rules DIR", COMMANDS) == "tracer rules DIR"


def test_another_program_of_that_name_on_the_path_is_not_meant(started, tmp_path):
    program(tmp_path / "other")
    started(program(tmp_path / "my bin"), tmp_path / "other")
    assert as_typed_here("tracer rules DIR", COMMANDS) == f"'{tmp_path / 'my bin' / 'tracer'}' rules DIR"


def test_a_word_that_is_no_command_stays(started):
    started(".venv/bin/tracer", "/nowhere")
    for text in ("made by tracer 0.1", "build/tracer rules", "tracer rulesets", "the-tracer rules"):
        assert as_typed_here(text, COMMANDS) == text


def test_an_error_of_the_real_program_names_a_command_that_runs(tmp_path):
    if not PROGRAM.exists():
        pytest.skip("NOT RUN, no tracer: pip install -e .")
    (tmp_path / "case.toml").write_text("")
    env = {**os.environ, "PATH": "/usr/bin:/bin"}
    done = subprocess.run([PROGRAM, "rules", "case.toml"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert f"{PROGRAM} trace case.toml makes a case folder" in done.stderr
