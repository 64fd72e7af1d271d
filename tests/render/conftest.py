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


@pytest.fixture
def shown(browser, tmp_path):
    """Opens a payload (or a ready page) from a file, and gives the tab once it is drawn."""
    contexts = []

    def opened(trace, width=1440, height=900, hash_state="", ready=True):
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        tab = context.new_page()
        tab.faults, tab.requested = [], []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.on("console", lambda message: tab.faults.append(message.text) if message.type == "error" else None)
        tab.on("dialog", lambda dialog: (tab.faults.append("dialog: " + dialog.message), dialog.dismiss()))
        tab.on("request", lambda request: tab.requested.append(request.url))
        path = tmp_path / f"case{len(contexts)}.html"
        path.write_text(trace if isinstance(trace, str) else page(trace), encoding="utf-8")
        tab.goto(path.as_uri() + hash_state)
        tab.wait_for_selector("html[data-ready=true], html[data-failed=true]")
        assert tab.locator("html[data-ready=true]").count() == ready, tab.get_by_test_id("failure").inner_text()
        return tab

    yield opened
    for context in contexts:
        context.close()
