"""Questions to EVM nodes about one token: its logs by holder, what holders have and a proof of it, when its contract was made."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracer.chains.evm.account_proofs import balance_slot, proven_account, proven_slot
from tracer.chains.evm.answers import Json
from tracer.chains.evm.batches import Question
from tracer.chains.evm.node_refusals import RANGE, many, refused
from tracer.chains.evm.proven_balances import LAYOUTS
from tracer.chains.evm.questions import EvmQuestions
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.evm.token_answers import ANYBODY, TokenAnswers, Topics, balance_call, lists_of
from tracer.chains.evm.trie import ProofError, Walk
from tracer.errors import NodeError

CAP = 500
"""A list of so many logs, or of a multiple, may have been cut at a limit that the node does not tell: it is asked for by halves."""

SHARED = 50
"""Holders whose logs are asked for in one question: geth takes a thousand alternatives, and other nodes some hundreds."""

OF_FEWER = "so much is listed of fewer holders"
"""In place of what a node says where the logs of several holders are too many for one answer."""

TRIED = 20  # holders whose balances are asked for until one shows how the contract declares them


class TokenQuestions(EvmQuestions):
    """Asks EVM nodes about the token that the answers are of."""

    answers: TokenAnswers

    def probe(self) -> None:
        """Asks the node in use how old a proof it gives: lists and traces of ether are not needed."""
        self.probe_proofs()

    def listed(self, address: str, last: int) -> None:
        """Reads the logs up to a block that concern a holder. Raises BusyError where they stand in too many blocks, NodeError."""
        for topics in (ANYBODY, *lists_of(address)):
            if not self.answers.has_logs(topics, 0, last) and (said := self._logged(topics, [address], last)):
                raise NodeError(f"{self.node} does not list the logs of {self.answers.contract} (eth_getLogs): it says {said}")
        self.require_quiet(address)

    def together(self, holders: Sequence[str], last: int) -> None:
        """Reads the logs up to a block that concern any of several holders, in as few questions as the node lets it be.

        What it does not list of several is asked for one by one, when each is read.
        """
        for which in range(2):
            unread = [holder for holder in holders if not self.answers.has_logs(lists_of(holder)[which], 0, last)]
            for start in range(0, len(unread), SHARED):
                self._of_several(which, unread[start : start + SHARED], last)

    def _of_several(self, which: int, holders: Sequence[str], last: int) -> None:
        if len(holders) < 2 or self._logged(lists_of(*holders)[which], holders, last) != OF_FEWER:
            return
        middle = len(holders) // 2
        self._of_several(which, holders[:middle], last)
        self._of_several(which, holders[middle:], last)

    def _logged(self, topics: Topics, holders: Sequence[str], last: int) -> str:
        """Reads a list of logs up to a block; gives what the node says against it, and of several holders OF_FEWER where it is cut."""

        def ask(low: int, high: int) -> str:
            if self.answers.has_logs(topics, low, high):
                return ""
            asked = {"address": self.answers.contract, "fromBlock": hex(low), "toBlock": hex(high), "topics": topics}
            exchange = self._put("eth_getLogs", asked, fault=lambda logs: self.answers.log_fault(asked, logs), may_refuse=True)
            said = refused(exchange) or self._cut(topics, low, high, len(json.loads(exchange.answer)["result"]))
            if len(holders) > 1:
                return OF_FEWER if many(said) and RANGE not in said.lower() else said
            self.require_quiet(holders[0])
            return said

        return self.halves.ask(self.node, ask, min(self.answers.born, last), last)

    def _cut(self, topics: Topics, low: int, high: int, found: int) -> str:
        """Why a list may have been cut without a word, which is dropped then; "" where nothing says so."""
        if not found or found % CAP or low == high:
            return ""
        self.answers.drop_logs(topics, low, high)
        return f"more than the limit of {found} results"

    def find_birth(self, last: int) -> None:
        """Looks for the block that made the contract, by halves; in vain where the node does not keep states of the past."""
        if self.answers.born or not self._there(last):
            return
        low, high = 0, last
        while low < high:
            middle = (low + high) // 2
            there = self._there(middle)
            if there is None:
                return
            low, high = (low, middle) if there else (middle + 1, high)
        self._there(max(low - 1, 0))

    def _there(self, height: int) -> bool | None:
        """Whether the contract was there after a block; None where the node does not say."""
        if height not in self.answers.coded:
            self.rpc("eth_getCode", self.answers.contract, hex(height), may_refuse=True)
        return self.answers.coded.get(height)

    def balance_of(self, holder: str, height: int) -> None:
        """Asks what a holder has after a block: the node's word."""
        method, params = self.balance_question(holder, height)
        self.rpc(method, *params, may_refuse=True)

    def balance_question(self, holder: str, height: int) -> Question:
        """What is asked for what a holder has."""
        return "eth_call", (balance_call(self.answers.contract, holder), hex(height))

    def find_layout(self, holder: str, height: int) -> None:
        """Looks for the place where the contract declares its balances, by what those have who are named in the logs of a holder."""
        parties = [f"0x{topic[-40:]}" for log in self.answers.logs_of(holder) for topic in log["topics"][1:]]
        for party in list(dict.fromkeys([holder, *parties]))[:TRIED]:
            self.balance_of(party, height)
            if self.answers.held.get(party, {}).get(height):
                for layout in LAYOUTS:
                    self.rpc("eth_getStorageAt", self.answers.contract, balance_slot(party, layout), hex(height), may_refuse=True)
                    if self.answers.layout is not None:
                        return

    def prove(self, holder: str, height: int, layout: int) -> None:
        """Asks for the proof of what a holder has after a block. One that proves nothing is no answer. Raises NodeError."""
        root, place = self.block(height)["stateRoot"], balance_slot(holder, layout)

        def fault(proof: Json) -> str:
            walk = Walk()
            try:
                entries = {number(entry["key"]): entry for entry in proof["storageProof"]}
                if proof["address"].lower() != self.answers.contract or number(place) not in entries:
                    return "it is a proof of something else"
                proven_slot(proven_account(root, proof, walk), entries[number(place)], walk)
            except ProofError as error:
                return str(error)
            return ""

        method, params = self.proof_question(holder, height, layout)
        self.rpc(method, *params, fault=fault)

    def proof_question(self, holder: str, height: int, layout: int) -> Question:
        """What is asked for the proof of what a holder has."""
        return "eth_getProof", (self.answers.contract, [balance_slot(holder, layout)], hex(height))

    def log_elsewhere(self, holder: str) -> str | None:
        """The transaction of a log that was listed of a holder, and that the receipts of its block do not hold; None without one."""
        for log in self.answers.logs_of(holder):
            receipts = self.answers.beside["eth_getBlockReceipts"].get(number(log["blockNumber"]), ())
            if not any(_same(log, each) for receipt in receipts for each in receipt["logs"]):
                return str(log["transactionHash"])
        return None


def _same(one: Json, other: Json) -> bool:
    """Whether two answers show one log."""
    fields = ("address", "topics", "data", "transactionHash")
    return number(one["logIndex"]) == number(other["logIndex"]) and all(one[name] == other[name] for name in fields)
