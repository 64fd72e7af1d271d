"""docs/README.md leads to every page of docs/, and says which of them are generated."""

from __future__ import annotations

import importlib.util
import re

from conftest import ROOT

DOCS = ROOT / "docs"
INDEX = (DOCS / "README.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| \[([\w/-]+)\]\(([\w/-]+\.md)\) \| ([^|]+) \|([^|]*)\|$", INDEX, re.MULTILINE)


def test_every_page_has_one_line_in_the_index():
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert [page for _, page, *_ in LINES] == sorted(page for page in pages if page != "README.md")


def test_a_line_of_the_index_is_called_as_its_page_is():
    assert [(name, page) for name, page, *_ in LINES if page != f"{name}.md"] == []


def test_the_pages_called_generated_are_those_that_are():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert {page for _, page, _, how in LINES if how.strip() == "generated"} == {*generate.PAGES, "queries.md"}


def test_there_is_an_order_to_read_in_for_each_who_comes():
    orders = dict(re.findall(r"^\*\*You (\w+)\*\*.*?\n\n((?:\d\. .*\n)+)", INDEX, re.MULTILINE))
    assert set(orders) == {"investigate", "analyse", "develop"}
    assert all(len(re.findall(r"\]\(", steps)) >= 5 for steps in orders.values())


def test_the_index_counts_the_questions_of_the_query_book():
    assert f"{len(list((ROOT / 'queries').glob('*.cypher')))} questions" in INDEX


def test_the_readme_leads_to_the_index():
    assert "](docs/README.md)" in (ROOT / "README.md").read_text(encoding="utf-8").split("## More")[1]
