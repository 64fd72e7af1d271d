"""A node on loopback that serves the EVM rehearsal as recorded, and lacks or spoils what a test asks it to."""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.evm_recording import answers_to, asked, recorded, truth

from tracer.chains.evm.account_proofs import balance_slot


@cache
def known():
    """What was recorded, by question."""
    return {json.dumps(asked(each)): json.loads(each.answer) for each in recorded()}


@cache
def genesis():
    return {row["recipient"]: hex(int(row["amount"])) for row in truth("movements") if row["pattern"] == "genesis"}


@cache
def parties():
    """Of every frame its height and who takes part in it, as trace_filter finds them."""
    found = []
    for frames in answers_to("trace_block").values():
        for frame in frames:
            action, made = frame["action"], (frame.get("result") or {}).get("address")
            senders = {action.get("from"), action.get("address")}
            found.append((frame, senders | {action.get("to"), action.get("refundAddress"), made}))
    return found


@cache
def logs():
    """All logs, in their order."""
    return [log for height, receipts in sorted(answers_to("eth_getBlockReceipts").items()) for each in receipts for log in each["logs"]]


@cache
def stored():
    """What the contracts' storage holds, as proven, by contract and place; and the answers that prove it."""
    entries, whole = {}, {}
    for each in recorded():
        method, params = asked(each)
        if method == "eth_getProof" and params[1]:
            result = json.loads(each.answer)["result"]
            whole[params[0]] = result
            entries |= {(params[0], int(entry["key"], 16)): entry for entry in result["storageProof"]}
    return entries, whole


class Rehearsal:
    """The answers. `lacks`: methods that are unknown. `longest`: blocks that a list may span; `most`: results that it gives. `cut`: results
    that are given at most, without a word.
    `spoil`: told method, params and result, gives another result. `refuses`: what is said in place of an answer, by method. `revoked`:
    questions after which the key holds no more. `echo`: refuses everything and repeats the path it was asked at. `batch`: changes the
    list of answers to several questions put together; `together`: questions that it takes at a time. `tip`: the last
    block that it has, if not all; `waiting`: hashes of transactions that it has in no block, `forgotten` of those it does not know."""

    def __init__(
        self, lacks=(), longest=10**9, spoil=lambda method, params, result: result, echo=False, most=10**9, refuses=(), revoked=10**9,
        cut=10**9, batch=lambda answers: answers, together=10**9, tip=None,
    ):  # fmt: skip
        self.lacks, self.longest, self.spoil, self.echo, self.asked = lacks, longest, spoil, echo, Counter()
        self.most, self.refuses, self.revoked, self.cut = most, dict(refuses), revoked, cut
        self.batch, self.together, self.requests = batch, together, []
        self.tip, self.waiting, self.forgotten = tip, (), ()

    def answers(self, asked, path):
        """The answer to a question, or to several that were put together; `requests` has how many each time."""
        self.requests.append(len(asked) if isinstance(asked, list) else 1)
        if isinstance(asked, dict):
            return {**self.answer(asked, path), "jsonrpc": "2.0", "id": asked["id"]}
        if len(asked) > self.together:
            return {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "batch too large"}}
        return self.batch([{**self.answer(each, path), "jsonrpc": "2.0", "id": each["id"]} for each in asked])

    def answer(self, question, path):
        method, params = question["method"], question["params"]
        self.asked[method] += 1
        if self.echo:
            return {"error": {"code": -32000, "message": f"no access for {path}"}}
        if method in self.refuses:
            return {"error": {"code": -32000, "message": self.refuses[method]}}
        if method in self.lacks:
            return {"error": {"code": -32601, "message": f"the method {method} does not exist/is not available"}}
        lists = {"trace_filter": self._filter, "eth_getLogs": self._logs, "ots_searchTransactionsBefore": self._page}
        if method in lists:
            return lists[method](*params)
        if (moving := self._moving(method, params)) is not None:
            found = {"result": moving[0]}
        elif method == "eth_getBalance":
            found = {"result": genesis().get(params[0], "0x0")}
        elif method in CONTRACT:
            found = {"result": CONTRACT[method](*params)}
        elif method == "eth_getProof" and params[1]:
            entries, whole = stored()
            found = {"result": {**whole[params[0]], "storageProof": [entries[params[0], int(key, 16)] for key in params[1]]}}
        else:
            found = known().get(json.dumps([method, params])) or known().get(json.dumps((method, params)), {"result": None})
        spoilt = json.loads(json.dumps(found))
        if "result" in spoilt:
            spoilt["result"] = self.spoil(method, params, spoilt["result"])
        return spoilt

    def _moving(self, method, params):
        """What changes while the chain grows, in a tuple: its end, what is above it, what waits; None for anything else."""
        if method == "eth_getTransactionByHash":
            return (self._transaction(params[0]),)
        if method == "txpool_content":
            return ({"pending": {str(n): {"0": self._transaction(each)} for n, each in enumerate(self.waiting)}, "queued": {}},)
        if self.tip is None:
            return None
        if method == "eth_blockNumber":
            return (hex(self.tip),)
        above = method == "eth_getBlockByNumber" and params[0].startswith("0x") and int(params[0], 16) > self.tip
        return (None,) if above else None

    def _transaction(self, tx_hash):
        """A transaction as the node knows it: in its block, waiting, or not at all."""
        blocks = answers_to("eth_getBlockByNumber").items()
        height, found = next(((height, t) for height, block in blocks for t in block["transactions"] if t["hash"] == tx_hash), (0, None))
        if found is None or tx_hash in self.forgotten or (self.tip is not None and height > self.tip and tx_hash not in self.waiting):
            return None
        return {**found, "blockNumber": None, "blockHash": None} if tx_hash in self.waiting else found

    def _filter(self, wanted):
        (address,) = wanted.get("fromAddress", ("",))
        return self._list("trace_filter", wanted, [(frame, frame["blockNumber"]) for frame, named in parties() if address in named])

    def _page(self, address, above, most):
        """Whole blocks below one, the highest first, three at a time: nodes give fewer than they are asked for."""
        heights = sorted({frame["blockNumber"] for frame, named in parties() if address in named and frame["blockNumber"] < above})
        page = {"txs": [{"blockNumber": hex(each)} for each in heights[-3:][::-1]], "firstPage": False, "lastPage": len(heights) <= 3}
        return {"result": self.spoil("ots_searchTransactionsBefore", [address, above, most], page)}

    def _logs(self, wanted):
        of = (wanted["address"],) if "address" in wanted else {log["address"] for log in logs()}
        found = [(log, int(log["blockNumber"], 16)) for log in logs() if log["address"] in of and fits(log, wanted["topics"])]
        return self._list("eth_getLogs", wanted, found)

    def _list(self, method, wanted, found):
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        if last - first > self.longest:
            return {"error": {"code": -32602, "message": f"block range too large, currently limited to {self.longest}"}}
        results = [each for each, height in found if first <= height <= last]
        if len(results) > self.most:
            return {"error": {"code": -32005, "message": f"query returned more than {self.most} results"}}
        return {"result": self.spoil(method, [wanted], results[: self.cut])}


def fits(log, topics):
    """Whether a log has the topics that are asked for."""
    return all(
        wanted is None or (at < len(log["topics"]) and log["topics"][at] in (wanted if isinstance(wanted, list) else [wanted]))
        for at, wanted in enumerate(topics)
    )


def balance_of(call, height):
    if call["data"] == DECIMALS:
        return "0x6"
    holder = "0x" + call["data"][-40:]
    for layout in range(20):
        if entry := stored()[0].get((call["to"], int(balance_slot(holder, layout), 16))):
            return "0x" + entry["value"][2:].rjust(64, "0")
    return "0x" + "0" * 64


DECIMALS = "0x313ce567"
"""What asks a token's contract for the digits after its point (ERC-20)."""


@cache
def made():
    """By contract made by a transaction the height, and its code, as traces show it."""
    born = [frame["result"] for frame, _ in parties() if frame["type"] == "create" and (frame.get("result") or {}).get("code")]
    codes = {each["address"]: each["code"] for each in born}
    heights = {receipt["contractAddress"]: at for at, found in answers_to("eth_getBlockReceipts").items() for receipt in found}
    return {contract: (at, codes.get(contract, "0x6001")) for contract, at in heights.items()}


def code_of(contract, height):
    at, code = made()[contract]
    return code if int(height, 16) >= at else "0x"


CONTRACT = {
    "ots_getApiLevel": lambda: "0x8",
    "eth_call": balance_of,
    "eth_getCode": code_of,
    "eth_getStorageAt": lambda contract, place, height: stored()[0].get((contract, int(place, 16)), {"value": "0x0"})["value"],
}
"""What is asked of the node's namespaces, and of a contract: a balance, whether it is there, a place of its storage."""


@contextmanager
def serving(rehearsal):
    """The address of a node that answers as the rehearsal does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = json.dumps(rehearsal.answers(question, self.path)).encode()
            self.send_response(200 if rehearsal.asked.total() <= rehearsal.revoked else 401)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
