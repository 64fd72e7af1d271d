"""Imports flow one way: the table in docs/architecture.md is the law, for every file, however and wherever it imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module

import pytest
from conftest import ROOT

PACKAGE = ROOT / "tracer"
HEAVY = {"pandas", "numpy", "numba", "networkx", "symbolchain", "pyvis", "rich"}


@cache
def modules(root=ROOT):
    """Dotted name -> file, of every module of tracer."""
    found = {}
    for path in sorted((root / "tracer").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree_of(path):
    return ast.parse(path.read_text())


def imported(path, known):
    """The modules of tracer that a file imports: at its head, inside functions, and for type checkers alike."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by the whole name"
            if node.module and node.module.split(".")[0] == "tracer":
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield whole if whole in known else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "tracer")


def import_graph(root=ROOT):
    known = modules(root)
    return {name: set(imported(path, known)) - {name} for name, path in known.items()}


def package_of(module):
    """`tracer.ledger.audit` -> ledger; the package itself is `__init__`."""
    return module.split(".")[1] if "." in module else "__init__"


def table():
    """Package -> what it may import, from the table of docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    free = set(re.findall(r"`(\w+)`", re.search(r"\(everyone may import (.*?)\)", text)[1]))
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            for name in re.findall(r"`(\w+)(?:\.py|/)`", cells[0]):
                rows[name] = allowed_by(cells[2], list(rows), free)
    return rows


def allowed_by(cell, above, free):
    """What the third cell of a row allows. None: everything."""
    if cell == "all":
        return None
    if cell == "nothing at all":
        return set()
    names = set(re.findall(r"\w+", cell)) if cell != "-" else set()
    if found := re.fullmatch(r"(\w+) and above", cell):
        names = set(above[: above.index(found[1]) + 1]) - {"__init__"}
    return names | free


TABLE = table()
GRAPH = import_graph()


def test_every_package_is_in_the_table_and_every_row_has_code():
    assert {package_of(module) for module in GRAPH} == set(TABLE)


@pytest.mark.parametrize("module", GRAPH)
def test_a_file_imports_only_what_the_table_allows(module):
    package = package_of(module)
    if TABLE[package] is not None:
        used = {package_of(each) for each in GRAPH[module]} - {package}
        assert used <= TABLE[package], f"{module} imports {sorted(used - TABLE[package])}"


def test_the_import_graph_has_no_cycle():
    try:
        TopologicalSorter(GRAPH).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_a_cycle_is_found_however_it_is_closed(tmp_path):
    (tmp_path / "tracer").mkdir()
    (tmp_path / "tracer" / "__init__.py").write_text("")
    (tmp_path / "tracer" / "one.py").write_text("def f():\n    from tracer import two\n")
    (tmp_path / "tracer" / "two.py").write_text("if TYPE_CHECKING:\n    from tracer.one import f\n")
    with pytest.raises(CycleError):
        TopologicalSorter(import_graph(tmp_path)).prepare()


def test_nothing_behind_the_ledger_knows_a_chain():
    for package in ("tracing", "tagging", "evidence", "flow", "store", "render"):
        assert "chains" not in TABLE[package], package


def public_names(path):
    for node in tree_of(path).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name


TWICE = {
    # a rival keeps its own words: the verifiers are not among the modules compared
    "Json": "a decoded answer of a node",
    "main": "the two programs",
    "Reader": "one reads a chain, its skeleton is what all nodes share",
    "ahead": "a kernel's hint, and what takes its place in machine code",
    "memo_of": "of a transaction of NEM, and of a cell",
    "whole": "a number of an answer, and of a cell",
}
"""Public functions and classes that two modules may both call so, and what for."""


def test_a_public_name_means_one_thing():
    homes = defaultdict(set)
    for module, path in modules().items():
        if not module.startswith("tracer.verify"):
            for name in public_names(path):
                homes[name].add(module)
    assert {name: sorted(found) for name, found in homes.items() if len(found) > 1 and name not in TWICE} == {}


def lines_of_functions(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.end_lineno - node.lineno + 1


VERIFIERS = {"tracer.verify", "tracer.verify_swaps", "tracer.verify_nem", "tracer.verify_evm", "tracer.verify_package"}
LONG_MODULES = {*VERIFIERS, "tracer.casefile.schema", "tracer.store.graph.schema"}
LONG_FUNCTIONS = {"tracer.tracing.kernels.fifo_lifo", "tracer.tracing.kernels.pools"}


@pytest.mark.parametrize("module", GRAPH)
def test_a_module_is_one_idea_and_a_function_fits_in_the_eye(module):
    path = modules()[module]
    if module not in LONG_MODULES:
        assert len(path.read_text().splitlines()) <= 300
    if module not in LONG_FUNCTIONS:
        assert {name: lines for name, lines in lines_of_functions(path) if lines > 60} == {}


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


@pytest.mark.parametrize("path", sorted([*(ROOT / "bench").glob("*.py"), *(ROOT / "dev").rglob("*.py")]), ids=lambda path: path.name)
def test_what_a_bench_or_a_script_takes_from_the_program_is_there(path):
    """Benches and scripts are not run by the tests: a name that was moved would be missed there first."""
    asked = [
        (node.module, alias.name)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tracer"
        for alias in node.names
    ]
    known = modules()
    missing = [each for each in asked if ".".join(each) not in known and not hasattr(import_module(each[0]), each[1])]
    assert missing == []
