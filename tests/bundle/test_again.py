"""The same result made again from a package alone."""

from __future__ import annotations

import shutil

import pytest
from conftest import ROOT
from support.live_cases import RECORDING, LiveCase
from support.nis_server import NisServer
from support.spoiled import Spoiled

import tracer
from tracer.bundle.again import made_again
from tracer.bundle.package import bundled
from tracer.casefile import CaseFile
from tracer.errors import InputError, RecordError, StoreError

ALL = ("results_digest", "bounds_digest", "tags_digest")


def test_a_package_comes_to_the_same_digests(honest, tmp_path):
    done = made_again(honest.package, tmp_path / "again")
    assert (done.same, done.other, done.masked) == (ALL, (), ())
    assert done.case.manifest["results_digest"] == honest.case.manifest["results_digest"]


def test_the_command_says_so_and_needs_no_node(honest, tracer_cli, tmp_path):
    code, out, _ = tracer_cli("trace", "--offline", "--from", honest.package, "-o", tmp_path / "again")
    assert code == 0
    assert f"the same as in {honest.package}: results_digest, bounds_digest, tags_digest" in out


def test_a_case_that_was_read_from_nodes_is_made_again_without_them(tmp_path):
    with NisServer(RECORDING) as node:
        live = LiveCase(tmp_path, max_accounts=9)
        case = live.trace(node)
    (tmp_path / "live.zip").write_bytes(bundled(case))
    shutil.rmtree(live.out)
    done = made_again(tmp_path / "live.zip", tmp_path / "again")
    assert (done.same, done.other) == (ALL, ())


def test_what_is_masked_is_the_only_thing_that_differs(tmp_path):
    case = tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / "coincheck" / "case.toml"), tmp_path / "case")
    (tmp_path / "c.zip").write_bytes(bundled(case))
    done = made_again(tmp_path / "c.zip", tmp_path / "again")
    assert (done.other, done.masked) == ((), ("evidence",))
    (tmp_path / "whole.zip").write_bytes(bundled(case, unmasked=True))
    assert made_again(tmp_path / "whole.zip", tmp_path / "whole").same == ALL


def test_another_case_file_in_the_package_comes_to_something_else(honest, tracer_cli, tmp_path):
    package = Spoiled(honest.package)
    package.text("data/case/case.toml", lambda text: text.replace('["exchange"]', '["mixing_service"]'))
    spoiled = package.pack(tmp_path / "spoiled.zip")
    code, out, _ = tracer_cli("trace", "--offline", "--from", spoiled, "-o", tmp_path / "again")
    assert code == 2
    assert "NOT the same as in" in out.splitlines()[-1]
    assert "results_digest" in out.splitlines()[-1]


def test_a_package_that_was_altered_is_not_traced(honest, tmp_path):
    package = Spoiled(honest.package)
    package.files["data/case/labels.yaml"] += b"\n"
    with pytest.raises(RecordError, match=r"data/case/labels.yaml: was altered.*nothing was traced"):
        made_again(package.pack(tmp_path / "spoiled.zip", anew=False), tmp_path / "again")


def test_a_strangers_case_file_reads_nothing_outside_its_package(honest, tmp_path):
    package = Spoiled(honest.package)
    package.text("data/case/case.toml", lambda text: text.replace('"labels.yaml"', '"/etc/hostname"'))
    with pytest.raises(InputError, match="'/etc/hostname' leads out of the package, and is not read"):
        made_again(package.pack(tmp_path / "spoiled.zip"), tmp_path / "again")


def test_a_case_that_is_there_stays(honest, tmp_path):
    with pytest.raises(StoreError, match="holds a case already: name another folder with -o"):
        made_again(honest.package, honest.case.folder)
