"""Questions to EVM nodes over JSON-RPC: a block and what stands beside it, an account's list, a proof; believed only if they can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from tracer.chains.evm.answers import FINAL, PROBED, SAFE, SEARCH, EvmAnswers, Json, refusal
from tracer.chains.evm.batches import Batches, Question, body_of
from tracer.chains.evm.block_hashes import receipts_fault, uncovered
from tracer.chains.evm.node_of_another_chain import of_another_chain
from tracer.chains.evm.node_refusals import refused
from tracer.chains.evm.payments_and_fees import Block, trace_fault
from tracer.chains.evm.proven_balances import proof_fault
from tracer.chains.evm.ranges_by_halves import Halves
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.evm.terms import TERMS
from tracer.chains.node.agreement import AgreeingQuestions
from tracer.chains.node.block_time import UnbelievableError
from tracer.chains.node.client import NodeClient, NodeLostError
from tracer.chains.node.questions import SAID, BusyError, Head
from tracer.errors import NodeError
from tracer.model import Exchange
from tracer.terminal_and_csv_escaping import plain

Item = TypeVar("Item")
LONGEST_VERSION = 60  # characters
CALL_TRACER = {"tracer": "callTracer"}
BUSY = 2000  # blocks that name an account after which it is too busy to be anybody's but a service's
MOST_SCANNED = 5000  # blocks that are read one by one where no node lists what names an account

MISSHAPEN = (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError, RecursionError)

PAGE = 100
"""Transactions asked for at a time of Otterscan's search; nodes give fewer where they like."""

WINDOWS = (0, 128, 1000, 10_000)
"""Blocks below the tip at which a proof is asked for, to learn what a node gives: geth has the last 128, Erigon 1,000 if told nothing."""

NO_TRACES = (
    "answers neither trace_block nor debug_traceBlockByNumber, and what is paid within a transaction stands in nothing else: "
    "start it so that it serves one (--http.api: trace with Erigon and Reth, debug with geth), or add such a node with --node"
)


class EvmQuestions(AgreeingQuestions[Json]):
    """Asks EVM nodes through a client, or nobody where it is None; what is answered goes into `answers`."""

    answers: EvmAnswers

    def __init__(self, answers: EvmAnswers, client: NodeClient | None) -> None:
        super().__init__(answers, client, TERMS.finality)
        self._batches = Batches(client) if client else None
        self.halves = Halves()

    def rpc(self, method: str, *params: Any, fault: Callable[[Any], str] = lambda _: "", may_refuse: bool = False) -> Any:
        """The result of a question; None where the node says no and `may_refuse`. Raises as `ask` does.

        `fault` says why a result cannot be; it is asked for again then, and from another node.
        """
        exchange = self._put(method, *params, fault=fault, may_refuse=may_refuse)
        return None if exchange.status != 200 or refusal(exchange) else json.loads(exchange.answer)["result"]

    def _put(self, method: str, *params: Any, fault: Callable[[Any], str] = lambda _: "", may_refuse: bool = False) -> Exchange:
        def sound(exchange: Exchange) -> bool:
            if said := refusal(exchange):
                if may_refuse:
                    return True
                raise UnbelievableError(f"it refuses: {plain(said[:SAID])}")
            try:
                why = fault(json.loads(exchange.answer)["result"])
            except MISSHAPEN as error:
                why = f"it has another shape: {type(error).__name__} {error}"
            if why:
                raise UnbelievableError(why)
            return True

        return self.ask("POST", "", body_of(method, params), sound, may_refuse)

    def ahead(self, items: Iterable[Item], questions: Callable[[Item], Iterable[Question]]) -> Iterator[Item]:
        """The items in their order; what is asked about each is put together with what is asked about others, where a node takes that."""
        return iter(items) if self._batches is None else self._batches.ahead(items, questions)

    def ask_height(self) -> Exchange:
        return self._put("eth_blockNumber")

    def ask_block(self, height: int, may_refuse: bool = False) -> Exchange:
        """Raises as `ask` does; a block that does not have the hash, the roots and the signatures that it names is no answer."""

        def fault(block: Json) -> str:
            return uncovered(block) if number(block["number"]) == height else f"it is block {number(block['number'])}"

        method, params = block_question(height)
        return self._put(method, *params, fault=fault, may_refuse=may_refuse)

    def blocks(self, heights: Iterable[int]) -> list[Json]:
        return [
            self.block(height) for height in self.ahead(heights, lambda height: [block_question(height)][height in self.answers.blocks :])
        ]

    def last_block(self) -> Json:
        self.on_one_node(self.ask_height)
        height = self.answers.tip or 0
        found = self.block_in(self.on_one_node(lambda: self.ask_block(height)))
        if found is None:
            raise NodeError(f"{self.node} states height {height} and has no such block")
        return found

    def block_in(self, exchange: Exchange) -> Json | None:
        if exchange.status != 200 or refusal(exchange):
            return None
        found: Json = json.loads(exchange.answer)["result"]
        return found

    def head(self, block: Json) -> Head:
        return Head(number(block["number"]), block["hash"], block["parentHash"])

    def time_of(self, block: Json) -> int | None:
        return number(block["timestamp"])

    def version(self) -> str | None:
        """What web3_clientVersion states."""
        said = self.rpc("web3_clientVersion", may_refuse=True)
        return plain(said[:LONGEST_VERSION]) if isinstance(said, str) and said else None

    def refusal(self, exchange: Exchange) -> str:
        return plain((refusal(exchange) or exchange.answer)[:SAID])

    def network(self) -> None:
        """Asks each node which chain it is of: one of another chain than was read, or than the case file names, is given up."""
        wanted = self.client.chain_id if self.client else None

        for _ in self.everywhere():
            with suppress(NodeLostError):
                self.rpc("eth_chainId", fault=lambda said: of_another_chain(said, wanted))

    def finalized(self) -> None:
        """Asks which block is final, and which is safe. A node that does not know says nothing."""
        for which in (FINAL, SAFE):
            self.rpc("eth_getBlockByNumber", which, True, fault=uncovered, may_refuse=True)

    def receipts(self, height: int) -> None:
        """Reads the receipts of a block that was read. Raises NodeError."""
        if self.answers.whole(height) is None:
            self.on_one_node(lambda: self._receipts(height))

    def _receipts(self, height: int) -> None:
        block = self.answers.blocks[height]
        self.rpc("eth_getBlockReceipts", hex(height), fault=lambda receipts: receipts_fault(block, receipts))

    def beside(self, height: int) -> None:
        """Reads what stands beside a block: its receipts, and what the tracers that the node has say of it. Raises NodeError."""
        if self.answers.whole(height) is None or not self.answers.traced(height):
            self.on_one_node(lambda: self._beside(height))

    def _beside(self, height: int) -> None:
        self._receipts(height)
        block, receipts = self.answers.blocks[height], self.answers.beside["eth_getBlockReceipts"][height]
        faults = {
            "trace_block": lambda frames: trace_fault(Block(block, receipts, frames)),
            "debug_traceBlockByNumber": lambda calls: trace_fault(Block(block, receipts, None, calls)),
        }
        for method, params in self._traces(height):
            self.rpc(method, *params, fault=faults[method], may_refuse=True)
        if not self.answers.traced(height):
            raise NodeError(f"{self.node} {NO_TRACES}")

    def _traces(self, height: int) -> Iterator[Question]:
        lacking = self.answers.lacking.get(self.node, ())
        tracers = (("trace_block", (hex(height),)), ("debug_traceBlockByNumber", (hex(height), CALL_TRACER)))
        return ((method, params) for method, params in tracers if method not in lacking)

    def asked_of(self, height: int, traces: bool = True) -> Iterator[Question]:
        """What is asked about a block and what stands beside it, of which nothing was answered yet."""
        if height not in self.answers.blocks:
            yield block_question(height)
        if self.answers.whole(height) is None or (traces and not self.answers.traced(height)):
            yield "eth_getBlockReceipts", (hex(height),)
            yield from self._traces(height) if traces else ()

    def abilities(self) -> None:
        """Asks every node what it can, once, by questions of which any answer will do: what it answers and refuses is learnt."""
        for node in self.everywhere():
            if self.client is not None and "eth_getProof" not in self.answers.answering.get(node, set()) | self.answers.refusing.get(
                node, set()
            ):
                with suppress(NodeLostError), self.client.alone():
                    self.probe()

    def probe(self) -> None:
        """Asks the node in use how it lists accounts, what traces it has, and how old a proof it gives."""
        at = hex(self.tip)
        self.rpc("trace_filter", {"fromBlock": at, "toBlock": at, "fromAddress": [PROBED], "toAddress": [PROBED]}, may_refuse=True)
        for method, params in (("ots_getApiLevel", ()), ("trace_block", (at,)), ("debug_traceBlockByNumber", (at, CALL_TRACER))):
            self.rpc(method, *params, may_refuse=True)
        self.probe_proofs()

    def probe_proofs(self) -> None:
        """Asks for proofs of an address that nobody has, older each time, until the node gives none."""
        for depth in WINDOWS:
            if depth > self.tip or self.rpc("eth_getProof", PROBED, [], hex(self.tip - depth), may_refuse=True) is None:
                return

    def listed(self, address: str, last: int) -> None:
        """Reads which blocks up to `last` name an account, by trace_filter, or by Otterscan's search; by reading them all where no node
        has either. Raises BusyError where there are too many, NodeError where too many would have to be read.
        """
        if not self._filtered(address, 0, last) and not self._searched(address, last):
            if last > MOST_SCANNED:
                raise NodeError(
                    f"{self.node} has neither trace_filter nor {SEARCH}, and {last:,} blocks are too many to read one by one: "
                    "add a node that has one with --node (Erigon, Nethermind, Reth)"
                )
            self.scan(last)
        self.require_quiet(address)

    def prove_account(self, address: str, height: int, may_refuse: bool = False) -> None:
        """Asks for the proof of what an account holds after a block. One that proves nothing is no answer. Raises NodeError."""
        root = self.block(height)["stateRoot"]

        self.rpc("eth_getProof", address, [], hex(height), fault=lambda proof: proof_fault(root, address, proof), may_refuse=may_refuse)

    def require_quiet(self, address: str) -> None:
        """Raises BusyError where so many blocks name an account that it is nobody's but a service's."""
        if len(self.answers.heights_of(address)) > BUSY:
            raise BusyError

    def _searched(self, address: str, last: int) -> bool:
        """Reads the pages of Otterscan's search, from a block downwards. False where the node has no such search."""
        above = last + 1
        while above > 0:
            low = self._page_below(address, above)
            if low is None and SEARCH not in self.answers.lacking.get(self.node, ()):
                self.rpc(SEARCH, address, above, PAGE, may_refuse=True)
                low = self._page_below(address, above)
            if low is None:
                return False
            self.require_quiet(address)
            above = low
        return True

    def _page_below(self, address: str, above: int) -> int | None:
        """The lowest block of the page that was read below a block; None where none was."""
        return min((low for low, high in self.answers.listings.get(address, {}) if high == above - 1), default=None)

    def scan(self, last: int) -> None:
        """Reads every block up to `last`, with what stands beside it."""
        self.read(range(last + 1))

    def read(self, heights: Iterable[int]) -> None:
        """Reads blocks, with what stands beside each. Raises NodeError."""
        for height in self.ahead(heights, self.asked_of):
            self.block(height)
            self.beside(height)

    def _filtered(self, address: str, first: int, last: int) -> bool:
        """Reads the blocks of a range that name an account. False where the node has no such list."""

        def ask(low: int, high: int) -> str:
            if self.answers.lists(address, low, high):
                return ""
            if "trace_filter" in self.answers.lacking.get(self.node, ()):
                return "it is not there"
            method, params = list_question(address, low, high)
            exchange = self._put(method, *params, may_refuse=True)
            self.require_quiet(address)
            return refused(exchange)

        return not self.halves.ask(self.node, ask, first, last)


def list_question(address: str, low: int, high: int) -> Question:
    """What is asked for the frames of a range of blocks that name an account."""
    return "trace_filter", ({"fromBlock": hex(low), "toBlock": hex(high), "fromAddress": [address], "toAddress": [address]},)


def block_question(height: int) -> Question:
    """What is asked for a block with its transactions."""
    return "eth_getBlockByNumber", (hex(height), True)
