"""docs/architecture.md leads to what is there: every file, folder and name in its tables exists."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "tracer"


def rows(head):
    """The rows of the table under a header line that begins so, each as its cells."""
    lines = PAGE[PAGE.index(f"\n| {head}") + 1 :].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def is_path(word):
    return re.fullmatch(r"[\w./*-]*(/|\.(py|js|css|sql|json|cypher|toml|md))", word) is not None


def found(word, place):
    """What a path in a cell means: seen from tracer/, from the top, or from where the path before it leads to; None if nothing."""
    nearby = [folder for folder in (place, *place.parents) if folder.is_relative_to(PACKAGE)]
    return next((start / word for start in (PACKAGE, ROOT, *nearby) if any(start.glob(word.rstrip("/")))), None)


def faults(cell, place=PACKAGE):
    """The words of a cell in code type that lead nowhere: paths that are not there, names that the file before them does not define."""
    file = None
    for word in re.findall(r"`([^`]+)`", re.sub(r"\[[^\]]*\]\([^)]*\)", "", cell)):
        if is_path(word):
            there = found(word, place)
            if there is None:
                yield f"there is no {word}"
            else:
                place, file = there if there.is_dir() else there.parent, there if there.is_file() else None
        elif re.fullmatch(r"\w+", word) and file is not None and not defines(file, word):
            yield f"{file.relative_to(ROOT)} defines no {word}"


def defines(file, name):
    return re.search(rf"^\s*(?:def|class) {name}\b|^{name}\b", file.read_text(encoding="utf-8"), re.MULTILINE) is not None


@pytest.mark.parametrize(("what", "where"), list(rows("what | where")))
def test_where_to_find_something_is_a_place_that_there_is(what, where):
    assert list(faults(where)) == []


@pytest.mark.parametrize("row", list(rows("in `tracer/`")), ids=lambda row: row[0].split("`")[1])
def test_what_a_package_is_said_to_hold_is_there(row):
    names, content, _ = row
    assert list(faults(names)) == []
    place = PACKAGE / names.split("`")[1]
    paths = " ".join(f"`{word}`" for word in re.findall(r"`([^`]+)`", content) if word.endswith(("/", ".py")))
    assert list(faults(paths, place if place.is_dir() else PACKAGE)) == []


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("`tracing/nowhere.py`", "there is no tracing/nowhere.py"),
        ("`tracing/rules.py`, `nowhere.py`", "there is no nowhere.py"),
        ("`tracing/rules.py`, `fofi`", "tracer/tracing/rules.py defines no fofi"),
        ("`queries/*.sql`", "there is no queries/*.sql"),
    ],
)
def test_a_place_that_there_is_not_is_found_out(cell, fault):
    assert list(faults(cell)) == [fault]
