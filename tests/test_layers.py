"""Imports flow one way: the table in docs/architecture.md is the law."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from conftest import ROOT

PACKAGE = ROOT / "tracer"
EVERYBODY = {"model", "errors", "wording", "version", "collector"}
"""What every package may import."""


def table():
    """Package -> what it may import besides, from the table of docs/architecture.md; a row marked *later* has no code yet."""
    rows = {}
    for line in (ROOT / "docs" / "architecture.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            for name in re.findall(r"`(\w+)(?:\.py|/)`", cells[0]):
                rows[name] = (set(re.findall(r"\w+", cells[2])) if cells[2] != "-" else set(), "*later*" in cells[1])
    return rows


TABLE = table()
HEAVY = {"pandas", "numpy", "numba", "networkx", "symbolchain", "pyvis", "rich"}


def imported(path):
    """The packages of tracer a file imports, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tracer":
            parts = node.module.split(".")
            yield from (parts[1:2] or [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("tracer."))


def packages():
    return sorted({path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")})


def test_every_package_is_in_the_table_and_every_row_has_code_or_says_later():
    assert set(packages()) == {name for name, (_, later) in TABLE.items() if not later}


@pytest.mark.parametrize("package", packages())
def test_a_package_imports_only_what_the_table_allows(package):
    allowed, _ = TABLE[package]
    files = [PACKAGE / f"{package}.py"] if (PACKAGE / f"{package}.py").exists() else list((PACKAGE / package).rglob("*.py"))
    used = {name for path in files for name in imported(path)} - {package} - EVERYBODY
    if allowed == {"all"}:
        return
    if "but" in allowed:
        assert "cli" not in used
        return
    assert used <= allowed, f"{package} imports {sorted(used - allowed)}"


def test_nothing_behind_the_ledger_knows_a_chain():
    for package in ("tracing", "flow", "store", "render"):
        for path in (PACKAGE / package).rglob("*.py"):
            assert "chains" not in set(imported(path)), path


def test_the_command_line_starts_without_the_heavy_libraries():
    script = f"import sys, tracer.cli; print(sorted({HEAVY} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_rules_on_a_traced_case_need_no_heavy_library(rehearsal_dir):
    script = (
        "import sys; from tracer.cli.main import run; "
        f"run(['rules', {str(rehearsal_dir)!r}, '--json']); "
        f"print(sorted({HEAVY} & set(sys.modules)), file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stderr.strip() == "[]"
