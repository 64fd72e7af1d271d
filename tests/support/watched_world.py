"""Thirty days on the fake chain, on a clock of its own: thieves pay on, nodes come and go, the chain is rewritten, a watch is killed.

Everything is drawn from one seed. Nothing sleeps and nothing listens: `put_question` of the client is answered here.
"""

from __future__ import annotations

import json
import os
import random
from urllib.parse import urlsplit

from support.fake_chain import block_hash
from support.fake_node import MINER, REWARD, SHOP, VICTIM, answer

from tracer.chains.node.transport import Served

HOUR, DAYS = 3600, 30
BEGUN = 1_700_000_000
THIEVES = [f"0x{name:040x}" for name in range(0xB0, 0xB8)]
NEIGHBOURS = [f"0x{name:040x}" for name in range(0xC0, 0xC4)]
NODES = ("http://anna.example:1", "http://bert.example:2")


class World:
    """The chain as it stands, what waits for a block, and the nodes that show it. A block is an hour."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.blocks: list[dict] = []
        self.waiting: list[dict] = []
        self.lost: dict[str, int] = dict.fromkeys(NODES, 0)
        self.lag: dict[str, int] = dict.fromkeys(NODES, 0)
        self.calm = False
        self.rewritten = self.silences = 0
        self._payments = 0
        for height in range(1, 10):
            self.mine([self.pay(MINER, VICTIM, 60_000)] if height == 2 else self.theft() if height == 4 else [])

    @property
    def now(self) -> float:
        return BEGUN + HOUR * len(self.blocks) + 60

    def theft(self) -> list[dict]:
        return [self.pay(VICTIM, THIEVES[0], 20_000), self.pay(VICTIM, THIEVES[1], 10_000)]

    def pay(self, sender: str, recipient: str, value: int) -> dict:
        self._payments += 1
        return {"hash": f"0x{self._payments:064x}", "from": sender, "to": recipient, "value": value, "fee": 1}

    def mine(self, payments: list[dict]) -> None:
        """A block with those of the payments whose sender can bear them."""
        held = self._balances()
        kept = []
        for each in payments:
            if held.get(each["from"], 0) > each["value"] or not self.blocks or each["from"] == MINER:
                held[each["from"]] = held.get(each["from"], 0) - each["value"] - each["fee"]
                held[each["to"]] = held.get(each["to"], 0) + each["value"]
                kept.append(each)
        height, parent = len(self.blocks) + 1, self.blocks[-1]["hash"] if self.blocks else "0x" + 64 * "0"
        time = BEGUN + HOUR * height
        nonce = self.draw.getrandbits(32)  # the same payments in another block are another block
        block = {"height": height, "parent": parent, "time": time, "miner": MINER, "reward": 100 * REWARD, "nonce": nonce, "txs": kept}
        self.blocks.append({**block, "hash": block_hash(block)})

    def _balances(self) -> dict[str, int]:
        held: dict[str, int] = {}
        for block in self.blocks:
            held[block["miner"]] = held.get(block["miner"], 0) + block["reward"]
            for tx in block["txs"]:
                held[tx["from"]] = held.get(tx["from"], 0) - tx["value"] - tx["fee"]
                held[tx["to"]] = held.get(tx["to"], 0) + tx["value"]
        return held

    def pass_time(self, seconds: float) -> None:
        """Blocks are mined; now and then the last ones are mined anew, with some payments later and some never."""
        for _ in range(int(seconds // HOUR)):
            self.mine(self._announced())
            if not self.calm and self.draw.random() < 0.08:
                self._rewrite(self.draw.randint(1, 6))
        for node in NODES:
            self.lost[node] = 0 if self.calm else max(0, self.lost[node] - 1) or (self.draw.random() < 0.08) * self.draw.randint(1, 3)
            self.lag[node] = 0 if self.calm else (self.draw.random() < 0.15) * self.draw.randint(1, 3)

    def _announced(self) -> list[dict]:
        payments, self.waiting = self.waiting, []
        held = self._balances()
        for sender in [*THIEVES, *NEIGHBOURS, VICTIM]:
            if held.get(sender, 0) > 100 and self.draw.random() < (0.008 if sender == VICTIM else 0.015):
                to = self.draw.choice([each for each in (*THIEVES, *NEIGHBOURS, SHOP) if each != sender])
                payments.append(self.pay(sender, to, self.draw.randint(10, held[sender] // 2)))
        return payments

    def _rewrite(self, depth: int) -> None:
        self.rewritten += 1
        undone = self.blocks[-depth:]
        del self.blocks[-depth:]
        self.waiting = []
        for block in undone:
            payments = self.waiting + block["txs"]
            self.waiting = [each for each in payments if self.draw.random() < 0.3]
            self.mine([each for each in payments if each not in self.waiting and self.draw.random() < 0.7])
        self.mine([])

    def put_question(self, _session, _method, url, _body, _waits) -> Served:
        """What a node says: nothing while it is lost, its chain up to where it got."""
        asked = urlsplit(url)
        node = f"{asked.scheme}://{asked.netloc}"
        if self.lost[node] or (not self.calm and self.draw.random() < 0.01):
            self.silences += 1
            return Served(why="no connection")
        found = answer(self.blocks[: len(self.blocks) - self.lag[node]], f"{asked.path}?{asked.query}")
        return Served(404 if found is None else 200, json.dumps(found))


class Killed(BaseException):
    """kill -9: nothing after it runs but what closes files."""


class Killer:
    """Ends the watch at some later write, before or after it, leaving half a line where one is written."""

    def __init__(self, draw: random.Random, monkeypatch) -> None:
        self.draw, self.left, self.kills = draw, 0, 0
        for name in ("write", "fsync", "replace"):
            monkeypatch.setattr(os, name, self._deadly(name, getattr(os, name)))

    def arm(self) -> None:
        self.left = self.draw.randint(1, 400)

    def spare(self) -> None:
        self.left = 0

    def _deadly(self, name, do):
        def done(*arguments):
            if self.left:
                self.left -= 1
                if not self.left:
                    self.kills += 1
                    if self.draw.random() < 0.5:
                        do(*arguments)
                    elif name == "write":
                        do(arguments[0], arguments[1][: len(arguments[1]) // 2])
                    elif name == "fsync" and (size := os.fstat(arguments[0]).st_size) and self.draw.random() < 0.5:
                        self._tear(arguments[0], size)
                    raise Killed
            return do(*arguments)

        return done

    @staticmethod
    def _tear(descriptor: int, size: int) -> None:
        try:
            os.ftruncate(descriptor, size - 5)
        except OSError:
            return  # a folder


class Receiver:
    """Takes alerts, and fails half of the time: before it has taken one, or after. `once` drops ids it knows."""

    def __init__(self, draw: random.Random, once: bool = False) -> None:
        self.draw, self.once, self.ids = draw, once, []

    def __call__(self, alert) -> str:
        fails, took = self.draw.random() < 0.5, self.draw.random() < 0.5
        if (took or not fails) and not (self.once and alert.id in self.ids):
            self.ids.append(alert.id)
        return "status 503" if fails else ""
