"""The files of a case are the same bytes on any system, and lead to each other."""

from __future__ import annotations

import ntpath
import posixpath

import pytest
from conftest import ROOT

import tracer
from tracer.casefile import CaseFile
from tracer.casefile.paths_in_and_out_of_case_folder import path_from
from tracer.errors import CaseError


@pytest.mark.parametrize(
    ("flavour", "folder", "target", "stated"),
    [
        (ntpath, r"C:\cases\theft", r"C:\cases\case.toml", "../case.toml"),
        (ntpath, r"C:\cases\theft", r"D:\evidence\case.toml", "D:/evidence/case.toml"),
        (ntpath, r"C:\cases", r"\\server\share\case.toml", "//server/share/case.toml"),
        (posixpath, "/cases/theft", "/cases/case.toml", "../case.toml"),
    ],
)
def test_a_path_is_stated_so_that_every_system_reads_it(flavour, folder, target, stated):
    assert path_from(folder, target, flavour) == stated


def test_a_case_file_with_windows_line_ends_has_not_changed_since_it_was_traced(tmp_path):
    table = ROOT / "fixtures" / "cases" / "table"
    for name in ("transfers.csv", "balances.csv", "labels.yaml"):
        if (table / name).exists():
            (tmp_path / name).write_bytes((table / name).read_bytes())
    text = (table / "case.toml").read_text().replace("\n", "\r\n")
    (tmp_path / "case.toml").write_bytes(text.encode())
    case = tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
    assert case.changes(thorough=True) == []
    assert (tmp_path / "out" / "case.toml").read_bytes() == (tmp_path / "case.toml").read_bytes()


def test_a_fault_in_a_file_with_windows_line_ends_names_its_line(tmp_path):
    (tmp_path / "case.toml").write_bytes(b'name = "x"\r\nchain = "nem"\r\nasset = "xem"\r\nsources = 7\r\nthefts = []\r\n')
    with pytest.raises(CaseError, match=r"case.toml:4: sources = 7 does not fit"):
        CaseFile.load(tmp_path / "case.toml")
