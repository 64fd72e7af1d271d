"""A NEM chain of six blocks, made and signed here: Mal robs Vic, and pays Bob and a market; Bob pays an exchange."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

from symbolchain.CryptoTypes import PrivateKey
from symbolchain.nem.KeyPair import KeyPair

from tracer.chains.nem import hashes_and_signatures as codec
from tracer.chains.nem.addresses import address_of

VERSION = 0x98000001 - (1 << 32)  # version 1 on the test network, as NIS writes it
FEE = 50_000
XEM = 1_000_000
NAMES = ("Nemesis", "Vic", "Mal", "Bob", "Exchange", "Market", "Harvester", "Shared", "Ann", "Zoe")

CASE = """name = "small"
title = "Vic is drained of 900 XEM"
chain = "nem"
asset = "xem"

[[sources]]
kind = "recording"
path = "recording.jsonl"

[[thefts]]
transfer = "{theft}"
label = "theft"

[trace]
primary = "fifo"
reason = "what came first left first"

[labels]
files = ["labels.yaml"]

[stops]
categories = ["exchange"]
dust = 1000
"""
PACK = """title: services
creator: us
source: a letter
currency: XEM
network: XEM
lastmod: 2026-01-01
confidence: service_data
tags:
  - address: {Exchange}
    label: Big Exchange
    category: exchange
  - address: {Market}
    label: Market Place
    category: exchange
"""


class SmallChain:
    """Blocks, and what a node answers of them. `keys` names who signs: two chains with other keys have no hash in common."""

    def __init__(self, keys: str = "ours", to_exchange: int = 19_000, zoe: bool = True) -> None:
        self.keys = {name: KeyPair(PrivateKey(hashlib.sha256(f"{keys} {name}".encode()).digest())) for name in NAMES}
        self.address = {name: address_of(self.key(name), VERSION) for name in NAMES}
        self.blocks: list[dict] = []
        self.balances: Counter[str] = Counter()
        self.theft = ""
        self._tell(to_exchange, zoe)

    def key(self, name: str) -> str:
        return str(self.keys[name].public_key).lower()

    def _tell(self, to_exchange: int, zoe: bool) -> None:
        self.block(
            "Nemesis", *(self.pays("Nemesis", name, 10_000 * XEM, fee=0) for name in ("Vic", "Mal", "Bob", "Shared", "Ann")), kind=-1
        )
        theft = self.pays("Vic", "Mal", 900 * XEM)
        self.theft = codec.hash_of(theft)
        self.block("Harvester", theft)
        self.block("Harvester", self.pays("Mal", "Bob", 10_100 * XEM, "for you"), *([self.pays("Ann", "Zoe", 7 * XEM)] if zoe else []))
        self.block(
            "Harvester", self.pays("Bob", "Exchange", to_exchange * XEM, "customer 7"), self.pays("Mal", "Market", 500 * XEM, "account 9")
        )
        self.block("Harvester", self.shared("Shared", "Ann", "Market", 3 * XEM), *([self.pays("Zoe", "Ann", 2 * XEM)] if zoe else []))
        self.block("Harvester", self.pays("Ann", "Bob", 5 * XEM))

    def pays(self, payer: str, payee: str, amount: int, memo: str = "", fee: int = FEE) -> dict:
        """A signed payment."""
        message = {"payload": memo.encode().hex(), "type": 1} if memo else {}
        self.move(payer, payee, amount, fee)
        return self.signed(payer, {**self.begun(257), "fee": fee, "recipient": self.address[payee], "amount": amount, "message": message})

    def shared(self, account: str, cosigner: str, payee: str, amount: int) -> dict:
        """A payment of a shared account, proposed by one of its cosigners."""
        inner = self.pays(account, payee, amount)
        del inner["signature"]
        self.balances[account] -= FEE
        self.balances["Harvester"] += FEE
        return self.signed(cosigner, {**self.begun(4100), "fee": FEE, "otherTrans": inner, "signatures": []})

    def move(self, payer: str, payee: str, amount: int, fee: int) -> None:
        self.balances[payer] -= amount + fee
        self.balances[payee] += amount
        self.balances["Harvester"] += fee

    def begun(self, kind: int) -> dict:
        time = 1000 * (len(self.blocks) + 1)
        return {"type": kind, "version": VERSION, "timeStamp": time, "deadline": time + 3600}

    def signed(self, name: str, transaction: dict) -> dict:
        transaction["signer"] = self.key(name)
        transaction["signature"] = str(self.keys[name].sign(codec.serialised(transaction))).lower()
        return transaction

    def block(self, harvester: str, *transactions: dict, kind: int = 1) -> None:
        previous = codec.block_hash(self.blocks[-1]) if self.blocks else "00" * 32
        self.blocks.append(
            self.harvested(
                harvester,
                {
                    "type": kind,
                    "version": VERSION,
                    "timeStamp": 1000 * (len(self.blocks) + 1),
                    "prevBlockHash": {"data": previous},
                    "height": len(self.blocks) + 1,
                    "transactions": list(transactions),
                },
            )
        )

    def harvested(self, name: str, block: dict) -> dict:
        """The block, signed by its harvester."""
        block["signer"] = self.key(name)
        block["signature"] = str(self.keys[name].sign(codec._block_bytes(block))).lower()
        return block

    def hash(self, height: int) -> str:
        return codec.block_hash(self.blocks[height - 1])

    def lines(self) -> str:
        """The recording: every block, and every balance at the tip."""
        tip = ("GET", "/chain/height", None, {"height": len(self.blocks)})
        asked = [tip, *(("POST", "/block/at/public", json.dumps({"height": block["height"]}), block) for block in self.blocks)]
        for name in filter(self.balances.get, NAMES[1:]):
            account = {"address": self.address[name], "balance": self.balances[name], "publicKey": self.key(name)}
            asked.append(("GET", f"/account/get?address={self.address[name]}", None, {"account": account, "meta": {}}))
        return "".join(line_of(*each) for each in [*asked, tip])

    def write(self, folder: Path) -> Path:
        """The case in a folder; gives its case file."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "recording.jsonl").write_text(self.lines())
        (folder / "labels.yaml").write_text(PACK.format(**self.address))
        (folder / "case.toml").write_text(CASE.format(theft=self.theft))
        return folder / "case.toml"


def line_of(method: str, path: str, body: str | None, answer: dict) -> str:
    """An answer as a recording has it."""
    text = json.dumps(answer)
    said = {"method": method, "path": path, "status": 200, "sha256": hashlib.sha256(text.encode()).hexdigest(), "answer": text}
    return json.dumps({**said, **({"body": body} if body else {})}) + "\n"
