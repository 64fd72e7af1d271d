"""`tracer --version`: what a result was made with."""

from __future__ import annotations

import json

import pytest

from tracer.cli.installed import extras
from tracer.store.record.database import VERSION
from tracer.version import __version__


def test_the_version_is_one_line(tracer_cli):
    assert tracer_cli("--version") == (0, f"tracer, version {__version__}\n", "")


def test_as_data_it_says_what_can_change_a_result(tracer_cli):
    code, out, _ = tracer_cli("--version", "--json")
    said = json.loads(out)
    assert (code, said["tracer"], said["record_schema"]) == (0, __version__, VERSION)
    assert said["extras"]["bounds"].keys() == {"ortools"}
    assert "dev" not in said["extras"]


def test_what_is_not_installed_is_said_to_be_absent_and_not_left_out():
    assert extras(["nothing-like-it>=3; extra == 'speed'", "click>=8"]) == {"speed": {"nothing-like-it": None}}


def test_json_before_a_command_says_where_it_belongs(tracer_cli):
    code, out, err = tracer_cli("--json", "list", "rules")
    assert (code, out) == (1, "")
    assert "--json belongs behind a command" in err


def test_nothing_asked_shows_the_help_and_fails(tracer_cli):
    code, out, err = tracer_cli()
    assert (code, out) == (1, "")
    assert "Commands:" in err


def test_the_shell_completes_commands(monkeypatch, tracer_cli, capsys):
    monkeypatch.setenv("_TRACER_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "tracer stopp")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit):
        tracer_cli("stopp")
    assert capsys.readouterr().out == "plain,stoppable\n"
