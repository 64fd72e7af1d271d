"""A case served as `tracer view` serves it, and a browser's questions to it."""

from __future__ import annotations

import http.client
import json
import shutil
from types import SimpleNamespace

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.workbench.loopback_server import serving
from tracer.workbench.served_case import Desk

TILL = """# The till of Anna's shop, drained on 1 March.
name = "till"
chain = "table"
asset = "coin"
decimals = 2

[[sources]]
kind = "table"
path = "transfers.csv"   # from the bank
whole = "all"
balances = "balances.csv"
basis = "chain"

[[thefts]]
transfer = "t1"

[labels]
files = ["labels.yaml"]

[stops]
dust = 5   # cents
"""

TRANSFERS = """height,position,tx_hash,sender,recipient,amount
1,0,t0,mint,anna,10000
2,0,t1,anna,bob,1000
3,0,t2,anna,eve,300
4,0,t3,bob,carl,600
5,0,t4,bob,exchange,400
6,0,t5,carl,dora,500
7,0,t6,exchange,fred,350
"""

BALANCES = "address,opening\nmint,10000\n"

LABELS = """title: labels
creator: Anna
currency: coin
tags:
- {address: exchange, label: Big Exchange, source: its website, category: exchange}
"""


@pytest.fixture
def till(tmp_path):
    """Anna's case, traced: its case file, and its folder."""
    for name, text in (("case.toml", TILL), ("transfers.csv", TRANSFERS), ("labels.yaml", LABELS), ("balances.csv", BALANCES)):
        (tmp_path / name).write_text(text)
    tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
    return tmp_path


class Asker:
    """Asks a server as a browser does. `let_in` goes through the door; `post` does an act with the token that the page was given."""

    def __init__(self, door):
        self.door, self.cookie, self.port = door, "", int(door.host.partition(":")[2])

    def ask(self, method, path, headers=None, body=None):
        """Status, headers and text of an answer; a header that is None is not sent."""
        sent = {"Host": self.door.host, "Cookie": self.cookie, **(headers or {})}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            if body is not None and "Content-Length" not in sent:
                sent["Content-Length"] = str(len(body))
            for name, value in sent.items():
                for each in value if isinstance(value, list) else [value]:
                    if each is not None:
                        link.putheader(name, each)
            link.endheaders(body)
            answer = link.getresponse()
            return SimpleNamespace(status=answer.status, headers=answer.headers, text=answer.read().decode("utf-8", "replace"))
        finally:
            link.close()

    def let_in(self):
        answer = self.ask("GET", self.door.address.partition(self.door.host)[2])
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def own(self):
        """The headers by which a page of ours does an act."""
        return {"Origin": f"http://{self.door.host}", "Content-Type": "application/json", "X-Tracer-Token": self.door.page_token}

    def post(self, path, body, **headers):
        return self.ask("POST", path, {**self.own(), **headers}, json.dumps(body).encode())

    def act(self, name, /, **fields):
        return self.post("/act", {"act": name, "fields": fields})


@pytest.fixture
def asks():
    """A browser for a door."""
    return Asker


@pytest.fixture
def served(till):
    """Anna's case served, with a browser that was let in and may write."""
    desk = Desk(till / "out", "Ada")
    with serving(desk) as door:
        desk.show(CaseFolder.open(till / "out"))
        asker = Asker(door)
        asker.let_in()
        desk.allow("write")
        yield SimpleNamespace(desk=desk, door=door, ask=asker, place=till, out=till / "out")


@pytest.fixture
def traced_alone(till):
    """The results digest that `tracer trace` alone comes to, from copies of the files of a case."""

    def digest():
        alone = till.parent / "alone"
        shutil.rmtree(alone, ignore_errors=True)
        shutil.copytree(till, alone, ignore=shutil.ignore_patterns("out"))
        return tracer.trace(CaseFile.load(alone / "case.toml"), alone / "again").manifest["results_digest"]

    return digest
