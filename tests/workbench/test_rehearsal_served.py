"""The rehearsal on a simulated node, in a real browser: every act a person can do, by its buttons, ends in files that say the same."""

from __future__ import annotations

import shutil

import pytest
from support.live_cases import FAST, RECORDING, LiveCase
from support.nis_server import NisServer

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.workbench.loopback_server import serving
from tracer.workbench.served_case import Desk

READ = 6  # accounts that the budget allows


@pytest.fixture(scope="module")
def node():
    with NisServer(RECORDING) as running:
        yield running


@pytest.fixture(scope="module")
def traced_once(tmp_path_factory, node):
    live = LiveCase(tmp_path_factory.mktemp("rehearsal"), READ)
    live.trace(node)
    return live.place


class Workbench:
    """The page in a browser, and the files beneath it."""

    def __init__(self, tab, place):
        self.tab, self.place, self.out = tab, place, place / "out"

    def click(self, name):
        self.tab.get_by_test_id(name).click()

    def open_address(self, address):
        self.tab.evaluate("address => showNode(nodeByAddress().get(address))", address)

    def do(self, **fields):
        """Fills the dialog in and does the act; the first time the case file is allowed to be changed."""
        for name, value in fields.items():
            field = self.tab.locator(f"dialog [name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.click("do")
        asked = self.tab.get_by_test_id("allow")
        asked.or_(self.tab.locator("html:not(:has(dialog))")).first.wait_for()
        if asked.count():
            asked.click()
        self.tab.wait_for_selector("html:not(:has(dialog))")

    def trace_again(self):
        """Traces again; where another account is to be read then, the page shows which nodes would be asked, and they are allowed."""
        before = self.run
        self.click("trace-again")
        moved, asked = self.tab.get_by_test_id("moved"), self.tab.get_by_test_id("do")
        moved.or_(asked).first.wait_for()
        if asked.count():
            asked.click()
        moved.wait_for()
        assert self.run != before
        assert self.tab.evaluate("trace.results_digest") == self.digest
        self.click("close-moved")

    @property
    def run(self):
        return CaseFolder.open(self.out).manifest["run"]

    @property
    def digest(self):
        return CaseFolder.open(self.out).manifest["results_digest"]

    def traced_alone(self):
        """What `tracer trace` alone comes to with copies of the files, on the same node."""
        alone = self.place.parent / "alone"
        shutil.rmtree(alone, ignore_errors=True)
        shutil.copytree(self.place, alone, ignore=shutil.ignore_patterns("out"))
        question = CaseFile.load(alone / "case.toml")
        return tracer.trace(question, alone / "again", patience=FAST).manifest["results_digest"]

    def ends(self, reason):
        return [
            each.address for each in CaseFolder.open(self.out).outcome.endpoints if each.reason == reason and any(each.amounts.values())
        ]


@pytest.fixture
def workbench(traced_once, tmp_path, browser):
    place = tmp_path / "case"
    shutil.copytree(traced_once, place)
    desk = Desk(place / "out", "Ada", patience=FAST)
    with serving(desk) as door:
        desk.show(CaseFolder.open(place / "out"))
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        tab = context.new_page()
        faults = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto(door.address)
        tab.wait_for_selector("html[data-served=true]")
        yield Workbench(tab, place)
        assert faults == []
        context.close()


def read_account(bench):
    bench.open_address(bench.ends("not_fetched")[0])
    bench.click("act-read")
    bench.do()


def treat_as_service(bench):
    bench.open_address(bench.ends("unspent")[0])
    bench.click("act-service")
    bench.do(name="Dora's Exchange", category="exchange", source="letter of 2 March")


def add_label(bench):
    bench.open_address(bench.ends("unspent")[0])
    bench.click("act-label")
    bench.do(name="Erik", category="exchange", source="phone book")


def go_on_through(bench):
    services = CaseFolder.open(bench.out).trace.stops.services
    bench.open_address(next(address for address in bench.ends("service") if services[address]))
    bench.click("act-through")
    bench.do()


def accept_theft(bench):
    bench.click("act-thefts")
    bench.tab.get_by_test_id("suspected").get_by_role("button").first.click()
    bench.do(label="found on the page")


def change_stops(bench):
    bench.click("act-stops")
    bench.do(dust="250000", until="2018-01-25 13:00")


ACTS = {act.__name__: act for act in (read_account, treat_as_service, add_label, go_on_through, accept_theft, change_stops)}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_each_act_ends_in_files_that_a_trace_alone_turns_into_the_same_result(workbench, act):
    act(workbench)
    workbench.trace_again()
    assert workbench.traced_alone() == workbench.digest


def test_the_rule_is_declared_on_the_page_and_says_what_had_been_seen(workbench):
    workbench.click("act-declare")
    workbench.do(rule="lifo", reason="the court asks for it")
    workbench.tab.wait_for_selector("[data-testid=rule-select] >> text=lifo (declared)", state="attached")
    assert CaseFile.load(workbench.place / "case.toml").trace.primary == "lifo"
    assert CaseFolder.open(workbench.out).log_entries[-1].act == "declare"


def test_an_account_is_read_only_from_nodes_that_were_shown_and_with_its_budget(workbench, node):
    account = workbench.ends("not_fetched")[0]
    workbench.open_address(account)
    workbench.click("act-read")
    said = workbench.tab.get_by_test_id("dialog").inner_text()
    assert node.url in said
    assert f"at most {READ} by value" in said
    workbench.do()
    workbench.trace_again()
    assert account not in workbench.ends("not_fetched")
    assert CaseFile.load(workbench.place / "case.toml").stops.read == (account,)


def test_what_was_looked_at_and_noted_stands_on_the_page_with_the_new_figures(workbench):
    address = workbench.ends("unspent")[0]
    workbench.open_address(address)
    workbench.tab.evaluate("address => annotate('addresses', address, 'note', 'ask the bank')", address)
    change_stops(workbench)
    workbench.trace_again()
    assert workbench.tab.evaluate("trace.nodes.address[view.node]") == address
    assert "ask the bank" in workbench.tab.get_by_test_id("details").inner_text()
