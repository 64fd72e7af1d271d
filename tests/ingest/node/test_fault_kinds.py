"""Every kind of fault ends in one of three ways: healed, refused with cause and remedy, or a gap in the coverage. None is silent."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest
from conftest import ROOT
from support.fault_kinds import ACCOUNTS, ALWAYS, KINDS, SEVERITY, SLOW, end_of, inject
from support.live_cases import RECORDING, LiveCase
from support.nis_server import FAULTS, WIRE, NisServer

from tracer.errors import TracerError

PAIRS = [(one._replace(times=1 if one.fault in SLOW else one.times), other) for one, other in combinations(KINDS, 2)]
SEEDED = random.Random(13).sample([pair for pair in PAIRS if not {each.fault for each in pair} & {*SLOW, "climbing"}], 60)

LIARS = [kind for kind in KINDS if kind.end != "healed" and kind.fault not in WIRE]
"""Kinds that are well-formed answers; how a node is left that gives none at all is the same for all of those."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What the smallest case comes to when nothing goes wrong."""
    with NisServer(RECORDING) as server:
        return LiveCase(tmp_path_factory.mktemp("whole"), ACCOUNTS).trace(server).manifest["results_digest"]


def test_there_are_sixty_kinds_of_fault_and_each_has_its_end():
    assert len(KINDS) >= 60
    assert {kind.fault for kind in KINDS} == FAULTS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.fault)
def test_a_kind_of_fault_ends_as_it_should_and_a_refusal_names_node_and_remedy(tmp_path, whole, kind):
    with NisServer(RECORDING) as node:
        inject(node, kind)
        end = end_of(tmp_path, whole, node)
        assert end.how == kind.end, end.said
        assert re.search(kind.said, end.said), end.said
        if end.how == "refused":
            assert f"127.0.0.1:{node.url.rpartition(':')[2]}" in end.said
            assert "--node" in end.said


@pytest.mark.parametrize("kind", LIARS, ids=lambda kind: kind.fault)
def test_a_second_node_heals_what_a_first_one_does_wrong(tmp_path, whole, kind):
    with NisServer(RECORDING) as node, NisServer(RECORDING, id_offset=5000) as other:
        inject(node, kind._replace(times=1 if kind.fault in SLOW else kind.times))
        end = end_of(tmp_path, whole, node, other)
        assert end.how == "healed", end.said
        if kind.fault not in SLOW:
            assert f"Node 127.0.0.1:{node.url.rpartition(':')[2]} (" in end.said
            assert "It was given up at" in end.said


@pytest.mark.parametrize("kind", LIARS, ids=lambda kind: kind.fault)
def test_a_folder_that_a_lying_node_poisoned_heals_by_the_same_command(tmp_path, whole, kind):
    live = LiveCase(tmp_path, ACCOUNTS)
    with NisServer(RECORDING) as node:
        inject(node, kind)
        with suppress(TracerError):
            live.trace(node)
    with NisServer(RECORDING) as honest:
        assert live.trace(honest).manifest["results_digest"] == whole


@pytest.mark.parametrize("pair", PAIRS if os.environ.get("TRACER_PAIRS") == "all" else SEEDED, ids=lambda p: f"{p[0].fault}-{p[1].fault}")
def test_two_kinds_of_fault_together_end_as_the_worse_of_them(tmp_path, whole, pair):
    with NisServer(RECORDING) as node:
        for kind in sorted(pair, key=lambda kind: kind.end == "healed"):  # of two that replace an answer the first one does
            inject(node, kind)
        end = end_of(tmp_path, whole, node)
    worse = max((kind.end if kind.times == ALWAYS else "healed" for kind in pair), key=SEVERITY.index)
    assert end.how == worse, end.said


HEAVY = ("bomb", "endless", "too_large", "padded", "many", "deep", "unclosed", "header_flood", "long_number")

CHILD = """
import re, sys, tempfile
sys.path[:0] = [{tests!r}]
from pathlib import Path
from support.live_cases import LiveCase, FAST
import tracer
from tracer.errors import NodeError
case = LiveCase(Path(tempfile.mkdtemp(dir={place!r})), 2)
try:
    tracer.trace(case.write({url!r}), case.out, patience=FAST)
except NodeError as error:
    print(error)
print(int(re.search("VmHWM:\\\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) >> 10)
"""
"""What getrusage tells of a child begins with what its parent held."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="NOT RUN, no /proc: the most a process held is read from there")
@pytest.mark.parametrize("fault", HEAVY)
def test_no_answer_makes_a_run_take_more_than_300_mib(tmp_path, fault):
    """Of a process of its own, with all that it imports; the largest of each kind that the limits let pass, or that they stop."""
    largest = {"bomb": {"mebibytes": 512}, "many": {"values": 5_000_000}, "padded": {"bytes": 15 << 20}, "too_large": {"bytes": 64 << 20}}
    with NisServer(RECORDING) as node:
        node.inject(fault, match="/block/at/public", times=10**6, after=1, **largest.get(fault, {}))
        code = CHILD.format(tests=str(ROOT / "tests"), place=str(tmp_path), url=node.url)
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True).stdout
    assert "no node answers" in said
    assert int(said.split()[-1]) <= 300, said
