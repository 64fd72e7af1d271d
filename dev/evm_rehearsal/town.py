"""A town on a chain: its accounts, its book, and how somebody pays somebody.

The book is kept from what the script intends, move by move; only the gas used and the base fee are taken from the node.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from chain import BASE_FEE, GAS_LIMIT, GWEI, Contracts, Gas, Node, address_of, signed
from coincurve import PrivateKey

from tracer.chains.evm.addresses import created_address
from tracer.chains.evm.rlp_and_keccak import Item, keccak

ETHER, DOLLAR = 10**18, 10**6
NOBODY = ""
"""Whoever pays coins that are made, or is paid coins that are burnt."""

BLOCK_SECONDS = 12
LENDING = 4
"""The type of transactions that lend accounts code (EIP-7702)."""


class Who:
    """An account. `owner` is who controls it; a thief's accounts are those that belong to `thief`."""

    def __init__(self, name: str, role: str, owner: str, address: str, key: PrivateKey | None, kind: int) -> None:
        self.name, self.role, self.owner, self.address, self.key, self.kind = name, role, owner, address, key, kind
        self.nonce = 0


class Move(NamedTuple):
    """An amount that went from one address to another; `kind` is what made it move."""

    asset: str
    sender: str
    recipient: str
    amount: int
    kind: str


class Row(NamedTuple):
    """A move with its place: height, hash, and the pattern that it belongs to."""

    height: int
    tx_hash: str
    pattern: str
    move: Move


class Sent(NamedTuple):
    """A transaction on its way: who pays for it, what it may cost, and what it is meant to move."""

    tx_hash: str
    payer: Who
    gas: Gas
    kind: int
    works: bool
    pattern: str
    moves: Sequence[Move]


class Theft(NamedTuple):
    """A theft as it was meant: what was taken from whom, by whom, how."""

    tx_hash: str
    asset: str
    victim: str
    taker: str
    amount: int
    how: str


class Town:
    """Everybody, what they hold, and the blocks so far."""

    def __init__(self, seed: str, modules: Path, port: int) -> None:
        self.dice, self.seed = random.Random(f"evm rehearsal {seed}"), seed
        self.contracts = Contracts(modules)
        self._modules, self._port, self.block_seconds = modules, port, BLOCK_SECONDS
        self.start = 1_750_000_000 + self.dice.randrange(10_000_000)
        self.chain_id = self.dice.randrange(100_000, 999_999)
        self.who: dict[str, Who] = {}
        self.held: dict[str, Counter[str]] = defaultdict(Counter)
        self.rows: list[Row] = []
        self.thefts: list[Theft] = []
        self.height, self.base_fee, self.offered = 0, BASE_FEE, 0
        self.waiting: list[Sent] = []
        self.proposer = self.person("proposer", "proposer")

    # ---- accounts

    def person(self, name: str, role: str, owner: str = "", kind: int = 2) -> Who:
        """A new account with a key of its own."""
        key = PrivateKey(keccak(f"{self.seed}/{name}".encode()))
        return self._known(Who(name, role, owner or name, address_of(key), key, kind))

    def place(self, name: str, role: str, owner: str, address: str) -> Who:
        """A new account without a key: a contract, or where one will be."""
        return self._known(Who(name, role, owner, address, None, 2))

    def _known(self, who: Who) -> Who:
        assert who.name not in self.who, who.name
        self.who[who.name] = who
        return who

    def place_of_next_by(self, maker: Who) -> str:
        """Where the next contract stands that a contract makes; its nonce counts what it made, from 1."""
        maker.nonce += 1
        return created_address(maker.address, maker.nonce)

    def balance(self, who: Who, asset: str = "ETH") -> int:
        """What the book says that somebody holds."""
        return self.held[asset][who.address]

    def amount(self, least: float, most: float, unit: int) -> int:
        """An odd amount, as people have them, or now and then a round one."""
        units = int(self.dice.uniform(least, most) * unit)
        return units - units % (unit // 100) if self.dice.random() < 0.3 else max(1, units - self.dice.randrange(min(units, GWEI) or 1))

    # ---- the node

    def begin(self, genesis: dict[str, int]) -> None:
        """Starts the chain with what accounts hold from the first block on."""
        self.node = Node(self._modules, self._port, self.chain_id, self.start, genesis)
        for address, amount in genesis.items():
            self._write(Row(0, "", "genesis", Move("ETH", NOBODY, address, amount, "genesis")))

    def _write(self, row: Row) -> None:
        move = row.move
        if move.sender != NOBODY:
            self.held[move.asset][move.sender] -= move.amount
            assert self.held[move.asset][move.sender] >= 0, row
        if move.recipient != NOBODY:
            self.held[move.asset][move.recipient] += move.amount
        self.rows.append(row)

    def send(
        self, payer: Who, to: str | None, value: int = 0, content: bytes = b"", *, gas: int = 21_000,
        moves: Sequence[Move] = (), works: bool = True, pattern: str = "", lent: Sequence[Item] = (),
    ) -> str:  # fmt: skip
        """Sends a transaction, and gives its hash. `moves` are what happens besides its own value; nothing does unless it `works`.

        `lent`: authorisations to lend accounts code.
        """
        if self.offered + gas > GAS_LIMIT:
            self.mine()
        assert payer.key is not None
        tip = self.dice.choice((10**7, 10**8, GWEI, 2 * GWEI)) + self.dice.randrange(1000)
        most = self.base_fee * self.dice.choice((13, 15, 20)) // 10 + tip
        offer = Gas(gas, most if payer.kind == 0 and not lent else tip, most)
        kind = LENDING if lent else payer.kind
        transaction = signed(payer.key, self.chain_id, kind, payer.nonce, offer, to, value, content, lent)
        tx_hash: str = self.node.ask("eth_sendRawTransaction", "0x" + transaction.hex())
        goes_to = to or created_address(payer.address, payer.nonce)
        own = [Move("ETH", payer.address, goes_to, value, "creation" if to is None else "payment")] if value else []
        payer.nonce += 1
        self.offered += gas
        done = [*own, *moves] if works else []
        self.waiting.append(Sent(tx_hash, payer, offer, kind, works, pattern, done))
        for move in done:
            self._write(Row(self.height + 1, tx_hash, pattern, move))
        return tx_hash

    def mine(self) -> None:
        """Makes a block of what was sent, and books the fees: the base fee is burnt, the rest goes to the proposer."""
        self.node.ask("evm_setNextBlockTimestamp", self.start + (self.height + 1) * self.block_seconds)
        self.node.ask("anvil_setCoinbase", self.proposer.address)
        self.node.ask("evm_mine")
        self.height += 1
        block = self.node.ask("eth_getBlockByNumber", hex(self.height), False)
        receipts = self.node.ask("eth_getBlockReceipts", hex(self.height))
        assert [each["transactionHash"] for each in receipts] == [each.tx_hash for each in self.waiting], f"block {self.height}"
        base = int(block["baseFeePerGas"], 16)
        for sent, receipt in zip(self.waiting, receipts, strict=True):
            used = int(receipt["gasUsed"], 16)
            assert (receipt["status"] == "0x1") == sent.works, (sent.pattern, sent.payer.name, used, sent.gas.limit)
            tip = min(sent.gas.tip, sent.gas.most - base)
            for recipient, price, kind in ((NOBODY, base, "fee_burnt"), (self.proposer.address, tip, "fee_tip")):
                self._write(Row(self.height, sent.tx_hash, sent.pattern, Move("ETH", sent.payer.address, recipient, price * used, kind)))
        gas_used, target = int(block["gasUsed"], 16), GAS_LIMIT // 2
        change = base * abs(gas_used - target) // target // 8
        self.base_fee = base + max(1, change) if gas_used > target else base - change
        self.waiting, self.offered = [], 0

    # ---- how somebody pays somebody

    def pay(self, payer: Who, to: Who, amount: int, pattern: str) -> str:
        """Ether, in a transaction of its own."""
        gas = 60_000 if to.key is None else 21_000
        return self.send(payer, to.address, amount, gas=gas, pattern=pattern)

    def inner(self, sender: Who, recipient: Who, amount: int, kind: str = "internal") -> Move:
        """Ether that a contract pays within a transaction."""
        return Move("ETH", sender.address, recipient.address, amount, kind)

    def token(self, sender: Who, recipient: Who, amount: int) -> Move:
        """Dollars that a transaction moves."""
        return Move("RUSD", sender.address, recipient.address, amount, "token")

    def call(self, payer: Who, contract: str, at: Who, function: str, *arguments: object, **terms: object) -> str:
        """Calls a function of a contract. `terms` are those of `send`."""
        return self.send(payer, at.address, content=self.contracts.call(contract, function, *arguments), **terms)  # type: ignore[arg-type]

    def pay_dollars(self, payer: Who, to: Who, amount: int, pattern: str, works: bool = True) -> str:
        """Dollars, by whoever holds them."""
        moves = [self.token(payer, to, amount)]
        return self.call(
            payer, "Dollar", self.who["dollar"], "transfer", to.address, amount, gas=70_000, moves=moves, works=works, pattern=pattern
        )

    def deploy(
        self, name: str, payer: Who, contract: str, *arguments: object, gas: int = 900_000, role: str = "contract", owner: str = "",
        value: int = 0, moves: Sequence[Move] = (),
    ) -> Who:  # fmt: skip
        """Makes a contract, and gives its account."""
        made = self.place(name, role, owner or payer.owner, created_address(payer.address, payer.nonce))
        self.send(payer, None, value, self.contracts.code(contract, *arguments), gas=gas, moves=moves, pattern="deploy")
        return made
