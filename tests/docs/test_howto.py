"""The pages of docs/howto: what they tell to write is put where they say, for the length of a test, and does what they show."""

from __future__ import annotations

import csv
import inspect
import re
import sys
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from types import ModuleType
from unittest.mock import patch

import pytest
from conftest import ROOT
from support import engines
from support.ledgers import ends, traced, written
from support.motifs import motif

from tracer.tagging import HEURISTICS, PRESETS, examine, lines_of, tag_page, thresholds
from tracer.tracing import RULES, Stops, kernels
from tracer.tracing.kernels import fee_before_amount

HOWTO = ROOT / "docs" / "howto"
PAGES = sorted(HOWTO.glob("*.md"))


def blocks(page, kind):
    """The blocks of one kind on a page, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```", (HOWTO / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def put():
    """Puts a block where its first line says: into a new module, at the end of one, or into a dict of it. Afterwards all is as before."""
    with ExitStack() as stack:
        yield partial(_put, stack)


def _put(stack, block):
    path, _, where = block.splitlines()[0].removeprefix("# ").partition(", ")
    name = path.removesuffix(".py").removeprefix("tests/").replace("/", ".").removesuffix(".__init__")
    if where == "a new file":
        stack.enter_context(patch.dict(sys.modules, {name: ModuleType(name)}))
    module = import_module(name)
    if where.startswith("in "):
        stack.enter_context(patch.dict(getattr(module, where.removeprefix("in ")), eval(f"{{{block}}}", vars(module))))
    else:
        stack.enter_context(patch.dict(vars(module)))
        exec(compile(block, path, "exec"), vars(module))
    return module


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_file_named_in_a_page_is_there(path):
    text = path.read_text(encoding="utf-8")
    new = set(map(max, re.findall(r"^# (\S+), a new file$|new file\s`(\S+)`", text, re.MULTILINE)))
    named = re.findall(r"`((?:tracer|tests|docs|fixtures|queries|bench)/[\w./]+)`|^# (\S+\.py)\b", text, re.MULTILINE)
    assert [name for name in map(max, named) if name not in new and "NAME" not in name and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_name_that_a_page_says_to_be_in_a_file_is_in_that_file(path):
    text = path.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w./]+)` \| (.*) \|$", text, re.MULTILINE)
    named = [(name, file) for file, what in rows for name in re.findall(r"`([A-Z_]{4,})`", what)]
    named += re.findall(r"`(\w+)` in\s`([\w./]+)`", text)
    missing = [(name, file) for name, file in named if not re.search(rf"\b{name}\b", (ROOT / file).read_text(encoding="utf-8"))]
    assert missing == []


# rule.md


@pytest.fixture
def haircut_up(put):
    """The rule of the page, everywhere it belongs."""
    shares, *_, rules, _, _ = (put(block) for block in blocks("rule.md", "python"))
    with patch.dict(RULES, haircut_up=rules.haircut_up), patch.object(fee_before_amount, "share", shares.share):
        yield


def test_the_kernel_of_the_page_is_the_kernel_there_is_and_two_lines():
    kept = [line for line in blocks("rule.md", "python")[0].splitlines() if not line.endswith("# new")]
    assert inspect.getsource(kernels.share).strip() in "\n".join(kept)


def test_the_rule_of_the_page_says_what_the_page_says(haircut_up):
    (ledger,), (said,) = blocks("rule.md", "ledger"), blocks("rule.md", "ends")
    for line in said.splitlines():
        rule, parts = line.split(": ")
        found = {name.removesuffix(" unspent"): units for name, units in ends(traced(ledger, [rule]), rule).items()}
        assert found == {name: int(units) for name, units in (part.split() for part in parts.split(", "))}, rule


def test_kernel_oracle_and_verifier_of_the_page_say_the_same(haircut_up):
    of_the_rules_page = re.findall(r"^```ledger\n(.*?)^```", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE | re.DOTALL)
    for text in blocks("rule.md", "ledger") + of_the_rules_page:
        ledger, thefts = written(text)
        oracle, kernel, verifier = (
            engine(ledger, thefts, Stops())["haircut_up"] for engine in (engines.slow_telling, engines.interpreted, engines.verified)
        )
        assert kernel == oracle
        assert verifier == {part: oracle[part] for part in verifier}


# tag.md


@pytest.fixture
def trial(put):
    """The tag of the page: its name, function and thresholds, as the tables of the page have them."""
    for block in blocks("tag.md", "python"):
        put(block)
    by_place = {key: dict(zip(reversed(PRESETS), values, strict=True)) for key, values in thresholds._AS_TABLE["trial"].items()}
    by_preset = {preset: {key: values[preset] for key, values in by_place.items()} for preset in PRESETS}
    return {"trial": HEURISTICS["trial"]}, {"trial": by_preset}


@pytest.mark.parametrize("number", [0, 1], ids=["fires", "near miss"])
def test_the_tag_of_the_page_says_of_each_motif_what_the_page_says(trial, number, tmp_path):
    (tmp_path / "motif.csv").write_text(blocks("tag.md", "csv")[number])
    _, _, *found = lines_of(examine(motif(tmp_path / "motif.csv"), "subject", *trial))
    assert found == blocks("tag.md", "says")[number].splitlines()


def test_the_page_of_the_tag_has_what_every_page_of_a_tag_has(trial):
    heuristics, thresholds = trial
    page = tag_page(heuristics["trial"], thresholds["trial"])
    parts = ("Bound: ", "Sources: ", "Look-alikes: ", "Validation: the error rate on real chains", "min_times: 1,000, 100, 10")
    assert [part for part in parts if part not in page] == []


# dialect.md


@pytest.fixture
def explorer(put, tmp_path):
    """The case of the page, beside a table of its dialect."""
    for block in blocks("dialect.md", "python"):
        put(block)
    for name, kind in (("export.csv", "csv"), ("case.toml", "toml")):
        (tmp_path / name).write_text(*blocks("dialect.md", kind))
    return tmp_path


def test_a_case_that_names_the_dialect_of_the_page_has_the_rows_of_the_page(explorer, tracer_cli):
    code, _, said = tracer_cli("trace", explorer / "case.toml", "-o", explorer / "out")
    assert code == 0, said
    _, printed, _ = tracer_cli("transfers", explorer / "out", "--csv")
    rows = ["{tx_hash} {sender} -> {recipient} {amount} fee {fee}\n".format_map(row) for row in csv.DictReader(printed.splitlines())]
    assert ["".join(rows)] == blocks("dialect.md", "rows")


def test_a_cell_that_the_dialect_of_the_page_does_not_know_is_refused_as_the_page_says(explorer, tracer_cli):
    (explorer / "export.csv").write_text((explorer / "export.csv").read_text().replace("0.05,ok", "0.05,pending"))
    code, _, said = tracer_cli("trace", explorer / "case.toml", "-o", explorer / "out")
    (fault,) = blocks("dialect.md", "fault")
    assert code == 1
    assert said.endswith(fault)
