"""What EVM nodes answered to JSON-RPC: blocks, receipts, traces and proofs, by height and address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tracer.chains.evm.payments_and_fees import Block
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.node.answers import NodeAnswers
from tracer.model import Exchange

Json = Mapping[str, Any]

BY_HEIGHT = ("eth_getBlockReceipts", "trace_block", "debug_traceBlockByNumber")
"""Questions about a block whose answers stand beside it."""

FINAL, SAFE = "finalized", "safe"
"""The block that validators have made final, and the one that most of them stand by, as nodes name them (execution APIs)."""

PROBED = "0x" + "f" * 40
"""An address of which nothing is known, asked about to learn what a node can."""

SEARCH = "ots_searchTransactionsBefore"


class EvmAnswers(NodeAnswers[Json]):
    """The good answers. `proofs`: by address and height what eth_getProof served; `beside`: by question and height what it answered.

    `listings`: by address the ranges of blocks that a list answered for, with the heights that name it; `searched`: whose list is that of
    Otterscan. `openings`: what accounts held at block 0, where a node says so. `heights`: of transactions; `waiting`: those that
    were in no block when a node gave them. `paid_in`: by wallet and contract the blocks with
    a log that it paid in that token. `lacking`: by node the questions
    that it does not know; `answering`, `refusing`: those that it answered once, and refused once. `reach`: by node how far below the tip
    it proved something. `final`, `safe`: the last block that a node said is so; None where none said it.
    """

    def __init__(self, exchanges: Iterable[Exchange], source: str) -> None:
        self.chain_id: int | None = None
        self.version: str | None = None
        self.final: int | None = None
        self.safe: int | None = None
        self.proofs: dict[str, dict[int, list[Json]]] = {}
        self.beside: dict[str, dict[int, Any]] = {name: {} for name in BY_HEIGHT}
        self.listings: dict[str, dict[tuple[int, int], set[int]]] = {}
        self.openings: dict[str, int] = {}
        self.heights: dict[str, int] = {}
        self.waiting: dict[str, Json] = {}
        self.paid_in: dict[str, dict[str, list[int]]] = {}
        self.lacking: dict[str, set[str]] = {}
        self.answering: dict[str, set[str]] = {}
        self.refusing: dict[str, set[str]] = {}
        self.reach: dict[str, int] = {}
        self.searched: set[str] = set()
        super().__init__(exchanges, source)

    def take(self, exchange: Exchange) -> bool:
        """Learns what an answer says. A node says no with status 200 and an error inside, or with no result: that is a refusal."""
        if exchange.method == "POST" and exchange.status == 200 and (said := refusal(exchange)):
            self._keep_lack(exchange)
            exchange = exchange._replace(status=400, answer=said)
        return super().take(exchange)

    def taker(self, exchange: Exchange) -> Callable[[], object] | None:
        if exchange.method != "POST" or exchange.body is None:
            return None
        asked, result = json.loads(exchange.body), json.loads(exchange.answer)["result"]
        method, params = asked["method"], asked["params"]
        self.answering.setdefault(exchange.node, set()).add(method)
        if method in BY_HEIGHT:
            return lambda: self.beside[method].update({number(params[0]): result})
        return self.takers(params, result).get(method)

    def takers(self, params: list[Any], result: Any) -> dict[str, Callable[[], object]]:
        """What learns from an answer, by the method that was asked."""
        return {
            "eth_blockNumber": lambda: self.keep_height(number(result)),
            "eth_chainId": lambda: self._keep_chain(number(result)),
            "web3_clientVersion": lambda: self._keep_version(str(result)),
            "eth_getBlockByNumber": lambda: self._keep_block(str(params[0]), result),
            "eth_getProof": lambda: self._keep_proof(str(params[0]).lower(), number(params[2]), result),
            "eth_getBalance": lambda: self.openings.update({params[0]: number(result)}) if params[1] == "0x0" else None,
            "eth_getTransactionByHash": lambda: self._keep_transaction(result),
            "trace_filter": lambda: self._keep_list(params[0], result),
            "eth_getLogs": lambda: self.keep_logs(params[0], result),
            SEARCH: lambda: self._keep_page(params[0], params[1], result),
        }

    def _keep_chain(self, chain_id: int) -> None:
        if self.chain_id not in (None, chain_id):
            raise ValueError(f"chain {chain_id} after chain {self.chain_id}: one of the nodes is of another network")
        self.chain_id = chain_id

    def _keep_block(self, which: str, block: Json) -> None:
        if which == FINAL:
            self.final = number(block["number"])
        elif which == SAFE:
            self.safe = number(block["number"])
        else:
            self.keep_block(number(block["number"]), block)

    def _keep_transaction(self, transaction: Json) -> None:
        if transaction["blockNumber"] is None:
            self.waiting[transaction["hash"]] = transaction
        else:
            self.heights[transaction["hash"]] = number(transaction["blockNumber"])

    def _keep_version(self, version: str) -> None:
        self.version = version

    def _keep_proof(self, address: str, height: int, proof: Json) -> None:
        if address == PROBED:  # asked for to see how old a proof the node gives
            self.reach[self._giver] = max(self.reach.get(self._giver, 0), (self.pinned or height) - height)
            return
        if proof["address"].lower() != address:
            raise ValueError(f"a proof of {proof['address']} to a question about {address}")
        self.proofs.setdefault(address, {}).setdefault(height, []).append(proof)
        if height >= (self.served_height.get(address) or 0):
            self.served_height[address] = height
            self.given_by["account", address] = self._giver

    def _keep_list(self, asked: Json, frames: list[Json]) -> None:
        heights = {frame["blockNumber"] for frame in frames}
        if not all(type(height) is int for height in heights):
            raise ValueError("a height that is no number")
        self.listings.setdefault(asked["fromAddress"][0], {})[number(asked["fromBlock"]), number(asked["toBlock"])] = heights

    def keep_logs(self, asked: Json, logs: list[Json]) -> None:
        """Keeps which contracts say that a wallet paid in their tokens, and in which blocks."""
        if "address" not in asked:
            said = self.paid_in.setdefault("0x" + asked["topics"][1][-40:], {})
            for log in logs:
                said.setdefault(str(log["address"]), []).append(number(log["blockNumber"]))

    def _keep_page(self, address: str, above: int, page: Json) -> None:
        """Keeps the heights of a page of Otterscan: whole blocks below one, the highest first."""
        heights = {number(each["blockNumber"]) for each in page["txs"]}
        if any(height >= above for height in heights) or not (heights or page["lastPage"]):
            raise ValueError(f"a page below block {above} that cannot be")
        low = 0 if page["lastPage"] else min(heights)
        self.searched.add(address)
        self.listings.setdefault(address, {})[low, above - 1] = heights

    def _keep_lack(self, exchange: Exchange) -> None:
        """Keeps which questions a node refused, and which it does not know (JSON-RPC: -32601)."""
        method = json.loads(exchange.body or "{}").get("method", "")
        self.refusing.setdefault(exchange.node, set()).add(method)
        if '"code":-32601' in exchange.answer.replace(" ", ""):
            self.lacking.setdefault(exchange.node, set()).add(method)

    def lists(self, address: str, first: int, last: int) -> bool:
        """Whether trace_filter answered for all blocks of a range."""
        at = first
        for low, high in sorted(self.listings.get(address, {})):
            if low <= at <= high:
                at = high + 1
        return at > last

    def heights_of(self, address: str) -> set[int]:
        """The blocks that name an account, as far as they are listed."""
        return set().union(*self.listings.get(address, {}).values())

    def complete(self, address: str) -> bool:
        """Whether it was read up to a proof, its list or all blocks up to there, and every block since."""
        height = self.served_height.get(address)
        if height is None or (self.pinned is not None and not self._has_all(range(height + 1, self.pinned + 1))):
            return False
        return self.lists(address, 0, height) or self._has_all(range(height + 1))

    def _has_all(self, heights: range) -> bool:
        return all(height in self.blocks for height in heights)

    def traced(self, height: int) -> bool:
        """Whether a tracer answered for a block."""
        return any(height in self.beside[name] for name in BY_HEIGHT[1:])

    def forget(self, address: str) -> None:
        for kept in (self.proofs, self.served_height, self.listings, self.openings):
            kept.pop(address, None)

    def forget_blocks(self, above: int) -> None:
        """Drops what a reorganisation undid, with all that stood beside it."""
        super().forget_blocks(above)
        for name, kept in self.beside.items():
            self.beside[name] = {height: each for height, each in kept.items() if height <= above}
        self.final = None if self.final is None or self.final > above else self.final
        self.safe = None if self.safe is None or self.safe > above else self.safe
        self.heights = {tx_hash: height for tx_hash, height in self.heights.items() if height <= above}

    def whole(self, height: int) -> Block | None:
        """A block with what stands beside it; None where its receipts were not read."""
        block, receipts = self.blocks.get(height), self.beside["eth_getBlockReceipts"].get(height)
        if block is None or receipts is None:
            return None
        return Block(block, receipts, self.beside["trace_block"].get(height), self.beside["debug_traceBlockByNumber"].get(height))


def refusal(exchange: Exchange) -> str:
    """What a node says when it says no; "" where it answers, or what it says cannot be read.

    callTracer says no within a good answer where the node no longer has the state of the block: an error for each transaction.
    """
    try:
        said = json.loads(exchange.answer)
        if isinstance(said, dict) and "error" in said:
            return str(said["error"].get("message", said["error"]))
        result = said.get("result", "") if isinstance(said, dict) else ""
        if isinstance(result, list) and result and all("error" in each and not each.keys() & {"result", "action"} for each in result):
            return str(result[0]["error"])
        return "no result" if result is None else ""
    except (ValueError, AttributeError, TypeError):
        return ""
