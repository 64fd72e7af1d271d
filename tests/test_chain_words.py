"""No code outside `chains/nem` knows NEM: its words stand in docstrings and comments, which give sources, and in a short list."""

from __future__ import annotations

import ast
import re

import pytest
from conftest import ROOT

PACKAGE = ROOT / "tracer"
WORDS = re.compile(r"levy|levies|mosaic|namespace|harvest|xem\b|\bnis\b|multisig|\b360\b", re.IGNORECASE)

OF_NEM = {"verify_nem.py", "nem_answers.py"}  # a verifier of one chain; what nodes of one chain are known to say differently

ALLOWED = {
    "cli/labels.py": {"mosaic", "namespace"},  # help, and what to write where no marker is named: of the one chain that has markers
    "labels/networks.py": {"xem"},  # a table of the coins of all networks, as label lists name them
    "store/graph/schema.py": {"levy", "mosaic", "multisig"},  # examples in the descriptions of docs/graph_model.md
    "store/record/schema.sql": {"mosaic"},  # a comment
    "tagging/signers_and_wallet_software.py": {"multisig"},  # multisig_changed, an event that any chain may report: the glossary
    "compare/recordings.py": {"mosaic", "namespace"},  # the cause of a difference between nodes, by its name: of the one chain that has it
    "verify_package.py": {"xem"},  # which verifier ties the rows of an asset to its chain; it imports nothing of ours
    "validation/rehearsal.py": {"multisig"},  # names in the truth of a case that is on NEM
    "tagging/dust.py": {"mosaic"},  # the text of a measure: another one would change the tags of cases already traced
}


def words_of(path):
    """The words in code: names, numbers and texts, of Python without docstrings and comments."""
    if path.suffix != ".py":
        return {word.lower() for word in WORDS.findall(path.read_text())}
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        for statement in getattr(node, "body", []) if isinstance(getattr(node, "body", []), list) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                statement.value = ast.Constant(None)
    return {word.lower() for word in WORDS.findall(ast.unparse(tree))}


def outside():
    found = sorted(path for suffix in ("py", "js", "sql", "html", "css") for path in PACKAGE.rglob(f"*.{suffix}"))
    return [path for path in found if "chains/nem" not in path.as_posix() and path.name not in OF_NEM]


@pytest.mark.parametrize("path", outside(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_code_outside_its_folder_knows_no_word_of_nem(path):
    assert words_of(path) == ALLOWED.get(path.relative_to(PACKAGE).as_posix(), set())


def test_the_guard_sees_a_word_in_code_and_none_in_a_docstring(tmp_path):
    (tmp_path / "a.py").write_text('"""A levy."""\ndef f():\n    """A mosaic."""\n    return height > tip - 360 and kind == "harvest"\n')
    assert words_of(tmp_path / "a.py") == {"360", "harvest"}
