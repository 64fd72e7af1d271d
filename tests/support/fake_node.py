"""A node of the fake chain on loopback, and the story it serves: a drained wallet, a relay, an exchange."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from support.fake_chain import block_hash

VICTIM, THIEF, RELAY, SHOP, MINER = (f"0x{name:040x}" for name in (0xA1, 0xB2, 0xC3, 0xD4, 0xE5))
PAYMENTS = {  # height -> (from, to, value, fee)
    3: [(MINER, VICTIM, 1900, 10)],
    5: [(VICTIM, THIEF, 1500, 7), (VICTIM, SHOP, 20, 2)],
    9: [(THIEF, RELAY, 900, 5)],
    19: [(RELAY, SHOP, 890, 3)],
}
TIP = 20
REWARD = 1000


def chain_of_blocks(tip: int = TIP) -> list[dict]:
    blocks: list[dict] = []
    for height in range(1, tip + 1):
        txs = [
            {"hash": f"0x{height:062x}{n:02x}", "from": payer, "to": payee, "value": value, "fee": fee}
            for n, (payer, payee, value, fee) in enumerate(PAYMENTS.get(height, ()), 0xA0)
        ]
        parent = blocks[-1]["hash"] if blocks else "0x" + 64 * "0"
        block = {"height": height, "parent": parent, "time": 1_700_000_000 + 12 * height, "miner": MINER, "reward": REWARD, "txs": txs}
        blocks.append({**block, "hash": block_hash(block)})
    return blocks


def account_of(blocks: list[dict], address: str) -> dict:
    """Balance, and the heights of the blocks that name the address."""
    balance, heights = 0, []
    for block in blocks:
        change = [block["reward"]] if block["miner"] == address else []
        change += [tx["value"] for tx in block["txs"] if tx["to"] == address]
        change += [-tx["value"] - tx["fee"] for tx in block["txs"] if tx["from"] == address]
        balance += sum(change)
        heights += [block["height"]] if change else []
    return {"balance": balance, "heights": heights}


def answer(blocks: list[dict], path: str) -> dict | None:
    url = urlsplit(path)
    asked = {key: values[-1] for key, values in parse_qs(url.query).items()}
    if url.path == "/head":
        return {"height": len(blocks)}
    if url.path == "/account":
        return account_of(blocks, asked["address"])
    if url.path == "/tx":
        return next(({"height": b["height"]} for b in blocks for tx in b["txs"] if tx["hash"] == asked["hash"]), None)
    return next((block for block in blocks if block["height"] == int(asked["height"])), None)


@contextmanager
def fake_node(blocks: list[dict]):
    """Serves the blocks; gives the URL. Blocks may be added or replaced while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            found = answer(blocks, self.path)
            body = json.dumps(found if found is not None else "there is none").encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
