"""A server that is killed loses no act that was answered, whenever that happens."""

from __future__ import annotations

import http.client
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from types import SimpleNamespace

from tracer.casefile import CaseFile
from tracer.casefolder.breaks_in_log import audited
from tracer.casefolder.log import read_log
from tracer.plan.labels import labels_of

KILLS = 30
ACTS = 4  # the server is killed within the time that so many acts take
VIEW = "from tracer.cli import main; main()"


class Server:
    """`tracer view` as a program of its own."""

    def __init__(self, folder, asks):
        command = [sys.executable, "-c", VIEW, "view", str(folder), "--no-browser", "--as", "Ada"]
        self.program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        host, _, token = self.program.stdout.readline().removeprefix("open http://").strip().partition("/enter?token=")
        self.ask = asks(SimpleNamespace(host=host, address=f"http://{host}/enter?token={token}", page_token=""))
        self.ask.let_in()
        page = self.ask.ask("GET", "/").text
        self.ask.door.page_token = page.partition('"token": "')[2].partition('"')[0]
        self.ask.post("/allow", {"what": "write"})

    def kill(self):
        self.program.kill()
        self.program.wait()
        self.program.stdout.close()


def acts(server, numbers, answered):
    """Labels and dust limits in turn, each noted once it was answered."""
    for number in numbers:
        if number % 2:
            fields = {"address": "dora", "name": f"name {number}", "category": "", "source": "book"}
            done = server.ask.act("label", **fields)
        else:
            done = server.ask.act("stops", dust=f"{number}", until="")
        assert done.status == 200, done.text
        answered.append(number)


def test_a_server_killed_at_thirty_random_moments_loses_no_act_that_was_answered(till, asks):
    moments, answered, begun = random.Random(18), [], 2
    for _ in range(KILLS):
        server = Server(till / "out", asks)
        began = time.monotonic()
        acts(server, range(begun, begun + 1), answered)
        killing = threading.Timer(moments.uniform(0, ACTS) * (time.monotonic() - began), server.kill)
        killing.start()
        with suppress(OSError, http.client.HTTPException, ValueError):
            acts(server, count(begun + 1), answered)
        killing.join()
        begun = max([begun, *answered]) + 2
        question = CaseFile.load(till / "case.toml")
        names = {label.label for label in labels_of(question).of("dora")}
        assert {f"name {number}" for number in answered if number % 2} <= names
        dusts = [number for number in answered if not number % 2]
        assert not dusts or question.stops.dust // 100 >= dusts[-1]
        logged = [entry.more["fields"] for entry in read_log(till / "out") if entry.act.startswith("view ")]
        said = {each.get("name") or each["dust"] for each in logged}
        assert {f"name {number}" if number % 2 else f"{number}" for number in answered} <= said
        assert audited(till / "out", None).faults == []
    assert len(answered) >= KILLS
