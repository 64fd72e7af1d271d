"""The docs say what is so: generated pages are compared, commands are commands, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
from collections import Counter

import pytest
from conftest import ROOT, require_arcadedb

import tracer
from tracer.casefile import CaseFile
from tracer.cli.main import COMMANDS

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "fixtures").rglob("README.md")])


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_what_the_code_says_now():
    for page, make in generator().PAGES.items():
        assert (ROOT / "docs" / page).read_text() == make(), f"docs/{page} is out of date: make docs"


def test_the_tour_of_the_query_book_is_what_the_embedded_store_answers_now(rehearsal_dir, swaps_run, tmp_path):
    require_arcadedb()
    shutil.copytree(rehearsal_dir, tmp_path / "case")
    tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / "coincheck" / "case.toml"), tmp_path / "coincheck")
    told = generator().query_page(tmp_path / "case", tmp_path / "coincheck", swaps_run[0])
    assert (ROOT / "docs" / "queries.md").read_text() == told, "docs/queries.md is out of date: make docs"


def anchors(path):
    """The anchors of a page: its headings as GitHub writes them, and those written by hand."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.*?)\s*$", text, re.MULTILINE)]
    counts = Counter()
    for heading in headings:
        yield f"{heading}-{counts[heading]}" if counts[heading] else heading
        counts[heading] += 1
    yield from re.findall(r'<a (?:id|name)="([^"]+)"', text)


def dead_links(path):
    """The links of a page that lead to no file, or to no heading of a page of ours."""
    for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        if not target.startswith("https://") and (not there.exists() or (anchor and anchor not in anchors(there))):
            yield target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(path):
    assert list(dead_links(path)) == []


def test_a_dead_link_is_found(tmp_path):
    (tmp_path / "here.md").write_text("# A `b`: c\n# Twice\n# Twice\n[a](#a-b-c) [b](here.md#twice-1) [c](there.md) [d](#twice-2)\n")
    assert list(dead_links(tmp_path / "here.md")) == ["there.md", "#twice-2"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_in_the_docs_is_a_command_with_such_options(path):
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", path.read_text(), re.DOTALL):
        for line in re.findall(r"^(?:\$ )?tracer (.*)$", block, re.MULTILINE):
            name, *rest = shlex.split(line.split("#")[0])
            assert name in COMMANDS, line
            options = {each.split("=")[0] for each in rest if each.startswith("--")}
            page = (ROOT / "docs" / "cli.md").read_text().split(f"## tracer {name}\n")[1].split("\n## ")[0]
            assert all(option in page for option in options), line


def test_the_summary_in_the_readme_is_the_one_the_demo_prints(rehearsal, capsys):
    from tracer.cli.summary import print_summary

    print_summary(rehearsal)
    printed = capsys.readouterr().out
    shown = re.search(r"<!-- summary -->\n```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    assert shown in printed.replace(str(rehearsal.folder), "build/rehearsal")


def test_the_words_of_the_glossary_are_the_words_of_the_model():
    words = (ROOT / "docs" / "glossary.md").read_text().lower()
    from tracer import model

    for noun in ("account", "asset", "transfer", "event", "theft", "hop", "endpoint", "label", "rejection"):
        assert f"**{noun}" in words or f", {noun}" in words, noun
        assert hasattr(model, noun.capitalize())


def test_every_table_of_the_record_is_explained_by_its_schema(rehearsal):
    from tracer.store.record.database import CANONICAL
    from tracer.store.record.packed import KEPT, SHARED

    schema = "".join((ROOT / "tracer" / "store" / "record" / name).read_text() for name in ("schema.sql", "several_assets.sql"))
    packed = {*KEPT.values(), *SHARED.values(), "rules"}
    assert set(re.findall(r"CREATE (?:TABLE|VIEW) (\w+)", schema)) == {*CANONICAL, *packed, "meta"}
