"""The five questions of docs/viewer.md, answered on the page alone: every figure the docs give is in sight after the steps they name."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.pipeline.bounds import bounded

DOCS = (ROOT / "docs" / "viewer.md").read_text(encoding="utf-8")
ANSWERS = [" ".join(one.split()) for one in re.findall(r"^\d\. \*\*.*?\?\*\* (.*?)(?=\n\n|\n\d\. )", DOCS, re.MULTILINE | re.DOTALL)]


@pytest.fixture(scope="module")
def bounded_page(tmp_path_factory):
    """The page of the rehearsal after `tracer bounds`."""
    folder = tmp_path_factory.mktemp("five") / "case"
    tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / "rehearsal" / "case.toml"), folder)
    return (bounded(CaseFolder.open(folder), 100, lambda _: None).folder / "case.html").read_text(encoding="utf-8")


@pytest.fixture
def tab(shown, bounded_page):
    return shown(bounded_page, 1280, 720)


def said(answer, tab):
    """That every figure, address and customer of an answer is in sight."""
    words = re.findall(r"T[A-Z0-9]{5}…[A-Z0-9]{4}|\d[\d,]*\.\d{6}|\d+\.\d+M|[A-Z]\d{7}|\d+ transfers|\d+ deposits", ANSWERS[answer])
    text = re.sub(r"\s+", " ", tab.locator("body").inner_text())
    assert len(words) >= 1
    assert [word for word in words if word not in text and word.replace(" deposits", "") not in text] == []


def test_there_are_five():
    assert len(ANSWERS) == 5


def test_where_the_largest_part_ended(tab):
    tab.get_by_role("tab", name="Exits").click()
    held = tab.get_by_test_id("exit-list").locator(".exit", has_text="still held").all_inner_texts()
    assert held[0].startswith("TBI3MW…NWQM")
    said(0, tab)


def test_which_customer_of_exchange1_received_most(tab):
    tab.get_by_role("tab", name="Exits").click()
    assert tab.get_by_test_id("card-customers").locator("tr.row td").first.inner_text() == "B1755340"
    said(1, tab)


def test_what_links_the_recipient_with_exchange2(tab):
    tab.locator(".box", has_text="TCOPFZ").first.click()
    tab.locator("[data-act=from]").click()
    tab.get_by_test_id("search").fill("exchange2")
    tab.keyboard.press("Enter")
    tab.locator("[data-act=to]").click()
    said(2, tab)


def test_how_sure_the_sum_at_exchange2_is(tab):
    tab.get_by_role("tab", name="Exits").click()
    tab.get_by_test_id("exit-list").get_by_role("button", name="exchange2").first.click()
    assert "read from the chain" in tab.get_by_test_id("card").inner_text()
    said(3, tab)


def test_what_was_not_read(tab, shown, coincheck_dir):
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "The whole history of all 192 accounts was read." in tab.get_by_test_id("limits-view").inner_text()
    other = shown((coincheck_dir / "case.html").read_text(encoding="utf-8"))
    other.get_by_role("tab", name="Coverage & limits").click()
    assert "No account's whole history was read. 2 accounts are at the boundary" in other.get_by_test_id("limits-view").inner_text()
    assert "not followed further" in other.get_by_test_id("endpoint-table").inner_text()
