"""How soon the served page shows what somebody waits for. `--json` for figures; exits 1 if a bar does not hold.

- `retrace_s`: from the button to the new picture, what moved beside it: the rehearsal, in a browser, after one label more.
- `first_answer_s`, `half_located_s`: a case of the rehearsal's wallet on a simulated node behind a proxy that lets ten questions a second
  through and holds each back for 90 ms, as a page of a node far away. From the start of the command until the page names the victim,
  what left and who holds what now (read so far, and it adds up); and until half of the value lies at addresses that were read whole.
- `evm_first_answer_s`, `evm_half_located_s`: the same of the EVM rehearsal's company, on a node that serves its recording and lists
  accounts neither by trace_filter nor by ots_*, so that every block is read.
"""

from __future__ import annotations

import csv
import http.client
import logging
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from figures import Figures, at_most, run

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.pipeline.suspected_thefts import candidate_thefts
from tracer.workbench.loopback_server import serving
from tracer.workbench.page_while_reading import kept_up, look_at_nodes
from tracer.workbench.served_case import Desk

ROOT = Path(__file__).parent.parent
REHEARSAL = ROOT / "fixtures" / "cases" / "rehearsal"
EVM_REHEARSAL = ROOT / "fixtures" / "cases" / "evm_rehearsal"
VICTIM, RECIPIENT = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4", "TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN"
PER_SECOND, LATE = 10, 0.09  # questions that the proxy lets through, and seconds it holds each back
TIMES = 3  # the label is added and traced so often; the median counts
LONGEST = 600.0  # seconds after which the first minutes are given up


class Asked(NamedTuple):
    """What `tracer trace WALLET --node` writes, with the labels of a rehearsal: the chain's own lines, the victim, whom it paid."""

    rehearsal: Path
    head: str
    victim: str
    recipient: str
    stops: str
    window: str = ""

    def case(self, place: Path, url: str) -> CaseFile:
        shutil.copy(self.rehearsal / "labels.yaml", place)
        text = (
            f'name = "wallet"\n{self.head}\n[[sources]]\nkind = "node"\nurls = ["{url}"]\nrate = {PER_SECOND}\n'
            f'[[thefts]]\nwallet = "{self.victim}"\nto = ["{self.recipient}"]\n{self.window}\n'
            f'[labels]\nfiles = ["labels.yaml"]\n[stops]\n{self.stops}\n'
        )
        (place / "case.toml").write_text(text, encoding="utf-8")
        return CaseFile.load(place / "case.toml")


def on_nem() -> Asked:
    head, stops = 'chain = "nem"\nasset = "xem"', 'categories = ["exchange", "service", "payment_processor"]\ndust = 1_000_000'
    return Asked(REHEARSAL, head, VICTIM, RECIPIENT, stops, "from = 2018-01-25T12:00:00Z")


def on_evm() -> Asked:
    """The company whose hot wallet was emptied, by the rehearsal's own book."""
    with (EVM_REHEARSAL / "truth" / "thefts.csv").open(encoding="utf-8") as file:
        theft = next(row for row in csv.DictReader(file) if row["asset"] == "ETH")
    stops = 'categories = ["exchange", "mixing_service"]\ndust = 1_000_000_000_000_000'
    return Asked(EVM_REHEARSAL, 'chain = "evm"\nasset = "eth"', theft["victim"], theft["taker"], stops)


class Slow(BaseHTTPRequestHandler):
    """Passes a question on to the node, late, and no more of them a second than it lets through."""

    node = ""
    lock = threading.Lock()
    passed: ClassVar[deque[float]] = deque(maxlen=PER_SECOND)

    def do_GET(self) -> None:
        self._pass_on(None)

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _pass_on(self, body: bytes | None) -> None:
        with self.lock:
            now = time.monotonic()
            wait = self.passed[0] + 1 - now if len(self.passed) == PER_SECOND else 0.0
            self.passed.append(now + max(0.0, wait))
        time.sleep(LATE + max(0.0, wait))
        link = http.client.HTTPConnection(urlsplit(self.node).netloc, timeout=30)
        link.request(self.command, self.path, body, {"Content-Type": "application/json"} if body is not None else {})
        answer = link.getresponse()
        text = answer.read()
        link.close()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def nem_node() -> Iterator[str]:
    from support.nis_server import NisServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with NisServer(REHEARSAL / "recording.jsonl.gz") as node:
        yield node.url


@contextmanager
def evm_node() -> Iterator[str]:
    """The EVM rehearsal as it was recorded, without any list of what names an account."""
    from support.evm_node import Rehearsal, serving

    with serving(Rehearsal(lacks={"trace_filter", "ots_searchTransactionsBefore", "ots_getApiLevel"})) as url:
        yield url


@contextmanager
def slowed(node: str) -> Iterator[str]:
    Slow.node = node
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{proxy.server_address[1]}"
    proxy.shutdown()
    proxy.server_close()


class Watched(Desk):
    """A desk that notes when it first shows an answer, and when half of the value is located."""

    began = 0.0
    recipient = ""
    first_answer = half_located = LONGEST

    def show(self, case: CaseFolder, *, drawn: bool = False) -> None:
        super().show(case, drawn=drawn)
        now, rule = time.monotonic() - self.began, case.question.leading_rule
        ends = case.outcome.endpoints if not case.so_far else case.trace.endpoints
        stolen = sum(theft.amount for theft in case.trace.thefts)
        read = sum(end.amounts[rule] for end in ends if end.reason != "not_fetched")
        if stolen and any(end.address == self.recipient and end.reason != "not_fetched" for end in ends):
            self.first_answer = min(self.first_answer, now)
        if stolen and 2 * read >= stolen:
            self.half_located = min(self.half_located, now)


def first_minutes() -> Figures:
    """The command from its first question on, with the page served beside it, on a chain after the other."""
    sys.path.insert(0, str(ROOT / "tests"))
    return {**minutes_on("", on_nem(), nem_node), **minutes_on("evm_", on_evm(), evm_node)}


def minutes_on(prefix: str, asked: Asked, node: Callable[[], AbstractContextManager[str]]) -> Figures:
    with node() as there, slowed(there) as url, TemporaryDirectory() as folder:
        place = Path(folder)
        question, desk = asked.case(place, url), Watched(place / "out")
        desk.recipient, desk.began = asked.recipient, time.monotonic()
        with serving(desk), desk.at_work(), kept_up(desk):
            look_at_nodes(desk, question)
            candidate_thefts(question, desk.folder, progress=desk.told)
            done = tracer.trace(question, desk.folder, progress=desk.told)
        desk.show(CaseFolder.open(done.folder))
        whole = time.monotonic() - desk.began
    note = f"the whole case: {whole:.0f} s"
    return {
        f"{prefix}first_answer_s": at_most(round(desk.first_answer, 1), "s", 30),
        f"{prefix}half_located_s": at_most(round(desk.half_located, 1), "s", 180, note),
    }


def retrace() -> Figures:
    """A label more, and the button: in a browser, until what moved stands beside the new picture."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with TemporaryDirectory() as there, sync_playwright() as playwright:
        place = Path(there)
        shutil.copytree(REHEARSAL, place / "case")
        case = tracer.trace(CaseFile.load(place / "case" / "case.toml"), place / "out")
        held = [end.address for end in case.trace.endpoints if end.reason == "unspent"][:TIMES]
        desk = Desk(place / "out")
        desk.allow("write")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        with serving(desk) as door:
            desk.show(CaseFolder.open(place / "out"))
            tab = browser.new_page(viewport={"width": 1440, "height": 900})
            tab.goto(door.address)
            tab.wait_for_url(f"http://{door.host}/")
            took = sorted(seconds(lambda address=address: labelled_and_traced(tab, desk, address)) for address in held)
        browser.close()
    return {"retrace_s": at_most(round(took[len(took) // 2], 2), "s", 3)}


def labelled_and_traced(tab: Any, desk: Desk, address: str) -> float:
    """Adds a label, presses the button, and gives the moment it was pressed."""
    if desk.worker is not None:
        desk.worker.join()
    desk.act("service", {"address": address, "name": f"Shop {address[:6]}", "category": "exchange", "source": "bench"})
    tab.reload()
    tab.wait_for_selector("html[data-served=true]")
    began = time.monotonic()
    tab.get_by_test_id("trace-again").click()
    tab.wait_for_selector("[data-testid=moved]")
    return began


def seconds(work: Callable[[], float]) -> float:
    """From the moment that the work gives to its end."""
    began = work()
    return time.monotonic() - began


if __name__ == "__main__":
    raise SystemExit(run([retrace, first_minutes]))
