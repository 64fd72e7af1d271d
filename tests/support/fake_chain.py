"""A chain that is no part of tracer: hexadecimal addresses, final after 12 blocks, rewards are minted, fees are burnt.

Its nodes answer `/head`, `/block?height=`, `/account?address=` (balance and the heights that name it) and `/tx?hash=`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from tracer.chains import Chain, Nodes, Pending, bare_hash
from tracer.chains.node.agreement import AgreeingQuestions
from tracer.chains.node.answers import NodeAnswers
from tracer.chains.node.client import NodeClient
from tracer.chains.node.questions import Head
from tracer.chains.node.reader import NodeReader
from tracer.chains.node.reorganisations import BlockRows
from tracer.errors import AddressError
from tracer.model import Account, Asset, Exchange, Reading, Terms, Transfer, row_key

TERMS = Terms(finality=12, fees="burnt", position_bits=24)
REWARD = (1 << TERMS.position_bits) - 1  # a block's reward is its last row


def checked_address(text: str) -> str:
    if not re.fullmatch(r"0x[0-9a-f]{40}", text.strip().lower()):
        raise AddressError(f"{text!r} is no pea address: write 0x and 40 hexadecimal digits")
    return text.strip().lower()


def block_hash(block: dict) -> str:
    return "0x" + sha256(json.dumps({**block, "hash": ""}, sort_keys=True).encode()).hexdigest()


class Answers(NodeAnswers[dict]):
    def __init__(self, exchanges: Iterable[Exchange], source: str) -> None:
        self.accounts: dict[str, dict] = {}
        self.heights: dict[str, int] = {}
        super().__init__(exchanges, source)

    def taker(self, exchange):
        url, said = urlsplit(exchange.path), json.loads(exchange.answer)
        asked = {key: values[-1] for key, values in parse_qs(url.query).items()}
        return {
            "/head": lambda: self.keep_height(said["height"]),
            "/block": lambda: self.keep_block(said["height"], said),
            "/account": lambda: (self.accounts.update({asked["address"]: said}), self.keep_served(asked["address"])),
            "/tx": lambda: self.heights.update({asked["hash"]: said["height"]}),
        }.get(url.path)

    def complete(self, address):
        served = self.served_height.get(address)
        return served is not None and all(height in self.blocks for height in range(served + 1, self.pinned + 1))

    def forget(self, address):
        self.accounts.pop(address, None)
        self.served_height.pop(address, None)


class Questions(AgreeingQuestions[dict]):
    def ask_height(self):
        return self.ask("GET", "/head")

    def ask_block(self, height, may_refuse=False):
        path = f"/block?height={height}"
        return self.ask("GET", path, sound=lambda e: json.loads(e.answer)["height"] == height, may_refuse=may_refuse)

    def last_block(self):
        self.ask_height()
        return self.block_in(self.ask_block(self.answers.tip))

    def block_in(self, exchange):
        return json.loads(exchange.answer) if exchange.status == 200 else None

    def head(self, block):
        return Head(block["height"], block_hash(block), block["parent"])


class Reader(NodeReader[dict]):
    def read_account(self, address):
        for path in ("/head", f"/account?address={address}", "/head"):
            self.questions.ask("GET", path)

    def read_blocks(self, address):
        for height in self.answers.accounts[address]["heights"]:
            self.questions.block(height)

    def explained(self, address):
        blocks = [self.answers.blocks[height] for height in self.answers.accounts[address]["heights"]]
        moved = [(t.recipient == address) * t.amount - (t.sender == address) * (t.amount + t.fee) for t in transfers(blocks, "")]
        return sum(moved) == self.served(address)

    def rows(self, blocks, keep):
        return BlockRows([t for t in transfers(blocks, self.source) if keep is None or {t.sender, t.recipient} & set(keep)])

    def served(self, address):
        return self.answers.accounts[address]["balance"]

    def payments(self, wallet, since):
        self.questions.on_one_node(lambda: self.read_account(wallet))
        self.read_blocks(wallet)

    def find(self, tx_hash):
        self.questions.ask("GET", f"/tx?hash={tx_hash}")
        block = self.questions.block(self.answers.heights[tx_hash])
        return next(tx["from"] for tx in block["txs"] if tx["hash"] == tx_hash)

    def pending(self, address):
        return Pending()


def transfers(blocks: Iterable[dict], source: str) -> list[Transfer]:
    """The rows of blocks: payments in their order, the reward last."""
    found = []
    for block in blocks:
        paid = [(n, tx["hash"], tx["from"], tx["to"], tx["value"], tx["fee"], "transfer") for n, tx in enumerate(block["txs"])]
        for n, tx_hash, sender, recipient, amount, fee, kind in [*paid, (REWARD, None, None, block["miner"], block["reward"], 0, "mint")]:
            key = row_key(block["height"], n, TERMS.position_bits)
            at = key, block["height"], n, block["time"], tx_hash
            found.append(Transfer(*at, sender, recipient, amount, fee, kind, None, "chain", source, True, {}))
    return found


def scan(exchanges: Iterable[Exchange], asset: Asset, source: str) -> Reading:
    answers = Answers(exchanges, source)
    rows = transfers((answers.blocks[height] for height in sorted(answers.blocks)), source)
    named = sorted({address for t in rows for address in (t.sender, t.recipient) if address})
    return Reading(rows, [], [Account(each, 0, "chain", "full") for each in named], [], answers.tip, complete=True, terms=TERMS)


def reader(exchanges: Iterable[Exchange], asset: Asset, source: str, nodes: Nodes | None) -> Reader:
    answers = Answers(exchanges, source)
    return Reader(answers, Questions(answers, NodeClient(nodes) if nodes else None, TERMS.finality), asset, source, TERMS)


CHAIN = Chain(
    summary="a chain of the tests",
    asset=lambda symbol, decimals: Asset("pea", symbol, 2),
    address=checked_address,
    tx_hash=lambda text: "0x" + bare_hash(text),
    terms=TERMS,
    default_asset="pea",
    max_rate=1000,
    scan=scan,
    reader=reader,
)
