"""A page opened in a real browser."""

from __future__ import annotations

import pytest
from conftest import ROOT

import tracer
from tracer.casefile import CaseFile
from tracer.render.html import page


@pytest.fixture(scope="session")
def coincheck_dir(tmp_path_factory):
    """The Coincheck case, traced once."""
    folder = tmp_path_factory.mktemp("coincheck") / "case"
    tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / "coincheck" / "case.toml"), folder)
    return folder


@pytest.fixture(scope="session")
def opened(browser, tmp_path_factory):
    """Opens a payload (or a ready page) from a file in a tab of its own, and gives it once it is drawn.

    All tabs are of one window, in which another page of a file stays open: so Chromium keeps the window and its process, and
    opening a page takes half the time. A page keeps nothing there that another one could find.
    """
    window = browser.new_context(accept_downloads=True)
    empty = tmp_path_factory.mktemp("shown") / "empty.html"
    empty.write_text("<!doctype html><title>empty</title>")
    window.new_page().goto(empty.as_uri())

    def in_a_tab(trace, width=1440, height=900, hash_state="", ready=True):
        tab = window.new_page()
        tab.set_viewport_size({"width": width, "height": height})
        tab.faults, tab.requested = [], []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.on("console", lambda message: tab.faults.append(message.text) if message.type == "error" else None)
        tab.on("dialog", lambda dialog: (tab.faults.append("dialog: " + dialog.message), dialog.dismiss()))
        tab.on("request", lambda request: tab.requested.append(request.url))
        path = tmp_path_factory.mktemp("shown") / "case.html"
        path.write_text(trace if isinstance(trace, str) else page(trace), encoding="utf-8")
        tab.goto(path.as_uri() + hash_state)
        tab.wait_for_selector("html[data-ready=true], html[data-failed=true]")
        assert tab.locator("html[data-ready=true]").count() == ready, tab.get_by_test_id("failure").inner_text()
        return tab

    yield in_a_tab
    window.close()


@pytest.fixture
def shown(opened):
    """What `opened` gives, closed after the test."""
    tabs = []

    def until_the_test_ends(*what, **how):
        tabs.append(opened(*what, **how))
        return tabs[-1]

    yield until_the_test_ends
    for tab in tabs:
        tab.close()
