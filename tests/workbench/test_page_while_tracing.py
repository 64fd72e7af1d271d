"""The first minutes of a case on nodes: what they can do, then what was read so far, and nothing that looks final before it is."""

from __future__ import annotations

import sys
import threading
import webbrowser
from types import SimpleNamespace

import pytest
from support.live_cases import FAST, RECORDING, T0, VICTIM, LiveCase
from support.nis_server import NisServer

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.chains.node_requirements import Ability, Probe, found_out
from tracer.cli import page_while_tracing
from tracer.cli.page_while_tracing import wanted
from tracer.errors import InputError
from tracer.workbench import nodes, page_while_reading
from tracer.workbench.loopback_server import serving
from tracer.workbench.page_while_reading import kept_up, look_at_nodes
from tracer.workbench.served_case import CancelledError, Desk

ENOUGH = 60  # questions after which the run waits until somebody has seen what was read so far
PATIENT = 30.0  # seconds that it waits


@pytest.fixture
def quickly(monkeypatch):
    """What was read is looked at without a pause, and nodes are asked without one."""
    monkeypatch.setattr(page_while_reading, "SOON", 0.01)
    monkeypatch.setattr(nodes, "time", SimpleNamespace(sleep=lambda _: None))


def waiting_until(seen):
    """A progress that holds the run after ENOUGH questions until `seen` is set."""

    def told(advance):
        if advance.unit == "questions" and advance.done >= ENOUGH:
            assert seen.wait(PATIENT)

    return told


class Reading:
    """A run of the rehearsal on a node, held in the middle: `desk` shows what it has read by then; `finish` lets it end."""

    def __init__(self, place, node):
        self.live, self.seen = LiveCase(place, 6), threading.Event()
        self.desk, self.node = Desk(self.live.out, "Ada"), node
        self.run = threading.Thread(target=self._trace, daemon=True)

    def _trace(self):
        hold = waiting_until(self.seen)
        with self.desk.at_work(), kept_up(self.desk):
            self.live.trace(self.node, progress=lambda at: (self.desk.told(at), hold(at)))
        self.desk.show(CaseFolder.open(self.live.out))

    def until_shown(self):
        self.run.start()
        turn = threading.Event()
        for _ in range(int(PATIENT * 100)):
            if self.desk.state()["so_far"]:
                return
            turn.wait(0.01)
        raise AssertionError("nothing was shown")

    def finish(self):
        self.seen.set()
        self.run.join(PATIENT)


@pytest.fixture
def reading(tmp_path, quickly):
    with NisServer(RECORDING) as node:
        run = Reading(tmp_path, node)
        yield run
        run.finish()


def test_a_run_at_work_is_shown_as_far_as_it_has_read_and_says_so(reading, asks):
    with serving(reading.desk) as door:
        ask = asks(door)
        ask.let_in()
        assert "nothing is read yet" in ask.ask("GET", "/").text
        reading.until_shown()
        page = ask.ask("GET", "/").text
        assert "<title>READ SO FAR, NOT FINAL: " in page
        assert ask.ask("GET", "/facts").text == "{}"


def test_no_act_is_done_before_the_run_is_done(reading, asks):
    with serving(reading.desk) as door:
        ask = asks(door)
        ask.let_in()
        reading.until_shown()
        assert "wait until it is done, or cancel it" in ask.act("stops", dust="1", until="").text


def test_the_finished_case_takes_the_place_of_what_was_read_so_far(reading):
    reading.until_shown()
    reading.finish()
    assert reading.desk.state()["so_far"] is None
    assert reading.desk.facts()["case_file"] == str(reading.live.place / "case.toml")


def test_the_figures_are_those_of_a_run_that_nobody_watched(reading, tmp_path):
    reading.until_shown()
    reading.finish()
    alone = tracer.trace(CaseFile.load(reading.live.place / "case.toml"), tmp_path / "alone", patience=FAST)
    assert CaseFolder.open(reading.live.out).manifest["results_digest"] == alone.manifest["results_digest"]


SAYS_SO = """names => {
    const found = (name) => document.querySelector(`[data-testid="${name}"]`);
    const before = (name) => found(name) && getComputedStyle(found(name), "::before").content;
    return names.every((name) => before(name)?.includes("read so far"))
        && found("so-far")?.innerText.startsWith("READ SO FAR, NOT FINAL: ");
}"""
"""Whether each of these says so before its text, and the page above all."""


def test_every_table_and_headline_on_the_page_says_read_so_far(reading, browser):
    with serving(reading.desk) as door:
        reading.until_shown()
        tab = browser.new_page()
        tab.goto(door.address)
        tab.wait_for_selector("html[data-served=true]")
        marked = ["answer-line", "headline", "endpoint-table", "legend"]
        tab.wait_for_function(SAYS_SO, arg=marked)  # outlasts the page being loaded anew, as more is read
        reading.finish()
        tab.get_by_test_id("trace-again").wait_for()
        tab.wait_for_selector("html:not([data-so-far])")  # the button may come before the page of the finished case does
        assert tab.locator("html[data-so-far]").count() == 0
        tab.close()


def test_somebody_who_cancels_ends_the_run_and_what_was_read_is_kept(tmp_path, quickly):
    live, ended = LiveCase(tmp_path, 6), []
    desk = Desk(live.out)

    def told(at):
        if at.unit == "questions" and at.done >= ENOUGH:
            desk.cancel()
        desk.told(at)

    with NisServer(RECORDING) as node:
        with desk.at_work(), pytest.raises(CancelledError, match="what was read is kept"):
            live.trace(node, progress=told)
        asked = node.count
        live.trace(node, progress=ended.append)
        assert node.count - asked < asked


def rows(found):
    return [(each["what"].partition(",")[0], each["can"]) for each in found]


def case_on(place, *urls, theft=f'wallet = "{VICTIM}"'):
    named = ", ".join(f'"{url}"' for url in urls)
    path = place / "nodes.toml"
    path.write_text(f'name = "n"\nchain = "nem"\nasset = "xem"\n[[sources]]\nkind = "node"\nurls = [{named}]\n[[thefts]]\n{theft}\n')
    return CaseFile.load(path)


def test_what_a_node_can_do_is_found_out_before_anything_is_read(tmp_path, quickly):
    desk = Desk(tmp_path / "out")
    with NisServer(RECORDING) as node:
        look_at_nodes(desk, case_on(tmp_path, node.url))
    assert rows(desk.nodes) == [
        ("answers", True),
        ("follows the chain: its last block is new", False),
        ("gives any block whole", True),
        ("lists what the wallet paid", True),
    ]


def test_what_a_node_cannot_do_has_a_remedy(tmp_path, quickly):
    desk = Desk(tmp_path / "out")
    with NisServer(RECORDING) as node:
        look_at_nodes(desk, case_on(tmp_path, node.url, theft=f'transfer = "{"ab" * 32}"'))
    assert desk.nodes[-1]["can"] is False
    assert "nis.transactionHashRetentionTime" in desk.nodes[-1]["remedy"]


def test_a_node_that_does_not_answer_is_asked_no_more(tmp_path, quickly):
    desk = Desk(tmp_path / "out")
    look_at_nodes(desk, case_on(tmp_path, "http://127.0.0.1:9"))
    assert rows(desk.nodes) == [("answers", False)]


def test_one_of_several_ways_is_enough():
    tells = Ability("tells", (Probe("POST", "", "trace"), Probe("POST", "", "debug")), "get another")
    found = found_out(["anna"], [tells], {}, lambda _node, _method, _path, body: (200 if body == "debug" else 404, "{}"))
    assert [each.can for each in found] == [True]


@pytest.fixture
def at_a_terminal(monkeypatch):
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr(page_while_tracing, "sys", SimpleNamespace(stdin=terminal, stdout=terminal))
    monkeypatch.setattr(webbrowser, "get", lambda: None)


USUAL = {"named": True, "as_json": False, "offline": False}


def test_the_page_is_served_by_itself_to_somebody_at_a_terminal_with_a_browser(at_a_terminal):
    assert wanted(None, **USUAL)


@pytest.mark.parametrize("otherwise", [{"named": False}, {"as_json": True}, {"offline": True}])
def test_the_page_is_not_served_by_itself_where_no_node_is_asked_or_a_program_reads(at_a_terminal, otherwise):
    assert not wanted(None, **{**USUAL, **otherwise})


def test_the_page_is_never_served_by_itself_without_a_browser(at_a_terminal, monkeypatch):
    def none():
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", none)
    assert not wanted(None, **USUAL)


def test_the_page_is_never_served_by_itself_off_a_terminal():
    assert not wanted(None, **USUAL)


def test_what_somebody_says_of_the_page_holds():
    assert wanted(True, named=False, as_json=True, offline=True)
    assert not wanted(False, **USUAL)


def test_the_command_serves_the_case_of_a_wallet_from_its_first_question_on(tmp_path, tracer_cli, monkeypatch, quickly, asks):
    addresses, titles = [], []

    def look():
        titles.append(browser.ask("GET", "/").text.partition("<title>")[2].partition("</title>")[0])

    def shown_at(address, browser):
        addresses.append(address)

    monkeypatch.setattr(page_while_tracing, "shown_at", shown_at)
    monkeypatch.setattr(page_while_tracing, "wait", lambda: look())
    monkeypatch.setattr(Desk, "told", lambda desk, at: addresses and not titles and (browser.begin(), look()))

    class Browser:
        """Comes through the door once the address is known."""

        def begin(self):
            host = addresses[0].removeprefix("http://").partition("/")[0]
            self.asker = asks(SimpleNamespace(host=host, address=addresses[0], page_token=""))
            self.asker.let_in()

        def ask(self, *question):
            return self.asker.ask(*question)

    browser = Browser()
    with NisServer(RECORDING) as node:
        narrowed = ("--to", T0, "--from", "2018-01-25T12:00:00Z", "--max-accounts", "2", "--rate", "50")
        code, _, err = tracer_cli("trace", VICTIM, "--node", node.url, "-o", tmp_path / "out", "--view", "--quiet", *narrowed)
    assert (code, titles) == (0, ["out: nothing is read yet", f"Thefts by {VICTIM}"]), err


def test_without_the_libraries_of_the_page_the_extra_is_named(till, tracer_cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "tracer.workbench.loopback_server", None)
    code, _, err = tracer_cli("view", till / "out", "--no-browser")
    assert code == 1
    assert "needs the extra workbench" in err


def test_an_earlier_result_is_not_served(till, tracer_cli):
    code, _, err = tracer_cli("view", f"{till / 'out'}@1", "--no-browser")
    assert code == 1
    assert "an earlier result, which nothing can be done to" in err


def test_a_port_that_is_taken_is_named(till):
    with serving(Desk(till / "out")) as door:
        taken = int(door.host.partition(":")[2])
        with pytest.raises(InputError, match="cannot be used"), serving(Desk(till / "elsewhere"), taken):
            pass
