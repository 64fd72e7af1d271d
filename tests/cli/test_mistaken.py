"""A command that is given something else than it wants says what that is, and which command takes it."""

from __future__ import annotations

import pytest
from conftest import REHEARSAL

from tracer.casefile import CaseFile
from tracer.errors import CaseError
from tracer.report.export import export


@pytest.mark.parametrize("command", ["rules", "accounts", "freeze", "audit", "export"])
def test_a_case_file_is_no_case_folder_and_is_to_be_traced(tracer_cli, command):
    case = REHEARSAL / "case.toml"
    code, out, err = tracer_cli(command, case, *(["-o", "x"] if command in ("export", "freeze") else []))
    assert (code, out) == (1, "")
    assert f"{case}: no case folder: it is a file; tracer trace {case} makes a case folder of a case file" in err


def test_a_folder_with_a_case_file_in_it_is_not_the_case_folder(tracer_cli):
    code, _, err = tracer_cli("rules", REHEARSAL)
    assert code == 1
    assert f"it holds a case file, of which tracer trace {REHEARSAL / 'case.toml'} makes one" in err


def test_an_export_is_no_case_folder(tracer_cli, rehearsal, tmp_path):
    export(rehearsal, tmp_path / "export")
    code, _, err = tracer_cli("rules", tmp_path / "export")
    assert code == 1
    assert f"it is an export of one, which tracer verify {tmp_path / 'export'} recomputes" in err


def test_a_case_folder_is_not_traced_but_its_case_file(tracer_cli, rehearsal_dir):
    code, _, err = tracer_cli("trace", rehearsal_dir)
    assert code == 1
    assert f"{rehearsal_dir}: is a case folder, already traced" in err


def test_a_case_file_with_a_mark_of_windows_in_front_is_read(tmp_path):
    text = 'name = "x"\nchain = "table"\nasset = "a"\n[[sources]]\nkind = "table"\npath = "t.csv"\n[[thefts]]\ntransfer = "aa"\n'
    (tmp_path / "case.toml").write_text(text, encoding="utf-8-sig")
    assert CaseFile.load(tmp_path / "case.toml").name == "x"


DEVICE = 'name = "z"\nchain = "table"\nasset = "c"\ndecimals = 0\n[[sources]]\nkind = "table"\npath = "{path}"\n{more}[[thefts]]\n{theft}\n'


@pytest.mark.parametrize("theft", ['wallet = "v"', 'transfer = "aa"'])
def test_a_source_that_never_ends_is_not_read(tracer_cli, tmp_path, theft):
    (tmp_path / "case.toml").write_text(DEVICE.format(path="/dev/zero", more="", theft=theft))
    code, _, err = tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out", "--allow-outside")
    assert (code, err) == (1, "tracer: /dev/zero: is a device or a pipe: name a file\n")


def test_a_pipe_in_place_of_openings_is_not_read(tracer_cli, tmp_path):
    import os

    os.mkfifo(tmp_path / "b.csv")
    (tmp_path / "t.csv").write_text("height,sender,recipient,amount,tx_hash\n1,v,bob,5,aa\n")
    (tmp_path / "case.toml").write_text(DEVICE.format(path="t.csv", more='balances = "b.csv"\n', theft='transfer = "aa"'))
    code, _, err = tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out")
    assert (code, "b.csv: is a device or a pipe" in err) == (1, True)


def test_a_key_of_thousands_of_parts_is_refused_before_it_is_parsed(tmp_path):
    (tmp_path / "case.toml").write_text('name = "x"\n' + "a." * 100_000 + "a = 1\n")
    with pytest.raises(CaseError, match=r"case.toml:2: a key of more than 50 parts"):
        CaseFile.load(tmp_path / "case.toml")
