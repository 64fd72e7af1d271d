"""The same result made again from a package alone."""

from __future__ import annotations

import shutil

import pytest
from conftest import ROOT
from support.bakery import CASE, EXPLORATORY, Bakery
from support.live_cases import RECORDING, LiveCase
from support.nis_server import NisServer
from support.spoiled import Spoiled

import tracer
from tracer.bundle.package import bundled
from tracer.bundle.reproduce import made_again
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import InputError, RecordError, StoreError
from tracer.model import quiet
from tracer.pipeline.bounds import bounded

ALL = ("results_digest", "bounds_digest", "tags_digest")


def test_a_package_comes_to_the_same_digests(honest, tmp_path):
    done = made_again(honest.package, tmp_path / "again")
    assert (done.same, done.other, done.masked) == (ALL, (), ())
    assert done.case.manifest["results_digest"] == honest.case.manifest["results_digest"]


def test_the_command_says_so_and_needs_no_node(honest, tracer_cli, tmp_path):
    code, out, _ = tracer_cli("trace", "--offline", honest.package, "-o", tmp_path / "again")
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


def drained_twice(place, case):
    """Ann robs the bakery of 900, and Carl of 50; Carl pays Alpha and Dora."""
    first = '[[thefts]]\ntransfer = "a1"\n'
    bakery = Bakery(place, case.replace(first, f'{first}\n[[thefts]]\ntransfer = "a4"\n'))
    bakery.pays("4,a4,bakery,carl,50,0", "5,a5,carl,alpha,20,0", "6,a6,carl,dora,10,0")
    (place / "b.csv").write_text("address,opening\nbakery,950\nann,100\nbob,100000\ncarl,5\ndora,0\n")
    return bakery


@pytest.mark.parametrize(
    "asked",
    [[], [["--top", 1]], [["--top", 1, "--union", "bob,dora"], ["--union", "carl,fees"]]],
    ids=["by trace alone", "by bounds too", "with two unions"],
)
def test_the_floors_of_a_case_without_a_declared_rule_are_made_again_as_they_were(asked, tracer_cli, tmp_path):
    bakery, package, again = drained_twice(tmp_path, EXPLORATORY), tmp_path / "bakery.zip", tmp_path / "again"
    for words in (["trace", bakery.file, "-o", bakery.out], *(["bounds", bakery.out, *options] for options in asked)):
        assert tracer_cli(*words)[0] == 0
    traced = CaseFolder.open(bakery.out)
    package.write_bytes(bundled(traced))
    code, out, _ = tracer_cli("trace", "--offline", package, "-o", again)
    assert (code, out.splitlines()[-1]) == (0, f"the same as in {package}: {', '.join(ALL)}")
    assert CaseFolder.open(again).log_entries[-1].after == traced.log_entries[-1].after


def test_no_more_endpoints_are_bounded_again_than_were(tmp_path):
    case = bounded(drained_twice(tmp_path, CASE).trace(), 1, quiet)
    (tmp_path / "bakery.zip").write_bytes(bundled(case))
    assert made_again(tmp_path / "bakery.zip", tmp_path / "again").same == ALL


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
    code, out, _ = tracer_cli("trace", "--offline", spoiled, "-o", tmp_path / "again")
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


def test_a_strangers_table_of_bounds_that_is_none_is_refused_in_one_line(honest, tmp_path):
    package = Spoiled(honest.package)
    package.text("data/tables/bounds.csv", lambda text: "who,what\nMal,900\n")
    with pytest.raises(InputError, match=r"bounds.csv: is no table of bounds as tracer export writes it \('theft'\)$"):
        made_again(package.pack(tmp_path / "spoiled.zip"), tmp_path / "again")


def test_a_case_that_is_there_stays(honest, tmp_path):
    with pytest.raises(StoreError, match="holds a case already: name another folder with -o"):
        made_again(honest.package, honest.case.folder)
