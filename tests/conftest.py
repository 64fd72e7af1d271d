"""What several tests share: the traced rehearsal, a real browser, and the command line run in this process."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.cli.main import run
from tracer.cli.main import tracer as tracer_command

ROOT = Path(__file__).parents[1]
REHEARSAL = ROOT / "fixtures" / "cases" / "rehearsal"
EVM_REHEARSAL = ROOT / "fixtures" / "cases" / "evm_rehearsal"
EVM_SWAPS = ROOT / "fixtures" / "cases" / "evm_swaps"
REQUIRED = set(filter(None, os.environ.get("TRACER_REQUIRE", "").split(",")))
"""What must be there: a test that needs it fails without it, instead of being skipped."""

LONGEST = (
    "dataset/test_spark.py",
    "pipeline/test_watch_for_thirty_days.py",
    "pipeline/test_stages.py",
    "workbench/test_killed.py",
    "pipeline/test_watch_keeps_the_list.py",
    "pipeline/test_what_figures_of_several_assets_rest_on.py",
    "report/test_court_report.py",
    "test_verify_evm.py",
    "render/test_axe.py",
)
"""Files of few tests that take a minute or more: begun last, they would keep one worker busy while the others have nothing left."""

sys.path.insert(0, str(ROOT / "tests"))


def pytest_collection_modifyitems(items):
    """The files of LONGEST come first; `--no-loadscope-reorder` lets workers take files in this order."""
    place = {ROOT / "tests" / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


def missing(what: str, why: str) -> None:
    """Skips the test, loudly, or fails it where the thing is required."""
    if what in REQUIRED:
        pytest.fail(f"TRACER_REQUIRE asks for {what}: {why}")
    pytest.skip(f"NOT RUN, no {what}: {why}")


def require_arcadedb() -> None:
    """For a test that reads the embedded graph store."""
    if find_spec("arcadedb") is None:
        missing("arcadedb", "pip install '.[graph]'")


@pytest.fixture(scope="session")
def rehearsal_dir(tmp_path_factory):
    """The rehearsal, traced once."""
    folder = tmp_path_factory.mktemp("rehearsal") / "case"
    tracer.trace(CaseFile.load(REHEARSAL / "case.toml"), folder)
    return folder


@pytest.fixture(scope="session")
def rehearsal(rehearsal_dir):
    return CaseFolder.open(rehearsal_dir)


@pytest.fixture(scope="session")
def swaps_run(tmp_path_factory):
    """The rehearsal with a market, traced once: its folder, and what the command printed."""
    folder = tmp_path_factory.mktemp("swaps") / "case"
    done = CliRunner().invoke(tracer_command, ["trace", str(EVM_SWAPS / "case.toml"), "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return folder, done.output


@pytest.fixture(scope="session")
def swaps(swaps_run):
    return CaseFolder.open(swaps_run[0])


@pytest.fixture
def rehearsal_copy(tmp_path):
    """The rehearsal's case file and recording, free to be spoiled."""
    shutil.copytree(REHEARSAL, tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture(scope="session")
def browser():
    """A real headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="NOT RUN, no browser: pip install playwright")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        missing("browser", "install Debian's chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def tracer_cli(capsys):
    """Runs a command: gives exit code, stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call
