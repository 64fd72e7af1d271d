"""What waits in a node's pool: transactions that are signed and in no block.

That one waits is the node's word; who signed it is verified.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tracer.chains.evm.addresses import created_address
from tracer.chains.evm.answers import Json
from tracer.chains.evm.batches import body_of
from tracer.chains.evm.payments_and_fees import SIGNED
from tracer.chains.evm.questions import MISSHAPEN, EvmQuestions
from tracer.chains.evm.rlp_and_keccak import keccak, number
from tracer.chains.evm.transaction_hashes import encoded, sender
from tracer.chains.node.answers import overgrown
from tracer.chains.node.transport import TOO_LARGE
from tracer.model import Transfer

CONTENT, OF_ONE, PENDING_BLOCK = "txpool_content", "txpool_contentFrom", "eth_getBlockByNumber"
"""How a node shows what waits: all of it at once (geth, Erigon, Nethermind, Reth, anvil); that of one account (geth, where all of it is too
much for one answer); what the next block would hold (services that sell access)."""

TRANSFER, TRANSFER_FROM = (keccak(each)[:4].hex() for each in (b"transfer(address,uint256)", b"transferFrom(address,address,uint256)"))
WORD = 64  # hexadecimal digits


class WaitingPool:
    """What waits at the node in use, asked for once a poll. Nothing depends on an answer: a node that gives none shows an empty pool.

    Only transactions of somebody who is asked about are recorded, each once, as `eth_getTransactionByHash` gives it.
    """

    def __init__(self, questions: EvmQuestions) -> None:
        self._questions = questions
        self._lacking: dict[str, set[str]] = {}
        self._listed: list[Json] | None = None

    def renew(self) -> None:
        """Asks anew the next time."""
        self._listed = None

    def of(self, payer: str) -> Iterator[Json]:
        """The waiting transactions that somebody signed, or that name somebody, as the node gives them by their hashes."""
        if self._listed is None:
            self._listed = self._all()
        found = self._from(payer) if self._listed is None else self._listed
        for each in found:
            if str(each.get("from")).lower() == payer or payer[2:] in str(each.get("input")).lower():
                tx_hash = str(each.get("hash"))
                if tx_hash not in self._questions.answers.waiting:
                    self._questions.rpc("eth_getTransactionByHash", tx_hash, may_refuse=True)
                if tx_hash in self._questions.answers.waiting:
                    yield self._questions.answers.waiting[tx_hash]

    def _all(self) -> list[Json] | None:
        """All that waits, or what the next block would hold; None where the node shows only what one account has there."""
        content = self._peek(CONTENT)
        if content is not None:
            return [each for part in content.values() for own in part.values() for each in own.values()]
        if self._peek(OF_ONE, "0x" + "00" * 20) is not None:
            return None
        block = self._peek(PENDING_BLOCK, "pending", True)
        return list(block["transactions"]) if block else []

    def _from(self, payer: str) -> Iterable[Json]:
        content = self._peek(OF_ONE, payer) or {}
        return [each for part in content.values() for each in part.values()]

    def _peek(self, method: str, *params: Any) -> Any:
        """What the node in use says to a question put once, and not recorded; None where it says nothing.

        A node that refuses, or says too much for one answer, is not asked again; one that is silent is.
        """
        client = self._questions.client
        if client is None or method in self._lacking.get(client.node, ()):
            return None
        exchange, why = client.put(client.node, "POST", "", body_of(method, params))
        if exchange is None and TOO_LARGE not in why:
            return None
        try:
            if exchange is not None and exchange.status == 200 and not overgrown(exchange.answer):
                return json.loads(exchange.answer)["result"]
        except MISSHAPEN:
            pass
        self._lacking.setdefault(client.node, set()).add(method)
        return None

    def lost(self, tx_hash: str) -> str:
        """Why a transaction that waited will not do what was announced, as a node says; "" where it may."""
        client = self._questions.client
        exchange = None if client is None else client.put(client.node, "POST", "", body_of("eth_getTransactionByHash", (tx_hash,)))[0]
        if exchange is None or exchange.status != 200:
            return ""
        try:
            found = json.loads(exchange.answer)["result"]
            if found is None:
                return self._gone(self._questions.answers.waiting.get(tx_hash))
            return self._mined(tx_hash, found) if found["blockNumber"] is not None else ""
        except MISSHAPEN:
            return ""

    def _gone(self, known: Json | None) -> str:
        """What became of a transaction that the node knows no longer; None was never shown by this one."""
        if known is not None:
            said, nonce = f"another transaction of its sender with the same number (nonce {number(known['nonce'])})", number(known["nonce"])
            sent = self._peek("eth_getTransactionCount", known["from"], hex(self._questions.tip))
            if sent is not None and number(sent) > nonce:
                return f"replaced: a block holds {said}"
            if any(each["from"] == known["from"] and number(each["nonce"]) == nonce for each in self._listed or ()):
                return f"replaced: {said} waits in its place"
        return "dropped: the node knows it no longer, and may hear of it again"

    def _mined(self, tx_hash: str, found: Json) -> str:
        """What became of a transaction that a block holds, and whose payment no row of that block is."""
        height = number(found["blockNumber"])
        receipts = self._questions.answers.beside["eth_getBlockReceipts"].get(height, ())
        for each in receipts if height <= self._questions.tip else ():
            if each["transactionHash"] == tx_hash:
                return f"failed in block {height:,}" if not number(each["status"]) else f"block {height:,} holds it, and it paid otherwise"
        return ""


def waiting_rows(transaction: Json, contract: str | None, source: str) -> list[Transfer]:
    """What a waiting transaction would pay, of ether or of a token by its contract, at no height; nothing if it does not verify.

    What a contract would pay within it is not known before it is run.
    """
    try:
        if "0x" + keccak(encoded(transaction)).hex() != transaction["hash"] or sender(transaction) != transaction["from"].lower():
            return []
        paid = _tokens(transaction) if contract else _ether(transaction)
        if paid is None or (contract and str(transaction["to"]).lower() != contract):
            return []
    except MISSHAPEN:
        return []
    payer, recipient, amount = paid
    tx_hash, signed = str(transaction["hash"]), {"tie": SIGNED}
    return [Transfer(-1, None, 0, None, tx_hash, payer, recipient, amount, 0, "transfer", None, "chain", source, True, signed)]


def _ether(transaction: Json) -> tuple[str, str, int] | None:
    value, payer = number(transaction["value"]), str(transaction["from"]).lower()
    recipient = transaction["to"] or created_address(payer, number(transaction["nonce"]))
    return (payer, str(recipient).lower(), value) if value else None


def _tokens(transaction: Json) -> tuple[str, str, int] | None:
    """Who is to pay whom how much by a call of `transfer` or `transferFrom` (ERC-20); None for any other call."""
    content = str(transaction["input"]).lower().removeprefix("0x")
    words = [content[at : at + WORD] for at in range(8, len(content), WORD)]
    if content[:8] == TRANSFER:
        return str(transaction["from"]).lower(), "0x" + words[0][24:], int(words[1], 16)
    if content[:8] == TRANSFER_FROM:
        return "0x" + words[0][24:], "0x" + words[1][24:], int(words[2], 16)
    return None
