"""A folder that version 0.1 made says how to make it again, and the command it names does."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import ROOT

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import StoreError

OF_NOW = ("results_digest", "bounds_digest", "tags_digest", "page_digest", "page_sha256")
OF_THEN = {"results_digest": "7be", "tables_digest": "608", "html_digest": "3a7", "html_sha256": "ab1"}


@pytest.fixture
def earlier(tmp_path):
    """A folder as tracer 0.1.0 left it: its manifest had one digest of all tables."""
    shutil.copytree(ROOT / "fixtures" / "cases" / "table", tmp_path / "asked")
    tracer.trace(CaseFile.load(tmp_path / "asked" / "case.toml"), tmp_path / "case")
    path = tmp_path / "case" / "manifest.json"
    manifest = json.loads(path.read_text())
    kept = {name: value for name, value in manifest.items() if name not in OF_NOW}
    path.write_text(json.dumps({**kept, "tracer": "0.1.0", **OF_THEN}))
    return tmp_path


def command_in(message):
    return message.partition("tracer trace ")[2].split()


def test_a_folder_of_version_0_1_names_the_command_that_makes_it_again(earlier, tracer_cli):
    with pytest.raises(
        StoreError, match=r"case: made by tracer 0\.1\.0, .* make it again, from the same sources: tracer trace "
    ) as refused:
        CaseFolder.open(earlier / "case")
    code, _, err = tracer_cli("trace", *command_in(str(refused.value)))
    assert (code, err) == (0, "")
    assert CaseFolder.open(earlier / "case").changes(thorough=True) == []


def test_a_folder_whose_case_file_is_gone_says_where_to_copy_it_first(earlier):
    (earlier / "asked" / "case.toml").unlink()
    with pytest.raises(StoreError, match=r"copy .*case/case\.toml to .*asked/case\.toml, then tracer trace "):
        CaseFolder.open(earlier / "case")
