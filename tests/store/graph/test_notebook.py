"""docs/notebook.md runs as it stands."""

from __future__ import annotations

import re
import shutil

from conftest import ROOT

PAGE = ROOT / "docs" / "notebook.md"


def test_every_block_of_the_page_runs(rehearsal_dir, tmp_path, monkeypatch):
    shutil.copytree(rehearsal_dir, tmp_path / "rehearsal", ignore=shutil.ignore_patterns("graph"))
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["counted"] == {"addresses": len(names["graph"])}
    assert sum(names["services"]["haircut"]) == sum(e.amounts["haircut"] for e in names["case"].trace.endpoints if e.reason == "service")
    assert int(names["by_day"].sum()) == sum(names["transfers"]["fifo"])
    assert names["largest"] in names["held"]
    assert "vis.Network" in names["html"]
