"""Records what the node serves and a reader of accounts needs, one question and its answer a line, as served. Reads no truth."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chain import Node

from tracer.chains.evm.account_proofs import balance_slot

TWO_PARTIES = 3
"""Topics of a log that names who pays and who is paid."""

TRACED = {"tracer": "callTracer"}


class Recorder:
    """Writes every answer before anybody reads it."""

    def __init__(self, node: Node, path: Path) -> None:
        self._node, self.lines = node, 0
        self._file = gzip.GzipFile(filename="", mode="wb", fileobj=path.open("wb"), mtime=0, compresslevel=9)

    def ask(self, method: str, *params: Any) -> Any:
        """A result; None where the node refuses."""
        body, answer = self._node.served(method, *params)
        line = {"method": "POST", "path": "/", "body": body, "status": 200, "answer": answer}
        self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        self.lines += 1
        return json.loads(answer).get("result")

    def close(self) -> None:
        """Ends the file."""
        self._file.close()


def record(node: Node, path: Path, first: Iterable[str], declared: Mapping[str, int]) -> int:
    """Records the chain up to its tip, and of every account a proof at the first block and at the tip. Gives the number of answers.

    `first` are the accounts that hold something from the beginning, whom no block need name. `declared`: by the contract of a token, which
    of the variables it declares, from 0, holds the balances.
    """
    recorder = Recorder(node, path)
    for method in ("web3_clientVersion", "eth_chainId"):
        recorder.ask(method)
    tip = int(recorder.ask("eth_blockNumber"), 16)
    seen = dict.fromkeys(first)
    for height in range(tip + 1):
        block = recorder.ask("eth_getBlockByNumber", hex(height), True)
        receipts = recorder.ask("eth_getBlockReceipts", hex(height))
        frames = recorder.ask("trace_block", hex(height))
        recorder.ask("debug_traceBlockByNumber", hex(height), TRACED)
        recorder.ask("trace_replayBlockTransactions", hex(height), ["stateDiff"])
        seen[block["miner"]] = None
        seen.update(dict.fromkeys(named(frames)))
        seen.update(dict.fromkeys(paid_in_tokens(receipts)))
    for height in (1, tip):
        for address in sorted(seen):
            recorder.ask("eth_getProof", address, [], hex(height))
    for token, place in declared.items():
        slots = [balance_slot(address, place) for address in sorted(seen)]
        for start in range(0, len(slots), 50):
            recorder.ask("eth_getProof", token, slots[start : start + 50], hex(tip))
    recorder.close()
    return recorder.lines


def named(frames: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Every address that takes part in a frame."""
    for frame in frames:
        action, result = frame["action"], frame.get("result") or {}
        for address in (*(action.get(name) for name in ("from", "to", "address", "refundAddress")), result.get("address")):
            if address:
                yield address


def paid_in_tokens(receipts: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Every address that a log of two parties names: whoever holds tokens need not stand in any frame."""
    for receipt in receipts:
        for log in receipt["logs"]:
            if len(log["topics"]) == TWO_PARTIES:
                yield from ("0x" + topic[-40:] for topic in log["topics"][1:])
